"""Translations whose originals moved on, and what changed in them since.

A translation says in `of` which text it translates. Where it does not, git tells: the original's text in the commit
that changed the translation last.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from koweb_sync.errors import PostFileError
from koweb_sync.git.process import literal
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import ngettext
from koweb_sync.posts.front import read_front
from koweb_sync.posts.translation import mark_of, moved_on, named, translated_text
from koweb_sync.posts.unified_diff import unified

if TYPE_CHECKING:
    from koweb_sync.posts.document import PostFile
    from koweb_sync.sync.world.world import World

TextsThen = dict[tuple[str, str, str], str | None]  # HEAD, a path, `of` or "" -> the text, None where no history has it


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
    beside = {one.path: one.original for one in world.translations} | originals_of(one.path for one in world.sources)
    shas = {path: (world.tree[path].sha, world.tree[original].sha) for path, original in beside.items()}
    contents = dict(repo.blobs(sha for both in shas.values() for sha in both))
    pairs = {path: (beside[path], contents[mine], contents[theirs]) for path, (mine, theirs) in shas.items()}
    return list(stale(repo, world.head, pairs))


def originals_of(paths: "Iterable[str]") -> dict[str, str]:
    """Of the paths of posts, those that are named as translations of others -> the original's."""
    known = set(paths)
    return {path: told[0] for path in known if (told := named(path)) and told[0] in known}


def stale_beside(
    repo: Repo,
    translations: "Iterable[PostFile]",
    beside: Mapping[str, tuple[str, str]],
    originals: "Mapping[str, PostFile]",
    known: TextsThen | None = None,
) -> Iterator[StaleTranslation]:
    """The same among files as they lie there. One that says of no text, and is not committed as it is, is taken for
    new. `beside`: path of a translation -> path of its original, and the language; `known`: as for `stale`.
    """
    head, files = repo.resolve("HEAD"), {one.path: one for one in translations}
    if head is None or not files:
        return
    silent = {path for path, one in files.items() if "of" not in one.key_lines}
    committed = {entry.path: entry.sha for entry in repo.tree(head) if entry.path in silent} if silent else {}
    contents = dict(repo.blobs(committed.values()))
    old = {path for path, sha in committed.items() if contents[sha] == files[path].data}
    pairs = {
        path: (beside[path][0], one.data, originals[beside[path][0]].data)
        for path, one in files.items()
        if path not in silent or path in old
    }
    yield from stale(repo, head, pairs, known)


def stale(
    repo: Repo, head: str, pairs: Mapping[str, tuple[str, bytes, bytes]], known: TextsThen | None = None
) -> Iterator[StaleTranslation]:
    """The same among files: path of a translation -> path of its original, and the contents of both. `known`: the texts
    that were translated, as far as they were looked up before; those that are looked up now come to it.
    """
    found: TextsThen = {} if known is None else known
    silent: dict[str, str] = {}
    bodies: dict[str, str] = {}
    for path, (original, mine, theirs) in pairs.items():
        with suppress(PostFileError):
            of, bodies[path] = translated_text(path, mine), read_front(original, theirs).body
            if not of:
                silent[path] = original
            elif of != mark_of(bodies[path]):
                if (head, original, of) not in found:
                    found[head, original, of] = text_of(repo, head, original, of)
                yield StaleTranslation(path, original, found[head, original, of], bodies[path])
    then = texts_then(repo, head, {path: one for path, one in silent.items() if (head, path, "") not in found})
    found |= {(head, path, ""): then.get(path) for path in silent if (head, path, "") not in found}
    for path, original in silent.items():
        before = found[head, path, ""]
        if before is not None and mark_of(before) != mark_of(bodies[path]):
            yield StaleTranslation(path, original, before, bodies[path])


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
