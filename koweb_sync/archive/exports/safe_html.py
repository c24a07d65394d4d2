"""A post's HTML for a page without network and without script.

First nh3 leaves only what cannot run; its output is written in one way, so that what a reader needs can then be changed
tag by tag: pictures become local files or a note that they are missing, links to topics become links to their pages,
headings go below the page's own.
"""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

import nh3

from koweb_sync.archive.exports.captions import absent, character
from koweb_sync.archive.exports.files import FILMS, SOUNDS, ExportedFile
from koweb_sync.archive.store.readable_html import readable
from koweb_sync.i18n import _

# fmt: off
TAGS = frozenset({
    "a", "abbr", "aside", "audio", "b", "big", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt",
    "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "rb",
    "rp", "rt", "ruby", "s", "small", "source", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody",
    "td", "th", "thead", "tr", "ul", "video",
})
CLASSES = {
    "a": ("attachment", "hashtag", "hashtag-cooked", "lightbox", "mention", "mention-group", "onebox"),
    "aside": ("quote", "onebox"),
    "blockquote": (),
    "div": ("d-image-grid", "md-table", "meta", "spoiler", "spoiled", "title", "quote-controls"),
    "hr": ("footnotes-sep",),
    "img": ("avatar", "emoji", "site-icon"),
    "ol": ("footnotes-list",),
    "span": ("hashtag", "mention", "spoiler", "spoiled", "chcklst-box", "checked", "fa-square-check-o", "fa-square-o"),
    "sup": ("footnote-ref",),
}
# fmt: on
ATTRIBUTES: dict[str, dict[str, str]] = {
    "a": {"href": r".*", "id": r"footnote-ref-[\w:-]+", "title": r".*"},
    "abbr": {"title": r".*"},
    "audio": {"src": r".*"},
    "details": {"open": r"\w*"},
    "div": {"dir": r"ltr|rtl|auto", "align": r"left|right|center"},
    "img": {"src": r".*", "alt": r".*", "title": r".*", "width": r"\d{1,5}", "height": r"\d{1,5}"},
    "li": {"id": r"footnote-[\w:-]+"},
    "ol": {"reversed": r"\w*", "start": r"-?\d{1,9}", "type": r"[1aAiI]"},
    "source": {"src": r".*"},
    "td": {"style": r"text-align:\s*(?:left|right|center);?"},
    "th": {"style": r"text-align:\s*(?:left|right|center);?"},
    "video": {"src": r".*"},
}
SOUND = ("audio", "video", "source")
# The tags that change: some by their name, and whichever has attributes.
_TAG = re.compile(
    r"<(?=/?(?:a|audio|h[1-6]|img|pre|source|video)\b|\w+\s)"
    r'(/?)([a-z][a-z0-9]*)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*/?>'
)
# A quotation from another topic, up to the link that is its title: Discourse shows a face beside it, and no name.
_QUOTED = re.compile(
    r'<aside\b(?=[^<>]*\bclass="quote\b)[^<>]*\bdata-username="([^"<>]{1,300})"[^<>]*>\s*<div class="title">'
    r'(?:\s|<div class="quote-(?:controls|title__text-content)">|</div>|<img\b[^<>]*>)*(?=<a\b)'
)
_ATTRIBUTE = re.compile(r'([\w:-]+)(?:="([^"]*)")?')
_ALIGN = re.compile(r"left|right|center")


class PageContext(Protocol):
    """What the page around a post knows."""

    def file(self, address: str) -> ExportedFile | None:
        """The local file of an address in the post, if the export has it."""

    def since(self, address: str) -> int | None:
        """Since when the file of an address is gone, None if it is not."""

    def up(self, path: str) -> str:
        """A path of the export as seen from the page."""

    def link(self, address: str) -> str:
        """Where a link leads: a page of the export, an absolute address, or nothing."""


