"""What all figures rest on: an archive's tables on an engine, windows of time, the people and posts that count,
who responded to whom, and statistics. Imports the archive, and no other room of reports.
"""
