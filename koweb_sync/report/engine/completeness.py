"""Whether the archive holds all that the figures should rest on; if not, they say so."""

from dataclasses import dataclass

from koweb_sync.archive.read.begun import WHOLE
from koweb_sync.report.engine.source import Source


@dataclass(frozen=True)
class Completeness:
    """What the archive knows that it lacks.

    `missing_posts`, in `short_topics`: posts that the forum shows and the archive does not hold. `troubled_topics`: of
    which it cannot say. `finished`: the last whole run was done to its end; false also if there was none.
    `complete`: nothing is known to be missing.
    """

    missing_posts: int
    short_topics: int
    troubled_topics: int
    finished: bool
    complete: bool


def completeness(source: Source) -> Completeness:
    """What the ledger and the runs say."""
    ((missing, topics, troubled),) = source.rows(f"""
        SELECT coalesce(CAST(sum(CASE WHEN short > 0 THEN short ELSE 0 END) AS BIGINT), 0),
            count(*) FILTER (WHERE short > 0), count(*) FILTER (WHERE trouble <> '')
        FROM {source["ledger"]} AS l""")
    ((last, done),) = source.rows(f"""
        SELECT max(n) FILTER (WHERE {WHOLE}), max(n) FILTER (WHERE outcome = 'done')
        FROM {source["runs"]} AS r""")
    finished = done is not None and done == last
    return Completeness(int(missing), topics, troubled, finished, finished and not topics and not troubled)
