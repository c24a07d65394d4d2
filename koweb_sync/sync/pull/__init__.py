"""From the forum to git: `readers` read topics, `commits` and `onto` bring what changed onto the branch. `unfinished`
is a pull that waits for a person.
"""
