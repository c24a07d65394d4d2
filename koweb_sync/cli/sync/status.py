"""`koweb status`: what a push would do, without the network."""

import sys
import time

import click

from koweb_sync import dates
from koweb_sync.cli.options import format_option, forum_option, only_option
from koweb_sync.cli.output import labelled, say
from koweb_sync.cli.sync.plan import show_plan
from koweb_sync.cli.workspace import chosen_paths, workspace
from koweb_sync.config import Settings
from koweb_sync.errors import HUMAN
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.sync.publish.options import PlanOptions
from koweb_sync.times import SECOND


@click.command(help=_("Say what a push would do, compared with what this clone knows. Uses no network."))
@forum_option
@only_option
@format_option()
def status(forum: str | None, only: tuple[str, ...], style: str) -> None:
    from koweb_sync.posts.translation import lacking_in, unfinished
    from koweb_sync.sync.publish.push import known_site, preview
    from koweb_sync.sync.work_tree import settings_not_in_git
    from koweb_sync.sync.world.stale_translations import stale_translations

    repo, settings = workspace(forum)
    options = PlanOptions(only=chosen_paths(repo, only), yes=True)
    world, plan = preview(repo, settings, options, known_site(settings), time.time(), network=False)
    show_plan(repo, settings, plan, style)
    if style != "json":
        tell_login(settings)
        if path := settings_not_in_git(repo):
            say(labelled(path, _("not in git yet; “koweb init” offers to commit it")))
        lacks = {one.path: one.file.lacking for one in world.translations if one.file}
        lacks |= {one.path: lacking_in(one.post) for one in world.sources if one.post}
        for path, left in lacks.items():
            if left:
                text = labelled(path, unfinished(left))
                say(text, fg="yellow")
        for one in stale_translations(repo, world):
            text = labelled(one.path, one.words)
            say(text, fg="yellow")
    sys.exit(unresolved(repo, settings))


def tell_login(settings: Settings) -> None:
    """As whom somebody acts who logged in, and since when; and that this ends soon."""
    from koweb_sync.sync.setup.login import warning

    if settings.login:
        text = _("You act as “{user}” on the forum, by “koweb login” of {day}.")
        say(text.format(user=settings.login.username, day=dates.day(round(settings.login.since * SECOND))))
        if words := warning(settings.login, time.time()):
            say(words, fg="yellow")


def unresolved(repo: Repo, settings: Settings) -> int:
    """Name the posts whose conflicts wait for a person; the exit code."""
    from koweb_sync.sync.world.cherry_picks import conflicted
    from koweb_sync.sync.world.pull_note import note

    waits = note(repo, settings)
    if waits is None:
        return 0
    paths = conflicted(repo)
    for post in waits["posts"]:
        if post["path"] in paths:
            text = _("{path}: in conflict with what {editor} wrote: {url}")
            say(text.format(path=post["path"], editor=post["editor"], url=post["url"]), fg="red")
    say(_("Resolve the marks, then “koweb pull --continue”; “koweb pull --abort” undoes the pull."), fg="yellow")
    return HUMAN
