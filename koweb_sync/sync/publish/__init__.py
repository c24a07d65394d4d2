"""From git to the forum: `plan` decides what a push does, as `actions`, and `act` carries it out: `create`, `edit` with
its `fields`, `drop` for what lost its file. `push` is the whole, with the lock and the bookmark around it.
"""
