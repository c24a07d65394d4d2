"""Reading an archive: values that show, search, reports and exports work on, never rows.

Begin with `reader.Reader` and `model`. Imports only `store`.
"""
