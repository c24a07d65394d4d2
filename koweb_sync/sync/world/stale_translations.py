"""Translations whose originals moved on, and what changed in them since.

A translation says in `of` which text it translates. Where it does not, git tells: the original's text in the commit
that changed the translation last.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from koweb_sync.errors import PostFileError
from koweb_sync.git import Repo
from koweb_sync.git_process import literal
from koweb_sync.i18n import ngettext
from koweb_sync.posts.front import read_front
from koweb_sync.posts.translation import mark_of, moved_on, parse
from koweb_sync.posts.unified_diff import unified

if TYPE_CHECKING:
    from koweb_sync.sync.world.world import World


@dataclass(frozen=True, slots=True)
class StaleTranslation:
    """A translation of a text that its original has no more. `before`: that text, None where no history holds it."""

    path: str
    original: str
    before: str | None
    now: str

    @property
    def changes(self) -> list[str]:
        """What changed since, line by line; nothing where the old text is not known."""
        if self.before is None:
            return []
        return list(unified(self.before.strip().split("\n"), self.now.strip().split("\n")))

    @property
    def words(self) -> str:
        """That it is behind, and by how much."""
        moved = sum(line[:1] in "+-" for line in self.changes)
        text = moved_on(self.original, mark_of(self.now))
        if not moved:
            return text
        lines = ngettext(
            "{n} line changed since: “koweb diff” shows it.", "{n} lines changed since: “koweb diff” shows them.", moved
        )
        return f"{text} {lines.format(n=moved)}"


def stale_translations(repo: Repo, world: "World") -> list[StaleTranslation]:
    """Those at HEAD whose originals moved on since."""
    shas = {one.path: (one.blob, world.tree[one.original].sha) for one in world.translations}
    contents = dict(repo.blobs(sha for both in shas.values() for sha in both))
    pairs = {
        one.path: (one.original, contents[shas[one.path][0]], contents[shas[one.path][1]]) for one in world.translations
    }
    return list(stale(repo, world.head, pairs))


def stale(repo: Repo, head: str, pairs: Mapping[str, tuple[str, bytes, bytes]]) -> Iterator[StaleTranslation]:
    """The same among files: path of a translation -> path of its original, and the contents of both."""
    silent: dict[str, str] = {}
    bodies: dict[str, str] = {}
    for path, (original, mine, theirs) in pairs.items():
        with suppress(PostFileError):
            of, bodies[path] = parse(path, mine, "").of, read_front(original, theirs).body
            if not of:
                silent[path] = original
            elif of != mark_of(bodies[path]):
                yield StaleTranslation(path, original, text_of(repo, head, original, of), bodies[path])
    for path, before in texts_then(repo, head, silent).items():
        if mark_of(before) != mark_of(bodies[path]):
            yield StaleTranslation(path, silent[path], before, bodies[path])


def text_of(repo: Repo, head: str, original: str, mark: str) -> str | None:
    """The text of an original that has a mark, if its history holds one."""
    form = ("--format=", "--raw", "--no-abbrev", "--no-renames")
    out = repo.git("log", *form, head, "--", literal(original)).decode("utf-8", "replace")
    blobs = list(dict.fromkeys(line.split()[3] for line in out.splitlines() if line.startswith(":")))
    for _sha, data in repo.blobs(sha for sha in blobs if sha.strip("0")):
        with suppress(PostFileError):
            body = read_front(original, data).body
            if mark_of(body) == mark:
                return body
    return None


def texts_then(repo: Repo, head: str, silent: Mapping[str, str]) -> dict[str, str]:
    """The texts of originals when their translations were changed last: path of a translation -> text."""
    changed = last_commits(repo, head, silent)
    names = {path: f"{commit}:{silent[path]}" for path, commit in changed.items()}
    found = dict(zip(names, repo.names_of(list(names.values())), strict=True))
    contents: dict[str, bytes] = dict(repo.blobs({sha for sha in found.values() if sha}))
    texts: dict[str, str] = {}
    for path, sha in found.items():
        with suppress(PostFileError):
            if sha:
                texts[path] = read_front(silent[path], contents[sha]).body
    return texts


def last_commits(repo: Repo, head: str, paths: Iterable[str]) -> dict[str, str]:
    """The commits that changed files last: one run of git for all of them."""
    wanted = set(paths)
    if not wanted:
        return {}
    form = ("-z", "--format=%x01%H", "--name-only", "--no-renames")
    out = repo.git("log", *form, head, "--", *map(literal, sorted(wanted))).decode("utf-8", "replace")
    found: dict[str, str] = {}
    for part in out.split("\x01")[1:]:
        commit, *names = (one.strip("\n") for one in part.split("\0"))
        for name in names:
            if name in wanted:
                found.setdefault(name, commit)
    return found
