"""`koweb component`: the note under published topics on the forum, that their text is versioned."""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import click

from koweb_sync import safe_files
from koweb_sync.cli.choices import OneOf
from koweb_sync.cli.forum_access import connector
from koweb_sync.cli.lazy_group import LazyGroup
from koweb_sync.cli.options import format_option, forum_option
from koweb_sync.cli.output import emit, say, table
from koweb_sync.cli.questions import ask_yes_no, can_ask
from koweb_sync.cli.workspace import workspace
from koweb_sync.config import Settings
from koweb_sync.errors import DONE, HUMAN, InputError
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _, ngettext

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum
    from koweb_sync.forum.site import Site
    from koweb_sync.sync.component.found import Found
    from koweb_sync.sync.component.install import ComponentStatus, Wish
    from koweb_sync.sync.component.published import PublishedTopics
    from koweb_sync.sync.lock.hold import Hold

FILE = "koweb-component.zip"
FORGES = ("github", "gitlab", "forgejo")

theme_option = click.option(
    "--theme",
    "names",
    multiple=True,
    metavar="NAME",
    help=_("The theme that it becomes part of, by name or number (default: the forum's default theme)."),
)
page_option = click.option(
    "--repository",
    "page",
    metavar="URL",
    help=_("Where the repository is looked at in a browser (default: as the git remote tells)."),
)
forge_option = click.option("--forge", type=OneOf(FORGES), help=_("What answers there, if its name does not tell."))
yes_option = click.option("--yes", is_flag=True, help=_("Do it without asking."))
closed_option = click.option(
    "--members-only",
    "closed",
    is_flag=True,
    help=_("The forum is for members alone: others may know which files and days the note names."),
)
over_option = click.option(
    "--take-over", is_flag=True, help=_("Take the note over from another repository; its topics lose it.")
)
dry_option = click.option("--dry-run", is_flag=True, help=_("Only say what would be done."))


class ComponentGroup(LazyGroup):
    """The group of what is done with the component."""

    modules: ClassVar[Mapping[str, tuple[str, str]]] = {
        name: ("setup.component", text)
        for name, text in {
            "install": _("Put the component on the forum, and tell it what is published."),
            "update": _("Renew the component that is there, and what it knows."),
            "status": _("Say whether the component is on the forum, and whether it knows what is published."),
            "remove": _("Take the component off the forum again."),
            "bundle": _("Write the component as a file, for an administrator who uploads it in the browser."),
        }.items()
    }


@click.group(
    cls=ComponentGroup,
    help=_(
        "Show readers on the forum that a text is versioned, where its history is, and how to propose a change: a note "
        "under each topic that koweb published. A theme component does it; administrators put it on the forum."
    ),
)
def component() -> None:
    pass


@click.command(help=ComponentGroup.modules["install"][1])
@forum_option
@theme_option
@page_option
@forge_option
@closed_option
@over_option
@yes_option
@dry_option
def install(forum: str | None, names: tuple[str, ...], **how: Any) -> None:
    renew(forum, names, how, fresh=True)


@click.command(help=ComponentGroup.modules["update"][1])
@forum_option
@page_option
@forge_option
@closed_option
@over_option
@yes_option
@dry_option
def update(forum: str | None, **how: Any) -> None:
    renew(forum, (), how, fresh=False)


def renew(forum: str | None, names: tuple[str, ...], how: Mapping[str, Any], *, fresh: bool) -> None:
    """Install or update: look, say what is about to be done, ask, do it."""
    from koweb_sync.sync.component import install as work
    from koweb_sync.sync.component.found import chosen, look, others

    repo, settings = workspace(forum)
    with held(repo, settings) as (hold, there):
        known = hold.bookmark.component
        place = work.place(repo, settings, known, how["page"], how["forge"])
        found = look(there, known)
        if not (fresh or found.components):
            raise InputError(
                _("The component is not on this forum."),
                where=settings.url,
                remedy=_("Put it there: koweb component install"),
            )
        wish = work.Wish(place, chosen(found, names))
        if not how["take_over"]:
            ours(settings.url, others(found, hold.bookmark, place.page))
        if not how["closed"] and not there.open_to_all():
            raise closed(settings.url)
        announce(found, wish, len(hold.bookmark.agreed))
        if how["dry_run"] or not agreed(how["yes"]):
            return
        made = work.install(there, hold, places(there), found, wish)
    say(_("The component is on the forum: {url}").format(url=settings.url), fg="green")
    say(counted(made))


@click.command(help=ComponentGroup.modules["remove"][1])
@forum_option
@over_option
@yes_option
@dry_option
def remove(forum: str | None, take_over: bool, yes: bool, dry_run: bool) -> None:
    from koweb_sync.sync.component import install as work
    from koweb_sync.sync.component.found import look, others

    repo, settings = workspace(forum)
    with held(repo, settings) as (hold, there):
        known = hold.bookmark.component
        found = look(there, known)
        if not take_over:
            ours(settings.url, others(found, hold.bookmark, work.place(repo, settings, known, None, None).page))
        for one in found.components:
            text = _("The component “{name}” (number {number}) is taken away, with the note under published topics.")
            say(text.format(name=one.name, number=one.id))
        if found.components:
            say(_("Topics, texts and their history stay."))
        else:
            say(_("The component is not on this forum."))
        if dry_run or (found.components and not agreed(yes)):
            return
        work.remove(there, hold, found)
    if found.components:
        say(_("The component is off the forum."), fg="green")


