"""From a folder of somebody else's notes to post files: `folder` finds them, `metadata` reads what they say of
themselves, `convert` and its `dialects` make Discourse's Markdown of them, `plan` gives each its place,
and `write` writes.
"""
