"""What changed between two texts as people read them: the blocks of the cooked HTML that differ, with the phrases that
went marked in the one and those that came marked in the other. Pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import unescape

from koweb_sync.desk.texts.text_difference import alike, same_phrases, same_words, split
from koweb_sync.sandbox.cooking.layout import written
from koweb_sync.sandbox.cooking.tree import Node, tree, words_of

SHOWN = ("img", "video", "audio", "iframe", "hr")  # what is seen although it has no words
CELLS = frozenset(("table", "thead", "tbody", "tr", "ul", "ol", "dl", "audio", "video"))  # in which no mark may stand


@dataclass(frozen=True, slots=True)
class ChangedBlock:
    """A block that differs, as HTML before and after. Either side is empty where the block is not there."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a block, or a picture in it: what it says, and where it stands."""

    says: str
    node: Node


def changed_blocks(before: str, after: str) -> tuple[ChangedBlock, ...]:
    """The outermost blocks that differ, in the order of the new text. Both are sanitised HTML, as `tree` reads it."""
    old, new = (list(blocks(tree(one))) for one in (before, after))
    was, now = ([one.name + written(one, spaced=False) for one in side] for side in (old, new))
    found: list[ChangedBlock] = []
    for what, i1, i2, j1, j2 in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if what != "equal":
            found += pairs(old[i1:i2], new[j1:j2])
    return tuple(found)


def blocks(root: Node) -> Iterator[Node]:
    """The outermost blocks; each point of a list is one, and so are words that stand in none."""
    for one in list(root.children):
        if one.name in ("ul", "ol"):
            yield from points(one)
        elif one.name:
            yield one
        elif one.text.strip():
            block = Node("p")
            block.put(one)
            yield block


def points(found: Node) -> Iterator[Node]:
    """Each point of a list as a list of its own, with its number."""
    number = int(start) if (start := found.attributes.get("start", "1")).isdecimal() else 1
    for point in [one for one in found.children if one.name == "li"]:
        given = {**found.attributes, "start": str(number)} if found.name == "ol" else dict(found.attributes)
        alone = Node(found.name, given)
        alone.put(point)
        number += 1
        yield alone


def pairs(old: Sequence[Node], new: Sequence[Node]) -> Iterator[ChangedBlock]:
    """Blocks that stand in each other's place, told together where they are alike."""
    for number in range(max(len(old), len(new))):
        before = old[number] if number < len(old) else None
        after = new[number] if number < len(new) else None
        same = compared(before, after) if before and after and before.name == after.name else None
        if before is not None and after is not None and same is not None:
            yield ChangedBlock(marked(before, same[0], "del"), marked(after, same[1], "ins"))
            continue
        if before is not None:
            yield ChangedBlock(marked(before, all_of(before), "del"), "")
        if after is not None:
            yield ChangedBlock("", marked(after, all_of(after), "ins"))


def all_of(block: Node) -> range:
    """The numbers of all words of a block."""
    return range(len(words(block)))


def compared(before: Node, after: Node) -> tuple[list[int], list[int]] | None:
    """The numbers of the words that went and came; None for blocks that have little in common."""
    a, b = ([one.says for one in words(side)] for side in (before, after))
    found = same_words(a, b)
    if not alike(sum(length(a[i : i + size]) for i, _j, size in found), length(a), length(b)):
        return None
    stays = same_phrases(a, b, found)
    old, new = ({one[side] + n for one in stays for n in range(one[2])} for side in (0, 1))
    return [n for n in range(len(a)) if n not in old], [n for n in range(len(b)) if n not in new]


def length(said: Sequence[str]) -> int:
    """How long words are, without where they lead."""
    return sum(len(one.partition("\0")[0]) or 1 for one in said)


def words(block: Node) -> list[Word]:
    """The words of a block in order; a picture is one, too, and so is where a link leads."""
    found: list[Word] = []
    for node in (block, *block.below()):
        if node.name in SHOWN:
            found.append(Word(f"\0{node.head}", node))
        elif not node.name:
            link = next((one.attributes.get("href", "") for one in node.above() if one.name == "a"), "")
            said = split(unescape(node.text))
            found += [Word(f"{one}\0{link}" if link and one.strip() else one, node) for one in said]
    return found


def marked(block: Node, numbers: Sequence[int], mark: str) -> str:
    """A block with these of its words marked, as HTML."""
    chosen = set(numbers)
    parts: dict[int, list[tuple[bool, str]]] = {}
    order: list[Node] = []
    for number, word in enumerate(words(block)):
        if id(word.node) not in parts:
            parts[id(word.node)] = []
            order.append(word.node)
        parts[id(word.node)].append((number in chosen, word.says))
    root = Node("#root")
    root.put(block)
    for node in order:
        if node.parent is not None and node.parent.name not in CELLS:
            node.stand_aside(*runs(node, parts[id(node)], mark))
    return written(root, spaced=False)


def runs(node: Node, said: Sequence[tuple[bool, str]], mark: str) -> Iterator[Node]:
    """A text, or a picture, in pieces that are marked or not."""
    at = 0
    while at < len(said):
        end = at
        while end < len(said) and said[end][0] == said[at][0]:
            end += 1
        text = "".join(one.partition("\0")[0] for _marked, one in said[at:end])
        inner = copied(node) if node.name else Node("", text=words_of(text))
        if said[at][0] and (node.name or inner.text.strip()):
            around = Node(mark)
            around.put(inner)
            yield around
        else:
            yield inner
        at = end


def copied(node: Node) -> Node:
    """An element once more, with what is in it, which leaves the first."""
    found = Node(node.name, node.attributes)
    found.put(*node.children)
    return found


def without_names(html: str) -> str:
    """Cooked HTML without the places in it that addresses name: a page may show it more than once."""
    root = tree(html)
    for node in list(root.below()):
        if node.name == "a" and "anchor" in node.classes:
            node.stand_aside()
        node.attributes.pop("id", None)
        node.attributes.pop("name", None)
    return written(root, spaced=False)
