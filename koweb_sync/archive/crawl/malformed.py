"""Entries of lists that cannot be read: noted with the page that keeps the others, and tried again."""

import json
import zlib
from collections.abc import Iterable
from typing import Any

from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.forum.decode import Malformed

LATER = " later"  # behind the kind of what is left for the next run
ANSWER, DAILY = "answer" + LATER, "daily answer" + LATER  # what the same list will show again, or not
ONCE_A_DAY = ("person", "group", "category")


def note_for_next_run(writer: PageWriter, kind: str, ident: int, detail: dict[str, Any]) -> None:
    """Note something for the next run."""
    writer.todo(kind, [ident], json.dumps(detail))


def note(writer: PageWriter, malformed: Iterable[Malformed]) -> None:
    """Note the entries of lists that could not be read, in the transaction that keeps the others.

    What stands on the page of a topic is tried again with its topic; a topic in a list, or a post of a topic, is looked
    for on the topic's page in this run; what nobody can look for is seen again where its list is read again.
    """
    for one in malformed:
        topic = one.topic if one.kind == "post" else one.id if one.kind == "topic" else None
        if one.inside is not None:
            note_for_next_run(writer, "topic" + LATER, one.inside, {"url": one.where, "why": one.why, "key": one.keyed})
        elif topic is not None and topic > 0:
            noted = writer.noted("topic", [topic])
            writer.todo("topic", {topic} - noted, json.dumps({"read": True, "key": one.keyed}))
        else:
            kind = DAILY if one.kind in ONCE_A_DAY else ANSWER
            number = zlib.crc32(f"{one.where} {one.kind} {one.id} {one.why}".encode())
            note_for_next_run(writer, kind, number, {"url": one.where, "why": one.why})