@click.command(help=ComponentGroup.modules["status"][1])
@forum_option
@format_option()
def status(forum: str | None, style: str) -> None:
    from koweb_sync.sync.component import install as work
    from koweb_sync.sync.lock.hold import fetch

    repo, settings = workspace(forum)
    there = connector(settings)()
    now = work.status(there, fetch(repo, settings), places(there), settings.branch)
    if style == "json":
        shown = asdict(now)
        emit({"version": 1, **shown, "published": {"named": now.published.named, "left_out": now.published.left_out}})
    else:
        table([(name, told, "") for name, told in rows(now)])
    sys.exit(DONE if now.good else HUMAN)


@click.command(help=ComponentGroup.modules["bundle"][1])
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    default=FILE,
    show_default=True,
    help=_("Write it to this file."),
)
@click.option("--force", is_flag=True, help=_("Write over a file that is there."))
def bundle(output: Path, force: bool) -> None:
    from koweb_sync.sync.component.bundle import bundle as packed

    root, name = safe_files.named(output)
    if output.exists() and not force:
        raise InputError(_("This file is there already."), where=str(output), remedy=_("Write over it with --force."))
    safe_files.write(root, name, packed())
    say(_("{file} is written.").format(file=output))
    say(
        _(
            "An administrator uploads it on the forum: Admin, Appearance, Components, Install, From your device; then "
            "adds it to a theme. “koweb component install” tells it what is published."
        )
    )


@contextmanager
def held(repo: Repo, settings: Settings) -> Iterator[tuple["Hold", "Forum"]]:
    """The bookmark, which nobody else of this clone uses meanwhile, and the forum."""
    from koweb_sync.sync.lock.hold import Hold

    with Hold(repo, settings, time.time) as hold:
        yield hold, connector(settings)()


def places(forum: "Forum") -> "Site":
    """The forum's facts, with its categories as they are now: what is closed since is not named."""
    known = forum.site()
    return forum.again(known, limits=False)


def ours(url: str, others: tuple[int, str]) -> None:
    """Go on only where the note is no other repository's. Raises InputError."""
    count, page = others
    if not (count or page):
        return
    names = ngettext(
        "The component on this forum names {count} topic that this repository did not publish.",
        "The component on this forum names {count} topics that this repository did not publish.",
        count,
    ).format(count=count)
    raise InputError(
        names if count else _("The component on this forum leads to another repository: {page}").format(page=page),
        where=url,
        remedy=_("It is another repository's: only one has the note on a forum. To take it over: --take-over"),
    )


def closed(url: str) -> InputError:
    """The error where the forum is for members alone."""
    return InputError(
        _("Only members read this forum, and what the component knows can be read by whoever opens its front page."),
        where=url,
        remedy=_("That is paths of files, days, and the repository's page. If it may be known: --members-only"),
    )


def announce(found: "Found", wish: "Wish", topics: int) -> None:
    """What is about to be done; `topics`: how many were published."""
    from koweb_sync.sync.component.in_sight import looks

    names = ", ".join(one.name for one in wish.parents)
    if found.component:
        text = _("The component “{name}” (number {number}) is renewed, as part of: {themes}.")
        say(text.format(name=found.component.name, number=found.component.id, themes=names))
    else:
        say(_("The component is put on the forum, as part of: {themes}.").format(themes=names))
    for one in found.strangers:
        text = _("The component “{name}” (number {number}) is taken away: the new one takes its place.")
        say(text.format(name=one.name, number=one.id))
    requests = 2 + len(found.strangers) + looks(topics)
    say(ngettext("{count} request.", "{count} requests.", requests).format(count=requests))
    page, forge = wish.place.page, wish.place.forge
    if page and forge:
        say(_("“Propose a change” and “history” lead to {page}.").format(page=page))
    else:
        say(_("No page of the repository is known, so a change is proposed in a reply (--repository names one)."))


def agreed(yes: bool) -> bool:
    """Whether it is to be done. Raises InputError where nobody can be asked."""
    if yes:
        return True
    if not can_ask():
        raise InputError(_("This changes what everybody sees on the forum."), remedy=_("Say so with --yes."))
    return ask_yes_no(_("Go on?"), default=True)


def counted(made: "PublishedTopics") -> str:
    """How many topics have the note, and how many do not."""
    named = ngettext("{count} topic has the note.", "{count} topics have the note.", made.named).format(
        count=made.named
    )
    if not made.left_out:
        return named
    left = ngettext(
        "{count} does not, for not everybody may read it, or git does not say its category.",
        "{count} do not, for not everybody may read them, or git does not say their category.",
        made.left_out,
    ).format(count=made.left_out)
    return f"{named} {left}"


def rows(now: "ComponentStatus") -> Iterator[tuple[str, str]]:
    """How it stands, in words."""
    if now.strangers:
        text = _("{count}; “koweb component update --take-over” takes their place")
        yield _("others by its name"), text.format(count=now.strangers)
    if not now.there:
        yield _("component"), _("not on this forum")
        return
    yield (
        _("component"),
        now.there
        if now.there == now.ours
        else _("{there}; this koweb-sync brings {ours}").format(there=now.there, ours=now.ours),
    )
    yield _("switched on"), _("yes") if now.enabled else _("no")
    yield _("part of the themes"), ", ".join(now.themes) or _("none")
    yield _("knows what is published"), _("yes") if now.current else _("no")
    yield _("topics"), counted(now.published)
