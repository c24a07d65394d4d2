"""Whether an archive has all that its forum has (`compare`), and is as it was written (`integrity`).

Imports `crawl` and what is below it.
"""
