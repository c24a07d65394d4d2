"""Which parts of a forum a run reads: remembered, since a later run that reads others has to look at everything."""

from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.ingest.page_writer import PageWriter


def scope(run: Run) -> list[bool]:
    """What decides which parts of the forum are read."""
    wishes = run.wishes
    return [wishes.key, wishes.staff, wishes.messages, wishes.public_only]


def keep_scope(run: Run, keeper: PageWriter) -> None:
    """Remember what a run kept, for a comparison that asks for the same."""
    now = {"staff": run.wishes.staff, "messages": run.wishes.messages}
    if run.state("scope") != now:
        keeper.cursor("scope", now)
