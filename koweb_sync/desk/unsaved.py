"""What was typed and not saved: kept among git's own files, so that a page that is closed, or a desk that ends,
loses no sentence.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from koweb_sync import safe_files
from koweb_sync.desk.post_folder import FolderPost
from koweb_sync.desk.writing import NOTHING, PostForm, form_of
from koweb_sync.git import Repo
from koweb_sync.posts.markdown import with_lf

FOLDER = "unsaved"
ASIDE = "set-aside"  # what nobody wanted to go on with, and may want back
MOST = 50  # texts that are set aside of one post file: the newest


@dataclass(frozen=True, slots=True)
class AsideText:
    """A text that was set aside: typed and not saved, or the forum's where somebody chose. `at`: when (µs)."""

    form: PostForm
    at: int


def name(path: str) -> str:
    """Where the form for a post file lies in there."""
    return f"{FOLDER}/{hashlib.sha256(path.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}"


def same(one: PostForm, other: PostForm) -> bool:
    """Whether two forms say the same, whatever their line ends."""
    return replace(one, body=with_lf(one.body)) == replace(other, body=with_lf(other.body))


def keep(repo: Repo, path: str, form: PostForm, mark: str, opened: PostForm) -> None:
    """Keep what is typed for a post file that says `opened`, with the mark of what it was typed over; forget it where
    both are the same.
    """
    if same(form, opened):
        forget(repo, path)
        return
    safe_files.write(repo.own / "koweb", name(path), as_record(path, form, mark), lasting=False)


def as_record(path: str, form: PostForm, mark: str) -> str:
    """A form as it is kept."""
    return json.dumps({"mark": mark, "path": path, **asdict(form), "body": with_lf(form.body)})


def kept(repo: Repo, path: str, opened: PostForm) -> tuple[PostForm, str] | None:
    """What was typed for a post file and is not in it, and the mark of what it was typed over."""
    form, mark, _path = read(repo, name(path), opened)
    return (form, mark) if form and not same(form, opened) else None


def kept_at(repo: Repo, path: str) -> int | None:
    """When what was typed for a post file was kept (µs); None where nothing is."""
    try:
        return (repo.own / "koweb" / name(path)).stat().st_mtime_ns // 1_000
    except OSError:
        return None


def read(repo: Repo, file: str, opened: PostForm) -> tuple[PostForm | None, str, str]:
    """What was typed, the mark of what it was typed over, and the path of the post file, "" where that is not said.

    What is no form of ours, as from a build before, is taken for a text that was typed over something unknown.
    """
    text = safe_files.read(repo.own / "koweb", file).decode("utf-8", "replace")
    try:
        says: dict[str, Any] = json.loads(text)
        mark, path = str(says.pop("mark")), str(says.pop("path", ""))
        form = PostForm(**{**asdict(opened), **says})
        if {one: type(value) for one, value in asdict(form).items()} != {one.name: one.type for one in fields(form)}:
            raise TypeError
        return form, mark or "unknown", path
    except (ValueError, TypeError, AttributeError, KeyError):
        return (replace(opened, body=text) if text else None), "unknown", ""


def texts(repo: Repo, shown: Mapping[str, FolderPost]) -> Iterator[tuple[str, str]]:
    """All that was typed and not saved: path and title. `shown`: the post files that are there."""
    folder = repo.own / "koweb" / FOLDER
    names = {name(path): path for path in shown}
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        ours = f"{FOLDER}/{file.name}"
        path = names.get(ours, "")
        one = shown.get(path)
        opened = form_of(one.post, one.post.data) if one else NOTHING
        form, _mark, said = read(repo, ours, opened)
        if form and (path or said) and not same(form, opened):
            yield path or said, form.title or opened.title or path or said


def set_aside(repo: Repo, path: str, form: PostForm, mark: str, at: int) -> None:
    """Nobody goes on with what was typed, but it can be had back. `at`: now (µs)."""
    put_aside(repo, path, form, at, mark)
    forget(repo, path)


def put_aside(repo: Repo, path: str, form: PostForm, at: int, mark: str = "") -> None:
    """Keep a text of a post file that can be had back; what is typed for it stays as it is."""
    place = aside_folder(path)
    safe_files.write(repo.own / "koweb", f"{place}/{at:020}", as_record(path, form, mark))
    for file in aside_files(repo, path)[MOST:]:
        safe_files.remove(repo.own / "koweb", f"{place}/{file}")


def aside(repo: Repo, path: str, opened: PostForm) -> list[AsideText]:
    """What was set aside of a post file, the newest first."""
    found = ((read(repo, f"{aside_folder(path)}/{file}", opened)[0], int(file)) for file in aside_files(repo, path))
    return [AsideText(form, at) for form, at in found if form]


def aside_folder(path: str) -> str:
    """Where these lie."""
    return f"{ASIDE}/{name(path).rpartition('/')[2]}"


def aside_files(repo: Repo, path: str) -> list[str]:
    """Their names, the newest first: each is a time (µs)."""
    folder = repo.own / "koweb" / aside_folder(path)
    names = (one.name for one in folder.iterdir()) if folder.is_dir() else ()
    return sorted((one for one in names if one.isascii() and one.isdigit()), reverse=True)


def forget(repo: Repo, path: str) -> None:
    """It is saved, or nobody wants it."""
    safe_files.remove(repo.own / "koweb", name(path))
