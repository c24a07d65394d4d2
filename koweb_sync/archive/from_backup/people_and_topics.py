"""What stands around posts: categories, people and what they were called before, groups, topics, counters."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import update

from koweb_sync.archive.backups.tables import ANONYMISED, CHANGED_USERNAME
from koweb_sync.archive.crawl.run import CrawlOptions
from koweb_sync.archive.from_backup.backup_reading import SOURCE, BackupReading
from koweb_sync.archive.from_backup.row_pages import pages
from koweb_sync.archive.from_backup.staged_tables import StagedTables
from koweb_sync.archive.ingest.categories_and_counters import COUNTED, STAFF, count, differs, noted
from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.store import schema
from koweb_sync.forum import parse_rows, parse_site
from koweb_sync.forum.decode import each, micros, whole_number
from koweb_sync.forum.models import DirectoryEntry, User, UserGroup
from koweb_sync.forum.parse_people import HEART
from koweb_sync.forum.parse_rows import Columns
from koweb_sync.forum.site import Category

CATEGORIES = """
SELECT c.*, '/t/' || c.topic_id AS topic_url, 1 AS permission,
  NOT EXISTS (SELECT 1 FROM category_groups g WHERE g.category_id = c.id AND g.group_id NOT IN (1, 2, 3)) AS staff
FROM categories c WHERE c.id > 0 ORDER BY c.id
"""
# Accounts that were never used are nobody's; those that came from another forum are somebody's, if they wrote or liked.
PEOPLE = """
SELECT * FROM users WHERE active = 't' OR staged = 't' OR id <= 0 OR last_seen_at IS NOT NULL
  OR id IN (SELECT user_id FROM posts)
  OR id IN (SELECT a.user_id FROM post_actions a JOIN posts p ON p.id = a.post_id WHERE a.deleted_at IS NULL)
