"""Images and attachments of the forum, saved beside the post files that show them."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from koweb_sync.agreements import Used
from koweb_sync.errors import ForumAnswerUnclear, ForumForbidden, ForumKeyRefused, ForumNotFound, ForumRefused, HostGone
from koweb_sync.posts.dialect import Context, LinkTarget, destinations, labelled
from koweb_sync.posts.document import PostFile, new_id
from koweb_sync.posts.file_types import FILMS, IMAGES, SOUNDS
from koweb_sync.posts.paths import Local, relative
from koweb_sync.safe_text import unbroken
from koweb_sync.sync.links.destinations import Atlas
from koweb_sync.sync.links.topic_addresses import topic_at

UPLOAD = re.compile(r"upload://[A-Za-z0-9]{1,64}\.([A-Za-z0-9]{1,10})")


@dataclass(slots=True)
class Downloads:
    """Uploads that become files. `taken` are paths that have something already, in small letters; `places`: upload ->
    path; `content`: path -> bytes of what is new; `missing` are uploads that the forum did not give.
    """

    download: Callable[[str], bytes]
    taken: set[str]
    home: str = ""
    places: dict[str, str] = field(default_factory=dict)
    content: dict[str, bytes] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def save(self, raw: str, path: str, known: Iterable[str] = ()) -> dict[str, str]:
        """Give every upload in a raw that is not `known` a file near the post file at `path`; upload -> path."""
        passed = {*known, *self.missing}
        found: dict[str, str] = {}
        for url, text, image in named_uploads(raw, self.home):
            upload = UPLOAD.fullmatch(url)
            if not upload or url in found or url in passed:
                continue
            if url not in self.places:
                data = self.get(url)
                if data is None:
                    continue
                end = upload[1].lower()
                folder = self.folder(path, "img" if image and end not in FILMS | SOUNDS else "files")
                place = self.free(folder, text, end)
                self.places[url], self.content[place] = place, data
            found[url] = self.places[url]
        return found

    def get(self, url: str) -> bytes | None:
        """One download; an upload that cannot be had stays on the forum, and is named."""
        try:
            return self.download(url)
        except (ForumNotFound, ForumForbidden, ForumKeyRefused, ForumRefused, ForumAnswerUnclear, HostGone):
            self.missing.append(url)
            return None

    def folder(self, path: str, name: str) -> PurePosixPath:
        """A folder beside a post file, whose name no file or link has."""
        beside = PurePosixPath(path).parent
        names = (name if n == 1 else f"{name}-{n}" for n in range(1, 100_000))
        return next(beside / one for one in names if str(beside / one).casefold() not in self.taken)

    def free(self, folder: PurePosixPath, text: str, ending: str) -> str:
        """A path that nothing has yet, named for the label."""
        words = text.removesuffix(f".{ending}")
        stem = new_id(words) if re.search(r"\w", words) else "image" if ending in IMAGES else "file"
        names = (stem if n == 1 else f"{stem}-{n}" for n in range(1, 100_000))
        path = next(p for name in names if (p := f"{folder / name}.{ending}").casefold() not in self.taken)
        self.taken.add(path.casefold())
        return path


def context(
    raw: str, path: str, places: Mapping[str, str], links: Mapping[str, str], atlas: Atlas | None = None, home: str = ""
) -> Context:
    """What the dialect has to know: `places` of uploads, and `links` of the forum that lead to files. An upload that
    the `atlas` knows has its own size, any other the one that its label says.
    """
    sources = {url: relative(path, place) for url, place in places.items()} | dict(links)
    sized = {
        label.url: suffix(label.size, image=label.image) for label in reversed(labelled(raw)) if label.url in places
    }
    for stored in atlas.uploads.values() if atlas else ():
        if stored.url in sized and stored.width and stored.height:
            sized[stored.url] = f"|{stored.width}x{stored.height}"
    return Context({sources[url]: LinkTarget(url, sized.get(url, "")) for url in places}, sources, home=home)


def named_uploads(raw: str, home: str) -> Iterator[tuple[str, str, bool]]:
    """Every address in a raw that may be an upload's, with the words that its label says, and whether a picture is to
    be shown: in Markdown, then in HTML and BBCode. `home` is the forum's address.
    """
    for label in labelled(raw):
        yield label.url, label.text, label.image
    for link in destinations(raw):
        yield link.target(home), "", link.image


def suffix(size: tuple[int, int] | None, *, image: bool) -> str:
    """What a label gains on the forum."""
    return (f"|{size[0]}x{size[1]}" if size else "") if image else "|attachment"


def uses_in_raw(post: PostFile, raw: str, blobs: Mapping[str, str], atlas: Atlas) -> dict[str, Used]:
    """What each destination of a file is in a raw that says the same. `blobs`: path -> content, of all files."""
    here, there = destinations(post.body), destinations(raw)
    if len(here) != len(there):
        return {}
    labels = {label.url: label for label in reversed(labelled(raw))}
    topics = {int(topic) for topic, _post in atlas.topics.values()}
    found: dict[str, Used] = {}
    for mine, theirs in zip(here, there, strict=True):
        place = atlas.resolve(post.path, mine.url)
        if mine.url == theirs.url or not isinstance(place, Local) or mine.url in found:
            continue
        url = theirs.target(atlas.home)
        link = topic_at(url.partition("#")[0], atlas.home)
        if link in topics:
            found[mine.url] = Used(place.path, url, topic=link)
        elif place.path in blobs and url.startswith("upload://"):
            label = labels.get(url)
            size = label.size if label else None
            added = suffix(size, image=mine.image)
            width, height = size or (None, None)
            found[mine.url] = Used(place.path, url, added, blobs[place.path], width=width, height=height)
    return found


def lower_paths(paths: Iterable[str]) -> set[str]:
    """Paths as a file system that ignores case compares them."""
    return {path.casefold() for path in paths}


def as_folder(path: str) -> str:
    """The slug path of a category as folders: whatever a forum calls it, they lie below the post files."""
    parts = (unbroken(part).replace("\\", "-").lstrip(".").strip() for part in path.split("/"))
    return "/".join(part for part in parts if part)
