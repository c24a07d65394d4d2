"""The words of a post's HTML, as the search keeps them: pure."""

import re
from collections.abc import Set
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from koweb_sync.archive.store.readable_html import readable

_TAGS = re.compile(r"<(aside|audio|a|frameset|image|img|script|style|video)(?![a-z])", re.ASCII | re.IGNORECASE)
# HTML whose words stand between its tags as they are: every element is closed, and nothing is moved or left out.
_SAID = r"(?:[^<&\0]++|&(?:amp|lt|gt|quot|nbsp|hellip|#39);)"
# A link as Discourse writes it: of which kind, and to what. No other class says that a post shows a file.
_KIND = ' class="(mention|mention-group|inline-onebox)"'
_LINK = rf'<a(?:{_KIND})? href="((?:[^"<>&\0-\x20\x7f]|&amp;)*)"(?:{_KIND})?(?: rel="[a-z ]*")?>'
LINKS = re.compile(_LINK)
# No group is kept within what is not gone back into: Python's `re` loses its place there.
_MARKED = "|".join(rf"<{one}>{_SAID}*+</{one}>" for one in ("b", "i", "em", "strong", "code"))
_INLINE = rf"(?:{_SAID}|<br>|{_MARKED}|{re.sub(r'[(](?![?])', '(?:', _LINK)}{_SAID}*+</a>)*+"
_ITEMS = "|".join(rf"<{one}>\s*+(?:<li>{_INLINE}</li>\s*+)*+</{one}>" for one in ("ul", "ol"))
PLAIN = re.compile(rf"(?:<p>{_INLINE}</p>|{_ITEMS}|\s++)*+")
_MARKUP = re.compile("<[^>]*>")
# Classes of what nobody wrote: a picture's size, how many people voted, the way back from a footnote.
ADDED = ("informations", "poll-info", "footnote-backref")
DESCRIBED = "a.lightbox > div.meta > span.filename"  # what somebody called a picture; it stands below it


def words(cooked: str) -> str:
    """A post's words alone."""
    return " ".join(parts(cooked))


def parts(cooked: str) -> list[str]:
    """The same, as they stand between blanks."""
    if PLAIN.fullmatch(cooked):
        return stripped(cooked)
    root, tags = LexborHTMLParser(readable(cooked)).body, written(cooked)
    if root is None:
        return []
    remove(root, "aside.quote", tags)
    return said(root, cooked, tags)


def stripped(cooked: str) -> list[str]:
    """The words of HTML that stand between its tags as they are."""
    plain = _MARKUP.sub(" ", cooked)
    return (unescape(plain) if "&" in plain else plain).split()


def said(root: LexborNode, cooked: str, tags: Set[str]) -> list[str]:
    """The words of what is left, without those that the forum adds of its own; a picture's description in brackets."""
    remove(root, "script, style", tags)
    for name in ADDED:
        if name in cooked:
            for node in reversed(root.css(f".{name}")):
                node.decompose()
    if "lightbox" in cooked:
        for node in root.css(DESCRIBED):
            if name := " ".join(node.text().split()):
                node.replace_with(f"[{name}]")
    return root.text(separator=" ").split()


def written(cooked: str) -> frozenset[str]:
    """The tags in which elements that we look for begin: to look in vain takes as long as to read the whole post."""
    return frozenset(map(str.lower, _TAGS.findall(cooked)))


def remove(root: LexborNode, which: str, tags: Set[str]) -> None:
    """Take elements out. What stands inside another one goes before it: nothing may be taken out twice."""
    if any(one.partition(".")[0] in tags for one in which.split(", ")):
        for node in reversed(root.css(which)):
            node.decompose()
