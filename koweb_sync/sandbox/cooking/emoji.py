"""Emoji by name: `:tada:` and the character itself mean the same."""

from functools import cache

import emoji

SET = "/images/emoji/twitter"
VERSION = 12


@cache
def names() -> dict[str, str]:
    """Name -> character. A character's first name is the one that cooked posts carry."""
    found: dict[str, str] = {}
    for character, facts in emoji.EMOJI_DATA.items():
        if facts["status"] == emoji.STATUS["fully_qualified"]:
            for name in (*facts.get("alias", ()), facts["en"]):
                found.setdefault(name.strip(":").lower(), character)
    return found


@cache
def characters() -> dict[str, str]:
    """Character -> its first name."""
    found: dict[str, str] = {}
    for name, character in names().items():
        found.setdefault(character, name)
        found.setdefault(character.replace("\ufe0f", ""), name)
    return found


def character(name: str) -> str | None:
    """The character of a name; None for a name that is none."""
    return names().get(name.lower())


def image(name: str, *, only: bool = False) -> str:
    """An emoji as cooked posts show it."""
    kind = "emoji only-emoji" if only else "emoji"
    place = f'src="{SET}/{name}.png?v={VERSION}" title=":{name}:" class="{kind}" alt=":{name}:"'
    return f'<img {place} loading="lazy" width="20" height="20">'
