"""`koweb new`: a post file with a title and an id of its own."""

import os
from pathlib import PurePosixPath

import click

from koweb_sync import safe_files
from koweb_sync.cli.options import forum_option
from koweb_sync.cli.output import echo, label
from koweb_sync.cli.workspace import repository_paths, workspace
from koweb_sync.config import Settings
from koweb_sync.errors import InputError
from koweb_sync.git import Repo
from koweb_sync.i18n import _
from koweb_sync.sync.work_tree import read, rules_of


@click.command(help=_("Write a new post file with a title and an id of its own."))
@click.argument("title")
@forum_option
@click.option("--folder", metavar="PATH", help=_("Folder for the file (default: the folder of the post files)."))
@click.option("--category", help=_("Slug path of the category (default: what koweb.toml says about the folder)."))
@click.option("--tag", "tags", multiple=True, help=_("A tag; may be given several times."))
@click.option("--draft", is_flag=True, help=_("Keep it from being published for now."))
def new(
    title: str, forum: str | None, folder: str | None, category: str | None, tags: tuple[str, ...], draft: bool
) -> None:
    from koweb_sync.posts.document import parse, template
    from koweb_sync.posts.fields.title import short_title

    repo, settings = workspace(forum)
    title = " ".join(title.split())
    least = rules_of(settings)[0].title_min
    if len(title) < least:
        raise InputError(
            short_title(len(title), least),
            remedy=_("Choose a longer one: it is what people see in the list of topics."),
        )
    place = repository_paths(repo, [folder])[0] if folder else settings.posts
    ident, path = free_name(repo, settings, title, place)
    if not settings.is_post(path):
        raise InputError(
            _("{path} is not in the folder of the post files, {posts}.").format(path=path, posts=settings.posts),
            remedy=_("Choose a folder in it with --folder."),
        )
    others = {"category": category, "tags": list(tags), "draft": draft}
    data = template(title, ident, {key: value for key, value in others.items() if value})
    parse(path, data)  # what the check would name in it is refused before it is there
    safe_files.write(repo.root, path, data, fresh=True)
    echo(label(os.path.relpath(repo.root / path)))


def free_name(repo: Repo, settings: Settings, title: str, place: str) -> tuple[str, str]:
    """An id and a path that no file has yet."""
    from koweb_sync.posts.document import new_id
    from koweb_sync.sync.world.checkout import checkout

    taken = {one.front.id.lower() for one in read(repo, settings, checkout(repo)) if not isinstance(one, Exception)}
    base = new_id(title)
    for number in range(1, 10_000):
        ident = base if number == 1 else f"{base[:39]}-{number}"
        path = (PurePosixPath(place) / f"{ident}.md").as_posix()
        if ident not in taken and not os.path.lexists(repo.root / path):
            return ident, path
    raise InputError(_("No id is left for this title."), remedy=_("Choose another title."))
