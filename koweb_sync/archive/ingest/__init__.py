"""From what an answer of the forum shows to rows: what is new of it (pure), and writing that in one transaction.

Begin with `page_writer.PageWriter`. Imports only `names` and `store`; asks the forum nothing.
"""
