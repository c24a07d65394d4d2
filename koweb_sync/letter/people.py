"""The people whom a letter may quote and name, out of the archive: who agreed, who must not appear at all."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from koweb_sync.archive.privacy.consent import WISH, Quoting, quoting, wishes
from koweb_sync.archive.privacy.pseudonyms import called
from koweb_sync.archive.store.rows import rows, sql
from koweb_sync.letter.names import SpokenNames, single

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from koweb_sync.config import Quotes


@dataclass(frozen=True)
class LetterPeople:
    """Who may be quoted. `names`: of those who agreed to be named, by number; `unnamed` agreed to be quoted without
    their names; `never` did not; `away` do not appear at all: erased,
    anonymised, suspended, or not to be counted. `spoken`: all names that
    may not be said. `policy`: about those who said nothing.
    """

    policy: "Quotes"
    names: dict[int, str]
    unnamed: frozenset[int]
    never: frozenset[int]
    away: frozenset[int]
    spoken: SpokenNames

    def named(self, person: int) -> str:
        """The name of somebody who agreed to be named; empty for all others."""
        return self.names.get(person, "")

    def may_quote(self, person: int) -> bool:
        """Whether somebody's sentences may stand in the letter."""
        if person <= 0 or person in self.never or person in self.away or self.policy == "none":
            return False
        return self.policy == "unnamed" or person in self.names or person in self.unnamed


def people_of(connection: "Connection", forum: int, policy: "Quotes") -> LetterPeople:
    """Everybody of a forum, as the letter sees them."""
    said = quoting(connection, forum)
    away = gone(connection, forum) | {one.person for one in wishes(connection, forum) if one.wish == WISH}
    agreed = {person for person, wish in said.items() if wish is Quoting.NAMED} - away
    shown = {
        int(row["id"]): single(row["name"] or row["username"])
        for row in rows(connection, sql("SELECT id, name, username FROM people WHERE forum = ?", forum))
        if row["id"] in agreed
    }
    others = [(one.usernames, one.names) for one in called(connection, forum) if one.id > 0 and one.id not in shown]
    return LetterPeople(
        policy,
        {person: name for person, name in shown.items() if name},
        frozenset(person for person, wish in said.items() if wish is Quoting.UNNAMED),
        frozenset(person for person, wish in said.items() if wish is Quoting.NEVER),
        away,
        SpokenNames.of(others),
    )


def gone(connection: "Connection", forum: int) -> frozenset[int]:
    """Who was erased or made anonymous, whose account is gone, and who may not come in now."""
    queries = (
        "SELECT person AS id FROM erasures WHERE forum = ?",
        "SELECT id FROM people WHERE (anonymised = 1 OR suspended = 1) AND forum = ?",
        "SELECT id FROM tombstones WHERE kind = 'person' AND lifted IS NULL AND forum = ?",
    )
    return frozenset(int(row["id"]) for query in queries for row in rows(connection, sql(query, forum)))
