"""What an earlier run left open: `settle` finds out what came of writes without an
answer, `past` which version of a file a text of the forum is, `identity` whether a topic is still ours.
"""
