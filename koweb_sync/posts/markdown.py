"""Every link and image of a text, with its place: what stands where, in Markdown and in raw HTML."""

import re
import sys
from bisect import bisect_right
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import lru_cache

from markdown_it.common.utils import normalizeReference
from markdown_it.helpers import parseLinkDestination
from markdown_it.token import Token

from koweb_sync.posts import bbcode
from koweb_sync.posts.block_positions import Lines, Positions
from koweb_sync.posts.link_targets import Spelling
from koweb_sync.posts.reader import KEPT, Match, read

LINE_END = re.compile(r"\r*\n")
# Of links, definitions, autolinks or HTML, and BBCode; `[^1]:` defines a footnote.
_SIGNS = re.compile(r"(?<!\\)\[\^[^ \[\]\n]+\]:|\]\(|\]:|<|\[(?:img|url)(?=[\]= ])", re.IGNORECASE)
_CODE = re.compile(r"[`<\t]|~~~|    |\[code", re.IGNORECASE)
HTML = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(script|style|textarea)\b.*?(?:</\1|\Z)"
    r"""|<(?P<tag>a|img|video|audio|source|track|iframe|object|embed)(?=\s)(?P<attributes>(?:"[^"]*"|'[^']*'|[^"'>]){0,4000}+)>""",
    re.DOTALL | re.IGNORECASE,
)
ATTRIBUTE = re.compile(
    r"""\s(?P<name>[\w-]++)\s*+=\s*+(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'=<>`]+))"""
)
VALUES = ("double", "single", "bare")
# What Discourse keeps of HTML that leads to a file, and counts as a use of an upload (sanitizer.js, allow-lister.js and
# Post#each_upload_url). It drops the others: a file that stands in them alone is not shown, or gone after two days.
KEPT_IN = {"a": "href", "img": "src", "source": "src", "track": "src", "video": "poster"}
DROPPED = frozenset(
    [
        *(("video", "src"), ("audio", "src"), ("img", "srcset"), ("source", "srcset")),
        *(("iframe", "src"), ("object", "data"), ("embed", "src")),
    ]
)


class Form(Enum):
    """How a destination is written."""

    PLAIN = auto()  # (a.md)
    ANGLE = auto()  # (<a b.md>)
    AUTOLINK = auto()  # <https://example.org>
    QUOTED = auto()  # src="a.png"
    BARE = auto()  # src=a.png
    BBCODE = auto()  # [img]a.png[/img]


@dataclass(frozen=True, slots=True)
class Place:
    """A destination in a text. `start` to `end` is what a new one replaces: in pointed brackets, with them.

    `defines`: it stands in a definition, `[name]: a.md`.
    """

    url: str
    start: int
    end: int
    form: Form
    image: bool
    defines: bool = False
    spelling: Spelling = Spelling.UPLOAD


@dataclass(frozen=True, slots=True)
class DroppedAddress:
    """An address in an attribute that Discourse does not keep, or in which it does not count a file as used."""

    url: str
    start: int
    element: str
    attribute: str


class Reference(Enum):
    """How a label names its destination."""

    INLINE = auto()  # [label](a.md)
    FULL = auto()  # [label][name]
    COLLAPSED = auto()  # [label][]
    SHORTCUT = auto()  # [label]


@dataclass(frozen=True, slots=True)
class Label:
    """The label of a link or image: `start` to `end` lie between its brackets, `url` is its destination as written.

    `cell`: it stands in a table, where `|` is written with a backslash.
    """

    url: str
    start: int
    end: int
    reference: Reference
    image: bool
    plain: bool
    cell: bool


@dataclass(frozen=True, slots=True)
class Links:
    """What `find` finds, in the order of the text, and the block tokens that it was found in."""

    places: tuple[Place, ...]
    labels: tuple[Label, ...]
    tokens: tuple[Token, ...]
    dropped: tuple[DroppedAddress, ...] = ()


def value(attribute: re.Match[str]) -> str:
    """The value of what ATTRIBUTE found, as written."""
    return next(attribute[name] for name in VALUES if attribute[name] is not None)


def with_lf(text: str) -> str:
    """`text` with LF line ends. A lone CR stays: Discourse keeps it too."""
    return LINE_END.sub("\n", text) if "\r" in text else text


def may_lead(text: str) -> bool:
    """Whether a text has the signs that a destination cannot do without; only then it need be read to find one."""
    tags = text.rfind("[/")
    ends = {"](": text.rfind(")"), "]:": len(text), "<": text.rfind(">"), "[img": tags, "[url": tags}
    return any(sign.start() < ends.get(sign[0].lower()[:4], 0) for sign in _SIGNS.finditer(text))


def may_hold(text: str) -> bool:
    """Whether a text has the signs that a destination, code or HTML cannot do without."""
    return may_lead(text) or _CODE.search(text) is not None


@lru_cache(maxsize=KEPT)
def find(text: str) -> Links:
    """The links and images of `text`, whose line ends are LF."""
    # markdown-it makes the same two changes; made here, both keep every position.
    source = text.replace("\r", "\n").replace("\0", "\ufffd")
    tokens, notes = read(source)
    finder = _Finder()
    for written, positions in notes.definitions:
        finder.definition(written, positions)
    lines = Lines(source)
    for token, matches in notes.matches:
        where = lines.positions(token)
        for match in matches if where else ():
            finder.match(match, token.content, where, in_cell=lines.cell)
    for token in tokens:
        if token.type == "html_block":
            finder.html(token.content, lines.positions(token))
    return Links(
        tuple(sorted(finder.places, key=lambda place: place.start)),
        tuple(sorted(finder.labels, key=lambda label: label.start)),
        tuple(tokens),
        tuple(finder.dropped),
    )


