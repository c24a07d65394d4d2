"""What people wished: not to be counted in reports (their posts stay, and no figure is about them), and whether a
letter may quote them.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, and_, select

from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import put

WISH = "not-counted"


class Quoting(StrEnum):
    """Whether a letter may quote somebody: with their name, without it, or never. Who said nothing is in none."""

    NAMED = "quoted-by-name"
    UNNAMED = "quoted-without-name"
    NEVER = "not-quoted"


@dataclass(frozen=True, slots=True)
class Consent:
    """What somebody wishes, since when, in microseconds."""

    person: int
    username: str
    wish: str
    since: int


def wishes(connection: Connection, forum: int) -> list[Consent]:
    """Everything that somebody wishes now."""
    table, people = schema.CONSENTS, schema.PEOPLE
    same = and_(people.c.forum == table.c.forum, people.c.id == table.c.person)
    query = (
        select(table.c.person, people.c.username, table.c.wish, table.c.since)
        .join_from(table, people, same, isouter=True)
        .where(table.c.forum == forum, table.c.until.is_(None))
        .order_by(table.c.person, table.c.wish)
    )
    return [
        Consent(int(person), username or "", str(wish), int(since))
        for person, username, wish, since in connection.execute(query)
    ]


def wish(connection: Connection, forum: int, person: int, now: int, *, counted: bool) -> bool:
    """Keep whether somebody wants to be counted, and say whether that is new."""
    return noted(connection, forum, person, now, WISH, holds=not counted)


def quoting(connection: Connection, forum: int) -> dict[int, Quoting]:
    """Whether a letter may quote people, of those who said so."""
    known = {str(one): one for one in Quoting}
    return {one.person: known[one.wish] for one in wishes(connection, forum) if one.wish in known}


def wish_quoting(connection: Connection, forum: int, person: int, now: int, chosen: Quoting) -> bool:
    """Keep whether somebody wants to be quoted, and say whether that is new. It takes the place of what they said
    before.
    """
    changed = [noted(connection, forum, person, now, one, holds=one is chosen) for one in Quoting]
    return any(changed)


def noted(connection: Connection, forum: int, person: int, now: int, wished: str, *, holds: bool) -> bool:
    """Keep whether a wish of somebody's holds now, and say whether that is new."""
    table = schema.CONSENTS
    mine = (table.c.forum == forum, table.c.person == person, table.c.wish == wished)
    before = connection.execute(select(table.c.since, table.c.until).where(*mine)).first()
    held = before is not None and before.until is None
    if holds == held:
        return False
    since = before.since if before is not None and not holds else now
    row = {"person": person, "wish": str(wished), "since": since, "until": None if holds else now}
    put(connection, table, [{"forum": forum, **row}])
    return True
