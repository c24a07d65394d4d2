"""Texts of post files that are deleted: those that git's history has and the folder has not, and those that were set
aside when they were deleted because no kept version had them.

A history may be long. It is walked piece by piece, and only names of contents are compared in it: the texts that a page
lists are all that is read.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from koweb_sync import safe_files
from koweb_sync.config import Settings
from koweb_sync.desk.texts.post_folder import FolderPost, FolderState, bytes_of, readable
from koweb_sync.git.process import literal
from koweb_sync.git.repo import Repo, Sha
from koweb_sync.git.words import name_printed
from koweb_sync.times import SECOND

FOLDER = "deleted"
WALKED = 2_000  # commits that are looked through at once
FORM = ("--raw", "--no-abbrev", "-c", "-M100%", "-z", "--format=%H%x00%an%x00%at")  # exact renames: no content is read


@dataclass(frozen=True, slots=True)
class DeletedText:
    """A text of a post file that is not in the folder. `at`: when it was deleted (µs) and by whom, None and "" where
    the folder alone lacks it; `aside`: when it was set aside (µs), 0 for one that git has; `kept`: when the version was
    kept that the folder lacks (µs).
    """

    path: str
    data: bytes
    at: int | None = None
    who: str = ""
    aside: int = 0
    kept: int = 0

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
    """That a commit took a post file away: the content that went, who did it and when (µs)."""

    path: str
    blob: Sha
    who: str
    at: int


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
    contents = dict(repo.blobs(one.blob for one in gone))
    found = [*first, *(DeletedText(one.path, contents[one.blob], one.at, one.who) for one in gone)]
    return DeletedTexts(tuple(one for one in last_of_each(found) if not is_here(repo, now, one)), older)


def after_it(one: DeletedText, aside: Iterable[DeletedText]) -> DeletedText | None:
    """The text of the same file that was deleted after that version was kept, and set aside then: the newest."""
    return next((other for other in aside if other.path == one.path and other.aside >= one.kept), None)


def as_deleted(repo: Repo, path: str) -> DeletedText | None:
    """A post file that git has, as it was when it was deleted; None where that is as git has it."""
    return after_it(DeletedText(path, b"", kept=kept(repo, path)), set_aside(repo))


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
    return DeletedText(path, repo.blob(last.blob), last.at, last.who) if last else None


def is_here(repo: Repo, now: FolderState, one: DeletedText) -> bool:
    """Whether the folder has a text: the very same at its place, or that post under any name."""
    if one.aside:
        return bytes_of(repo, one.path) == one.data
    ident = one.content.post.front.id.lower()
    return bool(ident) and ident in {other.post.front.id.lower() for other in now.shown.values()}


# ---- of git


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
        who, at, word = next(words), next(words), next(words, None)
        yield None
        while word and word.startswith(("\n:", ":")):
            change = word.split()
            parents = len(change[0]) - len(change[0].lstrip(":"))
            status, path = change[-1], ""
            for _path in range(2 if parents == 1 and status[0] in "RC" else 1):
                path = next(words)
            if set(status) == {"D"} and change[0].lstrip(":").startswith("100"):
                yield DeletedFile(path, Sha(change[parents + 1]), who, int(at) * SECOND)
            word = next(words, None)


# ---- set aside


def put_aside(repo: Repo, path: str, data: bytes, at: int) -> None:
    """Keep a text that no version has, before its file is deleted. `at`: now (µs)."""
    head = json.dumps({"path": path}).encode()
    safe_files.write(repo.own / "koweb", f"{FOLDER}/{at:020}", head + b"\n" + data, fresh=True)


def set_aside(repo: Repo) -> Iterator[DeletedText]:
    """Those texts, the newest first."""
    folder: Path = repo.own / "koweb" / FOLDER
    names = [one.name for one in folder.iterdir()] if folder.is_dir() else []
    for name in sorted((one for one in names if one.isascii() and one.isdigit()), reverse=True):
        head, _end, data = safe_files.read(repo.own / "koweb", f"{FOLDER}/{name}").partition(b"\n")
        with suppress(ValueError, KeyError, TypeError):  # what is no record of ours stays where it is
            yield DeletedText(str(json.loads(head)["path"]), data, int(name), "", int(name))


def forget(repo: Repo, one: DeletedText) -> None:
    """The folder has it again, or nobody wants it."""
    safe_files.remove(repo.own / "koweb", f"{FOLDER}/{one.aside:020}")