class _Finder:
    """Turns the parser's notes into places and labels."""

    def __init__(self) -> None:
        self.places: list[Place] = []
        self.labels: list[Label] = []
        self.dropped: list[DroppedAddress] = []
        self.names: dict[str, str] = {}

    def definition(self, written: str, positions: Positions) -> None:
        """`[name]: destination "title"`, as written from its first bracket on."""
        end = next(m.end() for m in _NAME_END.finditer(written))
        place = _destination(written, _after_blank(written, end), image=False)
        self.names.setdefault(normalizeReference(written[1 : end - 2]), place.url)
        self.places.append(_moved(replace(place, defines=True), positions))

    def match(self, match: Match, content: str, where: Positions, *, in_cell: bool) -> None:
        """What an inline rule saw in a block with this content."""
        if match.kind == "autolink":
            place = Place(content[match.start + 1 : match.end - 1], match.start, match.end, Form.AUTOLINK, False)
            self.places.append(_moved(place, where))
        elif match.kind == "html_inline":
            # Of a long paragraph only the lines that the tag stands on: there can be a tag on each.
            first, last = (bisect_right(where, (offset, sys.maxsize)) for offset in (match.start, match.end))
            lines = where[first - 1 : last]
            self.html(content[match.start : match.end], [(offset - match.start, at) for offset, at in lines])
        elif match.kind in bbcode.LINKS:
            image = match.kind == "bbcode_img"
            spelling = Spelling.UPLOAD if image else Spelling.WHOLE
            url = content[match.start : match.end]
            self.places.append(_moved(Place(url, match.start, match.end, Form.BBCODE, image, spelling=spelling), where))
        elif match.kind in ("link", "image"):
            self._link(match, content, where, in_cell)

    def html(self, html: str, where: Positions) -> None:
        """What stands in the attributes of HTML that lead to files and pages, outside comments and scripts."""
        for tag in HTML.finditer(html) if where else ():
            element, seen = (tag["tag"] or "").lower(), set[str]()
            for attribute in ATTRIBUTE.finditer(html, *tag.span("attributes")) if element else ():
                name = attribute["name"].lower()
                if name in seen:
                    continue
                seen.add(name)
                if KEPT_IN.get(element) == name:
                    self._attribute(attribute, element, where)
                elif (element, name) in DROPPED:
                    self._not_kept(attribute, element, where)

    def _attribute(self, attribute: re.Match[str], element: str, where: Positions) -> None:
        group = next(name for name in VALUES if attribute[name] is not None)
        form = Form.BARE if group == "bare" else Form.QUOTED
        spelling = Spelling.UPLOAD if element == "img" else Spelling.PATH
        place = Place(attribute[group], *attribute.span(group), form, element in ("img", "video"), spelling=spelling)
        self.places.append(_moved(place, where))

    def _not_kept(self, attribute: re.Match[str], element: str, where: Positions) -> None:
        """`srcset` holds several addresses, with a size or a density behind each."""
        name = attribute["name"].lower()
        parts = value(attribute).split(",") if name == "srcset" else [value(attribute)]
        urls = (words[0] for part in parts if (words := part.split()))
        self.dropped += [DroppedAddress(url, _at(attribute.start(), where), element, name) for url in urls]

    def _link(self, match: Match, content: str, where: Positions, in_cell: bool) -> None:
        image = match.kind == "image"
        start = match.start + 1 + image
        reference = _reference(content, match)
        if reference is Reference.INLINE:
            place = _destination(content, _after_blank(content, match.label + 2), image)
            url = place.url
            self.places.append(_moved(place, where))
        else:
            named = reference is Reference.FULL
            name = content[match.label + 2 : match.end - 1] if named else content[start : match.label]
            url = self.names.get(normalizeReference(name), "")
        begin, end = _at(start, where), _at(match.label, where)
        self.labels.append(Label(url, begin, end, reference, image, match.plain, in_cell))


_BLANK = re.compile(r"[ \t\n]*")
_NAME_END = re.compile(r"(?<!\\)(?:\\\\)*\]:")


def _reference(content: str, match: Match) -> Reference:
    if match.end == match.label + 1:
        return Reference.SHORTCUT
    if content[match.label + 1] == "(":
        return Reference.INLINE
    return Reference.COLLAPSED if match.end == match.label + 3 else Reference.FULL


def _after_blank(text: str, start: int) -> int:
    """Where what is not blank begins."""
    found = _BLANK.match(text, start)
    return found.end() if found else start


def _destination(text: str, start: int, image: bool) -> Place:
    """The destination that begins at `start`: `a.md`, `<a b.md>`, or nothing at all."""
    found = parseLinkDestination(text, start, len(text))
    end = found.pos if found.ok else start
    if text[start:end].startswith("<"):
        return Place(text[start + 1 : end - 1], start, end, Form.ANGLE, image)
    return Place(text[start:end], start, end, Form.PLAIN, image)


def _moved(place: Place, where: Positions) -> Place:
    """The same place, counted from the start of the text."""
    start = _at(place.start, where)
    return replace(place, start=start, end=start + place.end - place.start)


def _at(offset: int, where: Positions) -> int:
    begin, position = where[bisect_right(where, (offset, sys.maxsize)) - 1]
    return position + offset - begin
