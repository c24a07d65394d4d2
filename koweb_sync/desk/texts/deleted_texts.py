"""Texts of post files that are deleted: those that git's history has and the folder has not, and those that were set
aside when they were deleted because no kept version had them.

A history may be long. It is walked piece by piece, and only names of contents are compared in it: the texts that a page
lists are all that is read.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from koweb_sync import safe_files
from koweb_sync.config import Settings
from koweb_sync.desk.texts.post_folder import FolderPost, FolderState, bytes_of, readable
from koweb_sync.git.process import literal
from koweb_sync.git.repo import Repo, Sha
from koweb_sync.git.words import name_printed
from koweb_sync.posts.translation import named
from koweb_sync.safe_files import AlreadyThere
from koweb_sync.times import SECOND

FOLDER = "deleted"
WALKED = 2_000  # commits that are looked through at once
FORM = ("--raw", "--no-abbrev", "-c", "-M100%", "-z", "--format=%H%x00%an%x00%at")  # exact renames: no content is read


@dataclass(frozen=True, slots=True)
class DeletedText:
    """A text of a post file that is not in the folder. `at`: when it was deleted (µs) and by whom, None and "" where
    the folder alone lacks it; `aside`: when it was set aside (µs), 0 for one that git has; `kept`: when the version was
    kept that the folder lacks (µs); `commit`: which one took it away, "" for none; `of`: the path of the text together
    with which a translation was set aside; `beside`: the translations that went with it and come back with it.
    """

    path: str
    data: bytes
    at: int | None = None
    who: str = ""
    aside: int = 0
    kept: int = 0
    commit: str = ""
    of: str = ""
    beside: tuple["DeletedText", ...] = ()

    @property
    def content(self) -> FolderPost:
        """As a post file, as far as it can be read."""
        return readable(self.path, self.data)

    @property
    def title(self) -> str:
        """What it is called."""
        return self.content.post.front.title or self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class DeletedFile:
    """That a commit took a post file away: the content that went, who did it, when (µs), and which commit."""

    path: str
    blob: Sha
    who: str
    at: int
    commit: str


@dataclass(frozen=True, slots=True)
class DeletedTexts:
    """What a page lists. `older`: how many commits were passed, where there are more; 0 where there are none."""

    texts: tuple[DeletedText, ...]
    older: int = 0


def listed(repo: Repo, settings: Settings, now: FolderState, skip: int) -> DeletedTexts:
    """The deleted texts: on the first page those that are set aside or not committed yet, then those of a piece of
    history. `skip`: how many of its commits were passed before. Texts that live on under another name are none.
    """
    aside = [*set_aside(repo)] if not skip else []
    first = [*aside, *(one for one in uncommitted(repo, settings, now) if not after_it(one, aside))] if not skip else []
    gone, older = walked(repo, settings, now, skip)
    held = {(one.path, one.data) for one in aside}
    found = [*first, *(one for one in of_commits(repo, gone) if (one.path, one.data) not in held)]
    return DeletedTexts(together([one for one in last_of_each(found) if not is_here(repo, now, one)]), older)


def together(found: Sequence[DeletedText]) -> tuple[DeletedText, ...]:
    """Texts, each with the translations that went with it, which are not named once more."""
    rows = [with_translations(one, found) for one in found]
    within = {id(other) for one in rows for other in one.beside}
    return tuple(one for one, other in zip(rows, found, strict=True) if id(other) not in within)


def with_translations(one: DeletedText, found: Iterable[DeletedText]) -> DeletedText:
    """A text with those of `found` that are its translations and were deleted together with it: the first of each."""
    beside: dict[str, DeletedText] = {}
    for other in found:
        told = named(other.path)
        same = other.of == one.path if other.aside else not one.aside and other.commit == one.commit
        if told and told[0] == one.path and same:
            beside.setdefault(other.path, other)
    return replace(one, beside=tuple(beside.values()))


def whole(repo: Repo, settings: Settings, now: FolderState, one: DeletedText) -> DeletedText:
    """A text with the translations that went with it and are not there."""
    aside = set_aside(repo)
    if one.aside:
        found = [*aside]
    elif one.commit:
        out = name_printed(repo.git("log", *FORM, "-n1", one.commit, "--", literal(settings.posts)))
        gone = (each for each in deletions(iter(out.split("\0"))) if each and settings.is_post(each.path))
        found = [*aside, *of_commits(repo, gone)]
    else:
        found = [*aside, *uncommitted(repo, settings, now)]
    return with_translations(one, (each for each in found if each.path not in now.entries))


def newest(repo: Repo, settings: Settings, now: FolderState, path: str) -> DeletedText | None:
    """A post file that is not there as it was when it was deleted, with its translations; None for none."""
    if path in now.entries:
        return None
    found = text_named(repo, settings, now, path, "")
    aside = next((one for one in set_aside(repo) if one.path == path), None)
    if aside and (found is None or aside.aside >= (found.at or found.kept)):
        found = aside
    return whole(repo, settings, now, found) if found else None


def after_it(one: DeletedText, aside: Iterable[DeletedText]) -> DeletedText | None:
    """The text of the same file that was deleted after that version was kept, and set aside then: the newest."""
    return next((other for other in aside if other.path == one.path and other.aside >= one.kept), None)


def last_of_each(found: Iterable[DeletedText]) -> Iterator[DeletedText]:
    """The last text of each post that git had under several names; all that were set aside."""
    met: set[str] = set()
    for one in found:
        ident = one.content.post.front.id.lower()
        if one.aside or ident not in met:
            yield one
        met |= {ident} - {""} if not one.aside else set()


def text_named(repo: Repo, settings: Settings, now: FolderState, path: str, aside: str) -> DeletedText | None:
    """The deleted text that an address names: one that was set aside then, else the one that git had last."""
    if aside:
        return next((one for one in set_aside(repo) if one.path == path and str(one.aside) == aside), None)
    found = next((one for one in uncommitted(repo, settings, now) if one.path == path), None)
    if found or now.head is None or not settings.is_post(path):
        return found
    out = name_printed(repo.git("log", *FORM, "--diff-filter=D", "-n1", now.head, "--", literal(path)))
    last = next((one for one in deletions(iter(out.split("\0"))) if isinstance(one, DeletedFile)), None)
    return next(of_commits(repo, [last])) if last else None


def is_here(repo: Repo, now: FolderState, one: DeletedText) -> bool:
    """Whether the folder has a text: the very same at its place, or that post under any name."""
    if one.aside:
        return bytes_of(repo, one.path) == one.data
    ident = one.content.post.front.id.lower()
    return bool(ident) and ident in {other.post.front.id.lower() for other in now.shown.values()}


# ---- of git


def of_commits(repo: Repo, gone: Iterable[DeletedFile]) -> Iterator[DeletedText]:
    """The texts that commits took away."""
    files = list(gone)
    contents = dict(repo.blobs(one.blob for one in files))
    return (DeletedText(one.path, contents[one.blob], one.at, one.who, commit=one.commit) for one in files)


def uncommitted(repo: Repo, settings: Settings, now: FolderState) -> list[DeletedText]:
    """Those that HEAD has."""
    tree = repo.tree(Sha(now.head)) if now.head else ()
    gone = {one.path: one.sha for one in tree if settings.is_post(one.path) and one.path not in now.entries}
    contents = dict(repo.blobs(gone.values()))
    return [DeletedText(path, contents[sha], kept=kept(repo, path)) for path, sha in gone.items()]


def kept(repo: Repo, path: str) -> int:
    """When the last version of a file was kept (µs)."""
    return int(repo.git("log", "-n1", "--format=%ct", "HEAD", "--", literal(path)) or 0) * SECOND


def walked(repo: Repo, settings: Settings, now: FolderState, skip: int) -> tuple[list[DeletedFile], int]:
    """The post files that commits took away and that are not there again, the last deletion of each; and how many
    commits were passed, 0 where there are no more.
    """
    if now.head is None:
        return [], 0
    folder = literal(settings.posts)
    out = name_printed(repo.git("log", *FORM, f"-n{WALKED}", f"--skip={skip}", now.head, "--", folder))
    kept = {one.path for one in repo.tree(Sha(now.head))} | now.entries.keys()
    found: dict[str, DeletedFile] = {}
    commits = 0
    for one in deletions(iter(out.split("\0"))):
        if one is None:
            commits += 1
        elif one.path not in kept and settings.is_post(one.path):
            found.setdefault(one.path, one)
    return list(found.values()), skip + commits if commits == WALKED else 0


def deletions(words: Iterator[str]) -> Iterator[DeletedFile | None]:
    """What such a log tells: None for each commit, then the files that it took away."""
    word = next(words, None)
    while word is not None:
        if not word:  # after a commit that changed nothing of its own, and at the end
            word = next(words, None)
            continue
        commit, who, at, word = word, next(words), next(words), next(words, None)
        yield None
        while word and word.startswith(("\n:", ":")):
            change = word.split()
            parents = len(change[0]) - len(change[0].lstrip(":"))
            status, path = change[-1], ""
            for _path in range(2 if parents == 1 and status[0] in "RC" else 1):
                path = next(words)
            if set(status) == {"D"} and change[0].lstrip(":").startswith("100"):
                yield DeletedFile(path, Sha(change[parents + 1]), who, int(at) * SECOND, commit.strip())
            word = next(words, None)


# ---- set aside


def put_aside(repo: Repo, path: str, data: bytes, at: int, of: str = "") -> None:
    """Keep a text that no version has, before its file is deleted. `at`: now (µs); `of`: the path of the text that a
    translation goes with.
    """
    head = json.dumps({"path": path} | ({"of": of} if of else {})).encode()
    before = [one for one in set_aside(repo) if (one.path, one.data) == (path, data)]
    safe_files.write(repo.own / "koweb", f"{FOLDER}/{at:020}", head + b"\n" + data, fresh=True)
    for one in before:  # of a deletion that was cut off
        forget(repo, one)


def set_aside(repo: Repo) -> Iterator[DeletedText]:
    """Those texts, the newest first."""
    folder: Path = repo.own / "koweb" / FOLDER
    names = [one.name for one in folder.iterdir()] if folder.is_dir() else []
    for name in sorted((one for one in names if one.isascii() and one.isdigit()), reverse=True):
        head, _end, data = safe_files.read(repo.own / "koweb", f"{FOLDER}/{name}").partition(b"\n")
        with suppress(ValueError, KeyError, TypeError):  # what is no record of ours stays where it is
            said = json.loads(head)
            yield DeletedText(str(said["path"]), data, int(name), "", int(name), of=str(said.get("of", "")))


def put_back(repo: Repo, one: DeletedText) -> None:
    """Put a text into its place, after the translations that went with it: without its original, one says what it
    lacks. Of those, what lies at their places stays. Raises AlreadyThere where another text lies at its own.
    """
    if os.path.lexists(repo.root / one.path) and bytes_of(repo, one.path) != one.data:
        raise AlreadyThere(one.path)
    put_beside(repo, one.beside)
    written_back(repo, one)


def put_beside(repo: Repo, beside: Iterable[DeletedText]) -> None:
    """Put translations into their places, where nothing lies there."""
    for one in beside:
        with suppress(AlreadyThere):
            written_back(repo, one)


def written_back(repo: Repo, one: DeletedText) -> None:
    """Write one file, unless it is there. Raises AlreadyThere."""
    if bytes_of(repo, one.path) != one.data:
        safe_files.write(repo.root, one.path, one.data, fresh=True)
    if one.aside:
        forget(repo, one)


def forget(repo: Repo, one: DeletedText) -> None:
    """The folder has it again, or nobody wants it."""
    safe_files.remove(repo.own / "koweb", f"{FOLDER}/{one.aside:020}")
