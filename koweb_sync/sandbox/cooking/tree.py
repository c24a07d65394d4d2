"""Sanitised HTML as a tree. The sanitiser writes tags in one way: names small, every attribute with a quoted value."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape, unescape

VOID = frozenset(("br", "hr", "img", "source", "track"))
_PART = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:\s+[^\s=>"]+="[^"]*")*)\s*>|[^<]+')
_ATTRIBUTE = re.compile(r'\s+([^\s=>"]+)="([^"]*)"')


@dataclass(slots=True, eq=False)
class Node:
    """An element, or a text if `name` is empty. `text` is HTML; the values of attributes are what they mean."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def head(self) -> str:
        """Its opening tag, or its text."""
        if not self.name:
            return self.text
        given = "".join(f' {name}="{value_of(value)}"' for name, value in self.attributes.items())
        return f"<{self.name}{given}>"

    def put(self, *nodes: "Node") -> None:
        for node in nodes:
            node.parent = self
        self.children += nodes

    def stand_aside(self, *nodes: "Node") -> None:
        """Let others stand in its place."""
        if self.parent is not None:
            at = self.parent.children.index(self)
            self.parent.children[at : at + 1] = nodes
            for node in nodes:
                node.parent = self.parent

    def drop(self, name: str) -> None:
        """Take a class away, and the attribute with the last one."""
        left = [one for one in self.classes if one != name]
        if left:
            self.attributes["class"] = " ".join(left)
        else:
            self.attributes.pop("class", None)

    def below(self) -> Iterator["Node"]:
        """Everything inside, in order, without recursion: posts may be nested deeply."""
        waiting = [*reversed(self.children)]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.children)

    def above(self) -> Iterator["Node"]:
        """What it stands in, from within."""
        here = self.parent
        while here is not None:
            yield here
            here = here.parent

    def words(self) -> str:
        return unescape("".join(one.text for one in self.below()))


def value_of(value: str) -> str:
    """An attribute's value as it is written."""
    return value.replace("&", "&amp;").replace("\u00a0", "&nbsp;").replace('"', "&quot;")


def words_of(text: str) -> str:
    """A text as it is written."""
    return escape(text, quote=False).replace("\u00a0", "&nbsp;")


def tree(clean: str) -> Node:
    """The root of a tree of sanitised HTML."""
    root = Node("#root")
    here = root
    for found in _PART.finditer(clean):
        if found[1]:
            here = here.parent or root
            continue
        given = {one[1]: unescape(one[2]) for one in _ATTRIBUTE.finditer(found[3] or "")}
        node = Node(found[2], given) if found[2] else Node("", text=found[0])
        here.put(node)
        if node.name and node.name not in VOID:
            here = node
    return root
