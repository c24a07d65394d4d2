"""From the rows of our Data Explorer queries to the same types that the forum's other answers give.

A row is what the database holds: deleted and hidden posts have their text. Raises ForumAnswerUnclear for a row that
lacks a column.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from koweb_sync.forum.observe import exact, micros, number, then, words
from koweb_sync.forum.observed import Like, Option, Person, Poll, Post, Topic
from koweb_sync.forum.parse import clear

Row = Mapping[str, Any]
TRUE = (True, "t", "true")
# How Discourse numbers what its API names.
POLL_TYPES = ("regular", "multiple", "number", "ranked_choice")
POLL_STATUS = ("open", "closed")
POLL_RESULTS = ("always", "on_vote", "on_close", "staff_only")


@clear
def topic(row: Row) -> Topic:
    """A topic."""
    return Topic(
        id=int(row["id"]),
        title=words(row["title"]),
        slug=words(row["slug"]),
        category=number(row["category_id"]),
        tags=tuple(map(exact, str(row["tags"]).split("|"))) if row["tags"] else (),
        created=then(row["created_at"]),
        bumped=micros(row["bumped_at"]),
        last_posted=micros(row["last_posted_at"]),
        closed=yes(row["closed"]),
        archived=yes(row["archived"]),
        visible=yes(row["visible"]),
        pinned=row["pinned_at"] is not None or yes(row["pinned_globally"]),
        archetype=words(row["archetype"]),
        posts_count=int(row["posts_count"]),
        highest=int(row["highest_post_number"]),
        likes=int(row["like_count"]),
        views=int(row["views"]),
        author=number(row["user_id"]),
        external_id=row["external_id"],
        deleted=micros(row["deleted_at"]),
        deleted_by=number(row["deleted_by_id"]),
    )


@clear
def post(row: Row) -> Post:
    """A post; who its author is tells another query."""
    author = number(row["user_id"])
    return Post(
        id=int(row["id"]),
        topic=int(row["topic_id"]),
        number=int(row["post_number"]),
        type=int(row["post_type"]),
        action=words(row["action_code"]) or None,
        author=None if author is None else Person(author, ""),
        created=then(row["created_at"]),
        updated=then(row["updated_at"]),
        reply_to=number(row["reply_to_post_number"]),
        raw=exact(row["raw"]),
        cooked=words(row["cooked"]),
        version=int(row["public_version"]),
        deleted=micros(row["deleted_at"]),
        user_deleted=yes(row["user_deleted"]),
        hidden=yes(row["hidden"]),
        wiki=yes(row["wiki"]),
        likes=int(row["like_count"]),
        reads=int(row["reads"]),
        reason=words(row["edit_reason"]),
        reactions=None,
        editor=number(row["last_editor_id"]) if int(row["public_version"]) > 1 else None,
        category=number(row["category_id"]),
        deleted_by=number(row["deleted_by_id"]),
    )


@clear
def like(row: Row) -> Like:
    """A like that was not taken back."""
    return Like(int(row["post_id"]), Person(int(row["user_id"]), ""), at=then(row["created_at"]))


@clear
def person(row: Row, now: int) -> Person:
    """Somebody. Whether they are suspended depends on the time, in microseconds."""
    until = micros(row["suspended_till"])
    return Person(
        id=int(row["id"]),
        username=words(row["username"]),
        name=words(row["name"]) if row["name"] is not None else None,
        trust_level=int(row["trust_level"]),
        admin=yes(row["admin"]),
        moderator=yes(row["moderator"]),
        title=words(row["title"]) or None,
        created=then(row["created_at"]),
        staged=yes(row["staged"]),
        suspended=until is not None and until > now,
    )


@clear
def polls(rows: Iterable[Row]) -> dict[int, tuple[Poll, ...]]:
    """Polls by the posts that they stand in. There is a row for each answer, and those of a poll are together."""
    found: dict[int, tuple[Poll, ...]] = {}
    for _ident, answers in groupby(rows, key=lambda row: int(row["poll"])):
        listed = list(answers)
        where = int(listed[0]["post_id"])
        found[where] = (*found.get(where, ()), poll(listed))
    return found


def poll(rows: Sequence[Row]) -> Poll:
    """A poll from the rows of its answers; a poll without any has one row."""
    first = rows[0]
    return Poll(
        name=words(first["name"]) or "poll",
        title=words(first["title"]),
        type=named(POLL_TYPES, first["type"]),
        status=named(POLL_STATUS, first["status"]),
        results=named(POLL_RESULTS, first["results"]),
        public=int(first["visibility"]) == 1,
        voters=int(first["voters"]),
        closes=micros(first["close_at"]),
        options=tuple(option(row) for row in rows if row["answer"] is not None),
    )


def option(row: Row) -> Option:
    """An answer of a poll."""
    people = str(row["people"]).split(",") if row["people"] else ()
    return Option(
        id=words(row["answer"]),
        html=words(row["html"]),
        votes=number(row["votes"]),
        people=tuple(Person(int(one), "") for one in people),
    )


def named(names: Sequence[str], value: Any) -> str:
    """The name of a number; the number itself where Discourse has a new one."""
    return names[int(value)] if 0 <= int(value) < len(names) else str(value)


def yes(value: Any) -> bool:
    """Whether a database says yes; null is no."""
    return value in TRUE
