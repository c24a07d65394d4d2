"""From git to the forum: `plan` decides what a push does, as `actions`, and `act` carries it out: `create`, `edit` with
its `fields`, `drop` for what lost its file. `push` is the whole, with the lock and the bookmark around it.

Whether a topic may be written to at all, `may_write` says; whether a text that somebody edited on the forum may be
written over, `edit.send` does (`head_contains`, `conflict`). What one push knows, and has done so far, is the
`PublishRun` of `carry`. `moderated` is about posts that wait for a moderator, `reviewed_plan` about a plan that a
person looked at before.
"""
