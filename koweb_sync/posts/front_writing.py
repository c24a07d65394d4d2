"""One key of a front matter changed in place: every other byte stays, and of the key itself comments, order, quotes and
the form of its list.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from koweb_sync.errors import PostFileError
from koweb_sync.i18n import _
from koweb_sync.posts.front import FrontMatterText, Key, Text, read_front, read_keys
from koweb_sync.safe_text import escaped_json
from koweb_sync.spelling import nfc

_PLAIN = re.compile(r"[^\W\d_][\w’()/]*(?:[ -]+[\w’()/]+)*")
_WORDS = frozenset(["true", "false", "null", "yes", "no", "on", "off", "y", "n", "oui", "non", "nan", "inf"])
_COMMENT = re.compile(r"[ \t]*(?:#.*)?\r?\n?")
_BLOCK_HEAD = re.compile(r"[|>][+\-0-9]*([ \t]+#[^\r\n]*)?")
_COMMA = re.compile(r"[ \t]*,[ \t]*")

Value = str | int | bool | Sequence[str]


def with_key(path: str, data: bytes, key: str, value: Value | None) -> bytes:
    """Set one key of a post file, or remove it (None); every byte that need not change stays.

    A key that is new follows `title` if it is `id`, else it comes last. Raises PostFileError where the front matter
    cannot be read or is written in braces.
    """
    front = read_front(path, data)
    if front.flow:
        raise PostFileError(
            path, 2, _("The front matter is written in braces {…}."), _("Write one key a line, then try again.")
        )
    held = front.keys.get(key)
    if held is None:
        yaml = front.yaml if value is None else added(front, key, value)
    elif value is None:
        yaml = without(front, held, "")
    elif says(held, value):
        return data
    else:
        yaml = replaced(path, front, held, value)
    return (front.head + yaml + front.rest).encode()


def says(held: Key, value: Value) -> bool:
    """Whether a key says that already, in whatever form."""
    match value:
        case str():
            said = held.value
            return isinstance(said, Text) and said.text == value and not (said.plain and value.isdecimal())
        case bool() | int():
            return isinstance(held.value, Text) and held.value.plain and held.value.text == yaml_value(value)
        case Sequence():
            items = (held.value,) if isinstance(held.value, Text) else held.value
            return items is not None and [same(one.text) for one in items] == [same(one) for one in value]
        case _:
            assert_never(value)


def added(front: FrontMatterText, key: str, value: Value) -> str:
    """The front matter with one key more."""
    lines = front.yaml.splitlines(keepends=True)
    at = front.keys["title"].last if key == "id" and "title" in front.keys else len(lines)
    lines[at:at] = [f"{key}: {yaml_value(value)}{line_end(front.head)}"]
    return "".join(lines)


def without(front: FrontMatterText, held: Key, instead: str) -> str:
    """The front matter with other lines in the place of a key's."""
    lines = front.yaml.splitlines(keepends=True)
    lines[held.first : held.last] = [instead]
    return "".join(lines)


def replaced(path: str, front: FrontMatterText, held: Key, value: Value) -> str:
    """The front matter with another value of a key: in its place where that can be done, else in lines of its own."""
    edited = None if isinstance(value, str | int) else Lists(front, held).edited(list(value))
    yaml = in_place(front, held, yaml_value(value)) if edited is None else edited
    if fits(path, front, held, value, yaml):
        return yaml
    return without(front, held, f"{held.name}: {yaml_value(value)}{line_end(front.head)}")


def fits(path: str, front: FrontMatterText, held: Key, value: Value, yaml: str) -> bool:
    """Whether a front matter says the new value, and of every other key what it said."""
    try:
        keys, _flow = read_keys(path, yaml)
    except PostFileError:
        return False
    others = [(name, meaning(key, front.yaml)) for name, key in front.keys.items() if name != held.name]
    now = [(name, meaning(key, yaml)) for name, key in keys.items() if name != held.name]
    new = keys.get(held.name)
    return others == now and new is not None and says(new, value)


def meaning(key: Key, yaml: str) -> object:
    """What a key says, without where it stands."""
    if isinstance(key.value, Text):
        return key.value.text, key.value.plain
    return yaml[key.start : key.end] if key.value is None else [(one.text, one.plain) for one in key.value]


def in_place(front: FrontMatterText, held: Key, text: str) -> str:
    """The front matter with `text` for a key's value; comments around it, and between the lines of a list, stay."""
    yaml, start, end = front.yaml, held.start, held.end
    if held.block:
        lines = yaml[start:end].splitlines(keepends=True)
        kept = "".join(line for line in lines[1:] if _COMMENT.fullmatch(line))
        return f"{yaml[: held.colon]} {text}{yaml[held.colon : line_start(yaml, start)]}{kept}{yaml[end:]}"
    if start == end:
        return f"{yaml[: held.colon]} {text}{yaml[held.colon :]}"
    if head := _BLOCK_HEAD.match(yaml, start, end):
        text += head[1] or ""
        end = start + len(yaml[start:end].rstrip())
    space = "" if yaml[start - 1 : start].isspace() else " "
    return f"{yaml[:start]}{space}{text}{yaml[end:]}"


def line_start(yaml: str, at: int) -> int:
    """Where the line of a place begins."""
    return yaml.rfind("\n", 0, at) + 1


