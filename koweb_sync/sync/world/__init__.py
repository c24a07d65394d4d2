"""What is known before anything is decided: HEAD, what was agreed (`world`), what was seen on the forum since (`seen`),
which topic a file is bound to (`bindings`), and what the text of either side is on the other (`compose`, `incoming`).
"""