@dataclass(slots=True)
class Work:
    """A post on its way to a page. `outline` are the levels of headings that are open; `closing` are what to write for
    the end of elements that were changed, innermost last. `begun`: what became of tags that are the same everywhere.
    """

    look: PageContext
    level: int
    outline: list[int] = field(default_factory=list)
    closing: dict[str, list[str]] = field(default_factory=dict)
    begun: dict[str, str] = field(default_factory=dict)


def page(cooked: str, look: PageContext, level: int = 2, called: Callable[[str], str] = str) -> str:
    """A post's HTML for a page whose headings reach down to `level`. `called`: somebody's name, by the user name."""
    work = Work(look, level)
    return _TAG.sub(lambda match: changed(work, match), clean(_QUOTED.sub(lambda found: named(found, called), cooked)))


def named(quoted: re.Match[str], called: Callable[[str], str]) -> str:
    """The beginning of a quotation, with the name of whoever is quoted."""
    return f"{quoted[0]}{html.escape(called(html.unescape(quoted[1])))}{_(':')} "


def clean(cooked: str) -> str:
    """HTML without anything that could run, be sent, or look like a part of the page around it."""
    return CLEANER.clean(readable(cooked))


@lru_cache(maxsize=1_000)
def kept(tag: str, attribute: str, value: str) -> str | None:
    """The value of an attribute that stays; nh3 asks about those of elements too that will go."""
    if attribute == "class":
        return " ".join(one for one in value.split() if one in CLASSES.get(tag, ())) or None
    allowed = ATTRIBUTES.get(tag, {}).get(attribute)
    return value if allowed is not None and re.fullmatch(allowed, value, re.DOTALL) else None


CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags={"script", "style", "noscript", "template", "title", "textarea", "svg", "math", "iframe"},
    attributes={tag: {*ATTRIBUTES.get(tag, ()), "class"} for tag in TAGS},
    attribute_filter=kept,
    url_schemes={"http", "https", "mailto", "upload"},
    link_rel=None,
    strip_comments=True,
)


# ---- tag by tag


def changed(work: Work, match: re.Match[str]) -> str:
    """One tag as it stands on the page."""
    ends, tag = bool(match[1]), match[2]
    if re.fullmatch("h[1-6]", tag):
        return f"<{match[1]}h{depth(work, int(tag[1]), ends=ends)}>"
    if ends:
        return end(work, tag)
    if match[0] in work.begun:
        return work.begun[match[0]]
    facts = attributes(match[3])
    if tag in BEGINNINGS:
        return BEGINNINGS[tag](work, facts)
    work.begun[match[0]] = begin(tag, facts)
    return work.begun[match[0]]


@lru_cache(maxsize=1_000)
def attributes(said: str) -> Mapping[str, str]:
    """The attributes of a tag, as nh3 writes them."""
    return {found[1]: html.unescape(found[2] or "") for found in _ATTRIBUTE.finditer(said)}


def end(work: Work, tag: str) -> str:
    """The end of an element."""
    if tag in ("audio", "video"):
        return ""
    waiting = work.closing.get(tag)
    return waiting.pop() if waiting else f"</{tag}>"


def begin(tag: str, facts: Mapping[str, str]) -> str:
    """The beginning of an element that keeps its name; what scrolls or hides is within reach of the keyboard."""
    classes = set(facts.get("class", "").split())
    named = {"class": facts["class"]} if classes else {}
    if tag == "pre":
        return opened(tag, {**named, **reached(_("Code"))})
    if "md-table" in classes:
        return opened(tag, {**named, **reached(_("Table"))})
    if classes & {"spoiler", "spoiled"}:
        return opened(tag, {**named, **reached(_("Spoiler"))})
    rest = {name: value for name, value in facts.items() if name not in ("class", "style", "href", "src")}
    if align := _ALIGN.search(facts.get("style", "")):
        rest["align"] = align[0]
    return opened(tag, {**named, **rest})


