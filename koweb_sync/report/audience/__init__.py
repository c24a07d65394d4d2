"""For whom a report is: what the community may see of it, and people's other names. Takes a whole report and gives one.

Imports `compute`, `figures` and `engine`; neither pages nor data.
"""
