"""What each destination of a post file leads to, and what it becomes on the forum. Pure."""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace

from koweb_sync.agreements import Agreement, Used
from koweb_sync.posts.dialect import Destination, LinkTarget, anchors, destinations, html_anchors, of_post
from koweb_sync.posts.document import PostFile
from koweb_sync.posts.footer import ends_its_blocks
from koweb_sync.posts.ids import PostId, TopicId
from koweb_sync.posts.paths import Local, Resolved, SelfAnchor, base_path, resolve
from koweb_sync.posts.side_by_side import LANGUAGE
from koweb_sync.spelling import nfc
from koweb_sync.sync.links.topic_addresses import topic_at

# Discourse numbers the headings of a post; a name without a number at its end is one that an author gave.
_NUMBERED = re.compile(r"(?!heading--).*-[0-9]+")


@dataclass(frozen=True, slots=True)
class StoredUpload:
    """An upload that the forum has: its `upload://` URL, and pixels if it is an image."""

    url: str
    width: int | None
    height: int | None


@dataclass(slots=True)
class Atlas:
    """Where everything is. It grows while a push creates topics and uploads files.

    `ids`: path of a post file -> its id, old paths of moved files included. `files`: path -> blob of every other file.
    `topics`: id -> topic and first post. `bodies`: id -> the file's body, for its headings. `uploads`: blob -> upload.
    `anchors` is the forum's style, "plain" or "post-id"; `home` its address. `root` is the folder that `/a.md` is
    counted from. `siblings`: path of a post file -> language -> path of the file that is the same text in that one.
    """

    ids: Mapping[str, str]
    files: Mapping[str, str]
    topics: dict[str, tuple[TopicId, PostId]]
    bodies: Mapping[str, str]
    uploads: dict[str, StoredUpload]
    anchors: str = "plain"
    home: str = ""
    moved: Mapping[str, str] = field(default_factory=dict)
    root: str = ""
    siblings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    _anchors: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _composed: dict[str, str] = field(default_factory=dict)

    def resolve(self, path: str, url: str) -> Resolved:
        """What a destination in the file at `path` leads to. A name whose accents are written otherwise is the same."""
        where = resolve(path, url, base_path(self.home), self.root)
        return replace(where, path=self.place(where.path)) if isinstance(where, Local) else where

    def place(self, path: str) -> str:
        """The path of what is there under a name that reads the same; `path` itself where nothing is."""
        if path.isascii() or path in self.ids or path in self.files or path in self.moved:
            return path
        if not self._composed:
            odd = (one for paths in (self.moved, self.files, self.ids) for one in paths if not one.isascii())
            self._composed.update({nfc(one): one for one in odd})
        return self._composed.get(nfc(path), path)

    def id_at(self, path: str) -> str | None:
        """The id of the post file at a path, or of the one that was there when it was published."""
        return self.ids.get(path) or self.moved.get(path)

    def anchor(self, ident: str, fragment: str) -> str | None:
        """The forum's name of a heading, or None as long as it cannot be known."""
        if ident not in self.bodies:
            return None
        post = self.topics[ident][1] if ident in self.topics else None
        key = f"{ident} {post} {self.anchors}"
        if key not in self._anchors:
            self._anchors[key] = anchors(self.bodies[ident], post, self.anchors)
        return self._anchors[key].get(fragment)


def uses(post: PostFile, atlas: Atlas, agreed: Agreement | None) -> dict[str, Used]:
    """Destination as written -> what it is; those that stay as they are on the forum are left out.

    A destination whose `url` is "" cannot be translated yet: an upload or a topic is missing.
    """
    found = {}
    for destination in destinations(post.body):
        if destination.url not in found:
            used = use(post, destination, atlas, agreed)
            if used is not None:
                found[destination.url] = used
    return found | in_other_languages(post, atlas)


def in_other_languages(post: PostFile, atlas: Atlas) -> dict[str, Used]:
    """The same text in other languages, where each is a topic of its own: to what links below the text lead."""
    others = atlas.siblings.get(post.path, {})
    if not others or not ends_its_blocks(post.body):
        return {}
    return {f"{LANGUAGE}{code}": link(atlas.ids[path], path, None, atlas) for code, path in sorted(others.items())}


def known_siblings(used: Mapping[str, Used]) -> dict[str, str]:
    """The same of what is agreed on: language -> path."""
    return {url.removeprefix(LANGUAGE): one.path for url, one in used.items() if url.startswith(LANGUAGE)}


