"""An export in which nobody is named: everybody has a pseudonym, the same in every export made with the same secret.

A pseudonym says nothing without the secret, and leads back to a person only for whoever has both it and the archive.
It stands in place of names in author fields, mentions, quotes, links, pictures, polls and likes. A first name alone in
running text stays, as do things that tell who somebody is without naming them: this is pseudonymisation as in the GDPR
(article 4, 5), not anonymity.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from koweb_sync.archive.names.aliases import Alias, ReplacedNames, folded, plain_name
from koweb_sync.archive.names.redact import redact
from koweb_sync.archive.names.secret import Secret
from koweb_sync.archive.privacy.forget import free_names
from koweb_sync.archive.store.rows import rows, sql

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable

FEWEST = 4  # hexadecimal digits


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody, and how they are or were called."""

    id: int
    usernames: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Everybody's pseudonym by number, and what to look for in texts. It is a `Disguise` of the exports."""

    aliases: Mapping[int, Alias]
    names: ReplacedNames
    anybody: Alias

    @classmethod
    def read(cls, connection: "Readable", forum: int, secret: Secret, word: str) -> "Pseudonyms":
        """The pseudonyms of one forum. `word` is what they begin with, such as “Membre”."""
        return cls.of(called(connection, forum), secret, word)

    @classmethod
    def of(cls, people: Iterable[Called], secret: Secret, word: str) -> "Pseudonyms":
        """The pseudonyms of some people."""
        known = sorted((one for one in people if one.id > 0), key=lambda one: one.id)
        aliases = assigned((one.id for one in known), secret, word)
        anybody = Alias(word.casefold(), word)
        return cls(aliases, names_to_find(known, aliases, anybody), anybody)

    def alias(self, person: int) -> Alias:
        """Somebody's pseudonym; of those whom nobody knows, the word alone."""
        return self.aliases.get(person, self.anybody)

    def text(self, raw: str) -> str:
        """A raw, or a title, that names nobody."""
        return redact(raw, self.names)

    def html(self, cooked: str) -> str:
        """A cooked that names nobody."""
        return redact(cooked, self.names)

    # ---- the values of an export, as in records.py: only their fields are used, so that both can be read alone

    def person(self, one: Any) -> Any:
        """Somebody, without what tells who they are. The forum's own people stay as they are."""
        if one.id <= 0:
            return one
        alias = self.alias(one.id)
        facts = {"created": None, "admin": False, "moderator": False}
        return replace(one, username=alias.username, name=alias.name, **facts)

    def topic(self, one: Any) -> Any:
        """A topic whose title names nobody."""
        earlier = tuple(replace(each, title=each.title and self.text(each.title)) for each in one.earlier)
        said = {"title": self.text(one.title), "slug": self.text(one.slug)}
        return replace(one, **said, earlier=earlier, translations=self.translations(one.translations))

    def post(self, one: Any) -> Any:
        """A post whose texts name nobody, in any version. The last version mostly says what the post says."""
        raw, cooked = self.text(one.raw), self.html(one.cooked)
        return replace(
            one,
            raw=raw,
            cooked=cooked,
            versions=tuple(
                replace(
                    each,
                    raw=raw if each.raw == one.raw else self.text(each.raw),
                    cooked=cooked if each.cooked == one.cooked else self.html(each.cooked),
                    reason=self.text(each.reason),
                )
                for each in one.versions
            ),
            translations=self.translations(one.translations),
            polls=tuple(self.poll(each) for each in one.polls),
            files=tuple(replace(each, name=self.text(each.name)) for each in one.files),
            pointers=tuple(
                replace(each, name=self.username(each.name), url=self.text(each.url)) for each in one.pointers
            ),
        )

    def translations(self, found: Any) -> Any:
        """Translations that name nobody."""
        return tuple(
            replace(one, title=self.text(one.title), raw=self.text(one.raw), cooked=self.html(one.cooked))
            for one in found
        )

    def poll(self, one: Any) -> Any:
        """A poll whose texts name nobody."""
        options = tuple(replace(each, html=self.html(each.html)) for each in one.options)
        return replace(one, title=self.text(one.title), options=options)

    def username(self, name: str) -> str:
        """A username on its own."""
        alias = self.names.account(folded(name)) if name else None
        return name if alias is None else alias.username


def called(connection: "Readable", forum: int) -> list[Called]:
    """Everybody in an archive with all their names, the ones that they have now first."""
    found: dict[int, list[tuple[str, str]]] = {}
    for query in ("SELECT id, username, name FROM people", "SELECT person AS id, username, name FROM names"):
        for row in rows(connection, sql(query) + sql("WHERE forum = ?", forum)):
            found.setdefault(int(row["id"]), []).append((row["username"], row["name"]))
    return [
        Called(ident, distinct(username for username, _name in pairs), distinct(name for _username, name in pairs))
        for ident, pairs in found.items()
    ]


def distinct(words: Iterable[str]) -> tuple[str, ...]:
    """Words once, without empty ones."""
    return tuple(dict.fromkeys(one for one in words if one))


def assigned(people: Iterable[int], secret: Secret, word: str) -> dict[int, Alias]:
    """Everybody's pseudonym. Two that begin alike are told apart by more digits, of whoever came later: people who
    come later still change nothing about those who were there.
    """
    taken: set[str] = set()
    found: dict[int, Alias] = {}
    for ident in people:
        mark = secret.mark("pseudonym", str(ident))
        digits = next(mark[:size] for size in range(FEWEST, len(mark) + 1) if mark[:size] not in taken)
        taken.add(digits)
        found[ident] = Alias(f"{word.casefold()}-{digits}", f"{word} {digits}")
    return found


def names_to_find(people: Iterable[Called], aliases: Mapping[int, Alias], anybody: Alias) -> ReplacedNames:
    """What to look for in texts. A name that two people have leads to neither of them, but is not left either."""
    account: dict[str, Alias] = {}
    shown: dict[str, Alias] = {}
    free: dict[str, Alias] = {}
    for one in people:
        alias = aliases[one.id]
        for nth, username in enumerate(one.usernames):
            if nth == 0:
                account[folded(username)] = alias  # whoever has it now
            else:
                account.setdefault(folded(username), alias)
        for table, words in ((shown, one.names), (free, free_names(one.usernames, one.names))):
            for name in filter(None, map(plain_name, words)):
                table[name] = alias if table.get(name, alias) == alias else anybody
    longest = max((len(name.split()) for name in free), default=0)
    begins = {name.partition(" ")[0] for name in free}
    return ReplacedNames(account.get, shown.get, free.get, longest, begins=begins.__contains__)
