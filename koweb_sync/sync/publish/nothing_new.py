"""The last push of this clone that left nothing to do, by all that it was decided from.

As long as that is the same, there is nothing to do again, and neither posts nor bookmark are read: what a push without
news costs does not grow with them. `.git/koweb/NAME/nothing-new` holds it; it is only ever compared as a whole, and may
be removed at any time.

Whatever a plan is made from stands in it. A clock does not: only a post that would be sent is held back by a date, and
then the push left something to do. Nor does how much history there is: a push that lacked some has refused a post.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import koweb_sync
from koweb_sync import safe_files
from koweb_sync.config import Settings
from koweb_sync.errors import InputError
from koweb_sync.forum.machine import site_file
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.sync.lock.state import state_folder

FILE = "nothing-new"
INSTALLED = (".dist-info", ".egg-info", ".egg-link", ".pth")  # how names in a folder of packages end that say which

# What came of such a push, for `--format json`.
NOTHING: dict[str, object] = {"version": 1, "exit_code": 0, "outcomes": [], "refused": [], "stopped": None}

Inputs = dict[str, str]


def nothing_to_do() -> str:
    """What a push says that has nothing to do."""
    return _("The forum shows what git says: nothing to do.")


def same_as_last(repo: Repo, settings: Settings) -> bool:
    """Whether the last push that is remembered left nothing to do, and had the same to go by. Asks the git remote where
    the bookmark is, as every push does, and only if all else is the same. Raises GitError where that cannot be reached.
    """
    try:
        noted = json.loads((state_folder(repo, settings) / FILE).read_bytes())
    except (OSError, ValueError):
        return False
    if noted != inputs(repo, settings):
        return False
    remote = settings.remote
    return not repo.has_remote(remote) or repo.remote_ref(remote, settings.bookmark) == noted["bookmark"]


def remember(repo: Repo, settings: Settings, found: Inputs, *, head: str, bookmark: str) -> None:
    """Note that a push had nothing to do. `found` are its inputs as they were before it looked at `head` and
    `bookmark`; nothing is noted where these moved meanwhile, or where HEAD is not on the branch that publishes.
    """
    if (found["head"], found["bookmark"], found["branch"]) != (head, bookmark, settings.branch):
        return
    with suppress(InputError):  # where it cannot be written the next push looks at everything again
        safe_files.write(state_folder(repo, settings), FILE, json.dumps(found, indent=1), lasting=False)


def inputs(repo: Repo, settings: Settings) -> Inputs:
    """All that the plan of a push is made from, in few words; one git answers, however many posts there are."""
    names = ("HEAD^{commit}", "HEAD^{tree}", settings.bookmark, f"refs/koweb-seen/{settings.name}")
    head, tree, bookmark, seen = repo.names_of(names)
    folder = state_folder(repo, settings)
    return {
        "head": head,  # with its tree, its history and the trailers in it
        "tree": tree,  # “git replace” may put another one there
        "branch": repo.branch() or "",
        "bookmark": bookmark,
        "seen": seen,
        "journal": content(folder / "journal"),
        "forum": content(site_file(settings.url, settings.username)),
        "settings": digest(repr(settings)),
        "program": program(),
    }


@cache
def program() -> str:
    """The program that runs here, in short: another version may find something to do."""
    return digest("\n".join(parts_of_program()))


def parts_of_program() -> Iterator[str]:
    """Which Python, which koweb-sync, changed when, and which packages."""
    yield sys.version
    for folder in koweb_sync.__path__:
        for place, _folders, names in os.walk(folder):
            yield from (f"{place} {name} {stamp(Path(place, name))}" for name in names if name.endswith(".py"))
    for folder in sys.path:
        with suppress(OSError):
            yield from (name for name in sorted(os.listdir(folder)) if name.endswith(INSTALLED))  # noqa: PTH208


def stamp(file: Path) -> str:
    """A file's size, and when it changed; "" for one that is not there."""
    try:
        found = os.stat(file)  # noqa: PTH116 - hundreds of them, at every push
    except OSError:
        return ""
    return f"{found.st_size} {found.st_mtime_ns}"


def content(file: Path) -> str:
    """What a file holds, in short; "" for one that is not there, which is not the same as one that cannot be read."""
    try:
        return digest(file.read_bytes())
    except FileNotFoundError:
        return ""
    except OSError as error:
        return str(error)


def digest(text: str | bytes) -> str:
    """A text in short."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text).hexdigest()
