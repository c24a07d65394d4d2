"""Publishing an archive on another forum: what can be published, the plan, the order, and what was done so far.

Begin with `restore.Restore`. Imports `crawl` and what is below it.
"""
