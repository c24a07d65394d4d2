"""Which parts of a forum a run reads: remembered, since a later run that reads others has to look at everything."""

from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.ingest.page_writer import PageWriter


def scope(run: Run) -> list[bool]:
    """What decides which parts of the forum are read."""
    wishes = run.wishes
    return [wishes.uses_key, wishes.staff, wishes.messages, wishes.key and wishes.public_only]


def keep_scope(run: Run, keeper: PageWriter, *, closed: bool | None = None) -> None:
    """Remember what a run kept, for a comparison that asks for the same. `closed`: what not everybody may read, too;
    as the key tells, where nobody says it.
    """
    closed = run.wishes.uses_key if closed is None else closed
    now = {"staff": run.wishes.staff, "messages": run.wishes.messages, "closed": closed}
    if run.state("scope") != now:
        keeper.cursor("scope", now)
