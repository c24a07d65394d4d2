"""The post files of a work tree as they are this moment, read again only where a file changed.

A page has to show a save at once, so nothing here asks for more than the changed file: neither a commit nor a whole
plan. Text that is not finished yet is shown as far as it can be read.
"""

import os
import re
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from koweb_sync import safe_files
from koweb_sync.bookmark import Bookmark, read
from koweb_sync.config import Settings
from koweb_sync.errors import InputError, PostFileError
from koweb_sync.forum.site import Site
from koweb_sync.git import Repo
from koweb_sync.posts.document import FrontMatter, PostFile, parse
from koweb_sync.posts.fields import KEYS
from koweb_sync.posts.front import FrontMatterText, read_front
from koweb_sync.posts.front_reading import FrontReader
from koweb_sync.posts.paths import Local
from koweb_sync.posts.rules import PathEntry
from koweb_sync.sync.publish.push import known_site, style_of, with_own_journal
from koweb_sync.sync.work_tree import content
from koweb_sync.sync.world.bindings import BookmarkNames, names
from koweb_sync.sync.world.seen import Kept, load
from koweb_sync.sync.world.world import need_folder

Stamp = tuple[int, int, int]  # when a file was changed (nanoseconds), its size, its number on the disk
FOLDER = PathEntry("folder", 0, lfs=False)
_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(?:.*?\r?\n)??(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FolderPost:
    """A post file as it can be shown. `error`: why it cannot be published as it is; then `post` is what can be read."""

    post: PostFile
    error: PostFileError | None = None


@dataclass(frozen=True, slots=True)
class FolderState:
    """All that pages show at one moment. `shown`: post files by path; `entries`: every path of the work tree that git
    has or would take; `seen`: what the last look at the forum brought; `site`: what is remembered of the forum.
    """

    shown: Mapping[str, FolderPost]
    entries: Mapping[str, PathEntry]
    known: BookmarkNames
    seen: Kept
    site: Site | None
    anchors: str
    head: str | None

    @property
    def posts(self) -> dict[str, PostFile]:
        """The files that can be published as they are, by path."""
        return {path: one.post for path, one in self.shown.items() if one.error is None}

    @property
    def broken(self) -> dict[str, PostFileError]:
        """Why the others cannot."""
        return {path: one.error for path, one in self.shown.items() if one.error is not None}


@dataclass(slots=True)
class PostFolder:
    """Looks at the work tree of one repository again and again."""

    repo: Repo
    settings: Settings
    _read: dict[str, tuple[Stamp, FolderPost]] = field(default_factory=dict)
    _refs: tuple[str, ...] = ()
    _forum: tuple[Bookmark, Kept] | None = None
    _state: FolderState | None = None

    def look(self) -> FolderState:
        """Read what changed since the last look: two git processes, and those files. The same state where nothing
        did. Raises InputError where the folder of the post files is none.
        """
        forum, entries = self._forum, self._entries()
        need_folder(self.settings, {path for path, one in entries.items() if one.kind != "folder"})
        bookmark, seen = self._agreed()
        paths = [path for path, one in entries.items() if one.kind != "folder" and self.settings.is_post(path)]
        fresh = {path: self._shown(path) for path in paths}
        known_before = (self._read, self._state.entries, self._state.site) if self._state else ()
        site = known_site(self.settings)
        if self._state and self._forum is forum and known_before == (fresh, entries, site):
            return self._state
        self._read = fresh
        adopted = {int(one.pair.topic): ident for ident, texts in seen.texts.items() for one in texts if not one.since}
        known = names(bookmark, adopted, alone=self.settings.alone)
        shown = {path: one for path, (_stamp, one) in fresh.items()}
        style = style_of(bookmark, site)
        self._state = FolderState(shown, entries, known, seen, site, style, self._refs[0] or None)
        return self._state

    def _agreed(self) -> tuple[Bookmark, Kept]:
        """What was agreed on and seen, read again where a ref moved."""
        wanted = ("HEAD", self.settings.bookmark, f"refs/koweb-seen/{self.settings.name}")
        refs = tuple(self.repo.names_of(wanted))
        if self._forum is None or refs != self._refs:
            bookmark = read(self.repo, self.repo.resolve(self.settings.bookmark))
            bookmark = with_own_journal(self.repo, self.settings, bookmark)
            self._refs, self._forum = refs, (bookmark, load(self.repo, self.settings, bookmark))
        return self._forum

    def _entries(self) -> dict[str, PathEntry]:
        """Every path of the work tree that is there, with its folders."""
        found: dict[str, PathEntry] = {}
        linked: dict[str, bool] = {"": False}
        for path in self.repo.work_files():
            with suppress(OSError):
                facts = os.lstat(f"{self.repo.root}/{path}")
                above = path.rpartition("/")[0]
                if above not in linked:
                    linked[above] = safe_files.led_by_link(self.repo.root, above)
                    found |= {str(one): FOLDER for one in (PurePosixPath(above), *PurePosixPath(above).parents)}
                link = linked[above] or stat.S_ISLNK(facts.st_mode)
                kind = "symlink" if link else "submodule" if stat.S_ISDIR(facts.st_mode) else "file"
                found[path] = PathEntry(kind, facts.st_size if kind == "file" else 0, lfs=False)
        return found

    def _shown(self, path: str) -> tuple[Stamp, FolderPost]:
        """A post file, read again if it changed."""
        try:
            facts = os.lstat(f"{self.repo.root}/{path}")
            stamp = (facts.st_mtime_ns, facts.st_size, facts.st_ino)
        except OSError:
            stamp = (0, 0, 0)
        known = self._read.get(path)
        return known if known and known[0] == stamp else (stamp, self._opened(path))

    def _opened(self, path: str) -> FolderPost:
        try:
            return readable(path, content(self.repo, path))
        except PostFileError as error:
            return FolderPost(PostFile(path, b"", FrontMatter("", {}), "", 1, (), {}), error)


def readable(path: str, data: bytes) -> FolderPost:
    """A post file as far as it can be read: somebody may be in the middle of writing its front matter."""
    try:
        return FolderPost(parse(path, data))
    except PostFileError as error:
        return FolderPost(as_far_as_possible(path, data), error)


def as_far_as_possible(path: str, data: bytes) -> PostFile:
    """What can be read of a file that is none yet: the keys that say something, and the text below them."""
    try:
        front = read_front(path, data)
    except PostFileError:
        text = data.decode("utf-8", "replace")
        above = _FRONT.match(text)
        at = above.end() if above else 0
        body = text[at:].lstrip("\r\n")
        line = text.count("\n", 0, len(text) - len(body)) + 1
        return PostFile(path, data, FrontMatter("", {}), body, line, (), {})
    values = keys_said(path, front)
    said = FrontMatter(
        str(values.pop("id", "") or ""), values, values.pop("topic", None), bool(values.pop("draft", False))
    )
    lines = {name: key.line for name, key in front.keys.items()}
    return PostFile(path, data, said, front.body, front.body_line, (), lines)


def keys_said(path: str, front: FrontMatterText) -> dict[str, Any]:
    """The values of the keys that can be read, by name."""
    reader = FrontReader(path, front)
    found: dict[str, Any] = {}
    for name, key in KEYS.items():
        with suppress(PostFileError):
            value = key.parse(reader)
            if value is not None:
                found[name] = value
    return found


def local_file(state: FolderState, where: object) -> str | None:
    """The path of a file of the work tree that a destination leads to, if it is one."""
    found = state.entries.get(where.path) if isinstance(where, Local) else None
    return where.path if isinstance(where, Local) and found is not None and found.kind == "file" else None


def bytes_of(repo: Repo, path: str) -> bytes | None:
    """The content of a file of the work tree; None where it cannot be read."""
    with suppress(InputError, OSError):
        return safe_files.read(repo.root, path)
    return None
