"""Cooked HTML as a page of this computer shows it: links lead to other previews, pictures come from the work tree.

What would be loaded from elsewhere is not: a preview tells nobody that it is read. Such a picture becomes a link that
names it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from koweb_sync.desk.previews.preview_forum import PreviewForum
from koweb_sync.i18n import _
from koweb_sync.posts.paths import parted
from koweb_sync.posts.problem import Problem
from koweb_sync.sandbox.cooking.layout import written
from koweb_sync.sandbox.cooking.tree import Node, tree, words_of
from koweb_sync.sandbox.pages.cooked import readable
from koweb_sync.sync.links.topic_addresses import topic_at

NOTHING: Mapping[int, Sequence[Problem]] = {}
EMOJI = "/images/emoji/"
FACES = "/letter_avatar/"
STORED = "/uploads/default/original/1X/"


@dataclass(frozen=True, slots=True)
class LocalPlaces:
    """Where pages of this computer are. `preview` and `file`: the addresses of a post file's preview, and of a file of
    the work tree, by path. `files`: SHA-1 of an uploaded file -> its path. `say`: what is wrong, as these pages say it.
    """

    preview: Callable[[str], str]
    file: Callable[[str], str]
    files: Mapping[str, str] = field(default_factory=dict)
    say: Callable[[str], str] = str


def localised(
    cooked: str, forum: PreviewForum, places: LocalPlaces, notes: Mapping[int, Sequence[Problem]] = NOTHING
) -> str:
    """Cooked HTML for a page of this computer. `notes`: number of a block, from 0 -> what is wrong in it."""
    root = tree(cooked)
    put_notes(root, notes)
    for node in list(root.below()):
        if node.name == "a":
            lead(node, forum, places)
        elif node.name in ("img", "video", "audio", "source", "track", "iframe"):
            show(node, forum, places)
    return readable(written(root, spaced=False), _)


def put_notes(root: Node, notes: Mapping[int, Sequence[Problem]]) -> None:
    """Say what is wrong in a block right below it. A block without a place of its own leaves it to the list."""
    blocks = [one for one in root.children if one.name]
    for number, problems in notes.items():
        if number < len(blocks):
            said = []
            for problem in problems:
                note = Node("span", {"class": f"k-note k-{'error' if problem.error else 'warning'}", "role": "note"})
                note.put(Node("", text=words_of(problem.message)))
                said.append(note)
            blocks[number].stand_aside(blocks[number], *said)


def lead(node: Node, forum: PreviewForum, places: LocalPlaces) -> None:
    """Let a link lead to a preview, to a file of the work tree, or to the real forum in a page of its own."""
    href = node.attributes.get("href", "")
    if href.startswith("#") or not href:
        return
    topic = topic_at(href.partition("#")[0], forum.state.home) if "/t/" in href else None
    path = forum.paths.get(int(topic)) if topic else None
    if path is not None:
        anchor = href.partition("#")[2]
        node.attributes["href"] = places.preview(path) + (f"#{anchor}" if anchor else "")
        return
    stored = uploaded(href, places)
    if stored is not None:
        node.attributes["href"] = places.file(stored)
        return
    node.attributes |= {"href": whole(href, forum), "target": "_blank", "rel": "noopener noreferrer"}


def show(node: Node, forum: PreviewForum, places: LocalPlaces) -> None:
    """Take a picture, film or sound from the work tree; of what lies elsewhere, only say where."""
    src = node.attributes.get("src", "")
    node.attributes.pop("srcset", None)
    stored = uploaded(src, places)
    own = below(src, forum)
    if stored is not None:
        node.attributes["src"] = places.file(stored)
    elif own is not None and own.startswith((EMOJI, FACES)):
        node.attributes["src"] = own.partition("?")[0]
    elif src:
        elsewhere(node, whole(src, forum))


def elsewhere(node: Node, address: str) -> None:
    """A link in the place of what is not loaded."""
    text = words_of(_("Not loaded in the preview: {address}").format(address=node.attributes.get("alt") or address))
    link = Node("a", {"href": address, "target": "_blank", "rel": "noopener noreferrer", "class": "elsewhere"})
    link.put(Node("", text=text))
    if node.parent is not None and node.parent.name == "a":
        link = Node("span", {"class": "elsewhere"})
        link.put(Node("", text=text))
    node.stand_aside(link)


def uploaded(address: str, places: LocalPlaces) -> str | None:
    """The path of the work tree's file that an upload is."""
    name = parted(address).path.rpartition("/")[2].partition(".")[0]
    return places.files.get(name) if STORED in address or "/uploads/short-url/" in address else None


def below(address: str, forum: PreviewForum) -> str | None:
    """The part of an address of the forum that stands below it, with a slash; None for other places."""
    home = forum.state.home
    for start in (home, home.partition(":")[2]):
        if start and address.startswith(f"{start}/"):
            return address.removeprefix(start)
    base = forum.state.base_path
    return address.removeprefix(base) if address.startswith(f"{base}/") and not address.startswith("//") else None


def whole(address: str, forum: PreviewForum) -> str:
    """An address that leads there from any page."""
    if address.startswith("//"):
        return f"{parted(forum.state.home).scheme}:{address}"
    if address.startswith("/"):
        parts = parted(forum.state.home)
        return f"{parts.scheme}://{parts.netloc}{address}"
    return address


def path_in_address(path: str) -> str:
    """A path of the work tree as it stands in an address."""
    return quote(path, safe="/", errors="surrogateescape")
