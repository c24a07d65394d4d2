"""Sentences of ours in which addresses of the forum, and texts of the folder, can be followed. Pure."""

import re
from collections.abc import Mapping

from markupsafe import Markup

from koweb_sync.desk.previews.local_html import path_in_address
from koweb_sync.i18n import _

THERE = Markup('<a href="{0}" target="_blank" rel="noopener noreferrer">{1}</a>')
AFTER_SLASHES = re.compile(r"(?<=/)(?=[^/])")
HERE = Markup('<a href="/preview/{0}">{1}</a>')


def linked(text: str, home: str, titles: Mapping[str, str]) -> Markup:
    """A sentence with its links; other addresses stay text: who knows what they are. `titles`: of the post files, by
    path, which are called so.
    """
    named = sorted((path for path in titles if path in text), key=len, reverse=True)
    forum = [rf"{re.escape(home)}/[^\s<>\"']*[^\s<>\"'.,;:!?»)]"] if home else []
    found = "|".join((*forum, *map(re.escape, named)))
    parts = re.split(f"({found})", text) if found else [text]
    last = len(parts) - 2 if not parts[-1].strip(" .") else -1
    return Markup().join(
        part if not at % 2 else one(part, titles, home, ends=at == last) for at, part in enumerate(parts)
    )


def one(part: str, titles: Mapping[str, str], home: str, *, ends: bool) -> Markup:
    """An address, or a path, as a link. `ends`: the sentence ends in it."""
    if part in titles:
        return HERE.format(path_in_address(part), titles[part])
    return THERE.format(part, _("See it on the forum") if ends and part.startswith(f"{home}/t/") else at_slashes(part))


def at_slashes(text: object) -> Markup:
    """A path or an address, where a line may end behind a slash rather than within a name."""
    return Markup("<wbr>").join(AFTER_SLASHES.split(str(text)))
