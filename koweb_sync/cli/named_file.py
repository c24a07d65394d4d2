"""Files that a person names for something to be written: what koweb did not write is not lost there."""

import json
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from koweb_sync import config, safe_files
from koweb_sync.errors import ConfigError, InputError
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _

HEAD = 4096  # bytes of a page in which its marks stand
_ABOUT = re.compile(rb'<meta name="koweb-about" content="([^"]*)">')
_DAYS = re.compile(rb'<meta name="koweb-days" content="\S+ ([^"]*)">')
MADE = (b"<!doctype", b"<?xml", b"{", b"---")  # what files begin with that koweb writes; texts and tables with a word


def write(path: Path, data: bytes | str, *, mode: int | None = None, force: bool = False) -> None:
    """Write to a place that the user named, as `safe_files.output` does. Raises InputError, unless `force`, for a file
    whose words would be lost.
    """
    if not force:
        spare(path, data.encode() if isinstance(data, str) else data)
    safe_files.output(path, data, mode=mode)


def spare(path: Path, data: bytes) -> None:
    """Raises InputError where `data` would replace a post file, what no commit has yet of a file that git tracks, or a
    file of another kind.
    """
    if safe_files.is_stream(path) or not path.is_file():
        return
    before = safe_files.direct(path).read_bytes()
    if before == data:
        return
    repo, name = around(path)
    if repo and is_post(repo, name, path.parent):
        raise InputError(_("This is a post file."), where=str(path), remedy=_("Name another file."))
    if repo and name not in untracked(repo) and repo.uncommitted(name):
        raise InputError(
            _("This file has changes that are in no commit."),
            where=str(path),
            remedy=_("Commit them first (git commit), or name another file."),
        )
    if before.strip() and kind(before) != kind(data):
        raise not_ours(path)
    if reason := another(before, data):
        raise InputError(reason, where=str(path), remedy=_("Name another file, or take --force."))


def not_ours(path: Path) -> InputError:
    """The error for a file that is there and that koweb did not write."""
    return InputError(
        _("This file is there already, and koweb did not write it."), where=str(path), remedy=_("Name another file.")
    )


def another(before: bytes, data: bytes) -> str:
    """Why what koweb wrote to a file is not what it would write there now, in a sentence: it is about somebody else,
    or its last day is later than that of what would replace it. A newer one of the same takes an older one's place.
    """
    if about(before) != about(data):
        return _("This file is there already, and is about somebody or something else.")
    then, now = last_day(before), last_day(data)
    return _("This file is there already, and is about later days.") if then and now and then > now else ""


def about(data: bytes) -> str:
    """The person whom an answer of koweb is about, "" for what is about nobody."""
    if found := _ABOUT.search(data[:HEAD]):
        return found[1].decode(errors="replace")
    person, forum = (dict_of(facts_of(data).get(name)) for name in ("person", "forum"))
    return f"{forum.get('url')} {person['id']}" if "id" in person else ""


def last_day(data: bytes) -> str:
    """The last day, or moment, of what a report or a letter is about, "" where a file does not say it."""
    if found := _DAYS.search(data[:HEAD]):
        return found[1].decode(errors="replace")
    return str(dict_of(facts_of(data).get("window")).get("until", ""))


def facts_of(data: bytes) -> dict[str, Any]:
    """What a file of JSON says, nothing where it is none."""
    if not data.lstrip().startswith(b"{"):
        return {}
    with suppress(ValueError, RecursionError):
        return dict_of(json.loads(data))
    return {}


def dict_of(value: Any) -> dict[str, Any]:
    """An object of JSON as it is, anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def kind(data: bytes) -> bytes:
    """What a file begins with: a sign of what koweb writes, or else its first word."""
    begin = data.lstrip().lower()
    words = begin[:200].replace(b",", b" ").split(maxsplit=1)
    return next((sign for sign in MADE if begin.startswith(sign)), words[0] if words else b"")


def around(path: Path) -> tuple[Repo | None, str]:
    """The repository around a file, and the file's path in it; None where there is none."""
    root, inside = safe_files.named(path)
    if not os.path.lexists(root / ".git"):
        return None, ""
    try:
        return Repo.find(root), inside.as_posix()
    except InputError:  # what git does not take for a repository
        return None, ""


def untracked(repo: Repo) -> set[str]:
    """The files that git does not track, and does not ignore."""
    return {path for path, sign in repo.work_files().items() if sign == "?"}


def is_post(repo: Repo, name: str, beside: Path) -> bool:
    """Whether a path of a repository is a post file of a forum of the koweb.toml that is nearest to its folder."""
    try:
        forums = config.names(repo.root, beside)
        return any(config.load(repo.root, start=beside, forum=one).is_post(name) for one in forums)
    except ConfigError:
        return False
