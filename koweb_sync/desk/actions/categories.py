"""Categories in a folder that is set up: another one for a folder, or a folder for one more. koweb.toml says it; on the
forum nothing moves before somebody publishes.
"""

from collections.abc import Mapping
from pathlib import PurePosixPath

from koweb_sync import safe_files
from koweb_sync.config import Settings
from koweb_sync.desk.actions import settings_file
from koweb_sync.desk.actions.set_up import called
from koweb_sync.desk.previews.folder_plan import changed_by
from koweb_sync.desk.previews.preview import Previewer
from koweb_sync.desk.run.session import DeskSession
from koweb_sync.errors import InputError
from koweb_sync.forum.site import Site
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.posts.paths import folders_of
from koweb_sync.spelling import nfc
from koweb_sync.sync.setup.folder_table import with_folders
from koweb_sync.sync.setup.folders import HERE, folder_name, free_folder, open_to


def chosen(settings: Settings, site: Site | None) -> list[str]:
    """The categories that were chosen when a folder was set up, by their names as far as they are known."""
    known = {wanted: site.named(wanted) if site else None for wanted in settings.categories.values()}
    return [called(one, site) if site and one else str(wanted) for wanted, one in known.items()]


def choices(settings: Settings, site: Site) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Every folder, the value of its category, and what may be chosen for it: values and names."""
    there = [(one.path, called(one, site)) for one in open_to(site)]
    found = []
    for folder, said in folders_of(settings.categories).items():
        one = site.named(said)
        value = one.path if one else str(said)
        own = [] if value in dict(there) else [(value, called(one, site) if one else value)]
        found.append((folder, value, [*own, *there]))
    return found


def posts_in(shown: Previewer, settings: Settings, folder: str) -> int:
    """How many posts lie in a folder; of the posts' own folder, those whose category is the folder's."""
    if folder == HERE:
        return len(posts_of(shown, settings, folder))
    return sum(nfc(path).startswith(nfc(f"{PurePosixPath(settings.posts, folder)}/")) for path in shown.now.shown)


def without_folder(settings: Settings, site: Site) -> list[tuple[str, str]]:
    """The categories in which one may write that have no folder: values and names."""
    used = {value for _folder, value, _known in choices(settings, site)}
    return [(one.path, called(one, site)) for one in open_to(site) if one.path not in used]


def wanted(shown: Previewer, settings: Settings, site: Site, given: Mapping[str, str]) -> dict[str, str]:
    """What a form wants otherwise: folder -> slug path, "" for one that is to go. Raises InputError for what is no
    folder, or is taken, and where none would be left, or one goes in which posts lie.
    """
    found = {
        folder: chosen
        for folder, value, known in choices(settings, site)
        if (chosen := given.get(f"category {folder}", value)) != value and chosen in ("", *dict(known))
    }
    more = site.category(given.get("more", ""))
    if more is not None and more.path in dict(without_folder(settings, site)):
        taken = {folder: value for folder, value, _known in choices(settings, site)}
        typed = given.get("folder", "").strip()
        found[free_folder(typed, taken) if typed else folder_name(more, taken)] = more.path
    elif given.get("folder", "").strip():
        raise InputError(_("Choose the category for which this folder is."))
    gone = [folder for folder, chosen in found.items() if not chosen]
    if full := [folder for folder in gone if posts_in(shown, settings, folder)]:
        told = _("Posts lie in the folder “{folder}”: it stays in the settings.")
        raise InputError(told.format(folder=full[0]))
    if gone and len(gone) == len(folders_of({**settings.categories, **found})):
        raise InputError(_("Choose at least one category: a post needs one."))
    return found


def change(run: DeskSession, repo: Repo, settings: Settings, changes: Mapping[str, str]) -> None:
    """Write it into koweb.toml, and make the folders. Raises KowebError."""
    if not changes:
        return
    message = _("Change the categories of folders")
    settings_file.change(run, repo, lambda text: with_folders(text, settings.name, changes), message)
    for folder in (one for one, chosen in changes.items() if chosen):
        safe_files.folder(repo.root, PurePosixPath(settings.posts, folder))


def told(shown: Previewer, settings: Settings, folder: str) -> str:
    """What comes of the category that a folder has now."""
    if folder not in settings.categories:
        told = _("The folder “{folder}” is no longer in the settings. It stays on this computer, and holds no post.")
        return told.format(folder=folder)
    site, said = shown.now.site, settings.categories.get(folder, "")
    one = site.named(said) if site else None
    name = called(one, site) if site and one else str(said)
    posts = posts_of(shown, settings, folder)
    where = _("of your posts' own folder") if folder == HERE else _("of the folder “{folder}”").format(folder=folder)
    told = _("The posts {where} go into “{category}” from now on.").format(where=where, category=name)
    there = [path for path in posts if shown.address(path) and not shown.now.shown[path].post.front.draft]
    moves = sum("category" in changed_by(shown.plan.edit(path)) for path in there)
    return f"{told} {on_forum(moves, len(there), len(posts))}"


def on_forum(moves: int, there: int, every: int) -> str:
    """What becomes of the posts of a folder whose category changed: `there` of all are on the forum, and so many of
    them in another category.
    """
    if not there:
        return _("On the forum nothing changes by that.")
    if not moves:
        return ngettext(
            "Nothing moves on the forum: the post is in this category already.",
            "Nothing moves on the forum: the posts are in this category already.",
            there,
        )
    if moves < every:
        told = ngettext(
            "{n} of them is on the forum in another category.",
            "{n} of them are on the forum in another category.",
            moves,
        ).format(n=number(moves))
    else:
        told = _("The post that lies there is on the forum.") if moves == 1 else _("All of them are on the forum.")
    yet = _("Nothing has moved there yet: the page “Publish” shows what the next publication moves.")
    return f"{told} {yet}"


def posts_of(shown: Previewer, settings: Settings, folder: str) -> list[str]:
    """The paths of posts whose category is that of a folder, as they say none themselves."""
    folders = folders_of(settings.categories)
    found = []
    for path, one in shown.now.shown.items():
        above = map(str, PurePosixPath(nfc(path)).relative_to(nfc(settings.posts)).parents)
        if one.post.front.category is None and next((name for name in above if name in folders), "") == folder:
            found.append(path)
    return found
