"""The forum's categories, as a person chooses from them: by their numbers in a list, their names or slug paths."""

import re
from collections.abc import Sequence

from koweb_sync.cli.output import label, say, wide
from koweb_sync.cli.questions import ask_for
from koweb_sync.errors import InputError
from koweb_sync.forum.site import Category, Site
from koweb_sync.i18n import _
from koweb_sync.spelling import compared, plain_words
from koweb_sync.sync.setup.folders import open_to


def names_of(category: Category) -> tuple[str, ...]:
    """What a category may be called in an answer."""
    return category.name, category.shown, category.path


def ask_category(site: Site, question: str) -> Category | None:
    """The category that a person chooses from a list; None for Enter alone, or where there is none to choose from."""
    there = open_to(site)
    show([(one.name, one.shown) for one in there])
    at = ask_one(question, [names_of(one) for one in there]) if there else None
    return None if at is None else there[at]


def show(rows: Sequence[tuple[str, str]]) -> None:
    """List things with numbers: each has a name, and some words more."""
    width = max((wide(label(name)) for name, _more in rows), default=0)
    for number, (name, more) in enumerate(rows, 1):
        say(f"{number:3}  {label(name)}{' ' * (width - wide(label(name)))}  {label(more)}".rstrip())


def ask_one(question: str, names: Sequence[Sequence[str]], default: str = "") -> int | None:
    """The place in a list that a person chooses by a number or a name. Enter alone is `default`, None without one."""
    return ask_for(question, lambda text: one_of(text, names) if text.strip() else None, default)


def several(text: str, names: Sequence[Sequence[str]]) -> list[int]:
    """The places in a list that a text names, with commas between, or spaces between numbers. Raises InputError."""
    words = re.split(r"[,;]" if re.search(r"[^\d\s,;]", text) else r"[,;\s]", text)
    return list(dict.fromkeys(one_of(word, names) for word in words if word.strip()))


def one_of(text: str, names: Sequence[Sequence[str]]) -> int:
    """The one place in a list that is meant. Raises InputError."""
    word = plain_words(compared(text))
    if word.isdecimal() and 1 <= int(word) <= len(names):
        return int(word) - 1
    same = [number for number, called in enumerate(names) if word in (plain_words(compared(name)) for name in called)]
    if len(same) == 1:
        return same[0]
    raise InputError(
        _("“{text}” is neither a number from 1 to {n} nor a name in this list.").format(text=text.strip(), n=len(names))
    )
