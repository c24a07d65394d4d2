"""What people are called, and what stands in place of their names: pure."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from urllib.parse import unquote

from koweb_sync.archive.names.diacritics import MARKS

# And a number: how somebody is called who was forgotten, by the forum's language. Names of no other language exist.
FORMERS = {"en": "former-member-", "fr": "personne-partie-"}
FORMER = f"(?:{'|'.join(FORMERS.values())})"  # as a pattern
LETTER = rf"(?:[^\W_][{MARKS}]*)"
_FORMER = re.compile(rf"{FORMER}(\d{{1,18}})")
_ACCENTS = re.compile("[\u0300-\u036f]")  # of Latin, Greek and Cyrillic: elsewhere they are half of the word
_MARKUP = re.compile(r"[<>&\"\[\]\n]")
_WORD = re.compile(rf"{LETTER}+")


@dataclass(frozen=True, slots=True)
class Alias:
    """What stands in place of somebody's names: `username` in addresses and mentions, `name` in running text.

    A display name that anybody may choose goes into HTML, Markdown and quotes alike: where it holds a sign that means
    something there, the username is `name`, too.
    """

    username: str
    name: str

    def __post_init__(self) -> None:
        """Take no display name for text that would be read as markup."""
        if _MARKUP.search(self.name):
            object.__setattr__(self, "name", self.username)


FindAlias = Callable[[str], Alias | None]


def nobody(_name: str) -> None:
    """No name is known."""


def always(_text: str) -> bool:
    """Look at everything."""
    return True


def never(_name: str) -> bool:
    """Nobody's words go."""
    return False


@dataclass(frozen=True, slots=True)
class ReplacedNames:
    """Whose names are replaced. `account` takes a folded username; `shown` a display name without regard to case and
    accents; `free` such a name, or another one, that counts anywhere in running text, of up to `longest` words.
    `emptied` tells whether what was quoted from a (folded) username goes too.
    """

    account: FindAlias = nobody
    shown: FindAlias = nobody
    free: FindAlias = nobody
    longest: int = 0
    emptied: Callable[[str], bool] = never
    begins: Callable[[str], bool] = always  # whether a free name may begin with this word
    possible: Callable[[str], bool] = always  # whether a text may say a name at all: what is not is not looked at


def says_former(text: str) -> bool:
    """Whether a text names somebody who was forgotten."""
    return any(one in text for one in FORMERS.values())


def former_number(username: str, *, anonymised: bool) -> int | None:
    """The number of somebody who was forgotten, by the username that they have since; None for everybody else, also
    for those who call themselves so. `anonymised`: the mark of the account.
    """
    found = _FORMER.fullmatch(username) if anonymised else None
    return int(found[1]) if found else None


def folded(username: str) -> str:
    """A username as the forum compares it."""
    return unicodedata.normalize("NFC", username).casefold()


def plain_name(name: str) -> str:
    """A name without regard to case, accents, and what stands between its words."""
    return " ".join(_WORD.findall(without_accents(name)))


word = lru_cache(maxsize=100_000)(plain_name)  # texts say the same words over and over


def without_accents(text: str) -> str:
    """A text without regard to case and accents, as an address or HTML may write it."""
    text = unquote(text) if "%" in text else text
    text = unescape(text) if "&" in text else text
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text).casefold()
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", apart))
