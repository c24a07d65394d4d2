"""HTML that a forum drops: elements that it shows nothing of, or only the text in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from koweb_sync.i18n import _
from koweb_sync.posts.markdown import ATTRIBUTE, value, with_lf
from koweb_sync.posts.paths import parted
from koweb_sync.posts.reader import read

# What Discourse keeps (pretty-text's allow-lister.js, and what its features add there: tables, details). A recording of
# 2025 shows the rest gone with its text left in place: <center>, <font>, <q>, <cite>.
# fmt: off
KEPT = frozenset({
    "a", "abbr", "aside", "audio", "b", "big", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt",
    "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "picture", "pre",
    "rb", "rp", "rt", "ruby", "s", "small", "source", "span", "strike", "strong", "sub", "summary", "sup", "table",
    "tbody", "td", "th", "thead", "tr", "track", "ul", "video",
})
# fmt: on
# sanitizer.js strips the body of a script alone (stripIgnoreTagBody); a style sheet becomes words.
READ_OUT = frozenset(["style", "title", "textarea"])
EMPTY = frozenset(["base", "col", "embed", "frame", "input", "link", "meta", "object", "param", "wbr"])
FRAMES = frozenset(["iframe", "embed", "object"])
# A guess: the setting `allowed_iframes` as Discourse has it before somebody changes it (site_settings.yml); no answer
# of a forum tells how it is set.
ALLOWED = re.compile(
    r"https://(?:www\.google\.com/maps/embed\?|www\.openstreetmap\.org/export/embed\.html\?|open\.spotify\.com/"
    r"|calendar\.google\.com/calendar/embed\?|codepen\.io/[^/]+/embed/preview/|www\.instagram\.com/)",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<read>script|style|textarea|title)\b.*?(?:</(?P=read)|\Z)"
    r"|<(?P<tag>[a-z][a-z0-9-]{0,60})(?=[\s/>])(?P<attributes>[^>]{0,4000})",
    re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DroppedElement:
    """An element that the forum drops; its `line` from 1, and the address that it shows, "" for none."""

    element: str
    line: int
    url: str = ""

    def words(self) -> str:
        """What readers will see, for a person."""
        text = _("The forum drops <{element}>: readers see only the text in it.")
        if self.element == "iframe":
            text = _(
                "The forum shows an <iframe> only from sites that its setting allowed_iframes names: unless {host} is "
                "among them, readers see nothing here. Write the address alone on a line: it becomes a link or a box."
            )
        elif self.element == "script":
            text = _("The forum drops <{element}> and all that is in it: readers see nothing of it.")
        elif self.element in READ_OUT:
            text = _("The forum drops <{element}> and shows what is in it as ordinary text. Remove it.")
        elif self.element in EMPTY:
            text = _("The forum drops <{element}>: readers see nothing in its place.")
        return text.format(element=self.element, host=parted(self.url).hostname or "…")


def dropped(body: str) -> tuple[DroppedElement, ...]:
    """The elements of a text that a forum drops, each where it stands first; of frames each address once."""
    text = with_lf(body)
    if "<" not in text:
        return ()
    found: dict[tuple[str, str], DroppedElement] = {}
    for token in read(text)[0]:
        for one in _within(token.type, token.content, token.map[0] + 1) if token.map else ():
            found.setdefault((one.element, one.url), one)
        line = token.map[0] + 1 if token.map else 0
        for child in token.children or ():
            for one in _within(child.type, child.content, line):
                found.setdefault((one.element, one.url), one)
            line += "break" in child.type
    return tuple(found.values())


def _within(kind: str, html: str, line: int) -> Iterator[DroppedElement]:
    """Those in one piece of HTML that begins at a line."""
    if kind not in ("html_block", "html_inline"):
        return
    at = 0
    for tag in _TAG.finditer(html):
        line += html.count("\n", at, tag.start())
        at = tag.start()
        element = (tag["read"] or tag["tag"] or "").lower()
        if element and element not in KEPT:
            url = _source(tag["attributes"] or "") if element in FRAMES else ""
            if not (element == "iframe" and ALLOWED.match(url)):
                yield DroppedElement(element, line, url)


def _source(attributes: str) -> str:
    """The address of what is to be shown."""
    named = (one for one in ATTRIBUTE.finditer(attributes) if one["name"].lower() in ("src", "data"))
    return next((unescape(value(one)).strip() for one in named), "")
