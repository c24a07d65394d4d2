"""Who people are, looked up as they are met and remembered for a while."""

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from koweb_sync.archive.read.model import ArchivedPerson, Disguise
from koweb_sync.archive.store.rows import among, rows, sql, where
from koweb_sync.i18n import _
from koweb_sync.spelling import called_so, nearest

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable

AT_ONCE = 500
NAMESAKES = 10  # usernames that are told of people with one name
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
            flags = {name: bool(row[name]) for name in ("admin", "moderator", "bot")}
            found[row["id"]] = ArchivedPerson(row["id"], row["username"], row["name"], row["created"], **flags)
        self.known |= {ident: self.disguise.person(one) for ident, one in found.items()}


def who_is_meant(connection: "Readable", forum: int, words: str) -> str:
    """Whom somebody may mean who typed no username, in words: those whose full name it is, else the one whose username
    is most like it; "" where there is none.
    """
    query = sql("SELECT username, name FROM people WHERE forum = ? AND username <> '' ORDER BY username", forum)
    names = {str(row["username"]): str(row["name"] or "") for row in rows(connection, query)}
    same = called_so(words.lstrip("@"), names, lambda one: filter(None, [names[one]]))
    if len(same) > 1:
        some = ", ".join(islice(same, NAMESAKES))
        return _("Several people have this name. Give a username: {names}").format(names=some)
    near = same[0] if same else nearest(words.lstrip("@"), names)
    return _("Did you mean “{command}”?").format(command=near) if near else ""
