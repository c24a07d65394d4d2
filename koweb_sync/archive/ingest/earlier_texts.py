"""Texts that a post had before we first saw it, put among those that are held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Update, bindparam, update

from koweb_sync.archive.ingest.changes import Row, digest
from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.prepared import for_values, prepared, remove_rows
from koweb_sync.forum.models import Post, User
from koweb_sync.posts.ids import PostId, TopicId

EMPTY = digest("", "")


@dataclass(frozen=True, slots=True)
class EarlierText:
    """A text that a post had: as which of its versions, since when, by whom, why."""

    version: int
    raw: str
    cooked: str
    at: int | None
    editor: int | None = None
    reason: str = ""
    hidden: bool = False


def merged(held: Sequence[Row], found: Sequence[Row], counting: int) -> tuple[list[Row], int] | None:
    """The versions of a post with those that are told, in the order of the forum, and the number of the one that
    counts: never what stands for a text if a text is held. None where nothing is new.

    `held` are rows with their `n`; a post whose texts were emptied stays empty.
    """
    current = next((row for row in held if row["n"] == counting), None)
    if current is None or (current["digest"] == EMPTY and not current["placeholder"]):
        return None
    seen = {row["digest"] for row in held} | {EMPTY}
    known = {(row["version"], row["raw"]) for row in held}
    new = []
    for row in found:
        if row["digest"] not in seen and (row["version"], row["raw"]) not in known:
            seen.add(row["digest"])
            new.append(row)
    if not new:
        return None
    rows = sorted([*held, *new], key=lambda row: (row["version"] or 0, row["edited"] or 0, row.get("n", 0)))
    if current["placeholder"] and not all(row["placeholder"] for row in rows):
        current = [row for row in rows if not row["placeholder"]][-1]
    numbered = [{**row, "n": n} for n, row in enumerate(rows, 1)]
    return numbered, next(n for n, row in enumerate(rows, 1) if row is current)


def keep_earlier(
    keeper: PageWriter,
    told: Mapping[int, Sequence[EarlierText]],
    known: Mapping[int, Row],
    source: str,
    versions: Sequence[Row] | None = None,
) -> None:
    """Keep texts beside those that are held, in the order of the forum. `known`: their posts as they are held; `source`
    says how the texts came. `versions`: all that is held of these posts, where that was asked just now.
    """
    told = {post: found for post, found in told.items() if found and known[post]["person"] not in keeper.veil.silent}
    table = schema.POST_VERSIONS
    held: dict[int, list[Row]] = {}
    for row in keeper.known(table, "post", told) if versions is None else versions:
        held.setdefault(row["post"], []).append({name: value for name, value in row.items() if name != "forum"})
    changed: dict[int, tuple[list[Row], int]] = {}
    for post, found in told.items():
        rows = [version(keeper, post, one, known[post], source) for one in found]
        both = merged(held.get(post, ()), rows, known[post]["n"])
        if both is not None:
            changed[post] = both
    # The same numbers are written over; to take rows out and to write them again takes twice as long.
    gaps = [post for post, (rows, _n) in changed.items() if any(row["n"] > len(rows) for row in held[post])]
    for_values(keeper.connection, remove_rows, table, keeper.forum, "post", gaps)
    keeper.put(table, [row for rows, _counting in changed.values() for row in rows])
    renumber(keeper, {post: n for post, (_rows, n) in changed.items() if n != known[post]["n"]})
    keeper.tell("earlier texts", sum(len(rows) - len(held[post]) for post, (rows, _n) in changed.items()))
    for post, (rows, n) in changed.items():
        if known[post]["user_deleted"] and not rows[n - 1]["placeholder"]:
            taken_back(keeper, known[post], rows[n - 1])


def renumber(keeper: PageWriter, counting: Mapping[int, int]) -> None:
    """Set which versions of posts count."""
    statement = prepared(keeper.connection.dialect, counted)
    rows = [{"nth": n, "of": keeper.forum, "which": post} for post, n in counting.items()]
    statement.run(keeper.connection, rows)


def counted() -> Update:
    """Set which version of a post counts."""
    table = schema.POSTS
    mine = (table.c.forum == bindparam("of"), table.c.id == bindparam("which"))
    return update(table).where(*mine).values(n=bindparam("nth"))


def taken_back(keeper: PageWriter, post: Row, text: Row) -> None:
    """A text that its author took back is held: it counts, as one that was seen before, and may be emptied later."""
    keeper.bury([{"kind": "post", "id": post["id"], "reason": "user-deleted", "at": post["updated"], "by": None}])
    author = None if post["person"] is None else User(post["person"], "")
    told = Post(
        id=PostId(post["id"]),
        topic=TopicId(post["topic"]),
        author=author,
        raw=text["raw"],
        version=1,
        created=0,
        updated=0,
        reply_to=post["reply_to"],
        cooked=text["cooked"],
    )
    keeper.look_into([told], [post["id"]])


def version(keeper: PageWriter, post: int, one: EarlierText, facts: Row, source: str) -> Row:
    """A text as a row, without the names of those who were forgotten."""
    raw, cooked, reason = (keeper.veil.text(text) for text in (one.raw, one.cooked, one.reason))
    editor = None if one.editor in keeper.veil.gone else one.editor
    return {
        "post": post,
        "raw": raw,
        "cooked": cooked,
        "version": one.version,
        "edited": facts["created"] if one.at is None and one.version <= 1 else one.at,
        "editor": editor,
        "reason": reason,
        "placeholder": 0,
        "digest": digest(raw, cooked),
        "observed": keeper.now,
        "source": source,
    }
