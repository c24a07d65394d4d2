"""Reports that people read: the HTML page, the Markdown post, their charts, sentences and numbers.

Imports all rooms but `data`. Every text is in the active language.
"""
