"""What cooked HTML needs so that everybody can read it on a page without script.

Cooked HTML comes out of the sanitiser: tags are written in one way, and quotes within attributes are escaped.
"""

import html
import re
from collections.abc import Callable

Say = Callable[[str], str]
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*>')
_CLASS = re.compile(r'\sclass="([^"]*)"')
_ICON = re.compile(
    r'<svg\b[^<>]*>\s*<use href="#[\w-]+">\s*</use>\s*</svg>'
)  # of a sprite that the forum's program brings
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
HIDING = {"spoiler", "spoiled"}


def readable(cooked: str, _: Say) -> str:
    """A post's HTML: its headings below the page's own, what scrolls or hides within reach of the keyboard, and none of
    the icons whose pictures are not here.
    """
    outline: list[int] = []

    def better(match: re.Match[str]) -> str:
        closing, tag, given = match[1], match[2], match[3]
        if tag in HEADINGS:
            return f"<{closing}h{depth(outline, int(tag[1]), closing=bool(closing))}{given}>"
        return match[0] if closing else f"<{tag}{given}{added(tag, given, _)}>"

    return _TAG.sub(better, _ICON.sub("", cooked))


def depth(outline: list[int], level: int, *, closing: bool) -> int:
    """The level of a heading on the page: no level is left out, whatever the author chose. `outline`: the levels that
    are open in the post.
    """
    if not closing:
        while outline and outline[-1] >= level:
            outline.pop()
        outline.append(level)
    return min(6, len(outline) + 2)


def added(tag: str, given: str, _: Say) -> str:
    """The attributes that a tag gets besides those that it has."""
    found = _CLASS.search(given)
    classes = set(found[1].split()) if found else set()
    if tag == "a" and "anchor" in classes:
        return ' aria-hidden="true" tabindex="-1"'
    if tag == "pre":
        return reached(_("Code"))
    if "md-table" in classes:
        return reached(_("Table"))
    return reached(_("Spoiler")) if classes & HIDING else ""


def reached(name: str) -> str:
    """The attributes of a part that the keyboard reaches. A group is no landmark: a page may have many of them."""
    return f' tabindex="0" role="group" aria-label="{html.escape(name)}"'
