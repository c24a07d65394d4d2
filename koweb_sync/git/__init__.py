"""Git, by its own commands: `repo` is a repository as the commands see it, `process` starts git and hears what it says,
`words` puts that into ours.

`objects` reads what git holds, `stream` hands it new commits, `commit` makes one of what people wrote, `trailers` reads
the lines that programs write below a message. `leftovers` clears away what a killed git left, `partial_clones` fetches
what a clone without all texts lacks.
"""
