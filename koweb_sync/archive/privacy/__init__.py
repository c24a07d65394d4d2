"""What a person may ask of an archive: to be forgotten, to read what is held, not to be counted, not to be named.

Begin with `forget_everywhere`. May import every room but `verify` and `restore`.
"""
