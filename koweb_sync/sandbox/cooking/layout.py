"""The last look at sanitised HTML: what links tell search engines, and where a server of 2022 breaks lines.

Such a server writes HTML with libxml2, which sets block elements apart: a newline after an opening tag whose first
child is an element, before a closing tag whose last child is one, and between two elements; nowhere in what begins
with p. It also writes no-break spaces as they are.
"""

import re
from collections.abc import Callable, Iterator
from itertools import zip_longest

from koweb_sync.sandbox.cooking.tree import VOID, Node
from koweb_sync.sandbox.model.data_files import data

BLOCKS = frozenset(data("markup.json")["set apart by libxml2"])
_OUTSIDE = re.compile(r"(?:https?:)?//", re.IGNORECASE)


def recommend(root: Node, *, followed: bool, own: Callable[[str], bool]) -> None:
    """Say in every link what it says about its target: a page elsewhere that a reader linked to is nobody's
    recommendation, unless links are `followed`. `own`: whether an address leads to this forum.
    """
    for node in root.below():
        if node.name != "a":
            continue
        node.attributes.pop("rel", None)
        href = node.attributes.get("href", "")
        if not followed and _OUTSIDE.match(href) and not own(href):
            node.attributes["rel"] = "noopener nofollow ugc"
        elif node.attributes.get("target") == "_blank":
            node.attributes["rel"] = "noopener"


def written(root: Node, *, spaced: bool) -> str:
    """A tree as HTML; `spaced` as libxml2 writes it."""
    html = "".join(pieces(root, spaced))
    return html.replace("&nbsp;", "\u00a0") if spaced else html


def pieces(root: Node, spaced: bool) -> Iterator[str]:
    """The HTML of everything below a node, without recursion: posts may be nested deeply."""
    waiting: list[tuple[Node, Node | None] | str] = [*reversed(pairs(root))]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
            continue
        node, after = one
        opened, closed, gap = breaks(node, after) if spaced else ("", "", "")
        yield node.head + opened
        if node.name and node.name not in VOID:
            waiting.append(f"{closed}</{node.name}>{gap}")
            waiting += reversed(pairs(node))
        elif gap:
            waiting.append(gap)


def pairs(node: Node) -> list[tuple[Node, Node | None]]:
    """Every child with the one behind it."""
    return [*zip_longest(node.children, node.children[1:])]


def breaks(node: Node, after: Node | None) -> tuple[str, str, str]:
    """Newlines after the opening tag, before the closing tag and after it."""
    if node.name not in BLOCKS:
        return "", "", ""
    several = len(node.children) > 1 and node.name[0] != "p"
    opened = "\n" if several and node.children[0].name else ""
    closed = "\n" if several and node.children[-1].name else ""
    inside = node.parent is not None and node.parent.parent is not None and node.parent.name[0] != "p"
    gap = "\n" if inside and after is not None and after.name else ""
    return opened, closed, gap
