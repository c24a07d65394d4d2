"""Front matter with positions: which keys stand where, what they say, and how one of them is changed in place.

ruamel.yaml only reads. Its events are taken, not its objects: nothing is expanded, so an alias bomb costs nothing, and
`title: 2024` stays the text that somebody wrote.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from koweb_sync.errors import PostFileError
from koweb_sync.i18n import _
from koweb_sync.safe_text import escaped_json

BOM = "\ufeff"
SIZE_MAX = 64 * 1024
NODES_MAX = 1_000  # each costs a tenth of a millisecond, several times in each command
_FENCE = re.compile(r"---[ \t]*\r?(?:\n|\Z)")
_CLOSING = re.compile(r"^---[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_PLAIN = re.compile(r"[^\W\d_][\w’()/]*(?:[ -]+[\w’()/]+)*")
_EMPTY = frozenset(["", "~", "null"])
_WORDS = frozenset(["true", "false", "null", "yes", "no", "on", "off", "y", "n", "oui", "non", "nan", "inf"])

Value = str | int | bool | Sequence[str]


@dataclass(frozen=True, slots=True)
class Text:
    """One value. `plain`: written without quotes, so that `12` may be meant as a number. `line` from 1, in the file."""

    text: str
    plain: bool
    line: int


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the front matter. `value` is None for what is neither a text nor a list of texts.

    `first` and `last` are the lines of the whole entry in the front matter, from 0, the last one excluded. `start` and
    `end` are the offsets of the value in the front matter.
    """

    name: str
    line: int
    value: Text | tuple[Text, ...] | None
    first: int
    last: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Front:
    """A file in its parts: `head` (BOM and fence), `yaml`, and `rest` (fence and body) make up the text.

    `body` is what follows the fence and blank lines, from the line `body_line`; `flow`: the whole front matter is
    written in braces.
    """

    head: str
    yaml: str
    rest: str
    body: str
    body_line: int
    keys: Mapping[str, Key]
    flow: bool


def read_front(path: str, data: bytes) -> Front:
    """Take a post file apart. Raises PostFileError with the line."""
    text = decoded(path, data)
    bom = BOM if text.startswith(BOM) else ""
    fence = _FENCE.match(text, len(bom))
    if not fence:
        raise no_front(path, text)
    closing = _CLOSING.search(text, fence.end())
    if not closing:
        raise PostFileError(
            path, 1, _("The front matter is not closed."), _("Write a line with three dashes (---) after its last key.")
        )
    yaml = text[fence.end() : closing.start()]
    if len(yaml) > SIZE_MAX:
        raise PostFileError(
            path, 1, _("The front matter is larger than 64 kB."), _("Is a line with three dashes (---) missing?")
        )
    after = text[closing.end() :]
    body = after.lstrip("\r\n") if after.strip("\r\n") else ""
    line = text.count("\n", 0, closing.end()) + after[: len(after) - len(body)].count("\n") + 1
    keys, flow = read_keys(path, yaml)
    return Front(text[: fence.end()], yaml, text[closing.start() :], body, line, keys, flow)


def decoded(path: str, data: bytes) -> str:
    """The text of a file. Raises PostFileError for what is not UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PostFileError(
            path,
            data.count(b"\n", 0, error.start) + 1,
            _("This file is not UTF-8 text: byte {number} cannot be read.").format(number=error.start + 1),
            _("Save it as UTF-8 in your editor."),
        ) from error


def no_front(path: str, text: str) -> PostFileError:
    """The error about a file that does not begin with front matter."""
    stripped = text.lstrip(BOM + " \t\r\n")
    if _FENCE.match(stripped):
        return PostFileError(
            path,
            1,
            _("There is something before the front matter."),
            _("The line with three dashes (---) must be the very first of the file."),
        )
    return PostFileError(
        path,
        1,
        _("This file has no front matter."),
        _("Begin it with a line of three dashes (---), then “title: …”, “id: …”, and three dashes again."),
    )


def is_empty(key: Key) -> bool:
    """Whether a key stands there without a value."""
    return isinstance(key.value, Text) and key.value.plain and key.value.text.strip() in _EMPTY


# ---- reading


def read_keys(path: str, yaml: str) -> tuple[dict[str, Key], bool]:
    """The keys of a front matter, in order. Raises PostFileError."""
    events = without_aliases(path, parsed(path, yaml))
    for event in events:
        if isinstance(event, NodeEvent):
            if not isinstance(event, MappingStartEvent):
                raise not_keys(path, line_of(event))
            return dict(entries(path, yaml, events)), bool(event.flow_style)
    return {}, False


def not_keys(path: str, line: int) -> PostFileError:
    """The error about front matter that is a list or a sentence."""
    return PostFileError(
        path, line, _("The front matter is not a list of keys."), _("Each of its lines is a key: “title: My title”.")
    )


def parsed(path: str, yaml: str) -> Iterator[Event]:
    """ruamel.yaml's events; its errors as ours."""
    try:
        yield from YAML(typ="safe", pure=True).parse(yaml)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise not_yaml(path, (mark.line if mark else 0) + 2, str(error.problem or "")) from error
    except ReaderError as error:
        line = yaml.count("\n", 0, error.position) + 2
        raise PostFileError(
            path, line, _("The front matter holds a control character."), _("Delete it, or type the line again.")
        ) from error


