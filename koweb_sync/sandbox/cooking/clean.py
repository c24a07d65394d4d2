"""The sanitiser: what of a post's HTML readers get. Nothing that could run is on these lists."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import nh3

from koweb_sync.sandbox.model.data_files import data

# What may stay: `classes` and `attributes` by element, the latter with what their values may be.
ALLOWED: Mapping[str, Any] = data("sanitiser.toml")
TAGS = frozenset(ALLOWED["tags"])
CLASSES: Mapping[str, list[str]] = ALLOWED["classes"]
ATTRIBUTES: Mapping[str, Mapping[str, str]] = ALLOWED["attributes"]
ADDRESSES: Mapping[str, list[str]] = ALLOWED["addresses"]
FRAME: Mapping[str, str] = ALLOWED["frame"]
KEPT = {element: {*ATTRIBUTES.get(element, ()), "class", *ADDRESSES.get(element, ())} for element in TAGS}
NOTHING = r"(?!)"
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
    return nh3.clean(
        unknown(rendered),
        tags={*TAGS, "iframe"} if frames else set(TAGS),
        attributes=KEPT | {"iframe": set(FRAME)} if frames else KEPT,
        attribute_filter=kept_attributes(frames, empty=newer),
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


def kept_attributes(frames: tuple[str, ...], *, empty: bool) -> Callable[[str, str, str], str | None]:
    """The function that says which attributes stay; nh3 asks it about elements too that will go."""

    def kept(element: str, attribute: str, value: str) -> str | None:
        if element == "iframe":
            return framed(attribute, value, frames)
        if attribute == "class":
            return classes(element, value)
        if attribute in ADDRESSES.get(element, ()):
            return address(value) or ("" if empty and attribute == "src" else None)
        if attribute.startswith("data-"):
            named = re.fullmatch(ALLOWED["data"].get(element, NOTHING), attribute.removeprefix("data-"))
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
