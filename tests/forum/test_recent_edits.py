"""The forum's signs of edits are read for first posts alone, and not believed where they were cut or broke off."""

from datetime import date
from typing import Any

import pytest

from koweb_sync.errors import AnswerMalformed
from koweb_sync.forum.models import RecentEdit
from koweb_sync.forum.recent_edits import notes, rows
from koweb_sync.times import SECOND

AT = "2026-11-27T10:26:44.358Z"
MICROS = (date(2026, 11, 27).toordinal() - date(1970, 1, 1).toordinal()) * 86_400 * SECOND + 37_604_358_000


def row(topic: int, number: int = 1, editor: str = "claire") -> dict[str, Any]:
    """A row as servers give it, as far as it is read."""
    return {"topic_id": topic, "post_number": number, "created_at": AT, "editor_username": editor}


@pytest.mark.parametrize(
    ("report", "editor", "found"),
    [
        ({"data": [row(1), row(2, number=3)]}, "", (RecentEdit(1, MICROS, "claire"),)),
        ({"data": [row(1)], "limit": 50}, "", (RecentEdit(1, MICROS, "claire"),)),
        ({"data": [row(1)], "limit": 1}, "", None),
        ({"data": [], "error": "timeout"}, "", None),
        ({"data": None}, "", None),
        ({"data": [row(1, editor="bilal")]}, "claire", None),
    ],
)
def test_a_report_tells_of_first_posts_unless_it_was_cut_broke_off_or_is_of_others(
    report: dict[str, Any], editor: str, found: tuple[RecentEdit, ...] | None
) -> None:
    assert rows({"report": report}, editor) == found


def test_notifications_of_edits_tell_the_topic_and_the_editor() -> None:
    note = {"notification_type": 4, "topic_id": 5, "post_number": 1, "created_at": AT, "data": {}}
    other: dict[str, Any] = {**note, "notification_type": 12, "topic_id": None, "post_number": None}
    named = {**note, "data": {"display_username": "claire"}}
    told = notes({"notifications": [named, other, {**note, "post_number": 2}]})
    assert told == (RecentEdit(5, MICROS, "claire"),)
    for bad in ({"notifications": [{**note, "topic_id": -1}]}, {"notifications": [{**note, "created_at": "hier"}]}):
        with pytest.raises(AnswerMalformed):
            notes(bad)
