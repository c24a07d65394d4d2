"""The post files of a work tree as they are this moment, read again only where a file changed.

A page has to show a save at once, so nothing here asks for more than the changed file: neither a commit nor a whole
plan. Text that is not finished yet is shown as far as it can be read.
"""

import os
import stat
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from koweb_sync import safe_files
from koweb_sync.bookmark import Bookmark, read
from koweb_sync.config import Settings
from koweb_sync.errors import InputError, PostFileError
from koweb_sync.forum.site import Site
from koweb_sync.git.repo import Repo
from koweb_sync.posts.document import FrontMatter, PostFile, parse
from koweb_sync.posts.fields import KEYS
from koweb_sync.posts.front import FrontMatterText, front_length, read_front
from koweb_sync.posts.front_reading import FrontReader
from koweb_sync.posts.paths import Local
from koweb_sync.posts.rules import PathEntry
from koweb_sync.posts.translation import TranslationFile, named, says_so, translations_among
from koweb_sync.posts.translation import parse as parse_translation
from koweb_sync.sync.publish.anchors import style_of
from koweb_sync.sync.publish.push import known_site, with_own_journal
from koweb_sync.sync.survey import survey_with_seen
from koweb_sync.sync.work_tree import LFS, content
from koweb_sync.sync.world.bindings import BookmarkNames, names
from koweb_sync.sync.world.checkout import POINTER, index
from koweb_sync.sync.world.seen import Kept, load
from koweb_sync.sync.world.world import need_folder, pointer

Stamp = tuple[int, int, int]  # when a file was changed (nanoseconds), its size, its number on the disk
FOLDER = PathEntry("folder", 0, lfs=False)
LEFT_OUT = PathEntry("file", 1, lfs=False)  # by a sparse checkout; how large it is does not matter for a link to it


@dataclass(frozen=True, slots=True)
class FolderPost:
    """A post file as it can be shown. `error`: why it cannot be published as it is; then `post` is what can be read."""

    post: PostFile
    error: PostFileError | None = None


@dataclass(frozen=True, slots=True)
class FolderTranslation:
    """A translation of the post file `original` into a language. `error`: why it cannot be read."""

    original: str
    locale: str
    file: TranslationFile | None
    error: PostFileError | None = None


