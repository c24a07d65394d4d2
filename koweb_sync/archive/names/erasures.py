"""Who was forgotten, and how their names are known when they come back: pure but for reading and writing the rows.

An erasure keeps a person's number and marks of the names, which nobody can read without the secret. It tells what
happens to new pages: `remove` and `keep` are for somebody who was forgotten, with or without what they wrote;
`renamed` is for somebody whose old names only are forgotten, upstream or by wish.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, cast

from sqlalchemy import Connection, select

from koweb_sync.archive.names.aliases import FORMERS, Alias, ReplacedNames, folded, plain_name
from koweb_sync.archive.names.filter import CLEAR, ErasureFilter
from koweb_sync.archive.names.secret import Secret, find
from koweb_sync.archive.names.words_sought import WordsSought
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.rows import homes
from koweb_sync.archive.store.store import put
from koweb_sync.errors import ConfigError
from koweb_sync.i18n import _

Policy = Literal["remove", "keep", "renamed"]
STRENGTH = {"renamed": 0, "keep": 1, "remove": 2}
SEEN_BEFORE = 200_000  # names whose marks are remembered while a run goes on
KINDS = ("account", "shown", "free")
NAMELESS = Alias("", "")
FIRST = "first"  # the first words of free names: most words of a text are none, and nothing more is asked about them


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Names of one person in the clear: folded usernames, display names, and names that count anywhere in a text."""

    account: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()

    @classmethod
    def of(cls, usernames: Iterable[str], shown: Iterable[str], free: Iterable[str] = ()) -> "KnownNames":
        """Names as people write them."""
        return cls(
            frozenset(folded(one) for one in usernames if one),
            frozenset(name for one in shown if (name := plain_name(one))),
            frozenset(name for one in free if (name := plain_name(one))),
        )


@dataclass(frozen=True, slots=True)
class Erasure:
    """Somebody who was forgotten. `marks` by kind: account, shown, free, first. `longest` is how many words the longest
    free name has.
    """

    person: int
    policy: Policy
    alias: Alias
    marks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    longest: int = 0
    at: int = 0

    @property
    def of_person(self) -> bool:
        """Whether it is the person who was forgotten, and not only old names."""
        return self.policy != "renamed"


def former(person: int, language: str = "en") -> Alias:
    """How somebody is called who was forgotten, in the forum's language: a number that no name leads to."""
    name = f"{FORMERS.get(language[:2], FORMERS['en'])}{abs(person)}"
    return Alias(name, name)


def erasure(person: int, policy: Policy, alias: Alias, known: KnownNames, secret: Secret, at: int) -> Erasure:
    """The erasure of somebody whose names are known."""
    marks = {kind: frozenset(secret.mark(kind, name) for name in getattr(known, kind)) for kind in KINDS}
    marks[FIRST] = frozenset(secret.mark(FIRST, name.partition(" ")[0]) for name in known.free)
    return Erasure(person, policy, alias, marks, max((len(name.split()) for name in known.free), default=0), at)


def joined(before: Erasure | None, after: Erasure) -> Erasure:
    """Two erasures of one person as one: all marks, the stronger policy, and the name that stands in texts already."""
    if before is None:
        return after
    strong = before if STRENGTH[before.policy] > STRENGTH[after.policy] else after
    marks = {kind: before.marks[kind] | after.marks[kind] for kind in (*KINDS, FIRST)}
    alias = before.alias if before.of_person else strong.alias
    return Erasure(after.person, strong.policy, alias, marks, max(before.longest, after.longest), after.at)


def names_in_clear(people: Sequence[tuple[KnownNames, Alias, bool]]) -> ReplacedNames:
    """What to look for when the names are known: names, what takes their place, whether their quoted words go too."""
    found: dict[str, dict[str, Alias]] = {
        kind: {name: alias for known, alias, _emptied in people for name in sorted(getattr(known, kind))}
        for kind in KINDS
    }
    emptied = frozenset(name for known, _alias, gone in people if gone for name in known.account)
    longest = max((len(name.split()) for name in found["free"]), default=0)
    looks = (found["account"].get, found["shown"].get, found["free"].get)
    firsts = {name.partition(" ")[0] for name in found["free"]}
    sought = WordsSought(plain_name(name) for kind in KINDS for name in found[kind])
    return ReplacedNames(*looks, longest, emptied.__contains__, firsts.__contains__, sought.may_stand_in)


