"""What a forum tells of deletions that an archive knew of already."""

from collections.abc import Mapping

from koweb_sync.archive.ingest.changes import exact
from koweb_sync.archive.ingest.row_writer import RowWriter
from koweb_sync.archive.store import schema


def explain(writer: RowWriter, kind: str, deleted: Mapping[int, tuple[int | None, int | None]]) -> None:
    """Give tombstones the forum's own time and person, where we knew only that something was not there any more."""
    table = schema.TOMBSTONES
    unsure = ("gone", "private", "unseen", "deleted")
    for row in writer.known(table, "id", deleted):
        if row["kind"] == kind and row["lifted"] is None and row["reason"] in unsure:
            at, by = deleted[row["id"]]
            told = {**row, "reason": "deleted", "at": exact(row["at"], at), "by": by}
            writer.put(table, [told] if told != row else [])
