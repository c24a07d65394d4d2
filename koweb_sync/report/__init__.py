"""Reports: who takes part on a forum and who is left aside, from its archive. Nothing here asks the network.

Rooms, each importing only those after it: `page` (HTML, Markdown, charts, sentences) and `data` (JSON, CSV);
`audience` (what the community may see, other names); `compute` (a whole report); `figures` (one file a figure);
`engine` (the archive's tables on DuckDB, PostgreSQL or Spark; whom and what figures count; statistics). Reports may
import the archive; the archive and the synchronisation know no reports.
"""
