"""A forum's discussions in a database: kept, compared, read again, written out, and cleared of a person.

- `store`: the database itself: tables, opening, one writer, the index behind the search.
- `names`: names of people in texts, and who was forgotten.
- `ingest`: what of an answer of the forum is new, and the rows that say so.
- `crawl`: one run: what is asked, in what order, at what cost.
- `verify`: whether the archive is complete and undamaged.
- `read`: what is held, as values, for the rooms below. `exports`: the same, as files for others.
- `restore`: publish an archive on another forum.
- `privacy`: forget, answer, purge, drop, pseudonyms.

Imports point in the order that pyproject.toml lists, never back. A command begins in `crawl.rest_api` or
`crawl.data_explorer`, `verify.compare`, `read.reader`, `exports.export`, `restore.restore` or
`privacy.forget_everywhere`.
"""
