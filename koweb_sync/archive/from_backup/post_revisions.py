"""What a post said before, out of what Rails keeps of its edits: pure.

An edit holds whole texts: before it, and after it. Of several edits each one's text before is the last one's text
after, unless somebody changed it at once without leaving a trace.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from koweb_sync.archive.backups.ruby import NotPlain, loaded
from koweb_sync.archive.ingest.earlier_texts import EarlierText
from koweb_sync.archive.ingest.topic_edits import TopicEdit
from koweb_sync.forum.decode import SURPRISES, Strange, ident, micros, string, tag_names, whole_in, whole_or_none

Pair = tuple[str, str] | None
TOLD = ("title", "category", "tags")  # of a topic


class KeptEdit(NamedTuple):
    """An edit: the number of the version that it made, from 2 on; who made it, when, why; what it changed of the text.

    `hidden`: staff hid the text that it made. `topic`: what it changed of the topic; `unreadable`: that cannot be read.
    """

    number: int
    editor: int | None
    at: int
    reason: str
    hidden: bool
    raw: Pair
    cooked: Pair
    topic: TopicEdit | None = None
    unreadable: bool = False


class PostEdits(NamedTuple):
    """The edits of a post that can be read, and how many cannot, or not wholly."""

    post: int
    edits: list[KeptEdit]
    unreadable: int


def edits_of(post: int, rows: Iterable[Mapping[str, Any]]) -> PostEdits:
    """The edits of a post out of their rows."""
    found: list[KeptEdit] = []
    unreadable = 0
    for row in rows:
        try:
            found.append(edit(row))
        except (*SURPRISES, NotPlain):
            unreadable += 1
    return PostEdits(post, found, unreadable + sum(one.unreadable for one in found))


def edit(row: Mapping[str, Any]) -> KeptEdit:
    """An edit out of its row. Raises Strange, NotPlain and others for what is none."""
    said = loaded(string(row["modifications"], "modifications"))
    if not isinstance(said, dict):
        raise NotPlain("form")
    reason = pair(said, "edit_reason")
    try:
        topic, unreadable = topic_edit(row, said), False
    except SURPRISES:
        topic, unreadable = None, True
    return KeptEdit(
        number=ident(row, "number"),
        editor=whole_or_none(row, "user_id"),
        at=micros(row, "created_at"),
        reason=reason[1] if reason else "",
        hidden=row["hidden"] == "t",
        raw=pair(said, "raw"),
        cooked=pair(said, "cooked"),
        topic=topic,
        unreadable=unreadable,
    )


def topic_edit(row: Mapping[str, Any], said: Mapping[str, Any]) -> TopicEdit | None:
    """What an edit changed of its topic; None where that is nothing. Raises Strange and others."""
    title, category, tags = pair(said, "title"), pair(said, "category_id"), said.get("tags")
    if tags is not None and (not isinstance(tags, list) or len(tags) != 2):
        raise Strange("tags", str(tags))
    if (title, category, tags) == (None, None, None):
        return None
    return TopicEdit(
        number=ident(row, "number"),
        editor=whole_or_none(row, "user_id"),
        at=micros(row, "created_at"),
        title=title[0] if title else None,
        category=whole_in(category[0]) if category and category[0] else None,
        tags=tag_names({"tags": tags[0]}) if tags else None,
    )


def pair(said: Mapping[str, Any], name: str) -> Pair:
    """Both sides of what changed, None where it did not. Raises Strange."""
    found = said.get(name)
    if found is None:
        return None
    if not isinstance(found, list) or len(found) != 2 or any(isinstance(one, list | dict) for one in found):
        raise Strange(name, str(found))
    before, after = ("" if one is None else str(one) for one in found)
    return string(before, name), string(after, name)


def texts(edits: Iterable[KeptEdit]) -> list[EarlierText]:
    """The texts that a post had, oldest first, up to the one that it has now, where an edit made that."""
    mine = sorted((one for one in edits if one.raw or one.cooked), key=lambda one: one.number)
    if not any(one.raw for one in mine):
        return []
    raw = next(one.raw[0] for one in mine if one.raw)
    cooked = next((one.cooked[0] for one in mine if one.cooked), "")
    found = [EarlierText(mine[0].number - 1, raw, cooked, None)]
    for one in mine:
        if one.raw and one.raw[0] != raw:
            before = one.cooked[0] if one.cooked else cooked
            found.append(EarlierText(one.number - 1, one.raw[0], before, None, hidden=found[-1].hidden))
        raw, cooked = (one.raw or ("", raw))[1], (one.cooked or ("", cooked))[1]
        found.append(EarlierText(one.number, raw, cooked, one.at, one.editor, one.reason, one.hidden))
    return found


def topic_edits(edits: Iterable[KeptEdit], *, staff: bool) -> list[TopicEdit]:
    """What edits changed of a topic. Without what `staff` may see, no edit tells what one that they hid had made: of
    that it says what was there before.
    """
    found = []
    kept: dict[str, Any] = {}
    for one in sorted(edits, key=lambda one: one.number):
        if one.topic is None:
            continue
        told = {name: value for name in TOLD if (value := getattr(one.topic, name)) is not None}
        if one.hidden and not staff:
            kept = {**told, **kept}
        else:
            found.append(replace(one.topic, **{name: kept.pop(name, value) for name, value in told.items()}))
    return found