def use(post: PostFile, destination: Destination, atlas: Atlas, agreed: Agreement | None) -> Used | None:
    """What one destination is, or None if it stays as it is."""
    own = atlas.ids.get(post.path, post.front.id.lower())
    match atlas.resolve(post.path, destination.url):
        case SelfAnchor(fragment):
            return None if fragment in html_anchors(post.body).kept else own_anchor(own, fragment, atlas)
        case Local(path, fragment):
            ident = atlas.id_at(path)
            if ident == own and fragment and (here := own_anchor(own, fragment, atlas)):
                return here
            was = agreed.used.get(destination.url) if agreed else None
            if ident is not None:
                # While nothing is published there, the link of before is better than a path that no reader can follow.
                return was if was and was.url and ident not in atlas.topics else link(ident, path, fragment, atlas)
            if path in atlas.files:
                return file(path, destination.image, atlas)
            return was
        case _:
            return None


def own_anchor(ident: str, fragment: str, atlas: Atlas) -> Used | None:
    """An anchor into the same post. Newer servers put the post's number into it: unknown before the post exists."""
    name = atlas.anchor(ident, fragment)
    if name is not None:
        return Used("", f"#{name}")
    if ident in atlas.topics or atlas.anchors != "post-id" or ident not in atlas.bodies:
        return None
    # What is no heading, such as `#` alone, stays as it is written.
    return Used("") if fragment in anchors(atlas.bodies[ident], PostId(1), "plain") else None


def link(ident: str, path: str, fragment: str | None, atlas: Atlas) -> Used:
    """A link to another post file."""
    if ident not in atlas.topics:
        return Used(path)
    topic = atlas.topics[ident][0]
    url = f"{base_path(atlas.home)}/t/-/{topic}"
    name = atlas.anchor(ident, fragment) if fragment else None
    return Used(path, f"{url}#{name}" if name else url, topic=topic)


def file(path: str, image: bool, atlas: Atlas) -> Used:
    """An image or an attachment."""
    blob = atlas.files[path]
    stored = atlas.uploads.get(blob)
    if stored is None:
        return Used(path, blob=blob)
    sized = image and stored.width and stored.height
    suffix = f"|{stored.width}x{stored.height}" if sized else "" if image else "|attachment"
    return Used(path, stored.url, suffix, blob, width=stored.width, height=stored.height)


def targets(used: Mapping[str, Used]) -> dict[str, LinkTarget]:
    """What the dialect needs: the destinations that can be translated."""
    found = {url: one for url, one in used.items() if one.url and not url.startswith(LANGUAGE)}
    return {url: LinkTarget(one.url, one.suffix) for url, one in found.items()}


def moved_inputs(agreed: Agreement, atlas: Atlas) -> bool:
    """Whether an unchanged file needs another look: an image has new content, or a link can be completed or leads to
    another topic. A changed anchor alone is no reason, the post's next edit mends it; a dead one is.
    """
    return any(moved(used, atlas) for used in agreed.used.values())


def needs_look(path: str, agreed: Agreement, atlas: Atlas, coming: Container[str]) -> bool:
    """Whether an unchanged file at a path needs another look, now or once topics were created (`coming`: their ids)."""
    return (
        moved_inputs(agreed, atlas)
        or known_siblings(agreed.used) != atlas.siblings.get(path, {})
        or any(atlas.id_at(one.path) in coming for one in agreed.used.values() if not one.url)
    )


def leads_out_of_forum(used: Used, home: str) -> bool:
    """Whether a link to a topic leads out of the forum: it was written when that was below no path, or another one."""
    place = used.url.partition("#")[0]
    return bool(used.topic) and place.startswith("/") and not place.startswith("//") and not topic_at(place, home)


def leads_to_no_heading(used: Used, style: str) -> bool:
    """Whether a link to a heading leads nowhere, since the forum puts the post's id into the names of its anchors."""
    anchor = used.url.partition("#")[2]
    return style == "post-id" and bool(_NUMBERED.fullmatch(anchor)) and not of_post(anchor)


def moved(used: Used, atlas: Atlas) -> bool:
    """Whether what one destination leads to is no longer what was sent."""
    if used.blob:
        return atlas.files.get(used.path) != used.blob
    if leads_to_no_heading(used, atlas.anchors) or leads_out_of_forum(used, atlas.home):
        return True
    if not used.path:
        return not used.url
    ident = atlas.id_at(used.path)
    if ident is None:
        return False
    return (atlas.topics[ident][0] if ident in atlas.topics else 0) != used.topic
