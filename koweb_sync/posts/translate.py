"""Other destinations for a text's links, and nothing else changed: proven by reading the result again."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from koweb_sync.posts.link_targets import LinkTarget, occurs, spelled, url_at
from koweb_sync.posts.markdown import Form, Label, Links, Place, Reference, find, may_lead

ATTACHMENT = "|attachment"
# What the web composer writes behind an image's description: `|690x388`, `|690x388, 50%`, `|thumbnail`.
_SIZED = re.compile(r"\|\s*(?:\d+x\d+(?:\s*,\s*\d+%)?|thumbnail|video|audio)\s*$")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_UNSAFE = re.compile(r"[\s<>()\x00-\x1f\x7f]")
_NO_BARE = re.compile(r"""[\s"'=<>`]|^$""")
_NO_BBCODE = re.compile(r"""[\s\[\]"'“”]|^$""")
_CONTENT = frozenset({"fence", "code_block", "code_inline", "math"})


@dataclass(frozen=True, slots=True)
class Replacement:
    """Put `new` in place of what stands from `start` to `end`."""

    start: int
    end: int
    new: str


def to_forum(text: str, targets: Mapping[str, LinkTarget], home: str = "") -> str:
    """`text` with every destination that `targets` knows replaced, and its label's suffix added. `home` is the forum's
    address.

    An author's own size, or own `|attachment`, stays as it is and nothing is added to it. A link whose label is more
    than text gains no `|attachment`: Discourse would show the word.
    """
    if not _mentions(text, targets):
        return text
    links = find(text)
    edits = _edits(
        (place, spelled(targets[place.url].url, place.spelling, home)) for place in links.places if place.url in targets
    )
    for label in links.labels:
        if label.url in targets:
            edits += _with_suffix(text, label, targets[label.url].suffix)
    return _proven(text, links, edits)


def to_file(text: str, sources: Mapping[str, str], suffixes: Mapping[str, frozenset[str]], home: str = "") -> str:
    """The inverse: `sources` leads back to the file's destinations, whose `suffixes` are dropped from their labels.

    A size that somebody changed on the forum is no longer ours: it stays, and `to_forum` then adds none.
    """
    if not _mentions(text, sources):
        return text
    links = find(text)
    edits = _edits((place, url) for place in links.places if (url := _source(place, sources, home)) is not None)
    for label in links.labels:
        if label.url in sources:
            edits += _without_suffix(text, label, suffixes.get(sources[label.url], frozenset()))
    return _proven(text, links, edits)


def _mentions(text: str, urls: Iterable[str]) -> bool:
    return may_lead(text) and any(occurs(url, text) for url in urls)


def _source(place: Place, sources: Mapping[str, str], home: str) -> str | None:
    return sources[place.url] if place.url in sources else sources.get(url_at(place.url, place.spelling, home))


def _edits(new: Iterable[tuple[Place, str]]) -> list[Replacement]:
    return [
        Replacement(place.start, place.end, written)
        for place, url in new
        if (written := _written(place, url)) is not None
    ]


def _written(place: Place, url: str) -> str | None:
    """`url` as it has to be written at that place; None where it cannot be."""
    match place.form:
        case Form.PLAIN | Form.ANGLE:
            return f"<{url}>" if _UNSAFE.search(url) and not _balanced(url) else url
        case Form.AUTOLINK:
            return f"<{url}>" if _SCHEME.match(url) else None
        case Form.QUOTED:
            return url
        case Form.BARE:
            return None if _NO_BARE.search(url) else url
        case Form.BBCODE:
            return None if _NO_BBCODE.search(url) else url


def _balanced(url: str) -> bool:
    """Whether parentheses are all that needs care in `url`, and they come in pairs."""
    return not _UNSAFE.search(url.replace("(", "").replace(")", "")) and url.count("(") == url.count(")")


def _with_suffix(text: str, label: Label, suffix: str) -> list[Replacement]:
    written = text[label.start : label.end]
    plain = written.replace("\\|", "|") if label.cell else written
    if not suffix or not _takes(label, suffix) or _SIZED.search(plain) or plain.endswith(ATTACHMENT):
        return []
    suffix = suffix.replace("|", "\\|") if label.cell else suffix
    # A label that is also the name of its definition must keep that name.
    if label.reference is Reference.SHORTCUT:
        return [Replacement(label.end, label.end, f"{suffix}][{written}")]
    if label.reference is Reference.COLLAPSED:
        return [Replacement(label.end, label.end, suffix), Replacement(label.end + 2, label.end + 2, written)]
    return [Replacement(label.end, label.end, suffix)]


def _takes(label: Label, suffix: str) -> bool:
    return label.image != (suffix == ATTACHMENT) and (label.image or label.plain)


def _without_suffix(text: str, label: Label, suffixes: frozenset[str]) -> list[Replacement]:
    written = text[label.start : label.end]
    for suffix in suffixes:
        ours = suffix.replace("|", "\\|") if label.cell else suffix
        if suffix and _takes(label, suffix) and written.endswith(ours):
            return [Replacement(label.end - len(ours), label.end, "")]
    return []


def _proven(text: str, links: Links, edits: list[Replacement]) -> str:
    """`text` with the edits that change what they are meant to change and nothing else; in doubt, they are left out."""
    edits = sorted(edits, key=lambda edit: (edit.start, edit.end))
    kept = _harmless(text, links, [], edits)
    return _spliced(text, kept)


def _harmless(text: str, links: Links, before: list[Replacement], edits: list[Replacement]) -> list[Replacement]:
    if not edits or _same(links, [*before, *edits], find(_spliced(text, [*before, *edits]))):
        return [*before, *edits]
    if len(edits) == 1:
        return before
    half = len(edits) // 2
    return _harmless(text, links, _harmless(text, links, before, edits[:half]), edits[half:])


def _spliced(text: str, edits: Iterable[Replacement]) -> str:
    parts: list[str] = []
    at = 0
    for edit in edits:
        parts += text[at : edit.start], edit.new
        at = edit.end
    return "".join([*parts, text[at:]])


def _same(links: Links, edits: list[Replacement], after: Links) -> bool:
    """Whether blocks and code are the same, and all links are where the edits put them and lead where they should."""
    moved = _mover(edits)
    new = {edit.start: edit.new.removeprefix("<").removesuffix(">") for edit in edits if edit.end > edit.start}
    places = [(moved(place.start), place.image, new.get(place.start, place.url)) for place in links.places]
    labels = [(moved(label.start), label.image) for label in links.labels]
    return (
        _shape(links) == _shape(after)
        and places == [(place.start, place.image, place.url) for place in after.places]
        and labels == [(label.start, label.image) for label in after.labels]
    )


def _mover(edits: list[Replacement]) -> Callable[[int], int]:
    """Where a position of the text before the edits stands after them; what is put right there comes behind it."""
    ends = [edit.end + (edit.start == edit.end) for edit in edits]
    shifts = [0, *accumulate(len(edit.new) - (edit.end - edit.start) for edit in edits)]
    return lambda position: position + shifts[bisect_right(ends, position)]


def _shape(links: Links) -> list[tuple[object, ...]]:
    """The blocks with their lines, and each block's inline tokens; of code also the text."""
    return [
        (
            token.type,
            token.map,
            token.content if token.type in _CONTENT else "",
            [(child.type, child.content if child.type in _CONTENT else "") for child in token.children or []],
        )
        for token in links.tokens
    ]