def not_yaml(path: str, line: int, problem: str) -> PostFileError:
    """What a person has to do about broken YAML."""
    if "mapping values are not allowed" in problem:
        remedy = _('A value with a colon and a space needs quotes: title: "Outils : lesquels ?"')
    elif "\\t" in problem or "tab" in problem:
        remedy = _("Use spaces, not tabs, at the beginning of a line.")
    elif "quoted scalar" in problem or "end of stream" in problem:
        remedy = _("Close the quotes or brackets.")
    else:
        remedy = _("Each line is a key, a colon, a space and a value; a value with special signs needs quotes.")
    return PostFileError(path, line, _("The front matter cannot be read as YAML."), remedy)


def without_aliases(path: str, events: Iterator[Event]) -> Iterator[Event]:
    """The events, refused at the first alias or anchor, and where they are deeper or more than front matter needs."""
    depth = nodes = 0
    for event in events:
        nodes += isinstance(event, NodeEvent)
        if nodes > NODES_MAX:
            raise PostFileError(
                path,
                line_of(event),
                _("The front matter has more than {n} keys and values.").format(n=NODES_MAX),
                _("Put what readers may see into the text, and the rest into a file of its own."),
            )
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            raise PostFileError(
                path,
                line_of(event),
                _("The front matter uses an anchor or an alias (& or *)."),
                _("Write the value out, or put it into quotes."),
            )
        if depth > 20:
            raise PostFileError(path, line_of(event), _("The front matter is nested too deeply."), _("Make it flat."))
        yield event


def entries(path: str, yaml: str, events: Iterator[Event]) -> Iterator[tuple[str, Key]]:
    """The keys of the outermost mapping."""
    seen: dict[str, int] = {}
    for event in events:
        if isinstance(event, MappingEndEvent):
            break
        if not isinstance(event, ScalarEvent):
            raise not_keys(path, line_of(event))
        name, line = event.value, line_of(event)
        if name in seen:
            raise PostFileError(
                path,
                line,
                _("The key “{key}” stands here and in line {line}.").format(key=name, line=seen[name]),
                _("Keep one of them."),
            )
        seen[name] = line
        first, last, value = one_value(events)
        end = max(first.start_mark.index, last.end_mark.index)
        lines = yaml.count("\n", 0, max(event.start_mark.index, len(yaml[:end].rstrip()))) + 1
        yield name, Key(name, line, value, event.start_mark.line, lines, first.start_mark.index, end)
    for event in events:
        if isinstance(event, NodeEvent):
            raise not_keys(path, line_of(event))


def one_value(events: Iterator[Event]) -> tuple[Event, Event, Text | tuple[Text, ...] | None]:
    """The next value: its first and last event, and what it says."""
    first = next(events)
    if isinstance(first, ScalarEvent):
        return first, first, text_of(first)
    depth, simple = 1, isinstance(first, SequenceStartEvent)
    items: list[Text] = []
    for event in events:
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            depth, simple = depth + 1, False
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            depth -= 1
            if not depth:
                return first, event, tuple(items) if simple else None
        elif isinstance(event, ScalarEvent):
            items.append(text_of(event))
    return first, first, None


def text_of(event: ScalarEvent) -> Text:
    """A scalar as it was written."""
    return Text(event.value, event.style in (None, ""), line_of(event))


def line_of(event: Event) -> int:
    """The line in the file, from 1: the fence is the first."""
    return int(event.start_mark.line) + 2


# ---- writing


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
    lines = front.yaml.splitlines(keepends=True)
    held = front.keys.get(key)
    if held is None:
        if value is None:
            return data
        at = front.keys["title"].last if key == "id" and "title" in front.keys else len(lines)
        lines[at:at] = [f"{key}: {written(value)}{line_end(front.head)}"]
    elif value is None or not replaceable(held, front.yaml):
        indent = [] if value is None else [f"{key}: {written(value)}{line_end(front.head)}"]
        lines[held.first : held.last] = indent
    else:
        space = "" if front.yaml[held.start - 1 : held.start].isspace() else " "
        lines = [front.yaml[: held.start], space, written(value), front.yaml[held.end :]]
    return (front.head + "".join(lines) + front.rest).encode()


def replaceable(held: Key, yaml: str) -> bool:
    """Whether the value stands on the key's line, so that it can be replaced there."""
    return "\n" not in yaml[held.start : held.end] and held.first == yaml.count("\n", 0, held.start)


def line_end(head: str) -> str:
    """The line end that the file uses."""
    return "\r\n" if head.endswith("\r\n") else "\n"


def written(value: Value) -> str:
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
            return f"[{', '.join(written(one) for one in value)}]"
        case _:
            assert_never(value)
