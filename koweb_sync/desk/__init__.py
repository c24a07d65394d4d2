"""Pages in the browser, served by this computer to itself: previews of post files, and the desk, which does what the
commands do. It holds no rule of its own: what it decides, it asks of the rooms below.

A room of its menu is a module whose name ends in `_pages` (`rooms` lists them), and its `templates`. What such a module
shows is read and done by the one beside it: `write_pages` by `writing`, `publish_pages` by `publication`,
`bring_back_pages` by `bringing_back`, with conflicts of a pull cut into pieces by `conflict_pieces`.
"""
