"""The sanitiser: what of a post's HTML readers get. Nothing that could run is on these lists."""

import re
from collections.abc import Callable

import nh3

# fmt: off
TAGS = frozenset({
    "a", "abbr", "aside", "audio", "b", "big", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt",
    "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "picture", "pre",
    "rb", "rp", "rt", "ruby", "s", "small", "source", "span", "strike", "strong", "sub", "summary", "sup", "table",
    "tbody", "td", "th", "thead", "tr", "track", "ul", "video",
})
# fmt: on
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
CLASSES = {
    "a": (
        *("anchor", "attachment", "footnote-backref", "hashtag", "hashtag-cooked", "inline-onebox"),
        *("inline-onebox-loading", "mention", "mention-group", "notify", "onebox"),
    ),
    "aside": ("quote", "no-group", "group-*"),
    "code": ("lang-*",),
    "details": ("elided",),
    "div": (
        *("d-image-grid", "d-wrap", "excerpt", "md-table", "poll", "poll-container", "poll-info"),
        *("poll-info_counts", "poll-info_counts-count", "poll-title", "quote-controls", "spoiler", "title"),
        *("video-container", "video-placeholder-container"),
    ),
    "hr": ("footnotes-sep",),
    "img": ("avatar", "emoji", "emoji-custom", "only-emoji"),
    "li": ("footnote-item",),
    "ol": ("footnotes-list",),
    "span": (
        *("bbcode-b", "bbcode-i", "bbcode-s", "bbcode-u", "checked", "chcklst-box", "chcklst-stroked", "d-wrap"),
        *("discourse-local-date", "excerpt", "fa", "fa-check-square", "fa-check-square-o", "fa-square-check", "fa-fw"),
        *("fa-square-check-o", "fa-square-o", "hashtag", "hashtag-icon-placeholder", "hashtag-raw", "info-label"),
        *("info-number", "info-text", "mention", "permanent", "spoiler"),
    ),
    "sup": ("footnote-ref",),
}
NOTHING = r"(?!)"
WORDS = r".*"
NUMBER = r"\d{1,9}%?"
EMPTY = r"\w{0,20}"
# Element -> attribute -> what its value may be. Classes, addresses and data-* are looked at one by one.
ATTRIBUTES: dict[str, dict[str, str]] = {
    "a": {"name": r"[\w.:-]+", "target": "_blank", "title": WORDS, "id": r"fnref\d{1,9}"},
    "abbr": {"title": WORDS},
    "audio": {"controls": EMPTY, "preload": EMPTY},
    "details": {"open": EMPTY},
    "div": {"align": r"\w+", "lang": r"[\w-]+", "dir": r"ltr|rtl|auto"},
    "img": {"alt": WORDS, "title": WORDS, "width": NUMBER, "height": NUMBER, "loading": "lazy", "role": "presentation"},
    "li": {"id": r"fn\d{1,9}"},
    "ol": {"reversed": EMPTY, "start": r"-?\d{1,9}", "type": r"[1aAiI]"},
    "p": {"lang": r"[\w-]+"},
    "rb": {"lang": r"[\w-]+"},
    "rt": {"lang": r"[\w-]+"},
    "ruby": {"lang": r"[\w-]+"},
    "source": {"type": r"[\w/+.;= \"-]+"},
    "span": {"lang": r"[\w-]+", "aria-label": WORDS},
    "summary": {"title": WORDS},
    "td": {"style": r"text-align:(?:left|right|center)"},
    "th": {"style": r"text-align:(?:left|right|center)"},
    "track": {"default": EMPTY, "label": WORDS, "kind": EMPTY, "srclang": r"[\w-]+"},
    "video": {"controls": EMPTY, "height": NUMBER, "loop": EMPTY, "muted": EMPTY, "preload": EMPTY, "width": NUMBER},
    **{heading: {"id": r"heading--[A-Za-z0-9_-]+"} for heading in HEADINGS},
}
ADDRESSES = {"a": ("href",), "img": ("src",), "source": ("src",), "track": ("src",), "video": ("poster",)}
DATA = {
    "a": r"bbcode|icon|id|orig-href|ref|slug|style-type|type|word",
    "aside": r"[a-z0-9_.:-]+",
    "div": r"[a-z0-9_.:-]+",
    "img": r"base62-sha1|orig-src|thumbnail",
    "li": r"poll-option-id",
    "pre": r"code-[a-z0-9_.:-]+",
    "source": r"orig-src",
    "span": r"[a-z0-9_.:-]+",
}
FRAME = {"src": WORDS, "width": NUMBER, "height": NUMBER, "frameborder": EMPTY, "allowfullscreen": EMPTY}
# Absolute, below this site, in this page, or to write to somebody. A relative path leads nowhere on a forum.
KNOWN = TAGS | {"iframe"}
_COMMENT = (re.compile("<!--"), re.compile("-->"))
_SCRIPT = (re.compile(r"<script\b", re.IGNORECASE), re.compile(r"</script\s*+>", re.IGNORECASE))
_TAG = re.compile(r"""</?([a-z][^\s/>]*+)(?:[^<>"']|"[^"]*"|'[^']*')*+>""", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:(?:https?:)?//[\w.\[-]|/(?![/\\])[\w.-]|#[\w.-]|mailto:[\w.@-])", re.IGNORECASE | re.ASCII)
_HIDDEN = re.compile(r"[\x00-\x1f\x7f\\]")


def clean(rendered: str, frames: tuple[str, ...] = (), *, newer: bool = True) -> str:
    """HTML without anything that could run, or that Discourse does not keep.

    `frames` are the addresses from which an iframe may come, as they begin. A `newer` server leaves an empty address
    where a picture's may not stay.
    """
    attributes = {element: {*ATTRIBUTES.get(element, ()), "class", *ADDRESSES.get(element, ())} for element in TAGS}
    if frames:
        attributes["iframe"] = set(FRAME)
    return nh3.clean(
        unknown(rendered),
        tags={*TAGS, "iframe"} if frames else set(TAGS),
        attributes=attributes,
        attribute_filter=keeper(frames, empty=newer),
        generic_attribute_prefixes={"data-"},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        strip_comments=True,
    )


def unknown(rendered: str) -> str:
    """HTML without the tags that nobody may use, their content in place, and without comments.

    Discourse strips them before anything is read as a tree: a `<center>` in a paragraph does not end it.
    """
    whole = without(without(rendered, _COMMENT), _SCRIPT)
    return _TAG.sub(lambda found: found[0] if found[1].lower() in KNOWN else "", whole)


def without(html: str, ends: tuple[re.Pattern[str], re.Pattern[str]]) -> str:
    """HTML without what stands between two ends; what is never closed stays, for the sanitiser to judge."""
    first, last = ends
    kept, at = [], 0
    while (opening := first.search(html, at)) and (closing := last.search(html, opening.end())):
        kept.append(html[at : opening.start()])
        at = closing.end()
    return "".join([*kept, html[at:]])


def keeper(frames: tuple[str, ...], *, empty: bool) -> Callable[[str, str, str], str | None]:
    """The function that says which attributes stay; nh3 asks it about elements too that will go."""

    def kept(element: str, attribute: str, value: str) -> str | None:
        if element == "iframe":
            return framed(attribute, value, frames)
        if attribute == "class":
            return classes(element, value)
        if attribute in ADDRESSES.get(element, ()):
            return address(value) or ("" if empty and attribute == "src" else None)
        if attribute.startswith("data-"):
            named = re.fullmatch(DATA.get(element, NOTHING), attribute.removeprefix("data-"))
            return value if named and not attribute.startswith("data-html-") else None
        allowed = ATTRIBUTES.get(element, {}).get(attribute, NOTHING)
        return value if re.fullmatch(allowed, value, re.DOTALL) else None

    return kept


def classes(element: str, value: str) -> str | None:
    """The classes of an element that Discourse itself gives."""
    known = CLASSES.get(element, ())
    stems = tuple(one.removesuffix("*") for one in known if one.endswith("*"))
    return " ".join(one for one in value.split() if one in known or (stems and one.startswith(stems))) or None


def address(value: str) -> str | None:
    """An address, if it leads to a page, a place in this one, or a mailbox."""
    value = value.strip()
    if _HIDDEN.search(value) or not _ADDRESS.match(value):
        return None
    return value.replace("'", "%27")


def framed(attribute: str, value: str, frames: tuple[str, ...]) -> str | None:
    """An iframe's attribute: its source only from where the forum allows it."""
    if attribute == "src":
        plain = value.lower().startswith(tuple(one.lower() for one in frames)) and "/../" not in value
        return value if plain and address(value) else None
    return value if re.fullmatch(FRAME.get(attribute, NOTHING), value) else None
