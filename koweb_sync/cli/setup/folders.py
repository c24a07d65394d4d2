"""Which folder of the post files goes into which category of the forum: what there is, and what a person chooses."""

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from koweb_sync.cli.category_list import names_of, open_to, several, show
from koweb_sync.cli.output import say
from koweb_sync.cli.questions import ask_for
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


def ask_folders(posts: Path, site: Site) -> dict[str, str]:
    """Show the forum's categories; folder -> slug path, as a person chooses. What they do not choose has no folder."""
    there = open_to(site)
    if not there:
        return known_folders(posts, site)
    say(_("The categories in which {user} may start topics:").format(user=site.user))
    show([(one.name, one.shown) for one in there])
    found = {path: name for name, path in known_folders(posts, site).items()}
    default = ", ".join(str(number) for number, one in enumerate(there, 1) if one.path in found)
    question = _("In which of them will you publish? Their numbers, with commas between; Enter for none yet")
    if default:
        question = _("In which of them will you publish? Their numbers, with commas between")
    names = [names_of(one) for one in there]
    chosen = [there[at] for at in ask_for(question, lambda text: several(text, names), default)]
    folders: dict[str, str] = {}
    for one in chosen:
        wanted = found.get(one.path) or (HERE if len(chosen) == 1 else folder_name(one, folders))
        question = _("Folder for “{category}” in {posts}; a dot means {posts} itself").format(
            category=one.name, posts=posts.name
        )
        folders[ask_for(question, lambda text: free_folder(text, folders), wanted)] = one.path
    return folders


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