ORDER BY id
"""
RENAMED = """
SELECT h.* FROM user_histories h
WHERE h.action = :changed AND h.previous_value <> '' AND h.target_user_id NOT IN (
  SELECT target_user_id FROM user_histories WHERE action = :anonymised AND target_user_id IS NOT NULL
)
ORDER BY h.target_user_id, h.id
"""
TOPICS = """
SELECT t.*, (
  SELECT GROUP_CONCAT(name, '|') FROM (
    SELECT g.name FROM topic_tags tt JOIN tags g ON g.id = tt.tag_id WHERE tt.topic_id = t.id ORDER BY g.name
  )
) AS tags
FROM topics t ORDER BY t.id
"""
MEMBERS = """
SELECT m.user_id FROM group_users m JOIN users u ON u.id = m.user_id AND u.id > 0
WHERE m.group_id = ? ORDER BY m.user_id
"""


def settings(reading: BackupReading) -> None:
    """Keep what the forum is called, its language, and which reaction is a like."""
    run, staged = reading.run, reading.staged
    main = staged.setting("discourse_reactions_reaction_for_like")
    with run.page() as writer:
        writer.name(staged.setting("title"), staged.setting("default_locale"), lacking=reading.older)
        if staged.setting("discourse_reactions_enabled") == "t" and run.state("reactions") is None:
            writer.cursor("reactions", {"main": main or HEART, "on": True})
    run.reaction_settings = None


def categories(reading: BackupReading) -> None:
    """Keep the categories that are wanted, and note which topics are not."""
    run, wishes = reading.run, reading.run.wishes
    rows = list(reading.staged.rows(CATEGORIES))
    among = parse_site.by_number(rows)
    known: list[Category] = []
    for row in rows:
        one = reading.read(row, lambda row: parse_site.category(dict(row), among))
        if one is None:
            continue
        closed = {"restricted": one.restricted, "staff": one.restricted and bool(row["staff"])}
        if not one.restricted or reading.restricted or wishes.staff:
            known.append(Category(**{**noted(one), **closed}))
    with run.page() as writer:
        before = {row["id"]: row for row in writer.known(schema.CATEGORIES, "id", [one.id for one in known])}
        told = [{**noted(one), "restricted": int(one.restricted), "staff": int(one.staff)} for one in known]
        told = [row for row in told if not reading.older or row["id"] not in before]
        writer.put(schema.CATEGORIES, [row for row in told if differs(row, before.get(row["id"]))])
        if not reading.older:
            writer.cursor("categories", [noted(one) for one in known])
    out = unwanted(reading.staged, wishes, restricted=reading.restricted)
    run.left_out = frozenset(out)
    reading.left = reading.staged.keep_out(out, whispers=wishes.staff)


def unwanted(staged: StagedTables, wishes: CrawlOptions, *, restricted: bool) -> list[int]:
    """The categories of which nothing is read: without a key those that not everybody may read, with it those for
    staff, unless they are asked for.
    """
    closed = [row for row in staged.rows(CATEGORIES) if row["read_restricted"] == "t" and not wishes.staff]
    return [row["id"] for row in closed if type(row["id"]) is int and (row["staff"] or not restricted)]


def people(reading: BackupReading) -> None:
    """Keep who people are, and what they were called before."""
    for page in pages(reading.staged.rows(PEOPLE)):
        found = each("row", page, lambda row: parse_rows.user(row, reading.run.started))
        with reading.run.page() as writer:
            known = {row["id"] for row in writer.known(schema.PEOPLE, "id", [one.id for one in found])}
            writer.people(one for one in found if not reading.older or one.id not in known)
            reading.unclear(found)
    former_names(reading)


def former_names(reading: BackupReading) -> None:
    """Keep what people were called before, and since when. Not of those whose names the forum took away."""
    history: dict[int, list[tuple[int, str]]] = {}
    for row in reading.staged.rows(RENAMED, {"changed": int(CHANGED_USERNAME), "anonymised": int(ANONYMISED)}):
        told = reading.read(row, former_name)
        if told is not None:
            history.setdefault(told[0], []).append(told[1:])
    table = schema.NAMES
    with reading.run.page() as writer:
        there = {row["id"]: row for row in writer.known(schema.PEOPLE, "id", history)}
        held: dict[int, list[dict[str, Any]]] = {}
        for known in writer.known(table, "person", history):
            held.setdefault(known["person"], []).append(known)
        for person, earlier in sorted(history.items()):
            mine = sorted(held.get(person, ()), key=lambda row: row["n"])
            if person in writer.erasures.gone or person not in there or there[person]["anonymised"] or not mine:
                continue
            clear = [(at, name) for at, name in earlier if writer.erasures.text(f"@{name}") == f"@{name}"]
            writer.put(table, names_in_order(there[person], mine, clear) if clear else [])


def former_name(row: Columns) -> tuple[int, int, str]:
    """Who was called otherwise, until when, and how."""
    return whole_number(row, "target_user_id"), micros(row, "created_at"), str(row["previous_value"])


def names_in_order(person: dict[str, Any], held: list[dict[str, Any]], earlier: list[tuple[int, str]]) -> list[Any]:
    """The names of somebody, oldest first, as rows: those that we do not hold stand before those that we do."""
    known = {row["username"] for row in held}
    new: list[dict[str, Any]] = []
    since = person["created"] or earlier[0][0]
    for until, name in earlier:
        if name not in known:
            new.append({"person": person["id"], "username": name, "name": "", "since": since, "until": until})
            known.add(name)
        since = until
    rest = [{name: value for name, value in row.items() if name != "forum"} for row in held]
    if new and rest[0]["since"] > since:
        rest[0] = {**rest[0], "since": since}
    return [{**row, "n": n} for n, row in enumerate([*new, *rest], 1)] if new else []


def topics(reading: BackupReading) -> None:
    """Keep topics with their tags; lists are expected to show those that they show."""
    definitions = {one["definition"] for one in reading.run.state("categories") or ()}
    closed = {one["id"] for one in reading.run.state("categories") or () if one["restricted"]}
    table = schema.TOPICS
    for page in pages(reading.staged.rows(TOPICS)):
        found = each("topic", page, parse_rows.topic)
        with reading.run.page() as writer:
            known = {row["id"] for row in writer.known(table, "id", [one.id for one in found])}
            kept = [one for one in found if not reading.older or one.id not in known]
            writer.topics(kept, SOURCE, views=True, all_read=not reading.older)
            if not reading.older:
                writer.done("topic", [one.id for one in kept])
            key = reading.run.wishes.uses_key
            listed = [
                one.id
                for one in kept
                if one.archetype in schema.OPEN
                and one.deleted is None
                and one.id not in definitions
                and (one.visible or key)
                and (one.category not in closed or key)
            ]
            mine = (table.c.forum == reading.run.forum, table.c.id.in_(listed), table.c.listed == 0)
            writer.connection.execute(update(table).where(*mine).values(listed=1))
            reading.unclear(found)


def counters(reading: BackupReading) -> None:
    """Keep what the directory counts, and which groups there are, as far as everybody may see them."""
    if reading.older:
        return
    rows = reading.staged.rows(
        "SELECT d.* FROM directory_items d JOIN users u ON u.id = d.user_id WHERE d.user_id > 0 ORDER BY d.user_id"
    )
    for page in pages(rows):
        told = each("row", page, entry)
        reading.unclear(told)
        with reading.run.page() as writer:
            count(writer, writer.erasures.counters(told))
    with reading.run.page() as writer:
        groups(reading, writer)


def entry(row: Any) -> DirectoryEntry:
    """What the directory says about a person."""
    counts = {name: whole_number(row, name, 0) for name in COUNTED}
    return DirectoryEntry(person=User(whole_number(row, "user_id"), ""), **counts)


def groups(reading: BackupReading, writer: PageWriter) -> None:
    """Keep the groups that everybody sees, and who is in those that people made, where everybody sees that."""
    rows_found = list(reading.staged.rows("SELECT * FROM groups WHERE visibility_level = 0 AND id > 0 ORDER BY id"))
    both = [(row, one) for row in rows_found if (one := reading.read(row, group)) is not None]
    found, told = [row for row, _one in both], [one for _row, one in both]
    before = {row["id"]: row for row in writer.known(schema.GROUPS, "id", [one.id for one in told])}
    names = ("id", "name", "full_name", "members")
    rows = [{**{name: getattr(one, name) for name in names}, "automatic": int(one.automatic)} for one in told]
    writer.put(schema.GROUPS, [row for row in rows if differs(row, before.get(row["id"]))])
    for shown, one in zip(found, told, strict=True):
        if (not one.automatic or one.id == STAFF) and not shown["members_visibility_level"]:
            writer.join(one.id, set(members(reading, one.id)))


def group(row: Columns) -> UserGroup:
    """A group."""
    return UserGroup(
        id=whole_number(row, "id"),
        name=str(row["name"] or ""),
        full_name=str(row["full_name"] or ""),
        automatic=row["automatic"] == "t",
        members=whole_number(row, "user_count", 0),
    )


def members(reading: BackupReading, ident: int) -> Iterator[int]:
    """Who is in a group."""
    found = (
        reading.read(row, lambda row: whole_number(row, "user_id")) for row in reading.staged.rows(MEMBERS, [ident])
    )
    return (one for one in found if one is not None)
