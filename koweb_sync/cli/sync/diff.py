"""`koweb diff`: what would change on the forum, as text."""

import time

import click

from koweb_sync.cli.options import forum_option, only_option, uncommitted_option
from koweb_sync.cli.output import complain, echo, label, labelled, painted
from koweb_sync.cli.sync.not_published import name_uncommitted
from koweb_sync.cli.workspace import chosen_paths, workspace
from koweb_sync.i18n import _
from koweb_sync.posts.fields import FIELDS
from koweb_sync.posts.unified_diff import unified
from koweb_sync.sync.publish import show
from koweb_sync.sync.publish.actions import Create, Edit
from koweb_sync.sync.publish.options import PlanOptions
from koweb_sync.sync.world.stale_translations import StaleTranslation, stale_translations


@click.command(help=_("Show what would change on the forum, line by line. Uses no network."))
@forum_option
@only_option
@uncommitted_option
def diff(forum: str | None, only: tuple[str, ...], uncommitted: bool) -> None:
    from koweb_sync.cli.sync.plan import whole_work_tree
    from koweb_sync.sync.publish.push import known_site, preview
    from koweb_sync.sync.world.compose import compose

    repo, settings = workspace(forum)
    at = whole_work_tree(repo, settings) if uncommitted else None
    options = PlanOptions(only=chosen_paths(repo, only), yes=True, at=at)
    if not uncommitted:
        name_uncommitted(repo, settings)
    world, plan = preview(repo, settings, options, known_site(settings), time.time(), network=False)
    for action in plan.actions:
        if isinstance(action, Create | Edit):
            was = action.agreed if isinstance(action, Edit) else None
            before = world.before.get(action.source.ident)
            raw = (
                compose(action.post, world.atlas, settings, was, before).raw if action.post else was.raw if was else ""
            )
            show_diff(action, was.raw if was else "", raw)
    for one in stale_translations(repo, world):
        if options.covers(one.path):
            show_stale(one)
    for refusal in plan.refusals:
        complain(refusal.error)


def show_stale(one: StaleTranslation) -> None:
    """What changed in an original since it was translated."""
    echo(painted(label(labelled(one.path, one.words)), bold=True))
    then, now = _("{path} as it was translated").format(path=one.original), _("{path} now").format(path=one.original)
    for line in [f"--- {then}", f"+++ {now}", *one.changes] if one.changes else ():
        echo(painted(line, fg={"+": "green", "-": "red", "@": "cyan"}.get(line[:1])))


def show_diff(action: Create | Edit, old: str, new: str) -> None:
    """One post as a unified diff, after its fields that change."""
    verb, path, details = show.row(action)
    echo(painted(label(labelled(f"{verb} {path}", details)), bold=True))
    if isinstance(action, Edit):
        for name in sorted(action.fields):
            field = FIELDS[name].words().called
            echo(painted("-" + labelled(field, show.field_value(action.agreed.sent.get(name))), fg="red"))
            echo(painted("+" + labelled(field, show.field_value(action.wants.get(name))), fg="green"))
    lines = list(unified(old.splitlines(), new.splitlines()))
    sides = _("forum"), _("git")
    for line in [f"--- {sides[0]}", f"+++ {sides[1]}", *lines] if lines else ():
        echo(painted(line, fg={"+": "green", "-": "red", "@": "cyan"}.get(line[:1])))
