"""What a file of another tool says about itself: YAML, TOML, JSON or plain lines at its beginning. Pure.

Values are texts, lists and mappings of such: `2024` and `yes` stay as somebody wrote them, whatever the form.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, TypeAlias

from ruamel.yaml.events import CollectionEndEvent, Event, MappingStartEvent, NodeEvent, ScalarEvent, SequenceStartEvent

from koweb_sync.errors import PostFileError
from koweb_sync.i18n import _
from koweb_sync.importing.convert import ConversionProblem
from koweb_sync.posts.front import SIZE_MAX, parsed, without_aliases
from koweb_sync.posts.unpublished_keys import hiding_keys

Value: TypeAlias = "str | Sequence[Value] | Mapping[str, Value]"

_YAML = re.compile(r"\A\s*---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TOML = re.compile(r"\A\s*\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
# MultiMarkdown's lines, as MkDocs takes them: no fence, up to the first blank line.
_LINES = re.compile(r"\A(?:[A-Za-z][\w -]{0,40}:[^\n]*(?:\n[ \t]+\S[^\n]*)*(?:\n|\Z))+(?:\n|\Z)")
_LINE = re.compile(r"([^\W\d_][\w -]{0,60}?)\s*[:=]\s*(.*)")
_KNOWN = re.compile(r"^(?:title|tags|date|authors?)[ ]*:", re.IGNORECASE | re.MULTILINE)
# What begins like a front matter, with lines that say something, and cannot be taken for one: its end is missing.
_OPENS = re.compile(r"\A\s*(?:---|\+\+\+|\{)")
_ENTRY = re.compile(r"^[ \t{]*[\"']?([A-Za-z][\w -]{0,40}?)[\"']?[ \t]*[:=]([^\n]*)$", re.MULTILINE)
_HASH_TAGS = re.compile(r"^tags?:[ \t]*(#\S[^\n]*)$", re.MULTILINE)  # a comment to YAML, tags to whoever typed it


@dataclass(frozen=True, slots=True)
class Metadata:
    """A file in its parts. `body` begins at the line `body_line` of the file, from 1. `notes` are lines of the front
    matter that are no keys: comments, and what nobody can read.
    """

    values: Mapping[str, Value]
    body: str
    body_line: int
    notes: tuple[str, ...] = ()
    problems: tuple[ConversionProblem, ...] = ()


def split(text: str) -> Metadata:
    """Take a file apart. Never fails: what cannot be read as a whole is read line by line, and that is said."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if found := _YAML.match(text):
        return _fenced(text, found, _yaml)
    if found := _TOML.match(text):
        return _fenced(text, found, _toml)
    if text.lstrip().startswith("{"):
        return _braces(text)
    found = _LINES.match(text)
    if found and _KNOWN.search(found[0]):
        return _whole(text, found.end(), _by_line(found[0]))
    return _text(text)


def _text(text: str) -> Metadata:
    """A file that is all text. But where its first lines were meant for a front matter, and one of them keeps it back,
    that counts.
    """
    block = text.lstrip().partition("\n\n")[0] if _OPENS.match(text) else ""
    said = {name: _bare(value.strip(" \t,{}")) for name, value in _ENTRY.findall(block)}
    held = {name: value for name, value in said.items() if hiding_keys({name: value})}
    why = _("This looks like a front matter that nobody can read, for its end is missing or it holds a mistake.")
    return _whole(text, 0, (held, ()), (ConversionProblem(1, why),) if held else ())


def _fenced(text: str, found: re.Match[str], read: Any) -> Metadata:
    """What stands between two fences; a text between two rules is no front matter."""
    inside = found[1]
    try:
        if len(inside) > SIZE_MAX:
            raise ValueError
        return _whole(text, found.end(), read(inside))
    except (PostFileError, ValueError, RecursionError) as error:
        values, notes = _by_line(inside)
        if not values:
            return _text(text)
        line = error.line if isinstance(error, PostFileError) else 1
        why = _("The front matter cannot be read as a whole: its lines are taken one by one.")
        return _whole(text, found.end(), (values, notes), (ConversionProblem(line, why),))


