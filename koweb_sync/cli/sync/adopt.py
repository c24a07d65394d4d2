"""`adopt`: topics that exist on the forum become post files."""

import sys
import time
from typing import Any

import click

from koweb_sync.cli.forum_access import connector
from koweb_sync.cli.known_names import categories_known, tags_known
from koweb_sync.cli.options import folders_here, format_option, forum_option
from koweb_sync.cli.output import emit, labelled, say, table
from koweb_sync.cli.workspace import name_no_branch, outside_posts, repository_paths, workspace
from koweb_sync.errors import InputError
from koweb_sync.i18n import _, ngettext


@click.command(help=_("Bring existing topics under version control. TOPIC is an address or a number."))
@click.argument("topics", nargs=-1, metavar="[TOPIC]...")
@forum_option
@format_option()
@click.option(
    "--category",
    default="",
    metavar="SLUG",
    shell_complete=categories_known,
    help=_("All topics of this category and those below it."),
)
@click.option("--tag", default="", shell_complete=tags_known, help=_("Of the category, only topics with this tag."))
@click.option(
    "--into",
    metavar="DIR",
    shell_complete=folders_here,
    help=_("Folder for the files (default: folders that mirror the categories)."),
)
@click.option("--history", is_flag=True, help=_("Every version becomes a commit by the person who wrote it."))
@click.option("--download/--no-download", default=True, help=_("Save images and attachments beside the files."))
@click.option("--dry-run", is_flag=True, help=_("Only show what would be written."))
def adopt(topics: tuple[str, ...], forum: str | None, style: str, **flags: Any) -> None:
    from koweb_sync.cli.sync.reading_progress import ReadingBar
    from koweb_sync.sync.adopt.adopt import AdoptOptions
    from koweb_sync.sync.adopt.adopt import adopt as run

    category, into = flags["category"], flags["into"]
    if flags["tag"] and not category:
        raise InputError(_("--tag chooses among the topics of a category."), remedy=_("Name it with --category."))
    repo, settings = workspace(forum)
    if not topics and not category:
        raise InputError(_("Name topics, or a category with --category."), remedy=_("“koweb adopt --help” shows how."))
    place = repository_paths(repo, [into])[0] if into else ""
    if place and not settings.is_post(f"{place}/a.md"):
        raise outside_posts(repo, settings, place, _("Choose a folder in it with --into."), "--into")
    wishes = AdoptOptions(topics, category, flags["tag"], place, flags["history"], flags["download"], flags["dry_run"])
    with ReadingBar(settings.rates) as reading:
        result = run(repo, settings, connector(settings), wishes, reading, time.time)
    if style == "json":
        emit(
            {
                "version": 1,
                "files": [{"path": path, "url": url} for path, url in result.files],
                "skipped": [{"topic": one.topic, "url": one.url, "message": one.why} for one in result.skipped],
                "notes": list(result.notes),
                "commits": list(result.commits),
            }
        )
    else:
        verb = _("would adopt") if wishes.dry else _("adopted")
        table([(verb, path, url) for path, url in result.files])
    for one in result.skipped:
        text = labelled(one.url, one.why)
        say(text, fg="red")
    for note in result.notes:
        say(note, fg="yellow")
    count = len(result.files)
    name_no_branch(repo, result.commits)
    say(closing(count, dry=wishes.dry))
    sys.exit(result.exit_code)


def closing(count: int, *, dry: bool) -> str:
    """What it came to, in one line."""
    text = ngettext("{n} topic adopted.", "{n} topics adopted.", count)
    if dry:
        text = ngettext("{n} topic to adopt; nothing was written.", "{n} topics to adopt; nothing was written.", count)
    return text.format(n=count)
