"""Closing a forum: a kit of what is left of it, in a bag that proves itself whole, and kept so when somebody is erased.

`kit` is what a kit knows of itself, `finish` makes its parts and seals it, again after an erasure, too; `bag` writes
BagIt's manifests, `copy` the archive itself, `papers` what people and programs read about it, `events` what was done.
"""
