"""Git, by its own commands: `repo` is a repository as the commands see it, `process` starts git and hears what it says,
`words` puts that into ours.

`objects` reads what git holds, `stream` hands it new commits, `commit` makes one of what people wrote, `subjects` reads
one in a few words, `trailers` the lines that programs write below a message; `merge_file` merges three texts. `remotes`
says where a repository is besides, `leftovers` clears away what a killed git left, `partial_clones` fetches what a
clone without all texts lacks.
"""
