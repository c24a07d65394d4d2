"""What edits of a first post changed of its topic: title, category and tags as they were before, by whom and when."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from koweb_sync.archive.ingest.changes import Row
from koweb_sync.archive.ingest.earlier_texts import EMPTY
from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.store import schema
from koweb_sync.safe_text import unbroken


@dataclass(frozen=True, slots=True)
class TopicEdit:
    """An edit: which version of the first post it made, who made it, when; what it changed, as that was before. What it
    left as it was is None.
    """

    number: int
    editor: int | None
    at: int
    title: str | None = None
    category: int | None = None
    tags: tuple[str, ...] | None = None


def keep_topic_edits(
    writer: PageWriter, told: Mapping[int, Sequence[TopicEdit]], known: Mapping[int, Row], left_out: Collection[int]
) -> None:
    """Keep what edits changed of topics. `told` is by post; `known`: those posts as they are held; `left_out` are
    categories that nobody asked for.
    """
    table = schema.TOPIC_EDITS
    found = [
        row
        for post, edits in told.items()
        if opens(writer, known[post])
        for one in edits
        if (row := as_row(writer, int(known[post]["topic"]), one, left_out)) is not None
    ]
    names = tuple(found[0]) if found else ()
    held = {tuple(row[name] for name in names) for row in writer.known(table, "topic", {row["topic"] for row in found})}
    new = [row for row in found if tuple(row.values()) not in held]
    writer.put(table, new)
    writer.tell("earlier titles", len(new))


def opens(writer: PageWriter, post: Row) -> bool:
    """Whether a post is a first one whose topic may be told of: nobody emptied it, nor asked to be forgotten whole."""
    return post["number"] == 1 and post["digest"] != EMPTY and post["person"] not in writer.erasures.silent


def changed_by(one: TopicEdit, left_out: Collection[int]) -> bool:
    """Whether an edit changed something of its topic that may be told."""
    category = None if one.category in left_out else one.category
    return (one.title, category, one.tags) != (None, None, None)


def as_row(writer: PageWriter, topic: int, one: TopicEdit, left_out: Collection[int]) -> Row | None:
    """An edit as a row, without the names of those who were forgotten; None where it changed nothing of the topic."""
    if not changed_by(one, left_out):
        return None
    category = None if one.category in left_out else one.category
    return {
        "topic": topic,
        "n": one.number,
        "title": None if one.title is None else unbroken(writer.erasures.text(one.title)),
        "category": category,
        "tags": None if one.tags is None else json.dumps(sorted(one.tags), ensure_ascii=False),
        "person": None if one.editor in writer.erasures.gone else one.editor,
        "at": one.at,
    }
