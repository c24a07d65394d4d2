"""Reading a forum's own backup, without a database: what lies in the file, in which form, and the rows of its tables.

Nothing is unpacked onto the disk, and nothing is known here of archives. `container` opens the file and knows what lies
in it, `plain` and `directory` find the tables in the two forms of a dump, `copying` reads their rows, `tables` says
which of them may be read at all, and `ruby` reads what edits are kept as.
"""
