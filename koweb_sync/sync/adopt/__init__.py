"""Topics that are on the forum already come under version control: as new files (`adopt`), or bound to the file that
they were published from (`bind`).
"""
