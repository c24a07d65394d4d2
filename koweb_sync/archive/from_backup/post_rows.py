"""Posts out of their rows: where each column stands is looked up once, and not in each of a hundred thousand rows.

A row in which anything is not as it always is goes to `parse_rows.post`, which reads it as any other answer of the
forum, or says what is wrong with it.
"""

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any

from koweb_sync.archive.backups.copying import Values
from koweb_sync.archive.from_backup.taking import somebody
from koweb_sync.forum import parse_rows
from koweb_sync.forum.decode import SAFE, SURPRISES, Malformed, Page, each, micros_in, whole_in
from koweb_sync.forum.models import Post
from koweb_sync.forum.parse_rows import Columns
from koweb_sync.posts.ids import CategoryId, PostId, TopicId

WHOLE = ("id", "topic_id", "post_number", "post_type", "public_version", "like_count", "reads")
MAYBE = ("user_id", "reply_to_post_number", "last_editor_id", "deleted_by_id")
FLAGS = ("user_deleted", "hidden", "wiki")
REST = ("created_at", "updated_at", "deleted_at", "raw", "cooked", "edit_reason", "action_code", "locale")
YES = {"t": True, "f": False}
Place = tuple[Any, int]  # the category of a post's topic, and how many of its likes are other reactions


def reader(columns: Sequence[str]) -> Callable[[Sequence[Values], Sequence[Place]], Page[Post]]:
    """What reads rows with these columns, each with its place, into posts."""
    names = [*WHOLE, *MAYBE, *FLAGS, *REST]
    places = [columns.index(name) if name in columns else len(columns) for name in names]
    take = itemgetter(*places)
    lacking = {"locale": None}

    def read(rows: Sequence[Values], around: Sequence[Place]) -> Page[Post]:
        found: list[Post] = []
        bad: list[Malformed] = []
        for row, (category, shadow) in zip(rows, around, strict=True):
            try:
                found.append(post(take((*row, None)), category, shadow))
            except SURPRISES:
                said = {**lacking, **dict(zip(columns, row, strict=True)), "category_id": category, "shadow": shadow}
                page = each("post", [Columns(said)], parse_rows.post)
                found += page
                bad += page.malformed
        return Page(found, bad)

    return read


def whole(written: Values) -> Iterable[int]:
    """Whole numbers out of their texts; mostly they are digits and nothing else. Raises one of SURPRISES."""
    digits: Any = written  # None among them is a surprise
    together = "".join(digits)
    if together.isdecimal() and together.isascii() and max(map(len, digits)) < SAFE:
        return map(int, digits)
    return map(whole_in, written)


def post(row: Values, category: Any, shadow: int) -> Post:
    """A post out of its values in the order of the names above. Raises one of SURPRISES."""
    ident, topic, number, kind, version, likes, reads = whole(row[:7])
    author, reply_to, editor, deleted_by = [None if one is None else whole_in(one) for one in row[7:11]]
    user_deleted, hidden, wiki = [YES[one or ""] for one in row[11:14]]
    created, updated, deleted, raw, cooked, reason, action, locale = row[14:]
    if raw is None or created is None or updated is None or type(category) not in (int, type(None)):
        raise ValueError
    return Post(
        id=PostId(ident),
        topic=TopicId(topic),
        author=None if author is None else somebody(author),
        raw=raw,
        version=version,
        created=micros_in(created),
        updated=micros_in(updated),
        number=number,
        type=kind,
        action=action or None,
        reply_to=reply_to,
        cooked=cooked or "",
        deleted=micros_in(deleted) if deleted else None,
        user_deleted=user_deleted,
        hidden=hidden,
        wiki=wiki,
        likes=likes,
        reads=reads,
        reason=reason or "",
        reactions=None,
        editor=editor if version > 1 else None,
        category=CategoryId(category) if category else None,
        deleted_by=deleted_by,
        locale=locale or "",
        shadow=shadow,
    )
