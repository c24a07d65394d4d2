"""`koweb new`: a post file with a title and an id of its own."""

import os
import sys
from typing import Any

import click

from koweb_sync import safe_files
from koweb_sync.cli.category_list import ask_one, show
from koweb_sync.cli.known_names import categories_known, tags_known
from koweb_sync.cli.options import exclusive, folders_here, forum_option, paths_here
from koweb_sync.cli.output import echo, label, say
from koweb_sync.cli.questions import ask_for, can_ask
from koweb_sync.cli.workspace import outside_posts, repository_paths, workspace
from koweb_sync.config import Settings
from koweb_sync.forum.cache import cached_site
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.posts.paths import folders_of
from koweb_sync.redaction import without_secrets
from koweb_sync.sync.setup.folders import open_to
from koweb_sync.sync.work_tree import begin_translation, free_name, named_before, rules_of, title_for


@click.command(
    help=_("Write a new post file with a title and an id of its own. At a terminal, what is missing is asked.")
)
@click.argument("title", required=False)
@forum_option
@click.option(
    "--folder",
    metavar="PATH",
    shell_complete=folders_here,
    help=_("Folder for the file (default: the folder of the post files)."),
)
@click.option(
    "--category",
    shell_complete=categories_known,
    help=_("Slug path or name of the category (default: what koweb.toml says about the folder)."),
)
@click.option("--tag", "tags", multiple=True, shell_complete=tags_known, help=_("A tag; may be given several times."))
@click.option("--draft", is_flag=True, help=_("Keep it from being published for now."))
@click.option(
    "--translation-of",
    "original",
    metavar="PATH",
    shell_complete=paths_here,
    help=_("Begin a translation of this post file, beside it."),
)
@click.option("--into", metavar="LANGUAGE", help=_("The language of the translation: en, pt-BR."))
@click.option(
    "--edit/--no-edit",
    default=None,
    help=_("Open it in your editor ($VISUAL, $EDITOR), or do not (default: at a terminal, yes)."),
)
def new(title: str | None, forum: str | None, folder: str | None, category: str | None, **flags: Any) -> None:
    from koweb_sync.posts.document import parse, template

    repo, settings = workspace(forum)
    original, into = flags["original"], flags["into"]
    if bool(original) != bool(into):
        raise click.UsageError(_("{options} go together.").format(options="--translation-of, --into"))
    if original:
        exclusive(translation_of=original, folder=folder, category=category, tag=flags["tags"], draft=flags["draft"])
        path = begin_translation(repo, settings, repository_paths(repo, [original])[0], into, title or "")
        written(repo, path, edit=flags["edit"])
        return
    title = whole_title(settings, title)
    place = repository_paths(repo, [folder])[0] if folder else settings.posts
    if category:
        category = known_category(settings, category)
    elif not folder and can_ask():
        place, category = ask_place(settings)
    ident, path = free_name(repo, settings, title, place)
    if not settings.is_post(path):
        raise outside_posts(repo, settings, place, _("Choose a folder in it with --folder."), "--folder")
    others = {"category": category, "tags": list(flags["tags"]), "draft": flags["draft"]}
    data = template(title, ident, {key: value for key, value in others.items() if value})
    parse(path, data)  # what the check would name in it is refused before it is there
    if other := named_before(repo, settings, title, place):
        say(_("{other} has this name already, so the new file is called {path}.").format(other=other, path=path))
    safe_files.write(repo.root, path, data, fresh=True)
    written(repo, path, edit=flags["edit"])


def written(repo: Repo, path: str, *, edit: bool | None) -> None:
    """Name the file that is there now, and open it in the editor where that is wished."""
    echo(label(os.path.relpath(repo.root / path)))
    if edit or (edit is None and can_ask() and sys.stdout.isatty()):
        open_editor(str(repo.root / path))
    if can_ask():
        say(_('Write below the second line of dashes; then: koweb push -m "why"'))


def whole_title(settings: Settings, given: str | None) -> str:
    """A title that the forum takes; a person is asked where none was typed. Raises InputError."""
    least = rules_of(settings)[0].title_min
    if given is None and not can_ask():
        raise click.UsageError(_('The title is missing: koweb new "A title"'))
    return ask_for(_("Title"), lambda text: title_for(text, least)) if given is None else title_for(given, least)


def known_category(settings: Settings, given: str) -> str:
    """A category as a file names it, by whatever it is called; as it was typed where nobody knows whether it is there.

    Raises KowebError for one that the forum did not have a moment ago.
    """
    from koweb_sync.sync.publish.categories import unknown_category

    site = cached_site(settings.url, settings.username)
    found = site.named(given) if site else None
    if site and not found:
        error = unknown_category("--category", given, site)
        if site.is_fresh():
            raise error
        say(str(error), fg="yellow")
    return found.shown if found else given


def ask_place(settings: Settings) -> tuple[str, str | None]:
    """The folder for a new post, and the category to write into it: of the folders of koweb.toml one, or a category of
    the forum's that has no folder. Enter: the folder of the post files.
    """
    site = cached_site(settings.url, settings.username)
    places: list[tuple[str, str | None]] = []
    rows: list[tuple[str, str]] = []
    names: list[tuple[str, ...]] = []
    used = set()
    for folder, said in folders_of(settings.categories).items():
        category = site.named(said) if site else None
        used.add(category)
        place = f"{settings.posts}/{folder}".removesuffix("/.")
        places.append((place, None))
        rows.append((category.name if category else str(said), place))
        names.append((*rows[-1], str(said)))
    for one in open_to(site) if site else ():
        if one not in used:
            places.append((settings.posts, one.shown))
            rows.append((one.name, _("no folder of its own")))
            names.append((one.name, one.shown))
    if len(places) < 2:
        return settings.posts, None
    show(rows)
    usual = next((str(number) for number, place in enumerate(places, 1) if place == (settings.posts, None)), "")
    question = (
        _("In which category? Its number") if usual else _("In which category? Its number, or Enter to say it later")
    )
    at = ask_one(question, names, usual)
    return (settings.posts, None) if at is None else places[at]


def open_editor(path: str) -> None:
    """Open a file in the editor that the person chose, else in the one of their desktop: who never met vi would not
    find out of it.
    """
    with without_secrets():
        if os.environ.get("VISUAL") or os.environ.get("EDITOR"):
            click.edit(filename=path)
            return
        screen = sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        opened = bool(screen) and click.launch(path) == 0
    if not opened:
        say(_("Open it in your editor. If you put its name into EDITOR, koweb does that."))
