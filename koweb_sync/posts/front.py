"""Front matter with positions: which keys stand where, and what they say.

ruamel.yaml only reads. Its events are taken, not its objects: nothing is expanded, so an alias bomb costs nothing, and
`title: 2024` stays the text that somebody wrote.
"""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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

BOM = "\ufeff"
SIZE_MAX = 64 * 1024
NODES_MAX = 1_000  # each costs a tenth of a millisecond, several times in each command
_FENCE = re.compile(r"---[ \t]*\r?(?:\n|\Z)")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_WHOLE = re.compile(r"\ufeff?---[ \t]*\r?\n(?:.*?\r?\n)??(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_COLON = re.compile(r"(?:\s|#[^\n]*+)*+:")
_BEHIND = re.compile(r"(?:\s*\n[ \t]*#[^\n]*)*\s*\Z")
_INDENTED = re.compile(r"(?:[ \t]+#[^\n]*\n|[ \t\r]*\n(?=[ \t]+#))*")
_FORMS = {
    "TOML": re.compile(r"\+\+\+[ \t]*\r?\n|---[ \t]*toml"),  # Hugo and Zola
    "JSON": re.compile(r";;;|---[ \t]*json|\{[ \t\r]*\n?\s*\"[\w -]+\"\s*:"),
    "MultiMarkdown": re.compile(r"(?i:title|titre)[ \t]*:[^\n]*\n"),  # MkDocs and Pelican
}
_EMPTY = frozenset(["", "~", "null"])


class YamlReader(YAML):
    """A reader without plug-ins: ruamel.yaml looks for some on the disk, for every text that it reads."""

    def official_plug_ins(self) -> list[str]:
        return []


@dataclass(frozen=True, slots=True)
class Text:
    """One value. `plain`: written without quotes, so that `12` may be meant as a number. `line` from 1, in the file;
    `start` and `end` are its offsets in the front matter.
    """

    text: str
    plain: bool
    line: int
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the front matter. `value` is None for what is neither a text nor a list of texts.

    `first` and `last` are the lines of the whole entry in the front matter, from 0, the last one excluded; of comments
    behind a list, those that are indented belong to it. `start` and `end` are the offsets of the value in the front
    matter, `colon` the one behind the key. `block`: a list or more keys, in lines of their own.
    """

    name: str
    line: int
    value: Text | tuple[Text, ...] | None
    first: int
    last: int
    start: int
    end: int
    colon: int = 0
    block: bool = False


@dataclass(frozen=True, slots=True)
class FrontMatterText:
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


def read_front(path: str, data: bytes) -> FrontMatterText:
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
    return FrontMatterText(text[: fence.end()], yaml, text[closing.start() :], body, line, keys, flow)


def front_length(text: str) -> int:
    """How many characters of a file its front matter takes with both fences, be it readable or not; 0 for none."""
    found = _WHOLE.match(text)
    return found.end() if found else 0


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


class NoFrontMatter(PostFileError):
    """A file that does not begin with front matter in YAML. `form`: what it begins with instead, "" for nothing."""

    def __init__(self, path: str, form: str = "") -> None:
        found = _("This file has no front matter.")
        super().__init__(
            path, 1, _("The front matter is in {form}.").format(form=form) if form else found, way_in(path)
        )
        self.form = form


def way_in(path: str) -> str:
    """How a file, or a folder, of another tool becomes one of post files."""
    text = _(
        "“koweb import {path} --in-place” writes one, with a title and an id, and shows first what it would write."
    )
    return text.format(path=shlex.quote(path if not path.endswith(".md") else path.rpartition("/")[0] or "."))


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
    return NoFrontMatter(path, next((form for form, begins in _FORMS.items() if begins.match(stripped)), ""))


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
        yield from YamlReader(typ="safe", pure=True).parse(yaml)
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
        colon = _COLON.match(yaml, event.end_mark.index)
        if not colon:
            raise PostFileError(
                path,
                line,
                _("“{key}” has no colon behind it.").format(key=name),
                _("Each of its lines is a key: “title: My title”."),
            )
        yield name, key_of(event, yaml, colon.end(), *one_value(yaml, events))
    for event in events:
        if isinstance(event, NodeEvent):
            raise not_keys(path, line_of(event))


def key_of(
    name: ScalarEvent, yaml: str, colon: int, first: Event, last: int, value: Text | tuple[Text, ...] | None
) -> Key:
    """A key with the places of its parts: `colon` is behind its colon, `last` where the last text of its value ends."""
    start = first.start_mark.index
    block = isinstance(first, CollectionStartEvent) and not first.flow_style
    end = max(start, last)
    if block:
        end = yaml.find("\n", max(start, end - 1), len(yaml)) + 1 or len(yaml)
    inside = _INDENTED.match(yaml, end) if block else None
    whole = inside.end() if inside else end
    last = yaml.count("\n", 0, max(name.start_mark.index, len(yaml[:whole].rstrip()))) + 1
    return Key(name.value, line_of(name), value, name.start_mark.line, last, start, end, colon, block)


def one_value(yaml: str, events: Iterator[Event]) -> tuple[Event, int, Text | tuple[Text, ...] | None]:
    """The next value: its first event, where its last text or bracket ends, and what it says."""
    first = next(events)
    if isinstance(first, ScalarEvent):
        return first, first.end_mark.index, text_of(first)
    end = first.end_mark.index
    depth, simple = 1, isinstance(first, SequenceStartEvent)
    items: list[Text] = []
    for event in events:
        end = end_of(event, yaml) or end
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            depth, simple = depth + 1, False
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            depth -= 1
            if not depth:
                return first, end, tuple(items) if simple else None
        elif isinstance(event, ScalarEvent):
            items.append(text_of(event))
    return first, end, None


def end_of(event: Event, yaml: str) -> int:
    """Where a text or a bracket ends; 0 for what is none. The mark of an empty text stands behind the comments that
    follow it.
    """
    at = event.end_mark.index
    if at > event.start_mark.index:
        return int(at)
    return len(_BEHIND.sub("", yaml[:at])) if isinstance(event, ScalarEvent) else 0


def text_of(event: ScalarEvent) -> Text:
    """A scalar as it was written."""
    plain, start, end = event.style in (None, ""), event.start_mark.index, event.end_mark.index
    return Text(event.value, plain, line_of(event), start, end)


def line_of(event: Event) -> int:
    """The line in the file, from 1: the fence is the first."""
    return int(event.start_mark.line) + 2
