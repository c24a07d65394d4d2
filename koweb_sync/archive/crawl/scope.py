"""Which parts of a forum a run reads: remembered, since a later run that reads others has to look at everything."""

from collections.abc import Mapping
from typing import Any

from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.ingest.page_writer import PageWriter


def scope(run: Run) -> list[bool]:
    """What decides which parts of the forum are read."""
    wishes = run.wishes
    return [wishes.uses_key, wishes.staff, wishes.messages, wishes.key and wishes.public_only]


def keep_scope(
    run: Run, writer: PageWriter, *, closed: bool | None = None, backup: Mapping[str, int] | None = None
) -> None:
    """Remember what a run kept, for a comparison that asks for the same. `closed`: what not everybody may read, too;
    as the key tells, where nobody says it. `backup`: how much was left of the backup that was read.
    """
    closed = run.wishes.uses_key if closed is None else closed
    now: dict[str, Any] = {"staff": run.wishes.staff, "messages": run.wishes.messages, "closed": closed}
    now |= {} if backup is None else {"backup": dict(backup)}
    if run.state("scope") != now:
        writer.cursor("scope", now)
