"""Partial clones: what one command needs of the objects that were left out comes in one fetch.

git itself fetches each such object when it is read: one connection for each post and each version.
"""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from koweb_sync.errors import GitError
from koweb_sync.git.process import literal
from koweb_sync.git.words import words
from koweb_sync.i18n import _, ngettext, number

if TYPE_CHECKING:
    from koweb_sync.git.repo import Repo

# As git's own fetch of missing objects: nothing but these, and no talk about what is here (partial-clone.txt).
FETCH = (
    *("-c", "fetch.negotiationAlgorithm=noop", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head"),
    *("--no-auto-maintenance", "--recurse-submodules=no", "--filter=blob:none", "--stdin"),
)


def bring(repo: "Repo", shas: Iterable[str]) -> None:
    """Fetch those objects that are not here; the first time with every text of the posts' history, for a command that
    needs one of them mostly needs more. Raises GitError where the git remote does not give them.
    """
    lacking = missing(repo, shas)
    if not lacking:
        return
    more = missing(repo, texts(repo)) if repo.posts and not repo.gathered else ()
    repo.gathered = True
    for remote in repo.promisors:
        done = repo.run(*FETCH, remote, given="\n".join(dict.fromkeys((*lacking, *more))).encode() + b"\n")
        if done.returncode == 0 and not missing(repo, lacking):
            return
    count = len(lacking)
    raise GitError(
        ngettext(
            "This clone left out {n} object that is needed now, and cannot get it: {why}",
            "This clone left out {n} objects that are needed now, and cannot get them: {why}",
            count,
        ).format(n=number(count), why=words(done) or lacking[0]),
        where=str(repo.root),
        remedy=_("Try again when the git remote can be reached."),
    )


def missing(repo: "Repo", shas: Iterable[str]) -> tuple[str, ...]:
    """Those objects that are not here; nothing is fetched for the question."""
    wanted = dict.fromkeys(sha for sha in shas if re.fullmatch(r"[0-9a-f]{40,64}", sha))
    if not wanted:
        return ()
    flags = ("--objects", "--no-object-names", "--ignore-missing", "--missing=print", "--no-walk", "--stdin")
    here = set(repo.git("rev-list", *flags, given="\n".join(wanted).encode() + b"\n").decode().split())
    return tuple(sha for sha in wanted if sha not in here)


def texts(repo: "Repo") -> Iterator[str]:
    """Every version of a Markdown file below the posts in HEAD's history, and every file below them at HEAD."""
    head = repo.resolve("HEAD")
    if head is None:
        return
    inside = "" if repo.posts == "." else f"{repo.posts}/"
    yield from (one.sha for one in repo.tree(head) if one.path.startswith(inside) and one.mode.startswith("100"))
    flags = ("-m", "--full-history", "--raw", "--no-abbrev", "--no-renames", "--format=", "-z")
    out = repo.git("log", *flags, head, "--", literal(repo.posts)).decode("utf-8", "replace")
    parts = iter(part for part in out.split("\0") if part)
    for row in parts:
        path, fields = next(parts, ""), row.split()
        if path.endswith(".md") and len(fields) == 5 and set(fields[3]) != {"0"}:
            yield fields[3]
