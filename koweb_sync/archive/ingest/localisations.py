"""Texts and titles in other languages: kept as what they are, and nothing of who was forgotten."""

from collections.abc import Collection, Iterable

from sqlalchemy import select

from koweb_sync.archive.ingest.changes import Row, digest
from koweb_sync.archive.ingest.row_writer import RowWriter
from koweb_sync.archive.store import schema
from koweb_sync.forum.models import Post

AGENDA = "translations"  # posts whose translations must still be read
AT_ONCE = 500


def keep(writer: RowWriter, told: Collection[Row]) -> None:
    """Keep texts and titles. Not of posts whose texts were emptied, nor of who was forgotten."""
    posts = writer.known(schema.POSTS, "id", {one["id"] for one in told if one["kind"] == "post"})
    nothing = digest("", "")
    silent = {row["id"] for row in posts if row["person"] in writer.erasures.silent or row["digest"] == nothing}
    kept = [one for one in told if one["kind"] == "topic" or one["id"] not in silent]
    for one in kept:
        one |= {name: writer.erasures.text(one[name]) for name in ("title", "raw", "cooked")}
        one["person"] = None if one["person"] in writer.erasures.gone else one["person"]
    writer.put(schema.LOCALISATIONS, kept)


def completed(writer: RowWriter, told: Iterable[Row]) -> list[Row]:
    """What the API tells of translations, with what a backup told of the same texts: their HTML, who and when."""
    table = schema.LOCALISATIONS
    found = []
    for one in told:
        mine = (table.c[name] == one[name] for name in ("kind", "id", "locale"))
        query = select(table).where(table.c.forum == writer.forum, *mine)
        held = writer.connection.execute(query).mappings().first()
        same = held is not None and (held["raw"], held["title"]) == (one["raw"], one["title"])
        found.append({**one, "person": one["person"] or held["person"], "at": held["at"], "cooked": held["cooked"]}
                     if held is not None and same else one)  # fmt: skip
    return found


def note(writer: RowWriter, seen: Iterable[Post], *, again: bool = False) -> None:
    """Note the posts whose translations have to be read: those of which none is held, or all of them `again`."""
    translated = sorted({int(one.id) for one in seen if one.translated})
    table, held = schema.LOCALISATIONS, set[int]()
    for start in range(0, 0 if again else len(translated), AT_ONCE):
        those = table.c.id.in_(translated[start : start + AT_ONCE])
        query = select(table.c.id).where(table.c.forum == writer.forum, table.c.kind == "post", those)
        held |= set(writer.connection.execute(query).scalars())
    if wanted := set(translated) - held:
        writer.todo(AGENDA, wanted)
