"""Post files as they lie in the work tree, and what is known of the forum's limits without asking it."""

from collections.abc import Container, Iterator, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from koweb_sync import safe_files
from koweb_sync.config import Settings
from koweb_sync.errors import PostFileError
from koweb_sync.git import Repo
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from koweb_sync.posts.document import PostFile
    from koweb_sync.posts.lint import PathEntry, Rules
    from koweb_sync.sync.world.checkout import Checkout


LFS = b"version https://git-lfs.github.com/spec/"


def read(
    repo: Repo, settings: Settings, tree: "Checkout", published: Container[str] = ()
) -> "Iterator[PostFile | PostFileError]":
    """The post files of the work tree, or why one cannot be read; from git what a sparse checkout leaves out.
    `published`: paths that are post files although their folders have a dot.
    """
    from koweb_sync.posts.document import parse
    from koweb_sync.sync.world.world import pointer

    posts = [path for path in tree.files if settings.is_post(path) or path in published]
    held = dict(repo.blobs(tree.absent[path] for path in posts if path in tree.absent))
    for path in posts:
        try:
            if path in tree.pointers:
                raise pointer(path)
            away = tree.absent.get(path)
            yield parse(path, held[away] if away else content(repo, path))
        except PostFileError as error:
            yield error


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
            path, 0, _("This file cannot be read: {why}.").format(why=error.strerror), _("Check who may read it.")
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
    from koweb_sync.sync.publish.judge import rules
    from koweb_sync.sync.publish.push import known_site

    site = known_site(settings)
    return rules(site, settings.url), site is not None
