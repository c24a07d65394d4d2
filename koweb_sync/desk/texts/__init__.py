"""Texts of post files: as they lie in the folder, in a form, typed and not saved, earlier, deleted; what differs in two
of them, and what of them a publication sends.
"""
