"""Which folder of the post files goes into which category of the forum: what is there, and what may be chosen."""

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from koweb_sync.errors import InputError
from koweb_sync.forum.site import Category, Site
from koweb_sync.i18n import _
from koweb_sync.spelling import latin

HERE = "."  # the folder of the post files itself


def known_folders(posts: Path, site: Site) -> dict[str, str]:
    """Folders that exist already and bear a category's slug, with its path."""
    by_slug = {one.path.rsplit("/", 1)[-1]: one.path for one in site.categories}
    names = sorted(f.name for f in posts.iterdir() if f.is_dir()) if posts.is_dir() else []
    return {name: by_slug[name] for name in names if name in by_slug}


def open_to(site: Site) -> list[Category]:
    """The categories in which the user may start topics, those of one parent together."""
    return sorted((one for one in site.categories if one.may_create), key=lambda one: one.path)


def folder_name(category: Category, taken: Mapping[str, str]) -> str:
    """A folder for a category, in letters that every disk has: its slug, with its parents' where that is taken."""
    *above, own = (re.sub(r"[^a-z0-9]+", "-", latin(part)).strip("-") for part in category.shown.split("/"))
    own = own or str(category.id)
    return "/".join((*above, own)) if own in taken else own


def free_folder(text: str, taken: Mapping[str, str]) -> str:
    """A folder below the posts, as koweb.toml says it. Raises InputError for what is none, or is taken already."""
    path = PurePosixPath(text.strip().replace("\\", "/").strip("/") or HERE)
    if ".." in path.parts or any(part.startswith(".") for part in path.parts):
        raise InputError(_("“{folder}” is no folder for posts.").format(folder=text.strip()))
    if str(path) in taken:
        raise InputError(
            _("“{folder}” belongs to the category “{category}” already.").format(folder=path, category=taken[str(path)])
        )
    return str(path)
