"""Who wrote last in the topics that moved lately, as the forum's list of topics tells it: one request for them all."""

from dataclasses import dataclass

from koweb_sync.forum.connection import Connection
from koweb_sync.forum.decode import clear, ident, inner, items, micros, record, text_or_none, whole_or_none
from koweb_sync.forum.recent_edits import NOT_TOLD

LIST = "/latest.json"
EACH = 100  # topics on a page, where the forum heeds that
PAGES = 2


@dataclass(frozen=True, slots=True)
class LastReply:
    """The last post of a topic: its number there, when it was written (µs), and by whom."""

    topic: int
    number: int
    at: int
    username: str
    name: str


def last_replies(forum: Connection, since: int) -> tuple[LastReply, ...] | None:
    """The last posts of the topics that moved since then, and of some before; None where the key may not read the list.

    One request, one more where more than a page of topics moved.
    """
    found: list[LastReply] = []
    try:
        for number in range(PAGES):
            with forum.reading(LIST):
                told = rows(forum._get(LIST, page=number, per_page=EACH))
            found += told
            if not told or told[-1].at <= since:
                break
    except NOT_TOLD:
        return None
    return tuple(found)


@clear
def rows(data: object) -> tuple[LastReply, ...]:
    """What a page of the list tells of topics whose last writer it names."""
    given = record(data)
    people = [record(one) for one in items(given, "users")]
    names = {text_or_none(one, "username"): text_or_none(one, "name") or "" for one in people}
    topics = [record(one) for one in items(inner(given, "topic_list"), "topics")]
    return tuple(
        LastReply(
            ident(one, "id"),
            whole_or_none(one, "highest_post_number") or 1,
            micros(one, "last_posted_at"),
            username,
            names.get(username, ""),
        )
        for one in topics
        if (username := text_or_none(one, "last_poster_username")) and one.get("last_posted_at")
    )
