"""Emoji: `:tada:`, `:)` and the characters themselves become pictures, which the sandbox draws by itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape

import emoji as library
from markdown_it import MarkdownIt
from markdown_it.common.utils import isPunctChar, isWhiteSpace
from markdown_it.token import Token

from koweb_sync.sandbox.cooking.context import CookingContext
from koweb_sync.sandbox.cooking.tokens import text
from koweb_sync.sandbox.cooking.words import in_texts
from koweb_sync.sandbox.model.data_files import data
from koweb_sync.sandbox.model.flavour import Flavour

SET = "twitter"
# Names that Discourse has and the library lacks, or lists behind another one; and smileys.
NAMES: Mapping[str, str] = data("emoji.json")["names"]
SHORTCUTS: Mapping[str, str] = data("emoji.json")["shortcuts"]
_NAME = re.compile(r":([\w+-]{1,59})(?::t([2-6]))?:")
_SHORTCUT = re.compile("|".join(map(re.escape, sorted(SHORTCUTS, key=len, reverse=True))))
_START = re.compile(
    r":[\w+-]|[:;8X][-'’)D(PpO|/$]|[\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001ffff]|[0-9#*]\ufe0f?\u20e3"
)
_APART = re.compile(r"[\s>.,/#!$%^&*;:{}=\-_`~()]")
UNTOUCHED = "\u2122\u2194"  # the trade mark and the arrow, which stay what they are in a title
_TONES = {"\U0001f3fb": "2", "\U0001f3fc": "3", "\U0001f3fd": "4", "\U0001f3fe": "5", "\U0001f3ff": "6"}
_TONE = re.compile("[" + "".join(_TONES) + "]")


@dataclass(frozen=True, slots=True)
class Tables:
    """Character of a name; name of a character, in the words of 2022 and of 2025; length of the longest sequence."""

    characters: Mapping[str, str]
    early: Mapping[str, str]
    late: Mapping[str, str]
    longest: int


@cache
def tables() -> Tables:
    """All emoji, read once."""
    characters: dict[str, str] = {}
    early: dict[str, str] = {}
    late: dict[str, str] = {}
    for character, facts in library.EMOJI_DATA.items():
        names = [one.strip(":").lower().replace("-", "_") for one in (*facts.get("alias", ()), facts["en"])]
        if facts["status"] == library.STATUS["fully_qualified"]:
            early[character], late[character] = names[0], names[-1]
            characters |= dict.fromkeys(names, character)
    characters |= NAMES
    early |= {character: name for name, character in NAMES.items()}
    return Tables(characters, early, late, max(map(len, early)))


def install(md: MarkdownIt) -> None:
    """Draw emoji from now on."""
    md.core.ruler.push("emoji", lambda state: in_texts(state, replaced, links="auto"))


def replaced(content: str, surroundings: CookingContext) -> list[Token] | None:
    """A text in which emoji became pictures; None if there are none."""
    made: list[Token] = []
    done = position = 0
    while start := _START.search(content, position):
        position = start.start()
        name, length = name_at(content, position, surroundings.flavour)
        if not name:
            position += 1
            continue
        if position > done:
            made.append(text(content[done:position]))
        made.append(picture(name, surroundings))
        done = position = position + length
    if not made:
        return None
    if done < len(content):
        made.append(text(content[done:]))
    enlarge(made)
    return made


def in_title(title: str, flavour: Flavour) -> int:
    """How many emoji a title has. There only what stands at the beginning, behind a space, a sign or another emoji is
    one; a smiley begins with a colon and ends with no letter (performEmojiUnescape; read, not measured).
    """
    found = position = 0
    end = 0  # of the last one
    while start := _START.search(title, position):
        at = start.start()
        name, length = name_at(title, at, flavour)
        smiley = title[at] in ";8X" or (title[at] == ":" and title[at + length - 1 : at + length].isalpha())
        apart = at == end or _APART.match(title[at - 1])
        if name and apart and not smiley and title[at] not in UNTOUCHED:
            found, end = found + 1, at + length
        position = at + (length or 1)
    return found


def name_at(content: str, at: int, flavour: Flavour) -> tuple[str, int]:
    """The name of the emoji that stands at a place, and how many characters it takes; ("", 0) if none does."""
    if content[at] in ":;8X":
        return by_name(content, at) or by_shortcut(content, at) or ("", 0)
    names = tables().early if flavour.markup == "2022" else tables().late
    for end in range(min(len(content), at + tables().longest), at, -1):
        character = content[at:end]
        if character in names:
            return toned(character, names), end - at
    return "", 0


def by_name(content: str, at: int) -> tuple[str, int] | None:
    """`:name:` or `:name:t3:`, after a space, punctuation or nothing."""
    found = _NAME.match(content, at)
    if found is None or not free(content[at - 1 : at] if at else ""):
        return None
    name = found[1].lower()
    if name not in tables().characters:
        return None
    return (f"{name}:t{found[2]}" if found[2] else name), len(found[0])


def by_shortcut(content: str, at: int) -> tuple[str, int] | None:
    """`:)`, between spaces."""
    found = _SHORTCUT.match(content, at)
    after = content[found.end() : found.end() + 1] if found else ""
    if found is None or not free(content[at - 1 : at] if at else "") or (after and not after.isspace()):
        return None
    return SHORTCUTS[found[0]], len(found[0])


def free(before: str) -> bool:
    """Whether a word may begin after this character."""
    return not before or isWhiteSpace(ord(before)) or isPunctChar(before)


def toned(character: str, names: Mapping[str, str]) -> str:
    """The name of a character; with a skin tone `name:t4`."""
    tone = _TONE.search(character)
    bare = _TONE.sub("", character) if tone else character
    plain = names.get(bare) or names.get(bare + "\ufe0f")
    return f"{plain}:t{_TONES[tone[0]]}" if tone and plain else names[character]


def picture(name: str, surroundings: CookingContext) -> Token:
    """The picture of an emoji."""
    version = "12" if surroundings.flavour.markup == "2022" else "15"
    src = surroundings.at(f"/images/emoji/{SET}/{name.replace(':t', '/')}.png?v={version}")
    attributes = {"src": src, "title": f":{name}:", "class": "emoji", "alt": f":{name}:", "loading": "lazy"}
    return Token("emoji", "img", 0, attrs={**attributes, "width": "20", "height": "20"})


def enlarge(tokens: list[Token]) -> None:
    """Up to three emoji that are all of a text, with single spaces between them, are shown large."""
    pictures, gaps = tokens[::2], tokens[1::2]
    alone = all(one.type == "emoji" for one in pictures) and all(one.content == " " for one in gaps)
    if alone and len(tokens) % 2 and len(pictures) <= 3:
        for one in pictures:
            one.attrSet("class", "emoji only-emoji")


def svg(name: str) -> bytes | None:
    """The picture of an emoji, as an SVG image of its character; None for a name that is none.

    `name` is what stands in the address: `tada`, or `wave/4` with a skin tone.
    """
    plain, _, tone = name.lower().partition("/")
    character = tables().characters.get(plain)
    if character is None or (tone and tone not in _TONES.values()):
        return None
    if tone:
        shade = next(one for one, number in _TONES.items() if number == tone)
        character = character[0] + shade + character[1:].removeprefix("\ufe0f")
    words = escape(character)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36" width="72" height="72">'
        f'<text x="18" y="29" font-size="30" text-anchor="middle">{words}</text></svg>'
    ).encode()
