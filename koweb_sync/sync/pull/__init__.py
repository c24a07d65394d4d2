"""From the forum to git: `readers` read topics, `incoming` tells what each means for its file, `commits` and `onto`
bring that onto the branch. `unfinished` is a pull that waits for a person.
"""