def names_by_mark(erasures: Iterable[Erasure], secret: Secret) -> ReplacedNames:
    """What to look for when only the marks of the names are known."""
    known = list(erasures)
    emptied = frozenset(mark for one in known if one.policy == "remove" for mark in one.marks["account"])

    def look(kind: str) -> Callable[[str], Alias | None]:
        table = {mark: one.alias for one in known for mark in sorted(one.marks[kind])}

        @lru_cache(maxsize=SEEN_BEFORE)
        def by_mark(name: str) -> Alias | None:
            return table.get(secret.mark(kind, name))

        return by_mark

    firsts = frozenset(mark for one in known for mark in one.marks[FIRST])

    @lru_cache(maxsize=SEEN_BEFORE)
    def begins(word: str) -> bool:
        return secret.mark(FIRST, word) in firsts

    return ReplacedNames(
        look("account"),
        look("shown"),
        look("free"),
        begins=begins,
        longest=max((one.longest for one in known), default=0),
        emptied=lambda name: bool(emptied) and secret.mark("account", name) in emptied,
    )


# ---- rows


def check(secret: Secret) -> str:
    """By what one knows later that it is still the same secret."""
    return secret.mark("check", "koweb")


def row(one: Erasure, secret: Secret) -> dict[str, Any]:
    """An erasure as a row."""
    alias = one.alias if one.of_person else NAMELESS  # a name of today may be forgotten tomorrow
    marks = {
        "check": check(secret),
        "username": alias.username,
        "name": alias.name,
        "longest": one.longest,
        **{kind: sorted(one.marks[kind]) for kind in (*KINDS, FIRST)},
    }
    return {"person": one.person, "marks": json.dumps(marks, sort_keys=True), "policy": one.policy, "at": one.at}


def keep(connection: Connection, forum: int, one: Erasure, secret: Secret) -> None:
    """Write an erasure down."""
    put(connection, schema.ERASURES, [{"forum": forum, **row(one, secret)}])


def read(connection: Connection, forum: int, secret: Secret | None) -> list[Erasure]:
    """Who was forgotten on a forum. Raises ConfigError if the secret is not the one that the names were marked with:
    going on without it would bring them back.
    """
    table = schema.ERASURES
    query = select(table).where(table.c.forum == forum).order_by(table.c.person)
    found = [dict(one) for one in connection.execute(query).mappings()]
    if found and secret is None:
        raise ConfigError(
            _("Somebody was forgotten in this archive, and the secret that knows their names again is not here."),
            remedy=_(
                "Copy the file archive-secret from the computer where they were forgotten, or set KOWEB_ARCHIVE_SECRET."
            ),
        )
    today = called(connection, forum, [one["person"] for one in found if one["policy"] == "renamed"])
    return [parse(one, secret, today.get(one["person"])) for one in found if secret is not None]


def called(connection: Connection, forum: int, several: Sequence[int]) -> dict[int, Alias]:
    """How people are called today: what stands in place of the names that they had."""
    people = schema.PEOPLE
    query = select(people.c.id, people.c.username, people.c.name).where(people.c.forum == forum)
    rows = connection.execute(query.where(people.c.id.in_(several))) if several else ()
    return {one.id: Alias(one.username, one.name or one.username) for one in rows}


def parse(one: Mapping[str, Any], secret: Secret, today: Alias | None = None) -> Erasure:
    """An erasure out of its row. `today` is how somebody is called of whom only older names are forgotten."""
    marks = json.loads(one["marks"])
    if marks["check"] != check(secret):
        raise ConfigError(
            _("Somebody was forgotten in this archive with another secret than the one that is here."),
            remedy=_(
                "Use the file archive-secret, or the KOWEB_ARCHIVE_SECRET, of the computer where they were forgotten."
            ),
        )
    return Erasure(
        one["person"],
        cast("Policy", one["policy"]),
        today or Alias(marks["username"], marks["name"]),
        {kind: frozenset(marks[kind]) for kind in (*KINDS, FIRST)},
        marks["longest"],
        one["at"],
    )


def erasures(erasures: Sequence[Erasure], secret: Secret | None) -> ErasureFilter:
    """What a crawl puts between the forum and the archive."""
    if not erasures or secret is None:
        return CLEAR
    return ErasureFilter(
        gone=frozenset(one.person for one in erasures if one.of_person),
        silent=frozenset(one.person for one in erasures if one.policy == "remove"),
        names=names_by_mark(erasures, secret),
        clear=False,
    )


def erasure_filter(connection: Connection, forum: int, base: str) -> ErasureFilter:
    """What a crawl of the forum at `base` needs, which may have moved there. Raises ConfigError if the secret is
    missing and needed.
    """
    anybody = select(schema.ERASURES.c.person).where(schema.ERASURES.c.forum == forum).limit(1)
    if connection.execute(anybody).first() is None:
        return CLEAR
    secret = find(homes(connection, forum, base)[0])
    return erasures(read(connection, forum, secret), secret)
