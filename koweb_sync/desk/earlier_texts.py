"""Earlier texts of a post file: those of its commits, and how one differs from another in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from koweb_sync.desk.publication import FieldChange, field_value
from koweb_sync.desk.text_difference import ChangedParagraph, changed_paragraphs
from koweb_sync.desk.writing import KEYS as NAMES
from koweb_sync.desk.writing import PostForm
from koweb_sync.forum.site import Site
from koweb_sync.git import Repo, Sha
from koweb_sync.git_process import literal
from koweb_sync.i18n import _
from koweb_sync.posts.fields import KEYS
from koweb_sync.times import SECOND


@dataclass(frozen=True, slots=True)
class PostFileVersion:
    """A version of a post file: the commit that brought it, who wrote it, when (µs), why, and its content."""

    commit: str
    who: str
    at: int
    why: str
    blob: Sha


@dataclass(frozen=True, slots=True)
class TextChanges:
    """What is another one between two texts of a post: of its fields, and of its paragraphs."""

    fields: tuple[FieldChange, ...]
    paragraphs: tuple[ChangedParagraph, ...]


def history(repo: Repo, path: str) -> list[PostFileVersion]:
    """The versions that git keeps of a file, the newest first, under its earlier names too. One process."""
    if repo.resolve("HEAD") is None:
        return []
    repo.gather()  # git reads contents to find what was renamed
    form = ("--format=%H%x00%an%x00%at%x00%s", "--raw", "--no-abbrev", "-M", "-z")
    out = repo.git("log", "--follow", *form, "HEAD", "--", literal(path)).decode("utf-8", "replace")
    return list(versions(out))


def versions(out: str) -> Iterator[PostFileVersion]:
    """The versions that such a log tells; a commit that took the file away has none."""
    words = iter(out.split("\0"))
    word = next(words, "")
    while word:
        commit, who, at, why = word, next(words), next(words), next(words)
        new, word = "0", next(words, "")
        while word.startswith(("\n:", ":")):
            new = word.split()[3]
            for _path in range(2 if word.split()[4][0] in "RC" else 1):
                next(words)
            word = next(words, "")
        if set(new) != {"0"}:
            yield PostFileVersion(commit, who, int(at) * SECOND, why, Sha(new))


def text_changes(before: PostForm, after: PostForm, site: Site | None) -> TextChanges:
    """What is another one in the second of two texts."""
    fields = tuple(
        FieldChange(
            KEYS[name].words().called or _("draft"), *(said(name, getattr(one, name), site) for one in (before, after))
        )
        for name in NAMES
        if getattr(before, name) != getattr(after, name)
    )
    return TextChanges(fields, changed_paragraphs(before.body, after.body))


def said(name: str, value: str | bool, site: Site | None) -> str:
    """A field of a form as a person reads it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return field_value(name, value, site) if value else ""
