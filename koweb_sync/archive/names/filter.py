"""What is new on a page, before it is written: without those who were forgotten. Pure.

An archive would otherwise learn a forgotten name again as soon as the forum shows it, be it that somebody else mentions
it. The erasures does to new pages what forgetting did to those that were held, so that both look the same, and nothing
seems edited.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from koweb_sync.archive.names.aliases import ReplacedNames
from koweb_sync.archive.names.redact import redact
from koweb_sync.forum import models


@dataclass(frozen=True, slots=True)
class ErasureFilter:
    """Who was forgotten by number, those of them whose texts are removed, and what to look for in texts."""

    gone: frozenset[int] = frozenset()
    silent: frozenset[int] = frozenset()
    names: ReplacedNames = field(default_factory=ReplacedNames)
    clear: bool = True

    def text(self, text: str) -> str:
        """A text without forgotten names."""
        return text if self.clear else redact(text, self.names)

    def people(self, seen: Iterable[models.User]) -> list[models.User]:
        """Those whom we may know."""
        return [one for one in seen if one.id not in self.gone]

    def counters(self, seen: Iterable[models.DirectoryEntry]) -> list[models.DirectoryEntry]:
        """The counters of those whom we may know."""
        return [one for one in seen if one.person.id not in self.gone]

    def likes(self, seen: Iterable[models.Like]) -> list[models.Like]:
        """The likes of those whom we may know; the others are counted without a name."""
        return [one for one in seen if one.person.id not in self.gone]

    def topics(self, seen: Iterable[models.Topic]) -> list[models.Topic]:
        """Topics whose titles name nobody who was forgotten."""
        if self.clear:
            return list(seen)
        return [replace(one, title=self.text(one.title), slug=self.text(one.slug)) for one in seen]

    def posts(self, seen: Sequence[models.Post]) -> list[models.Post]:
        """Posts whose texts name nobody who was forgotten."""
        return list(seen) if self.clear else [self.post(one) for one in seen]

    def post(self, one: models.Post) -> models.Post:
        """One post. What somebody wrote who wanted it removed is empty; that there was a post stays."""
        if one.author is not None and one.author.id in self.silent:
            return replace(one, raw="", cooked="", reason="", polls=())
        return replace(
            one,
            raw=None if one.raw is None else self.text(one.raw),
            cooked=self.text(one.cooked),
            reason=self.text(one.reason),
            polls=tuple(self.poll(poll) for poll in one.polls),
        )

    def poll(self, one: models.Poll) -> models.Poll:
        """A poll; votes of those who were forgotten count, without a name."""
        options = tuple(
            replace(option, html=self.text(option.html), people=tuple(self.people(option.people)))
            for option in one.options
        )
        return replace(one, title=self.text(one.title), options=options)


CLEAR = ErasureFilter()
