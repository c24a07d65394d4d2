"""What publishing would change of each post, by the plan of a push itself: about files as they lie there."""

import os
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache
from hashlib import sha1
from pathlib import Path

from koweb_sync import safe_files
from koweb_sync.config import Settings
from koweb_sync.desk.texts.post_folder import FolderPost, FolderState, Stamp, stamp_of
from koweb_sync.errors import InputError
from koweb_sync.git.repo import Repo, Sha, TreeEntry
from koweb_sync.posts.document import parse
from koweb_sync.posts.fields import FIELDS
from koweb_sync.sync.links.destinations import needs_look, uses
from koweb_sync.sync.publish.actions import Edit
from koweb_sync.sync.publish.options import NOTHING_BESIDES
from koweb_sync.sync.publish.plan import Planner
from koweb_sync.sync.world.checkout import index
from koweb_sync.sync.world.world import PostAtHead, World, chart, fields_of

TEXT = "body"  # beside the names of fields, in what changed
MODES = {"file": "100644", "symlink": "120000", "submodule": "160000"}


class FolderPlan:
    """The plan about one folder as it is at one moment. `keys`: by path, what is agreed on about a file stands under;
    `wrong`: whether the check finds an error in a file, by its path.
    """

    def __init__(
        self, repo: Repo, settings: Settings, now: FolderState, keys: Mapping[str, str], wrong: Callable[[str], bool]
    ) -> None:
        self.repo = repo
        self.settings = settings
        self.now = now
        self.keys = keys
        self.wrong = wrong
        self.agreed = now.known.bookmark.agreed
        self.bodies: dict[str, str] = {}

    @cached_property
    def world(self) -> World:
        """What the plan decides from; git's history is no part of it."""
        now, bookmark = self.now, self.now.known.bookmark
        tree = {p: TreeEntry(p, MODES[one.kind], Sha("")) for p, one in now.entries.items() if one.kind in MODES}
        sources = tuple(self.source(path, one) for path, one in sorted(now.shown.items()))
        beside = {path: (one.original, one.locale) for path, one in now.translations.items()}
        atlas = chart(tree, sources, bookmark, now.anchors, self.settings, beside)
        atlas.bodies = {one.ident: now.shown[one.path].post.body for one in sources}
        atlas.files = FileNames(self.repo, atlas.files.keys(), atlas.uploads)
        return World(Sha(now.head or ""), tree, sources, {}, (), bookmark, atlas, before=self.bodies)

    @cached_property
    def coming(self) -> dict[str, str]:
        """The files that have no topic yet, and are to have one: path by key."""
        pending = self.now.known.bookmark.pending
        sources = (one for one in self.world.sources if one.ident not in self.agreed and one.ident not in pending)
        return {one.ident: one.path for one in sources if not one.draft}

    def source(self, path: str, one: FolderPost) -> PostAtHead:
        """A file as the plan takes it: not opened where its content is the agreed one."""
        key, blob, front = self.keys[path], blob_name(one.post.data), one.post.front
        agreed = self.agreed.get(key)
        if agreed is not None and agreed.blob == blob:
            return PostAtHead(path, Sha(blob), key, agreed.says, draft=False, post=None)
        held = front.draft or one.error is not None
        return PostAtHead(path, Sha(blob), key, fields_of(front), draft=held, post=one.post)

    def edit(self, path: str) -> Edit | None:
        """What would be sent about the topic of a file; None for nothing, for a draft, and where there is no topic."""
        agreed, one = self.agreed.get(self.keys[path]), self.now.shown[path]
        if agreed is None or one.error is not None or one.post.front.draft:
            return None
        source, atlas = self.source(path, one), self.world.atlas
        used = uses(one.post, atlas, agreed) if source.post else agreed.used
        ways = {atlas.id_at(each.path) for each in used.values() if each.path and not each.blob}
        coming = {key for key in self.coming.keys() & ways if not self.wrong(self.coming[key])}
        if source.post is None and needs_look(path, agreed, atlas, coming):
            source = replace(source, post=one.post)
        if source.post is not None:
            self.bodies[agreed.id.lower()] = parse(agreed.path, self.repo.blob(agreed.blob)).body
        found = Planner(self.world, self.settings, self.now.site, {}, NOTHING_BESIDES).difference(
            source, agreed, coming
        )
        return found if isinstance(found, Edit) else None


def changed_by(edit: Edit | None) -> tuple[str, ...]:
    """The names of what an edit changes: of fields in their order, then `body`."""
    if edit is None:
        return ()
    return (*(name for name in FIELDS if name in edit.fields), *((TEXT,) if edit.body else ()))


class FileNames(Mapping[str, str]):
    """By path of a file of the work tree, git's name of its content; a file is read when somebody asks. `uploads`: the
    names of what the forum has: of a text file whose lines end otherwise here than in git, the one there counts.
    """

    def __init__(self, repo: Repo, paths: Iterable[str], uploads: Container[str]) -> None:
        self.repo = repo
        self.paths = frozenset(paths)
        self.uploads = uploads

    @cached_property
    def held(self) -> Mapping[str, str]:
        """What git holds, for files that are not in the work tree."""
        return {path: sha for path, (sha, _skipped) in index(self.repo)}

    def __getitem__(self, path: str) -> str:
        if path not in self.paths:
            raise KeyError(path)
        try:
            names = content_names(self.repo.root, path, stamp_of(os.lstat(self.repo.root / path)))
        except (InputError, OSError):
            return self.held.get(path, "")
        return next((one for one in names if one in self.uploads), names[0])

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)


@lru_cache(maxsize=4096)
def content_names(root: Path, path: str, _stamp: Stamp) -> tuple[str, ...]:
    """Git's name of the content of a file, and that of the same with the line ends that git keeps. Raises InputError
    and OSError where it cannot be read.
    """
    data = safe_files.read(root, path)
    return tuple(blob_name(one) for one in dict.fromkeys((data, data.replace(b"\r\n", b"\n"))))


def blob_name(data: bytes) -> str:
    """The name that git gives a content in repositories with SHA-1."""
    return sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
