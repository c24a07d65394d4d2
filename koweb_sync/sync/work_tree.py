"""Post files as they lie in the work tree, and what is known of the forum's limits without asking it."""

import os
from collections.abc import Container, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from koweb_sync import safe_files
from koweb_sync.config import Settings
from koweb_sync.config_file import find
from koweb_sync.errors import InputError, PostFileError, PullWaits
from koweb_sync.foreign_words import reason
from koweb_sync.git.repo import Repo, Sha
from koweb_sync.i18n import _
from koweb_sync.spelling import nearest

if TYPE_CHECKING:
    from koweb_sync.posts.document import PostFile
    from koweb_sync.posts.lint import PathEntry, Rules
    from koweb_sync.sync.publish.options import PlanOptions
    from koweb_sync.sync.world.checkout import Checkout


LFS = b"version https://git-lfs.github.com/spec/"


def read(
    repo: Repo, settings: Settings, tree: "Checkout", published: Container[str] = ()
) -> "Iterator[PostFile | PostFileError]":
    """The post files of the work tree, or why one cannot be read; from git what a sparse checkout leaves out.
    `published`: paths that are post files although their folders have a dot.
    """
    from koweb_sync.posts.document import parse
    from koweb_sync.sync.world.translations import alone
    from koweb_sync.sync.world.world import pointer

    beside = translations(repo, settings, tree)
    posts = [path for path in tree.files if settings.is_post(path) or path in published]
    posts = [path for path in posts if path not in beside]
    held = dict(repo.blobs(tree.absent[path] for path in posts if path in tree.absent))
    for path in posts:
        try:
            if path in tree.pointers:
                raise pointer(path)
            away = tree.absent.get(path)
            yield parse(path, held[away] if away else content(repo, path))
        except PostFileError as error:
            yield alone(error, tree.files)


def translations(repo: Repo, settings: Settings, tree: "Checkout") -> dict[str, tuple[str, str]]:
    """Paths of translations in the work tree -> the original's path, and the language."""
    from koweb_sync.posts.translation import says_so, translations_among

    def is_translation(path: str) -> bool:
        try:
            return says_so(path, bytes_of(repo, tree, path))
        except PostFileError:
            return False

    return translations_among({path for path in tree.files if settings.is_post(path)}, is_translation)


def topics_to_be(repo: Repo, settings: Settings, tree: "Checkout") -> list[str]:
    """The translations that are to become topics of their own, and have no id yet: where koweb.toml wants that, and the
    forum is known to keep none.
    """
    from koweb_sync.forum.cache import cached_site

    site = cached_site(settings.url, settings.username) if settings.translations == "topic" else None
    if site is None or site.translates is not False:
        return []
    return sorted(path for path in translations(repo, settings, tree) if path not in tree.absent)


def bytes_of(repo: Repo, tree: "Checkout", path: str) -> bytes:
    """A file of the work tree; from git what a sparse checkout leaves out. Raises PostFileError."""
    away = tree.absent.get(path)
    return repo.blob(away) if away else content(repo, path)


def content(repo: Repo, path: str) -> bytes:
    """The bytes of a post file. Raises PostFileError for what is no readable file of its own."""
    full = repo.root / path
    if safe_files.led_by_link(repo.root, path):
        raise PostFileError(
            path, 0, _("This post file is a symbolic link or a submodule."), _("Put the text itself there.")
        )
    try:
        return full.read_bytes()
    except OSError as error:
        raise PostFileError(
            path, 0, _("This file cannot be read: {why}.").format(why=reason(error)), _("Check who may read it.")
        ) from error


def entries(repo: Repo, tree: "Checkout") -> "Mapping[str, PathEntry]":
    """Every path of the work tree that git knows or would take, with its folders."""
    from koweb_sync.posts.lint import PathEntry

    known = {} if repo.promisors else repo.sizes(tree.absent.values())
    found: dict[str, PathEntry] = {}
    for path in tree.files:
        full = repo.root / path
        kind = "symlink" if safe_files.led_by_link(repo.root, path) else "submodule" if full.is_dir() else "file"
        size = full.stat().st_size if kind == "file" and path not in tree.absent else 0
        if path in tree.absent:
            size = known.get(tree.absent[path], 1)  # what a partial clone lacks too is not fetched for its size
        small = kind == "file" and 0 < size < 1024 and path not in tree.absent
        found[path] = PathEntry(kind, size, path in tree.pointers or (small and full.read_bytes().startswith(LFS)))
    folders = {str(parent) for path in tree.files for parent in PurePosixPath(path).parents} - found.keys()
    return {**{folder: PathEntry("folder", 0, False) for folder in folders}, **found}


def rules_of(settings: Settings) -> "tuple[Rules, bool]":
    """The forum's limits as this clone knows them; Discourse's defaults, and False, while nobody asked the forum."""
    from koweb_sync.sync.publish.foreseen_refusals import rules
    from koweb_sync.sync.publish.push import known_site

    site = known_site(settings)
    return rules(site, settings.url), site is not None


def settings_not_in_git(repo: Repo) -> str:
    """The path of koweb.toml where the last commit has none there; "" where it has."""
    path, head = find(repo.root, Path.cwd()), repo.resolve("HEAD")
    shown = path.relative_to(repo.root).as_posix() if path else ""
    return "" if head and shown in {entry.path for entry in repo.tree(head)} else shown


