"""What an earlier run left open, and what a lost bookmark knew: `settle` finds out what came of writes without an
answer, `recognise` and `past` which version of a file a text of the forum is, `rebuild` makes a bookmark again.
"""
