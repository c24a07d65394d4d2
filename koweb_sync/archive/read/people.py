"""Who people are, looked up as they are met and remembered for a while."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from koweb_sync.archive.read.model import ArchivedPerson, Disguise
from koweb_sync.archive.store.rows import Sql, among, rows, sql, where
from koweb_sync.errors import InputError
from koweb_sync.i18n import _
from koweb_sync.spelling import called_so, nearest

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable

AT_ONCE = 500
REMEMBERED = 20_000


class ShownNames:
    """The people of one forum, as the disguise lets them be seen."""

    def __init__(self, connection: "Readable", forum: int, disguise: Disguise) -> None:
        self.connection = connection
        self.forum = forum
        self.disguise = disguise
        self.known: dict[int, ArchivedPerson] = {}

    def of(self, ident: int) -> ArchivedPerson:
        """Somebody by number; nameless if nothing is known of them."""
        return self.known.get(ident) or self.many([ident])[ident]

    def many(self, idents: Iterable[int | None]) -> dict[int, ArchivedPerson]:
        """People by number. Those of whom nothing is known are there too, without a name."""
        wanted = {one for one in idents if one is not None}
        if len(self.known) + len(wanted) > REMEMBERED:
            self.known.clear()
        missing = sorted(wanted - self.known.keys())
        for start in range(0, len(missing), AT_ONCE):
            self.look_up(missing[start : start + AT_ONCE])
        return {one: self.known[one] for one in wanted}

    def look_up(self, idents: list[int]) -> None:
        """Read some people."""
        found = {one: ArchivedPerson(one, "") for one in idents}
        query = sql("SELECT * FROM people") + where(sql("forum = ?", self.forum), among("id", idents))
        for row in rows(self.connection, query):
            flags = {name: bool(row[name]) for name in ("admin", "moderator", "bot", "anonymised")}
            found[row["id"]] = ArchivedPerson(row["id"], row["username"], row["name"], row["created"], **flags)
        self.known |= {ident: self.disguise.person(one) for ident, one in found.items()}


class NobodyCalledSo(InputError):
    """Nobody in the archive has, or had, that name."""


def one_called(connection: "Readable", forum: int, words: str, *, guess: bool = True) -> int:
    """The number of the one person whom somebody means. Raises InputError, which with `guess` tells who has a name that
    is like it.
    """
    found = called(connection, forum, words)
    if not found:
        near = who_is_meant(connection, forum, words) if guess else ""
        raise NobodyCalledSo(
            _("Nobody in this archive is called “{user}”.").format(user=words),
            remedy=near or _("Give the username, or the number as in “#7”."),
        )
    if len(found) > 1:
        query = sql("SELECT id, username FROM people") + where(sql("forum = ?", forum), among("id", found))
        some = [f"{one['username']} (#{one['id']})".lstrip() for one in rows(connection, query + "ORDER BY id")]
        raise InputError(
            _("Several people were called “{user}”: {numbers}.").format(user=words, numbers=", ".join(some)),
            remedy=_("Name the one that you mean by number."),
        )
    return found[0]


def called(connection: "Readable", forum: int, words: str) -> list[int]:
    """The numbers of those who may be meant: by a username that they have or had, by their number as `#7`, or by the
    name that people see, now or before.
    """
    if re.fullmatch(r"#-?[0-9]{1,18}", words):
        return numbers(connection, sql("SELECT id FROM people WHERE forum = ? AND id = ?", forum, int(words[1:])))
    return by_username(connection, forum, words) or shown_as(connection, forum, words)


def by_username(connection: "Readable", forum: int, words: str) -> list[int]:
    """The numbers of those who have a username, else of those who had it, in whatever capitals."""
    name = words.removeprefix("@")
    now = sql("SELECT id FROM people WHERE forum = ? AND folded = ?", forum, name.casefold())
    then = "SELECT DISTINCT person AS id FROM names WHERE forum = ? AND (lower(username) = ? OR username = ?)"
    return numbers(connection, now) or numbers(connection, sql(then, forum, name.lower(), name))


def numbers(connection: "Readable", query: Sql) -> list[int]:
    """Numbers of people, the least first."""
    return sorted(int(row["id"]) for row in rows(connection, query))


def shown_as(connection: "Readable", forum: int, name: str) -> list[int]:
    """The numbers of those whose display name this is, or was."""
    query = "SELECT id, name FROM people WHERE forum = ? UNION SELECT person AS id, name FROM names WHERE forum = ?"
    every = [(int(row["id"]), str(row["name"] or "")) for row in rows(connection, sql(query, forum, forum))]
    return sorted({ident for ident, _shown in called_so(name, every, lambda one: filter(None, one[1:]))})


def who_is_meant(connection: "Readable", forum: int, words: str) -> str:
    """Whose username is most like what somebody typed, in words; "" where none is."""
    query = sql("SELECT username FROM people WHERE forum = ? AND username <> '' ORDER BY username", forum)
    near = nearest(words.lstrip("@"), [str(row["username"]) for row in rows(connection, query)])
    return _("Did you mean “{command}”?").format(command=near) if near else ""