def _whole(
    text: str, end: int, read: tuple[Mapping[str, Value], tuple[str, ...]], problems: tuple[ConversionProblem, ...] = ()
) -> Metadata:
    after = text[end:]
    body = after.lstrip("\n")
    line = text.count("\n", 0, end) + len(after) - len(body) + 1
    return Metadata(read[0], body, line, read[1], problems)


# ---- the forms


def _yaml(inside: str) -> tuple[Mapping[str, Value], tuple[str, ...]]:
    """Raises PostFileError, or ValueError for what is no mapping."""
    events = without_aliases("", parsed("", inside))
    comments = tuple(line[1:].strip() for line in inside.split("\n") if line.startswith("#"))
    for event in events:
        if isinstance(event, NodeEvent):
            value = _value(event, events)
            if not isinstance(value, Mapping):
                raise ValueError
            list(events)  # what follows must be readable, too
            if tags := _HASH_TAGS.search(inside):
                value = {**value, "tags": tags[1]}
            return value, comments
    return {}, comments


def _value(first: Event, events: Iterator[Event]) -> Value:
    """The value that begins with an event. Raises ValueError for a key that is no text, or stands there twice."""
    if isinstance(first, ScalarEvent):
        return "" if first.style is None and first.value in ("~", "null") else str(first.value)
    if isinstance(first, SequenceStartEvent):
        items: list[Value] = []
        while not isinstance(event := next(events), CollectionEndEvent):
            items.append(_value(event, events))
        return items
    if not isinstance(first, MappingStartEvent):
        raise ValueError
    found: dict[str, Value] = {}
    while not isinstance(event := next(events), CollectionEndEvent):
        if not isinstance(event, ScalarEvent) or event.value in found:
            raise ValueError
        found[event.value] = _value(next(events), events)
    return found


def _toml(inside: str) -> tuple[Mapping[str, Value], tuple[str, ...]]:
    """Raises ValueError."""
    comments = tuple(line[1:].strip() for line in inside.split("\n") if line.startswith("#"))
    return {key: _texts(value) for key, value in tomllib.loads(inside).items()}, comments


def _braces(text: str) -> Metadata:
    """A file that begins with a JSON object, as Hugo takes it. Anything else in braces is text."""
    start = len(text) - len(text.lstrip())
    try:
        value, end = json.JSONDecoder().raw_decode(text, start)
        rest = text[end:].partition("\n")
        if rest[0].strip() or end - start > SIZE_MAX:
            raise ValueError
        said = {key: _texts(one) for key, one in value.items()}
    except (ValueError, RecursionError):
        return _text(text)
    return _whole(text, end + len(rest[0]) + len(rest[1]), (said, ()))


def _texts(value: object) -> Value:
    """A value of TOML or JSON, all of it texts."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime() | date() | time():
            return value.isoformat()
        case Mapping():
            return {str(key): _texts(one) for key, one in value.items()}
        case list() | tuple():
            return [_texts(one) for one in value]
        case _:
            return str(value)


def _by_line(inside: str) -> tuple[Mapping[str, Value], tuple[str, ...]]:
    """Lines `key: value` as far as there are any, with the items of lists below them; all others as they are. Of a key
    that stands there twice the first counts, but for one that keeps the text back.
    """
    values: dict[str, Value] = {}
    notes: list[str] = []
    last = ""
    for line in inside.split("\n"):
        found = _LINE.fullmatch(line.rstrip())
        item = re.fullmatch(r"\s*-\s+(.*)", line.rstrip())
        if found and (found[1] not in values or hiding_keys({found[1]: _bare(found[2])})):
            last = found[1]
            notes += [f"{last}: {values[last]}"] if last in values else []
            values[last] = _bare(found[2])
        elif item and last and not isinstance(values[last], str | Mapping):
            values[last] = [*values[last], _bare(item[1])]
        elif item and last and not values[last]:
            values[last] = [_bare(item[1])]
        elif line.strip():
            notes.append(line.strip())
    return values, tuple(notes)


def _bare(text: str) -> str:
    """A value of one line, without quotes around it."""
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
