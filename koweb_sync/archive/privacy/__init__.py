"""What a person may ask of an archive: to be forgotten, to read what is held, not to be counted, not to be named.

Begin with `forget_everywhere`: a name goes from the archive by `replace_names`, from exports by `outside_copies`.
May import every room but `verify` and `restore`.
"""
