"""Who does not want to be counted in reports: their posts stay, and no figure is about them."""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, select

from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import put

WISH = "not-counted"


@dataclass(frozen=True, slots=True)
class Consent:
    """Somebody who does not want to be counted, since when, in microseconds."""

    person: int
    username: str
    since: int


def wishes(connection: Connection, forum: int) -> list[Consent]:
    """Everybody who does not want to be counted now."""
    table, people = schema.CONSENTS, schema.PEOPLE
    same = and_(people.c.forum == table.c.forum, people.c.id == table.c.person)
    query = (
        select(table.c.person, people.c.username, table.c.since)
        .join_from(table, people, same, isouter=True)
        .where(table.c.forum == forum, table.c.wish == WISH, table.c.until.is_(None))
        .order_by(table.c.person)
    )
    return [Consent(int(person), username or "", int(since)) for person, username, since in connection.execute(query)]


def wish(connection: Connection, forum: int, person: int, now: int, *, counted: bool) -> bool:
    """Keep what somebody wants, and say whether that is new."""
    table = schema.CONSENTS
    mine = (table.c.forum == forum, table.c.person == person, table.c.wish == WISH)
    before = connection.execute(select(table.c.since, table.c.until).where(*mine)).first()
    open_now = before is not None and before.until is None
    if counted != open_now:
        return False
    since = before.since if before is not None and counted else now
    row = {"person": person, "wish": WISH, "since": since, "until": now if counted else None}
    put(connection, table, [{"forum": forum, **row}])
    return True
