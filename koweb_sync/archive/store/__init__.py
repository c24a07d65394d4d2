"""The database of an archive: its tables, their migrations, opening it, one writer at a time, its search index.

Begin with `store.Store` and `schema`. Imports nothing of the other rooms; who reads or writes rows imports these two.
"""
