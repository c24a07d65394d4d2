"""The last look at sanitised HTML: what links tell search engines, and where a server of 2022 breaks lines.

Such a server writes HTML with libxml2, which sets block elements apart: a newline after an opening tag whose first
child is an element, before a closing tag whose last child is one, and between two elements; nowhere in what begins
with p. It also writes no-break spaces as they are.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

BLOCKS = frozenset(
    (
        *("blockquote", "caption", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol"),
        *("p", "pre", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    )
)
VOID = frozenset(("br", "hr", "img", "source", "track"))
TEXT = ""
_PART = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:\s+[^\s=>"]+="[^"]*")*)\s*>|[^<]+')
_OUTSIDE = re.compile(r'\shref="(?:https?:)?//', re.IGNORECASE)


@dataclass(slots=True)
class Node:
    """An element, or a text if `name` is empty. `head` is its opening tag, or the text."""

    name: str
    head: str
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)
    after: "Node | None" = None


def finished(clean: str, *, spaced: bool, followed: bool) -> str:
    """Sanitised HTML as the server gives it: `spaced` as libxml2 writes it, `followed` without nofollow."""
    root = Node("#root", "")
    here = root
    for closing, name, attributes, text in parts(clean):
        if closing:
            here = here.parent or root
            continue
        node = Node(name, f"<{name}{attributes}{rel(name, attributes, followed)}>" if name else text, here)
        if here.children:
            here.children[-1].after = node
        here.children.append(node)
        if name and name not in VOID:
            here = node
    html = "".join(written(root, spaced))
    return html.replace("&nbsp;", "\u00a0") if spaced else html


def parts(clean: str) -> Iterator[tuple[str, str, str, str]]:
    """(slash, name, attributes, text) of every tag and text; a text has no name."""
    for found in _PART.finditer(clean):
        yield (found[1] or "", found[2] or TEXT, found[3] or "", found[0])


def rel(name: str, attributes: str, followed: bool) -> str:
    """What a link says about its target: a page elsewhere that a reader linked to is nobody's recommendation."""
    if name != "a":
        return ""
    if _OUTSIDE.search(attributes) and not followed:
        return ' rel="noopener nofollow ugc"'
    return ' rel="noopener"' if ' target="_blank"' in attributes else ""


def written(root: Node, spaced: bool) -> Iterator[str]:
    """The HTML of everything below a node, without recursion: posts may be nested deeply."""
    waiting: list[Node | str] = [*reversed(root.children)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
            continue
        opened, closed, gap = breaks(node) if spaced else ("", "", "")
        yield node.head + opened
        if node.name and node.name not in VOID:
            waiting.append(f"{closed}</{node.name}>{gap}")
            waiting += reversed(node.children)
        elif gap:
            waiting.append(gap)


def breaks(node: Node) -> tuple[str, str, str]:
    """Newlines after the opening tag, before the closing tag and after it."""
    if node.name not in BLOCKS:
        return "", "", ""
    several = len(node.children) > 1 and node.name[0] != "p"
    opened = "\n" if several and node.children[0].name else ""
    closed = "\n" if several and node.children[-1].name else ""
    inside = node.parent is not None and node.parent.parent is not None and node.parent.name[0] != "p"
    gap = "\n" if inside and node.after is not None and node.after.name else ""
    return opened, closed, gap
