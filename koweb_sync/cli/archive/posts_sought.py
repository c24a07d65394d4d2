"""What a search at a terminal looks for, and why nothing was found."""

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from koweb_sync.archive.read.search import search
from koweb_sync.archive.store.search_words import wishes
from koweb_sync.cli.archive.filters import TypedOptions, wanted_of
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from koweb_sync.archive.read.reader import Reader
    from koweb_sync.archive.read.search import FoundPost


@dataclass(frozen=True, slots=True)
class PostsSought:
    """Words, and in which posts. `given`: the options that choose these, by their names; `in` is a language."""

    reader: "Reader"
    words: str
    given: Mapping[str, Any]

    def found(self, limit: int) -> "list[FoundPost]":
        """The newest of the posts. Raises InputError for an option that means nothing in this archive."""
        return self.found_by(self.given, limit)

    def found_by(self, names: Iterable[str], limit: int = 1) -> "list[FoundPost]":
        """The newest of the posts that only some of the options choose."""
        options = {name: self.given[name] for name in names}
        language = options.pop("in", None)
        wanted = wanted_of(self.reader, TypedOptions(**options))
        if language is None:
            return search(self.reader, self.words, wanted, limit)
        from koweb_sync.archive.read.search_in_language import search_in

        return search_in(self.reader, language, self.words, wanted, limit)

    def why_none(self) -> str:
        """Why nothing was found: the options that leave nothing of the posts with these words, else the words."""
        number = len(wishes(self.words))
        if number == 0:
            return _("There is no word in what you look for.")
        if self.given and self.found_by(()):
            typed = " ".join(option_typed(name, self.given[name]) for name in self.excluding())
            return _("No post was found with {options}; without, there are some.").format(options=typed)
        text = _("No post was found.") if number == 1 else _("No post has all these words.")
        if begun := self.begun():
            text += " " + _("Posts with longer words are there: “{words}”").format(words=begun)
        return text

    def begun(self) -> str:
        """The words as beginnings of longer ones, if something is found by these; empty where they are that already."""
        if set(self.words) & set('*"«»“”'):
            return ""
        longer = " ".join(f"{one}*" for one in self.words.split())
        return longer if replace(self, words=longer).found(1) else ""

    def excluding(self) -> list[str]:
        """The options without which something is found: those that leave nothing by themselves, if that is why."""
        some = [name for name in self.given if not self.found_by([name])]
        return some if some and self.found_by(self.given.keys() - set(some)) else list(self.given)


def option_typed(name: str, value: str | tuple[str, ...]) -> str:
    """An option as it is typed, so many times as it was given."""
    return " ".join(f"--{name} {shlex.quote(one)}" for one in ([value] if isinstance(value, str) else value))
