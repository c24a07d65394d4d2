"""A text without links that lead to nothing: their words stay. Pure."""

import posixpath
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from koweb_sync.posts.markdown import Form, Label, Links, Place, Reference, find

_AFTER = re.compile(r"""\s*(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\((?:\\.|[^()\\])*\))?\s*\)""")
_SECOND = re.compile(r"\[[^\[\]]*\]")
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_ROUNDS = 4  # of links around pictures

Cut = tuple[int, int, str]


def without_dead_links(text: str, dead: Iterable[str]) -> str:
    """A text, whose line ends are LF, in which no link and no picture leads to one of the destinations `dead`."""
    urls = frozenset(dead)
    for _round in range(_ROUNDS):
        cuts = sorted(_cuts(text, find(text), urls), key=lambda cut: (cut[0], -cut[1]))
        if not cuts:
            break
        parts: list[str] = []
        at = 0
        for start, end, words in cuts:
            if start >= at:
                parts += text[at:start], words
                at = end
        text = "".join([*parts, text[at:]])
    return text


def _cuts(text: str, links: Links, dead: frozenset[str]) -> Iterator[Cut]:
    """What to put in place of what stands from where to where."""
    labels = [label for label in links.labels if label.url in dead]
    for label in labels:
        if cut := _link(text, label, links):
            yield cut
    for place in links.places:
        if place.url in dead and (cut := _other(text, place, alone=not labels)):
            yield cut


def _link(text: str, label: Label, links: Links) -> Cut | None:
    """A link or picture with a label."""
    end = label.end + 1
    if label.reference is Reference.INLINE:
        place = next((one for one in links.places if one.start >= label.end and one.url == label.url), None)
        found = _AFTER.match(text, place.end) if place else None
        if found is None:
            return None
        end = found.end()
    elif label.reference is not Reference.SHORTCUT:
        found = _SECOND.match(text, end)
        end = found.end() if found else end
    words = text[label.start : label.end]
    words = words.split("\\|" if label.cell else "|")[0] if label.image else words
    return label.start - 1 - label.image, end, words.strip() or _name(label.url)


def _other(text: str, place: Place, *, alone: bool) -> Cut | None:
    """What leads somewhere without a label: a tag, an address in pointed brackets, a definition that nobody needs."""
    if place.form is Form.AUTOLINK:
        return place.start, place.end, place.url
    if place.form in (Form.QUOTED, Form.BARE):
        start, end = text.rfind("<", 0, place.start), text.find(">", place.end) + 1
        if start < 0 or not end:
            return None
        found = _ALT.search(text, start, end)
        words = (found[1] or found[2]) if found else ""
        return (start, end, words or _name(place.url)) if place.image else (start, end, "<a>")
    if place.defines and alone:
        start = text.rfind("\n", 0, place.start) + 1
        end = text.find("\n", place.end)
        return start, len(text) if end < 0 else end + 1, ""
    return None


def _name(url: str) -> str:
    """The last part of a destination, for what has no words."""
    return posixpath.basename(unquote(url).rstrip("/")) or "…"
