"""Texts that a post had before we first saw it, put among those that are held."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from sqlalchemy import Update, bindparam, update

from koweb_sync.archive.ingest.changes import Row, digest
from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.prepared import for_values, prepared, remove_rows
from koweb_sync.forum.models import Post, User
from koweb_sync.posts.ids import PostId, TopicId
from koweb_sync.times import SECOND

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
    before, since = parted(held, found, current)
    new = unknown(held, before)
    if not new:
        return None
    place = current["version"] or 0
    if since is not None and seen_after(current, since):
        place = max(place, since["version"])  # what we saw is counted without edits that staff hid
    elif since is not None:  # the text was seen before it was changed, and came back
        current = {**since, "cooked": current["cooked"], "digest": current["digest"]}
        new, place = [*new, current], since["version"]
    rows = ordered([*held, *new], current, place)
    if current["placeholder"] and not all(row["placeholder"] for row in rows):
        current = [row for row in rows if not row["placeholder"]][-1]
    numbered = [{**row, "n": n} for n, row in enumerate(rows, 1)]
    return numbered, next(n for n, row in enumerate(rows, 1) if row is current)


def ordered(rows: Iterable[Row], current: Row, place: int) -> list[Row]:
    """Texts in the order of the forum; the one that counts stands at a `place` among its versions.

    What was there before an edit, and nobody knows since when, came after what the edit before that one made.
    """
    before = (current["edited"] or 0) - 1

    def key(row: Row) -> tuple[int, float, int]:
        number = place if row is current else row["version"] or 0
        unknown_time = before if number == place else inf
        return number, unknown_time if row["edited"] is None else row["edited"], row.get("n", 0)

    return sorted(rows, key=key)


def parted(held: Sequence[Row], found: Sequence[Row], current: Row) -> tuple[list[Row], Row | None]:
    """The texts that are told, without the one that counts, which is told last; and since when that is there."""
    before, since = list(found), None
    newest = max((row["version"] or 0 for row in held if row is not current), default=0)
    while before and before[-1]["raw"] == current["raw"] and before[-1]["version"] >= newest:
        since = before.pop()
    return before, since


def unknown(held: Sequence[Row], found: Sequence[Row]) -> list[Row]:
    """Those of the texts of a post that are told which are not held. A text that came back is told in each place that
    it had, and each time it is another version.
    """
    there = {(row["version"], row["raw"]) for row in held}
    told = {(row["version"], row["raw"]) for row in found}
    left = [row for row in held if (row["version"], row["raw"]) not in told]
    new = []
    for row in found:
        if (row["version"], row["raw"]) in there or row["digest"] == EMPTY:
            continue
        same = next((one for one in left if may_be(one, row)), None)
        if same is None:
            new.append(row)
        else:
            left.remove(same)
    return new


def may_be(held: Row, told: Row) -> bool:
    """Whether a text that we saw is one that an edit made. What we saw is counted without edits that staff hid."""
    return held["digest"] == told["digest"] and (held["version"] or 0) <= told["version"] and seen_after(held, told)


def seen_after(held: Row, told: Row) -> bool:
    """Whether a text that we saw may have been there since an edit was made."""
    return None in (held["edited"], told["edited"]) or bool(held["edited"] >= told["edited"] - SECOND)


def keep_earlier(
    writer: PageWriter,
    told: Mapping[int, Sequence[EarlierText]],
    known: Mapping[int, Row],
    source: str,
    versions: Sequence[Row] | None = None,
) -> None:
    """Keep texts beside those that are held, in the order of the forum. `known`: their posts as they are held; `source`
    says how the texts came. `versions`: all that is held of these posts, where that was asked just now.
    """
    told = {
        post: found for post, found in told.items() if found and known[post]["person"] not in writer.erasures.silent
    }
    table = schema.POST_VERSIONS
    held: dict[int, list[Row]] = {}
    for row in writer.known(table, "post", told) if versions is None else versions:
        held.setdefault(row["post"], []).append({name: value for name, value in row.items() if name != "forum"})
    changed: dict[int, tuple[list[Row], int]] = {}
    for post, found in told.items():
        rows = [version(writer, post, one, known[post], source) for one in found]
        both = merged(held.get(post, ()), rows, known[post]["n"])
        if both is not None:
            changed[post] = both
    # The same numbers are written over; to take rows out and to write them again takes twice as long.
    gaps = [post for post, (rows, _n) in changed.items() if any(row["n"] > len(rows) for row in held[post])]
    for_values(writer.connection, remove_rows, table, writer.forum, "post", gaps)
    writer.put(table, [row for rows, _counting in changed.values() for row in rows])
    renumber(writer, {post: n for post, (_rows, n) in changed.items() if n != known[post]["n"]})
    writer.tell("earlier texts", sum(len(rows) - len(held[post]) for post, (rows, _n) in changed.items()))
    for post, (rows, n) in changed.items():
        if known[post]["user_deleted"] and not rows[n - 1]["placeholder"]:
            taken_back(writer, known[post], rows[n - 1])


def renumber(writer: PageWriter, counting: Mapping[int, int]) -> None:
    """Set which versions of posts count."""
    statement = prepared(writer.connection.dialect, counted)
    rows = [{"nth": n, "of": writer.forum, "which": post} for post, n in counting.items()]
    statement.run(writer.connection, rows)


def counted() -> Update:
    """Set which version of a post counts."""
    table = schema.POSTS
    mine = (table.c.forum == bindparam("of"), table.c.id == bindparam("which"))
    return update(table).where(*mine).values(n=bindparam("nth"))


def taken_back(writer: PageWriter, post: Row, text: Row) -> None:
    """A text that its author took back is held: it counts, as one that was seen before, and may be emptied later."""
    if post["deleted"] is None:  # else the forum deleted it since
        writer.add_tombstones(
            [{"kind": "post", "id": post["id"], "reason": "user-deleted", "at": post["updated"], "by": None}]
        )
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
    writer.look_into([told], [post["id"]])


def version(writer: PageWriter, post: int, one: EarlierText, facts: Row, source: str) -> Row:
    """A text as a row, without the names of those who were forgotten."""
    raw, cooked, reason = (writer.erasures.text(text) for text in (one.raw, one.cooked, one.reason))
    editor = None if one.editor in writer.erasures.gone else one.editor
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
        "observed": writer.now,
        "source": source,
    }