def uncommitted_posts(repo: Repo, settings: Settings) -> tuple[str, ...]:
    """What is not committed below the posts, without what programs keep there for themselves."""
    return tuple(path for path in repo.uncommitted(settings.posts) if not settings.is_hidden(path))


def need_to_commit_here(repo: Repo, settings: Settings, *, branch_ok: bool = False) -> None:
    """Raises WrongBranch, also where no branch is checked out (a version kept there would be on none), InputError where
    something of git's is unfinished, and PullWaits where a pull waits for a person: its conflicts are no version of
    theirs yet.
    """
    from koweb_sync.sync.publish.push import right_branch, wrong_branch
    from koweb_sync.sync.world.cherry_picks import need_nothing_unfinished
    from koweb_sync.sync.world.pull_note import note

    waits = note(repo, settings) is not None
    if not waits:
        need_nothing_unfinished(repo)
    right_branch(repo, settings, branch_ok=branch_ok)
    if repo.branch() is None and not branch_ok:
        raise wrong_branch(repo, settings)
    if waits:
        raise PullWaits(
            _("A pull waits for you. Your files stay as they are, and nothing is published before it is finished."),
            where=str(repo.root),
            remedy=_("Resolve the marks, then “koweb pull --continue”; “koweb pull --abort” undoes the pull."),
        )


def meant(path: str, settings: Settings, options: "PlanOptions") -> bool:
    """Whether a file is to be committed: of the post files those of `--only`, of the others, such as pictures, all."""
    return options.covers(path) or not settings.is_text(path)


def as_if_committed(
    repo: Repo, settings: Settings, now: float, options: "PlanOptions | None" = None
) -> tuple[Sha, tuple[str, ...]]:
    """HEAD with the folder of the posts as it lies in the work tree, as a commit that nothing points at; and the paths
    that are others than in HEAD. Links stay as HEAD has them: only a commit of the user's own decides about them.
    `options`: those of the push that would come, which may be about some files alone.
    """
    paths = tuple(
        path for path in uncommitted_posts(repo, settings) if options is None or meant(path, settings, options)
    )
    changes: dict[str, bytes | Sha | None] = {}
    for path in paths:
        if not os.path.lexists(repo.root / path):
            changes[path] = None
        elif not safe_files.led_by_link(repo.root, path) and (repo.root / path).is_file():
            changes[path] = repo.write_blob(safe_files.read(repo.root, path), path)
    return repo.write_commit(repo.resolve("HEAD"), changes, "Not committed yet", now), paths


def title_for(text: str, least: int) -> str:
    """A title as it goes into a file. Raises InputError for one that is too short for the forum."""
    from koweb_sync.posts.fields.title import short_title

    title = " ".join(text.split())
    if len(title) < least:
        raise InputError(
            short_title(len(title), least),
            remedy=_("Choose a longer one: it is what people see in the list of topics."),
        )
    return title


def free_name(repo: Repo, settings: Settings, title: str, place: str) -> tuple[str, str]:
    """An id and a path that no file has yet."""
    from koweb_sync.posts.document import new_id

    taken = idents(repo, settings)
    base = new_id(title)
    for number in range(1, 10_000):
        ident = base if number == 1 else f"{base[:39]}-{number}"
        path = (PurePosixPath(place) / f"{ident}.md").as_posix()
        if ident not in taken and not os.path.lexists(repo.root / path):
            return ident, path
    raise InputError(_("No id is left for this title."), remedy=_("Choose another title."))


def idents(repo: Repo, settings: Settings) -> dict[str, str]:
    """The ids of the post files, in small letters, and the path of each."""
    from koweb_sync.sync.world.checkout import checkout

    posts = (one for one in read(repo, settings, checkout(repo)) if not isinstance(one, Exception))
    return {one.front.id.lower(): one.path for one in posts}


def named_before(repo: Repo, settings: Settings, title: str, place: str) -> str:
    """The path of the file that has the id, or the name in the folder `place`, that this title would give; "" for
    none.
    """
    from koweb_sync.posts.document import new_id

    ident = new_id(title)
    path = (PurePosixPath(place) / f"{ident}.md").as_posix()
    return idents(repo, settings).get(ident, path if os.path.lexists(repo.root / path) else "")


def begin_translation(repo: Repo, settings: Settings, original: str, into: str, title: str) -> str:
    """Write the file of a translation, with the original's paragraphs to write over; its path. Raises InputError."""
    from koweb_sync.posts.document import parse
    from koweb_sync.posts.translation import begun, beside, locale_named

    locale = locale_named(into)
    if locale is None:
        raise InputError(
            _("“{code}” is no language that Discourse knows.").format(code=into),
            remedy=_("Write its code: en, de, es, pt-BR, zh-CN."),
        )
    if not settings.is_post(original):
        raise InputError(
            _("{path} is not in the folder of the post files, {posts}.").format(path=original, posts=settings.posts)
        )
    if not os.path.lexists(repo.root / original):
        there = [one.relative_to(repo.root).as_posix() for one in (repo.root / settings.posts).rglob("*.md")]
        near = nearest(original, there)
        remedy = _("Did you mean “{command}”?").format(command=near) if near else _("Check its name.")
        raise InputError(_("There is no such file."), where=original, remedy=remedy)
    post = parse(original, content(repo, original))
    path = beside(original, locale)
    safe_files.write(repo.root, path, begun(post, title), fresh=True)
    return path
