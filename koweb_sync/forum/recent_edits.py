"""What was edited lately, as the forum tells it of all topics at once: one request each.

None of these is asked for its word: it only says which topics are worth reading.
"""

from datetime import date

from koweb_sync.errors import (
    AnswerMalformed,
    ForumAnswerUnclear,
    ForumDown,
    ForumForbidden,
    ForumKeyRefused,
    ForumNotFound,
    ForumRefused,
)
from koweb_sync.forum import parse
from koweb_sync.forum.connection import Connection
from koweb_sync.forum.decode import clear, ident, inner, items, micros, record, text, whole_number, whole_or_none
from koweb_sync.forum.models import RecentEdit, Topic

REPORT = "/admin/reports/post_edits.json"
NOT_TOLD = (
    *(ForumNotFound, ForumForbidden, ForumKeyRefused, ForumRefused),
    *(ForumAnswerUnclear, ForumDown, AnswerMalformed),
)
EDITED = 4  # the number of notifications of edits
SAME = 2_000_000  # microseconds: what lies between a post and the note of it in its topic


def edits_in_report(forum: Connection, days: tuple[date, date], editor: str = "") -> tuple[RecentEdit, ...] | None:
    """The versions of topics' first posts that somebody else than their author made on these days, of an `editor` also
    those of their own posts; None where the forum does not tell all: one request.

    For staff alone. It tells text, title, category, tags, owner and wiki; not what the system changed unless that is
    asked for, nor an edit that joined the version before it. Without a limit of rows (recorded on 3.5;
    app/models/concerns/reports/post_edits.rb of 2022 and 2024).
    """
    asked = {"start_date": days[0].isoformat(), "end_date": days[1].isoformat()}
    try:
        with forum.reading(REPORT):
            return rows(forum._get(REPORT, **asked, **({"filters[editor]": editor} if editor else {})), editor)
    except NOT_TOLD:
        return None


@clear
def rows(data: object, editor: str) -> tuple[RecentEdit, ...] | None:
    """What a report tells; None where it broke off, was cut, or is about other people than was asked."""
    report = record(record(data)["report"], "report")
    told = [record(one) for one in items(report, "data")]
    limit = whole_or_none(report, "limit")  # reports that heed one say so (app/models/report.rb)
    if report.get("error") or report.get("data") is None or (limit is not None and len(told) >= limit):
        return None
    found = [(whole_number(one, "post_number"), edit_in(one)) for one in told]
    if editor and any(one.editor != editor for _number, one in found):
        return None
    return tuple(one for number, one in found if number == 1)


def edit_in(one: object) -> RecentEdit:
    """One row."""
    row = record(one)
    return RecentEdit(ident(row, "topic_id"), micros(row, "created_at"), text(row, "editor_username"))


def edits_lifting_topics(forum: Connection, since: int, pages: int = 2) -> tuple[RecentEdit, ...] | None:
    """Topics that an edit of their last post lifted in the lists since then; None where the key may not read them: one
    request, one more where more than a page of topics was lifted.

    An edit lifts a topic where it makes a version and the topic has no replies; a reply, which lifts it to its own
    time, is none. Topics whose replies were edited are among them.
    """
    found: list[RecentEdit] = []
    try:
        for number in range(pages):
            with forum.reading("/latest.json"):
                topics = parse.topics(forum._get("/latest.json", page=number, per_page=100))
            lifted = [one for one in topics if one.bumped is not None and one.bumped > since]
            found += [RecentEdit(one.id, one.bumped or 0) for one in lifted if not by_reply(one)]
            if not lifted or any(not one.pinned for one in topics if one not in lifted):
                break
    except NOT_TOLD:
        return None
    return tuple(found)


def by_reply(topic: Topic) -> bool:
    """Whether a topic is where its last post put it."""
    return topic.last_posted is not None and abs((topic.bumped or 0) - topic.last_posted) <= SAME


def edits_in_notifications(forum: Connection) -> tuple[RecentEdit, ...] | None:
    """Edits of first posts of the key's user by other people, as their notifications tell: the last sixty of all kinds.
    None where the key may not read them: one request.

    Nobody is told twice of edits by the same person on one day (app/services/post_alerter.rb), nor of edits by the
    system where the forum is set so. Reading them so marks none as read (notifications_controller without `recent`).
    """
    path = "/notifications.json"
    try:
        with forum.reading(path):
            return notes(forum._get(path))
    except NOT_TOLD:
        return None


@clear
def notes(data: object) -> tuple[RecentEdit, ...]:
    """What notifications tell of edits."""
    told = [record(one) for one in items(record(data), "notifications")]
    edits = [one for one in told if whole_or_none(one, "notification_type") == EDITED]
    return tuple(
        RecentEdit(ident(one, "topic_id"), micros(one, "created_at"), text(inner(one, "data"), "display_username", ""))
        for one in edits
        if whole_or_none(one, "post_number") == 1
    )
