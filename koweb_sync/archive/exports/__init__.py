"""Writing an archive for other eyes: pages, Markdown, JSON lines, Parquet, a mailbox.

The same archive gives the same bytes: everything is sorted, and no clock is read. Imports `read` and what is below it.
"""