def depth(work: Work, level: int, *, ends: bool) -> int:
    """The level of a heading on the page: no level is left out, whatever the author chose."""
    if not ends:
        while work.outline and work.outline[-1] >= level:
            work.outline.pop()
        work.outline.append(level)
    return min(6, len(work.outline) + work.level)


def link(work: Work, facts: Mapping[str, str]) -> str:
    """A link: to a page of the export, a file of it, or the web. Without a destination only its words stay."""
    classes = facts.get("class", "").split()
    href = facts.get("href", "")
    file = work.look.file(href) if href else None
    to: dict[str, str] = {}
    if file is not None and file.opens and not (file.why and "lightbox" in classes):
        to = {"href": work.look.up(file.path)}
        to |= {} if file.picture or file.ending == "pdf" else {"download": ""}
    elif file is None and (href := work.look.link(href)):
        to = {"href": href, **({"rel": "noopener noreferrer"} if re.match("https?:", href) else {})}
    named = {"class": facts["class"]} if classes and "lightbox" not in classes else {}
    rest = {name: facts[name] for name in ("id", "title") if facts.get(name)}
    work.closing.setdefault("a", []).append("</a>" if to else "</span>")
    return opened("a" if to else "span", {**named, **rest, **to})


def image(work: Work, facts: Mapping[str, str]) -> str:
    """A picture: from the export, or a word in its place."""
    classes = facts.get("class", "").split()
    alt = facts.get("alt", "")
    if "emoji" in classes:
        return html.escape(character(alt or facts.get("title", "")))
    if {"avatar", "site-icon"} & set(classes):
        return ""
    file = work.look.file(facts.get("src", ""))
    if file is not None and file.picture:
        size = {name: facts[name] for name in ("width", "height") if facts.get(name)}
        if not size and file.width > 0:
            size = {"width": str(file.width), "height": str(file.height)}
        return opened("img", {"src": work.look.up(file.path), "alt": alt, **size, "loading": "lazy"})
    return missing(work, facts.get("src", ""), alt, file)


def missing(work: Work, src: str, name: str, file: ExportedFile | None) -> str:
    """What stands where a picture, a sound or a film would be."""
    inside = bool(work.closing.get("a"))  # no link within a link
    if file is None:
        since = work.look.since(src)
        text = _("[not in the archive: {name}]") if since is None else f"[{absent(since)}{_(':')} {{name}}]"
        href = work.look.link(src)
    else:
        text = _("[too large to be shown: {name}]") if file.why == "large" else _("[a file: {name}]")
        href = work.look.up(file.path)
    words = html.escape(text.format(name=name or src.rpartition("/")[2] or _("image")))
    if inside or not href:
        return f'<span class="missing">{words}</span>'
    rel = {"rel": "noopener noreferrer"} if file is None else {"download": ""}
    return f"{opened('a', {'class': 'missing', 'href': href, **rel})}{words}</a>"


def sound(work: Work, facts: Mapping[str, str]) -> str:
    """A sound or a film; the element around its sources is left out."""
    src = facts.get("src", "")
    if not src:
        return ""
    file = work.look.file(src)
    tag = "" if file is None else ("audio" if file.ending in SOUNDS else "video" if file.ending in FILMS else "")
    if file is None or not tag:
        return missing(work, src, "", file)
    return f"{opened(tag, {'src': work.look.up(file.path), 'controls': '', 'preload': 'none'})}</{tag}>"


BEGINNINGS: dict[str, Callable[[Work, Mapping[str, str]], str]] = {
    "a": link,
    "img": image,
    **dict.fromkeys(SOUND, sound),
}


def reached(name: str) -> dict[str, str]:
    """The attributes of a part that the keyboard reaches. A group is no landmark: a page may have many of them."""
    return {"tabindex": "0", "role": "group", "aria-label": name}


def opened(tag: str, facts: Mapping[str, str]) -> str:
    """The beginning of an element."""
    given = "".join(f' {name}="{html.escape(value)}"' for name, value in facts.items())
    return f"<{tag}{given}>"
