"""From the rows of our Data Explorer queries to the same types that the forum's other answers give.

A row is what the database holds: deleted and hidden posts have their text. Each row is read on its own: one that holds
what no database does spoils no other.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from koweb_sync.forum.decode import (
    SURPRISES,
    Malformed,
    Page,
    flag,
    ident,
    ident_or_none,
    instant,
    integer,
    micros,
    micros_or_none,
    text,
    text_or_none,
    whole_number,
    whole_or_none,
    why,
)
from koweb_sync.forum.models import AcceptedAnswer, Like, Poll, PollOption, Post, QueriedTopic, Topic, User
from koweb_sync.forum.parse import category_id, with_first
from koweb_sync.posts.fields import FIELDS
from koweb_sync.posts.ids import PostId, TopicId

Row = Mapping[str, Any]


class Columns(dict[str, Any]):
    """A row by the names of its columns; one that is not there is an error also for `get`."""

    def get(self, name: str, _default: Any = None) -> Any:
        """The value. Raises KeyError."""
        return self[name]


# How Discourse numbers what its API names.
POLL_TYPES = ("regular", "multiple", "number", "ranked_choice")
POLL_STATUS = ("open", "closed")
POLL_RESULTS = ("always", "on_vote", "on_close", "staff_only")


def topic(row: Row) -> Topic:
    """A topic."""
    return Topic(
        id=TopicId(whole_number(row, "id")),
        title=text(row, "title", ""),
        slug=text(row, "slug", ""),
        category=category_id(row),
        tags=tags(row),
        created=micros(row, "created_at"),
        bumped=micros_or_none(row, "bumped_at"),
        last_posted=micros_or_none(row, "last_posted_at"),
        closed=flag(row, "closed"),
        archived=flag(row, "archived"),
        visible=flag(row, "visible"),
        pinned=row["pinned_at"] is not None or flag(row, "pinned_globally"),
        archetype=text(row, "archetype", ""),
        posts_count=whole_number(row, "posts_count"),
        highest=whole_number(row, "highest_post_number"),
        likes=whole_number(row, "like_count"),
        views=whole_number(row, "views"),
        author=whole_or_none(row, "user_id"),
        external_id=text_or_none(row, "external_id"),
        deleted=micros_or_none(row, "deleted_at"),
        deleted_by=whole_or_none(row, "deleted_by_id"),
    )


def first_post(row: Row) -> QueriedTopic:
    """A topic with its first post, and who edited it last, from the query of first posts. Raises Strange."""
    editor, name = text_or_none(row, "last_editor_username"), text(row, "last_editor_name", "")
    ident_of, at = TopicId(ident(row, "topic_id")), micros(row, "created_at")
    first = Post(
        id=PostId(ident(row, "post_id")),
        topic=ident_of,
        author=None if editor is None else User(whole_number(row, "last_editor_id"), editor, name),
        raw=text_or_none(row, "raw"),
        version=whole_number(row, "version", 1) or 1,
        created=at,
        updated=micros(row, "updated_at"),
        deleted=micros_or_none(row, "post_deleted_at"),
        user_deleted=flag(row, "user_deleted"),
        hidden=flag(row, "hidden"),
        locked=row["locked_by_id"] is not None,
        locale=text(row, "locale", "") if "locale" in row else None,  # an earlier text of the query has none
    )
    found = Topic(
        id=ident_of,
        title=text(row, "title"),
        slug=text(row, "slug", ""),
        category=category_id(row),
        tags=tags(row),
        created=at,
        closed=flag(row, "closed"),
        archived=flag(row, "archived"),
        visible=flag(row, "visible"),
        pinned=row["pinned_at"] is not None or flag(row, "pinned_globally"),
        archetype=text(row, "archetype", ""),
        posts_count=whole_number(row, "posts_count", 1) or 1,
        external_id=text_or_none(row, "external_id"),
        deleted=micros_or_none(row, "deleted_at"),
    )
    edited, reason = None if row["edited_at"] is None else instant(row, "edited_at"), text(row, "edit_reason", "")
    told = {name: field.read_row(row) for name, field in FIELDS.items()}
    return QueriedTopic(with_first(found, first, told), editor, first.name, edited, reason)


def post(row: Row) -> Post:
    """A post; who its author is tells another query."""
    author = whole_or_none(row, "user_id")
    return Post(
        id=PostId(whole_number(row, "id")),
        topic=TopicId(whole_number(row, "topic_id")),
        number=whole_number(row, "post_number"),
        type=whole_number(row, "post_type"),
        action=text(row, "action_code", "") or None,
        author=None if author is None else User(author, ""),
        created=micros(row, "created_at"),
        updated=micros(row, "updated_at"),
        reply_to=whole_or_none(row, "reply_to_post_number"),
        raw=text(row, "raw"),
        cooked=text(row, "cooked", ""),
        version=whole_number(row, "public_version"),
        deleted=micros_or_none(row, "deleted_at"),
        user_deleted=flag(row, "user_deleted"),
        hidden=flag(row, "hidden"),
        wiki=flag(row, "wiki"),
        likes=whole_number(row, "like_count"),
        reads=whole_number(row, "reads"),
        reason=text(row, "edit_reason", ""),
        reactions=None,
        editor=whole_or_none(row, "last_editor_id") if whole_number(row, "public_version") > 1 else None,
        category=category_id(row),
        deleted_by=whole_or_none(row, "deleted_by_id"),
        locale=text(row, "locale", ""),
        shadow=whole_number(row, "shadow"),
    )


def like(row: Row) -> Like | None:
    """A like or another reaction; None for a like that was taken back."""
    if row["deleted_at"] is not None:
        return None
    who = User(whole_number(row, "user_id"), "")
    return Like(whole_number(row, "post_id"), who, text(row, "kind"), at=micros(row, "created_at"))


def answer(row: Row) -> AcceptedAnswer:
    """An accepted answer."""
    return AcceptedAnswer(
        topic=whole_number(row, "topic_id"),
        number=whole_number(row, "post_number"),
        by=whole_or_none(row, "user_id"),
        at=micros_or_none(row, "created_at"),
    )


def user(row: Row, now: int) -> User:
    """Somebody. Whether they are suspended depends on the time, in microseconds."""
    until = micros_or_none(row, "suspended_till")
    return User(
        id=whole_number(row, "id"),
        username=text(row, "username", ""),
        name=text(row, "name", ""),
        trust_level=whole_number(row, "trust_level"),
        admin=flag(row, "admin"),
        moderator=flag(row, "moderator"),
        title=text(row, "title", ""),
        created=micros(row, "created_at"),
        staged=flag(row, "staged"),
        suspended=until is not None and until > now,
    )


def polls(rows: Iterable[Row]) -> Page[tuple[int, Poll]]:
    """Polls with the posts that they stand in. There is a row for each answer, and those of a poll are together."""
    found: list[tuple[int, Poll]] = []
    bad: list[Malformed] = []
    try:
        together = [list(answers) for _poll, answers in groupby(rows, key=lambda row: row["poll"])]
    except SURPRISES as error:  # nobody knows which rows belong together
        return Page((), [Malformed("row", why(error))])
    for listed in together:
        try:
            found.append((whole_number(listed[0], "post_id"), poll(listed)))
        except SURPRISES as error:
            bad.append(Malformed("row", why(error), ident_or_none(listed[0], "post_id")))
    return Page(found, bad)


def poll(rows: Sequence[Row]) -> Poll:
    """A poll from the rows of its answers; a poll without any has one row."""
    first = rows[0]
    return Poll(
        name=text(first, "name", "") or "poll",
        title=text(first, "title", ""),
        type=named(POLL_TYPES, whole_number(first, "type")),
        status=named(POLL_STATUS, whole_number(first, "status")),
        results=named(POLL_RESULTS, whole_number(first, "results")),
        public=whole_number(first, "visibility") == 1,
        voters=whole_number(first, "voters"),
        closes=micros_or_none(first, "close_at"),
        options=tuple(option(row) for row in rows if row["answer"] is not None),
    )


def option(row: Row) -> PollOption:
    """An answer of a poll."""
    people = text(row, "people", "").split(",") if row["people"] else ()
    return PollOption(
        id=text(row, "answer", ""),
        html=text(row, "html", ""),
        votes=whole_or_none(row, "votes"),
        people=tuple(User(integer(one, "people"), "") for one in people),
    )


def named(names: Sequence[str], value: int) -> str:
    """The name of a number; the number itself where Discourse has a new one."""
    return names[value] if 0 <= value < len(names) else str(value)


def tags(row: Row) -> tuple[str, ...]:
    """The names of a topic's tags, which our queries join by a sign that no name holds."""
    told = text(row, "tags", "")
    return tuple(told.split("|")) if told else ()
