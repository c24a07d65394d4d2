"""Posts out of their rows: where each column stands is looked up once, and not in each of a hundred thousand rows.

A row in which anything is not as it always is goes to `parse_rows.post`, which reads it as any other answer of the
forum, or says what is wrong with it. What a row tells by itself is read first, and may be by another process; where its
post stands is known only here.
"""

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from koweb_sync.archive.backups.copying import Values
from koweb_sync.archive.from_backup.backup_reading import somebody
from koweb_sync.archive.ingest.post_text import PostText, read_text
from koweb_sync.forum import parse_rows
from koweb_sync.forum.decode import SAFE, SURPRISES, Malformed, Page, each, micros_in, short_value, whole_in
from koweb_sync.forum.models import Post
from koweb_sync.forum.parse_rows import Columns
from koweb_sync.posts.ids import CategoryId, PostId, TopicId

WHOLE = ("id", "topic_id", "post_number", "post_type", "public_version", "like_count", "reads")
MAYBE = ("user_id", "reply_to_post_number", "last_editor_id", "deleted_by_id")
FLAGS = ("user_deleted", "hidden", "wiki")
REST = ("created_at", "updated_at", "deleted_at", "raw", "cooked", "edit_reason", "action_code", "locale")
YES = {"t": True, "f": False}
Place = tuple[Any, int]  # the category of a post's topic, and how many of its likes are other reactions


class PostFacts(NamedTuple):
    """What a row tells by itself, in the order of the names above, and what its text tells; None where nobody asked."""

    whole: tuple[int, ...]
    maybe: tuple[int | None, ...]
    flags: tuple[bool, ...]
    created: int
    updated: int
    deleted: int | None
    raw: str
    cooked: str
    reason: str
    action: str | None
    locale: str
    text: PostText | None


class FoundPosts(NamedTuple):
    """Posts, with what their texts tell by their numbers."""

    posts: Page[Post]
    texts: dict[int, PostText]


def reader(columns: Sequence[str], base: str | None = None) -> Callable[[Values], PostFacts | Columns]:
    """What reads rows with these columns. A row that is not as it always is stays one, with the names of its columns.
    `base`: the texts of the rows are looked through, too, on the forum with this address.
    """
    names = [*WHOLE, *MAYBE, *FLAGS, *REST]
    take = itemgetter(*(columns.index(name) if name in columns else len(columns) for name in names))

    def read(row: Values) -> PostFacts | Columns:
        try:
            return facts(take((*row, None)), base)
        except SURPRISES:
            return Columns({"locale": None, **dict(zip(columns, row, strict=True))})

    return read


def found_posts(rows: Iterable[PostFacts | Columns], around: Iterable[Place]) -> FoundPosts:
    """The posts of rows that were read, each with its place."""
    found: list[Post] = []
    bad: list[Malformed] = []
    texts: dict[int, PostText] = {}
    for row, (category, shadow) in zip(rows, around, strict=True):
        if not isinstance(row, PostFacts):
            page = each("post", [Columns({**row, "category_id": category, "shadow": shadow})], parse_rows.post)
            found += page
            bad += page.malformed
            for one in page:
                texts.pop(one.id, None)  # one of the same number, which does not count any more
        elif type(category) not in (int, type(None)):
            bad.append(Malformed("post", f"category_id: {short_value(category)}", row.whole[0], row.whole[1]))
        else:
            found.append(post(row, category, shadow))
            if row.text is not None:
                texts[found[-1].id] = row.text
    return FoundPosts(Page(found, bad), texts)


def whole(written: Values) -> Iterable[int]:
    """Whole numbers out of their texts; mostly they are digits and nothing else. Raises one of SURPRISES."""
    digits: Any = written  # None among them is a surprise
    together = "".join(digits)
    if together.isdecimal() and together.isascii() and max(map(len, digits)) < SAFE:
        return map(int, digits)
    return map(whole_in, written)


def facts(row: Values, base: str | None) -> PostFacts:
    """What values in the order of the names above tell. Raises one of SURPRISES."""
    numbers = tuple(whole(row[:7]))
    maybe = tuple([None if one is None else whole_in(one) for one in row[7:11]])
    flags = tuple([YES[one or ""] for one in row[11:14]])
    created, updated, deleted, raw, cooked, reason, action, locale = row[14:]
    if raw is None or created is None or updated is None:
        raise ValueError
    return PostFacts(
        numbers,
        maybe,
        flags,
        micros_in(created),
        micros_in(updated),
        micros_in(deleted) if deleted else None,
        raw,
        cooked or "",
        reason or "",
        action or None,
        locale or "",
        None if base is None else read_text(cooked or "", numbers[1], maybe[1], base),
    )


def post(row: PostFacts, category: int | None, shadow: int) -> Post:
    """A post, out of what its row tells and where it stands."""
    ident, topic, number, kind, version, likes, reads = row.whole
    author, reply_to, editor, deleted_by = row.maybe
    user_deleted, hidden, wiki = row.flags
    return Post(
        id=PostId(ident),
        topic=TopicId(topic),
        author=None if author is None else somebody(author),
        raw=row.raw,
        version=version,
        created=row.created,
        updated=row.updated,
        number=number,
        type=kind,
        action=row.action,
        reply_to=reply_to,
        cooked=row.cooked,
        deleted=row.deleted,
        user_deleted=user_deleted,
        hidden=hidden,
        wiki=wiki,
        likes=likes,
        reads=reads,
        reason=row.reason,
        reactions=None,
        editor=editor if version > 1 else None,
        category=CategoryId(category) if category else None,
        deleted_by=deleted_by,
        locale=row.locale,
        shadow=shadow,
    )
