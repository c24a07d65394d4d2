"""What a job does with a post's HTML a moment after it was saved, before readers see it for good.

Footnotes are named by their post, links that stand alone become a box, pictures get their size and a frame that opens
them, quotes are compared with what they quote, and the forum's own addresses are written with its host.
"""

import re

from koweb_sync.sandbox.cooking import boxes, sizes
from koweb_sync.sandbox.cooking.context import CookingContext
from koweb_sync.sandbox.cooking.tree import Node, tree

# The forum's own files; other paths stay as they are.
_FILES = re.compile(r"/(?:assets|plugins|images|uploads/default)/")
_NOTE = re.compile(r"#fn(?:ref)?(\d+)")
_IGNORED = str.maketrans("", "", " \t\r\n")


def looked_at(root: Node, surroundings: CookingContext) -> None:
    """Do all of it."""
    name_notes(root, surroundings)
    boxes.unfold(root, surroundings)
    sizes.measure(root, surroundings)
    compare_quotes(root, surroundings)
    name_host(root, surroundings)


def name_notes(root: Node, surroundings: CookingContext) -> None:
    """Name footnotes by their post, since many posts share a page. A second reference to a note becomes number 0."""
    post = surroundings.post.id if surroundings.post else 0
    for node in root.below():
        given = node.attributes
        if "footnote-backref" in node.classes:
            given["href"] = f"#footnote-ref-{post}-{noted(given.get('href', ''))}"
        elif "footnote-item" in node.classes:
            given["id"] = f"footnote-{post}-{noted('#' + given.get('id', ''))}"
        elif node.name == "a" and node.parent is not None and "footnote-ref" in node.parent.classes:
            given["href"] = f"#footnote-{post}-{noted(given.get('href', ''))}"
            given["id"] = f"footnote-ref-{post}-{noted('#' + given.get('id', ''))}"


def noted(address: str) -> int:
    """The number of a footnote; 0 if there is none."""
    found = _NOTE.match(address)
    return int(found[1]) if found else 0


def compare_quotes(root: Node, surroundings: CookingContext) -> None:
    """Mark the quotes whose words are not in the post that they name."""
    for node in root.below():
        topic, number = (numbered(node, f"data-{name}") for name in ("topic", "post"))
        if node.name != "aside" or "quote" not in node.classes or not topic or not number:
            continue
        words = "".join(one.words() for one in node.below() if one.name == "blockquote")
        if modified(words, surroundings, topic, number):
            node.attributes["class"] += " quote-modified"


def numbered(node: Node, name: str) -> int:
    """An attribute that is a number, 0 if it is none."""
    found = re.match(r"\d{1,15}", node.attributes.get(name, ""))
    return int(found[0]) if found else 0


def modified(words: str, surroundings: CookingContext, topic: int, number: int) -> bool:
    """Whether a post does not hold the words that a quote says it has."""
    if not words.strip():
        return True
    forum = surroundings.forum
    place = forum.topics.get(topic) if forum else None
    found = forum.numbered(place, number) if forum and place else None
    if found is None or not found.alive or found is surroundings.post:
        return False
    return words.translate(_IGNORED) not in tree(surroundings.html(found)).words().translate(_IGNORED)


def name_host(root: Node, surroundings: CookingContext) -> None:
    """Write the forum's own files and full addresses with its host, without a scheme."""
    for node in root.below():
        names = {"a": ("href", "data-download-href"), "img": ("src",)}.get(node.name, ())
        node.attributes |= {
            name: hosted(node.attributes[name], surroundings) for name in names if name in node.attributes
        }


def hosted(url: str, surroundings: CookingContext) -> str:
    """An address of this forum with its host; any other as it is, and all of them where the forum has no address."""
    if not surroundings.home:
        return url
    if url.startswith("/") and _FILES.match(surroundings.path(url) or ""):
        return surroundings.home.partition(":")[2].removesuffix(surroundings.at("")) + url
    if url.startswith(("http:", "https:")) and surroundings.path(url) is not None:
        return url.partition(":")[2]
    return url