@dataclass(frozen=True, slots=True)
class FolderState:
    """All that pages show at one moment. `shown`: post files by path; `entries`: every path of the work tree that git
    has or would take, `signs` git's signs for them (see `Repo.work_files`); `left_out`: post files that a sparse
    checkout leaves out, shown as git has them; `gone`: those that git has and the work tree no longer; `seen`: what the
    last look at the forum brought; `site`: what is remembered of the forum; `translations`: by path; `lone`: those
    whose original is not there.
    """

    shown: Mapping[str, FolderPost]
    entries: Mapping[str, PathEntry]
    signs: Mapping[str, str]
    left_out: frozenset[str]
    gone: tuple[str, ...]
    known: BookmarkNames
    seen: Kept
    site: Site | None
    anchors: str
    head: str | None
    translations: Mapping[str, FolderTranslation] = field(default_factory=dict)
    lone: Mapping[str, FolderTranslation] = field(default_factory=dict)

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
    _small: dict[str, tuple[Stamp, bool]] = field(default_factory=dict)
    _beside: dict[str, tuple[Stamp, TranslationFile | PostFileError | None]] = field(default_factory=dict)
    _refs: tuple[str, ...] = ()
    _forum: tuple[Bookmark, Kept] | None = None
    _state: FolderState | None = None

    def look(self) -> FolderState:
        """Read what changed since the last look: two git processes, and those files. The same state where nothing
        did. Raises InputError where the folder of the post files is none.
        """
        signs = self.repo.work_files()
        forum, entries = self._forum, self._entries(signs)
        need_folder(self.settings, {path for path, one in entries.items() if one.kind != "folder"})
        bookmark, seen = self._agreed()
        paths = [path for path, one in entries.items() if one.kind != "folder" and self.settings.is_post(path)]
        beside = translations_among(set(paths), lambda path: self._translation(path) is not None)
        translations = {path: self._translated(path, *told) for path, told in beside.items()}
        lone = self._lone(paths, entries)
        paths = [path for path in paths if path not in beside and path not in lone]
        left_out = frozenset(path for path in paths if entries[path] is LEFT_OUT)
        fresh = self._held(left_out)
        fresh |= {path: self._shown(path) for path in paths if path not in fresh}
        now = self._state
        known_before = (self._read, now.entries, now.signs, now.site, now.translations, now.lone) if now else ()
        site = known_site(self.settings)
        if now and self._forum is forum and known_before == (fresh, entries, signs, site, translations, lone):
            return now
        self._read = fresh
        adopted = {int(one.pair.topic): ident for ident, texts in seen.texts.items() for one in texts if not one.since}
        known = names(bookmark, adopted, alone=self.settings.alone)
        shown = {path: one for path, (_stamp, one) in fresh.items()}
        style = style_of(bookmark, site)
        gone = tuple(path for path in signs.keys() - entries.keys() if self.settings.is_post(path))
        self._state = FolderState(
            shown,
            entries,
            signs,
            left_out,
            tuple(sorted(gone)),
            known,
            seen,
            site,
            style,
            self._refs[0] or None,
            translations,
            lone,
        )
        return self._state

    def _agreed(self) -> tuple[Bookmark, Kept]:
        """What was agreed on and seen, read again where a ref moved."""
        wanted = ("HEAD", self.settings.bookmark, f"refs/koweb-seen/{self.settings.name}")
        refs = tuple(self.repo.names_of(wanted))
        if self._forum is None or refs != self._refs:
            bookmark = read(self.repo, self.repo.resolve(self.settings.bookmark))
            bookmark = with_own_journal(self.repo, self.settings, bookmark)
            seen = load(self.repo, self.settings, bookmark)
            if seen.texts:  # what HEAD holds of the forum's edits is what both sides agree on now
                style = style_of(bookmark, known_site(self.settings))
                bookmark = survey_with_seen(self.repo, self.settings, bookmark, style, network=False)[0].bookmark
            self._refs, self._forum = refs, (bookmark, seen)
        return self._forum

    def _entries(self, signs: Mapping[str, str]) -> dict[str, PathEntry]:
        """Every path of the work tree that is there, or left out of it, with its folders. `signs`: git's, by path."""
        found: dict[str, PathEntry] = {}
        linked: dict[str, bool] = {"": False}
        for path, sign in signs.items():
            try:
                facts = os.lstat(f"{self.repo.root}/{path}")
            except OSError:
                if sign != "S":
                    continue
                facts = None
            above = path.rpartition("/")[0]
            if above not in linked:
                linked[above] = safe_files.led_by_link(self.repo.root, above)
                found |= {str(one): FOLDER for one in (PurePosixPath(above), *PurePosixPath(above).parents)}
            if facts is None:
                found[path] = LEFT_OUT
                continue
            link = linked[above] or stat.S_ISLNK(facts.st_mode)
            kind = "symlink" if link else "submodule" if stat.S_ISDIR(facts.st_mode) else "file"
            size = facts.st_size if kind == "file" else 0
            found[path] = PathEntry(kind, size, lfs=0 < size < POINTER and self._is_pointer(path, stamp_of(facts)))
        return found

    def _is_pointer(self, path: str, stamp: Stamp) -> bool:
        """Whether a small file stands for another one, as Git LFS writes it; looked at again if it changed."""
        if (known := self._small.get(path)) is None or known[0] != stamp:
            known = self._small[path] = (stamp, (bytes_of(self.repo, path) or b"").startswith(LFS))
        return known[1]

    def _held(self, paths: Collection[str]) -> dict[str, tuple[Stamp, FolderPost]]:
        """Post files that a sparse checkout leaves out, as git has them."""
        if not paths:
            return {}
        shas = {path: sha for path, (sha, _skipped) in index(self.repo) if path in paths}
        stamps: dict[str, Stamp] = {path: (int(sha, 16), 0, 0) for path, sha in shas.items()}
        same = {path: one for path in shas if (one := self._read.get(path)) and one[0] == stamps[path]}
        texts = dict(self.repo.blobs(shas[path] for path in shas.keys() - same.keys()))
        return same | {path: (stamps[path], readable(path, texts[shas[path]])) for path in shas.keys() - same.keys()}

    def _shown(self, path: str) -> tuple[Stamp, FolderPost]:
        """A post file, read again if it changed."""
        try:
            stamp = stamp_of(os.lstat(f"{self.repo.root}/{path}"))
        except OSError:
            stamp = (0, 0, 0)
        known = self._read.get(path)
        return known if known and known[0] == stamp else (stamp, self._opened(path))

    def _translation(self, path: str) -> TranslationFile | PostFileError | None:
        """A file that is named as a translation, or why it cannot be read; None for a post of its own. Read again if it
        changed.
        """
        try:
            stamp = stamp_of(os.lstat(f"{self.repo.root}/{path}"))
        except OSError:
            stamp = (0, 0, 0)
        known = self._beside.get(path)
        if known is None or known[0] != stamp:
            data = bytes_of(self.repo, path) or b""
            known = self._beside[path] = (stamp, translation(path, data) if says_so(path, data) else None)
        return known[1]

    def _translated(self, path: str, original: str, locale: str) -> FolderTranslation:
        """A translation."""
        one = self._translation(path)
        wrong = one if isinstance(one, PostFileError) else None
        return FolderTranslation(original, locale, None if isinstance(one, PostFileError) else one, wrong)

    def _lone(self, paths: Collection[str], entries: Mapping[str, PathEntry]) -> dict[str, FolderTranslation]:
        """Translations whose original is not there. What has other keys than a translation is rather a post of its own
        that lost its id.
        """
        likely = {path: told for path in paths if (told := named(path)) and told[0] not in entries}
        return {
            path: self._translated(path, *told)
            for path, told in likely.items()
            if isinstance(self._translation(path), TranslationFile)
        }

    def _opened(self, path: str) -> FolderPost:
        try:
            data = content(self.repo, path)
            if len(data) < POINTER and data.startswith(LFS):
                raise pointer(path)
            return readable(path, data)
        except PostFileError as error:
            return FolderPost(PostFile(path, b"", FrontMatter("", {}), "", 1, (), {}), error)


def stamp_of(facts: os.stat_result) -> Stamp:
    """What changes with a file."""
    return facts.st_mtime_ns, facts.st_size, facts.st_ino


def readable(path: str, data: bytes) -> FolderPost:
    """A post file as far as it can be read: somebody may be in the middle of writing its front matter."""
    try:
        return FolderPost(parse(path, data))
    except PostFileError as error:
        return FolderPost(as_far_as_possible(path, data), error)


def translation(path: str, data: bytes) -> TranslationFile | PostFileError:
    """A translation, or why it cannot be read."""
    try:
        return parse_translation(path, data, "")
    except PostFileError as error:
        return error


def as_far_as_possible(path: str, data: bytes) -> PostFile:
    """What can be read of a file that is none yet: the keys that say something, and the text below them."""
    try:
        front = read_front(path, data)
    except PostFileError:
        text = data.decode("utf-8", "replace")
        at = front_length(text)
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
