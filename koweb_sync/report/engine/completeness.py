"""Whether the archive holds all that the figures should rest on; if not, they say so."""

from dataclasses import dataclass

from koweb_sync.report.engine.source import Source, one, size


@dataclass(frozen=True)
class Completeness:
    """What the archive knows that it lacks.

    `missing_posts`, in `short_topics`: posts that the forum shows and the archive does not hold. `troubled_topics`: of
    which it cannot say. `finished`: the last run was done to its end; false also if there was none.
    `complete`: nothing is known to be missing.
    """

    missing_posts: int
    short_topics: int
    troubled_topics: int
    finished: bool
    complete: bool


def completeness(source: Source) -> Completeness:
    """What the ledger and the runs say."""
    ledger, runs = source["ledger"], source["runs"]
    short = ledger.filter(ledger["short"] > 0)
    done = runs.filter(runs["outcome"] == "done")
    last = {name: one(which.aggregate(n=which["n"].max()))["n"] for name, which in (("all", runs), ("done", done))}
    missing, topics = max(0, one(short.aggregate(n=short["short"].sum()))["n"]), size(short)
    troubled = size(ledger.filter(ledger["trouble"] != ""))
    finished = last["done"] >= 0 and last["done"] == last["all"]
    return Completeness(missing, topics, troubled, finished, finished and not topics and not troubled)
