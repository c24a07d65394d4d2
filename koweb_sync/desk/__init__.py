"""Pages in the browser, served by this computer to itself: previews of post files, and the desk, which does what the
commands do. It holds no rule of its own: what it decides, it asks of the rooms below.
"""