@dataclass(frozen=True, slots=True)
class Lists:
    """The list of a key, to be edited item by item."""

    front: FrontMatterText
    held: Key

    @property
    def texts(self) -> tuple[Text, ...]:
        """The items."""
        return self.held.value if isinstance(self.held.value, tuple) else ()

    def edited(self, wanted: list[str]) -> str | None:
        """The front matter with the items that are wanted: those that stay keep their bytes; None if it needs a list of
        its own.
        """
        value = self.held.value
        if isinstance(value, Text):
            raw = {value.text: self.front.yaml[self.held.start : self.held.end]} if value.text else {}
            return in_place(self.front, self.held, f"[{', '.join(raw.get(one) or yaml_value(one) for one in wanted)}]")
        if not value or not wanted:
            return None
        items = {same(one.text): one for one in reversed(value)}
        left = [one for one in value if items[same(one.text)] is one and same(one.text) in set(map(same, wanted))]
        kept = [items[same(one)] for one in wanted if same(one) in items]
        if left != kept:
            return self.reordered(items, wanted)
        return self.lines(items, wanted) if self.held.block else self.between_brackets(items, wanted)

    def reordered(self, items: dict[str, Text], wanted: list[str]) -> str:
        """A list in another order: lines go to other places with their comments, items in brackets bare."""
        yaml, value = self.front.yaml, self.texts
        if not self.held.block:
            raw = {key: yaml[one.start : one.end] for key, one in items.items()}
            return in_place(
                self.front, self.held, f"[{', '.join(raw.get(same(one)) or yaml_value(one) for one in wanted)}]"
            )
        lines = yaml.splitlines(keepends=True)
        at = {same(one.text): yaml.count("\n", 0, one.start) for one in value}
        prefix = yaml[line_start(yaml, value[0].start) : value[0].start]
        fresh = f"{prefix}{{}}{line_end(self.front.head)}"
        moved = [lines[at[same(one)]] if same(one) in at else fresh.format(yaml_value(one)) for one in wanted]
        for number in at.values():
            lines[number] = ""
        lines[min(at.values())] = "".join(moved)
        return "".join(lines)

    def lines(self, items: dict[str, Text], wanted: list[str]) -> str | None:
        """A list with an item in each line: lines go, and lines come behind the item that is in front of them."""
        yaml, value = self.front.yaml, self.texts
        first = value[0]
        prefix = yaml[line_start(yaml, first.start) : first.start]
        if not re.fullmatch(r"[ \t]*-[ \t]+", prefix):
            return None
        lines = yaml.splitlines(keepends=True)
        at = {id(one): yaml.count("\n", 0, one.start) for one in value}
        new: dict[int, str] = {}
        place = at[id(first)]
        before = ""
        for one in wanted:
            if same(one) in items:
                place = at[id(items[same(one)])]
            elif any(same(other) in items for other in wanted[: wanted.index(one)]):
                new[place] = new.get(place, "") + f"{prefix}{yaml_value(one)}{line_end(self.front.head)}"
            else:
                before += f"{prefix}{yaml_value(one)}{line_end(self.front.head)}"
        stay = {at[id(items[same(one)])] for one in wanted if same(one) in items}
        for number in at.values():
            lines[number] = (lines[number] if number in stay else "") + new.get(number, "")
        lines[at[id(first)]] = before + lines[at[id(first)]]
        return "".join(lines)

    def between_brackets(self, items: dict[str, Text], wanted: list[str]) -> str:
        """A list in brackets: an item goes with the comma behind it, and comes behind the item in front of it."""
        yaml, start, end = self.front.yaml, self.held.start, self.held.end
        stay = {id(items[same(one)]) for one in wanted if same(one) in items}
        coming: dict[int, list[str]] = {}
        last = 0
        for one in wanted:
            if same(one) in items:
                last = id(items[same(one)])
            else:
                coming.setdefault(last, []).append(yaml_value(one))
        inner, at, gone = "", start + 1, ""
        for text in self.texts:
            inner += yaml[at : text.start]
            at = text.end
            if id(text) in stay:
                more = coming.get(id(text), [])
                inner += ", ".join([yaml[text.start : text.end], *more])
            else:
                comma = _COMMA.match(yaml, at, end)
                at = comma.end() if comma else at
                gone = "" if comma else "last"
        inner += yaml[at : end - 1]
        if gone:
            inner = re.sub(r",[ \t]*$", "", inner)
        front = coming.get(0, [])
        inner = ", ".join([*front, inner]) if front and inner.strip() else "".join([", ".join(front), inner])
        return f"{yaml[:start]}[{inner}]{yaml[end:]}"


def same(tag: str) -> str:
    """A text as people compare it: accents written in one way or the other are the same."""
    return nfc(tag.strip())


def line_end(head: str) -> str:
    """The line end that the file uses."""
    return "\r\n" if head.endswith("\r\n") else "\n"


def yaml_value(value: Value) -> str:
    """A value in YAML: plain where every reader takes it for the same text, in double quotes elsewhere."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            plain = _PLAIN.fullmatch(value) and value.casefold() not in _WORDS
            return value if plain else escaped_json(json.dumps(value, ensure_ascii=False))
        case Sequence():
            return f"[{', '.join(yaml_value(one) for one in value)}]"
        case _:
            assert_never(value)
