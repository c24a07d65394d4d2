"""`koweb archive restore`: publish an archive again on an empty forum."""

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy import select

from koweb_sync.archive.place import HeldForum, named_so, told_apart
from koweb_sync.cli.archive.held_forum import configured_here
from koweb_sync.cli.archive.location import ArchivePlace, find, place_options
from koweb_sync.cli.options import format_option
from koweb_sync.cli.output import echo, emit, say
from koweb_sync.cli.questions import confirm
from koweb_sync.config_file import FILE
from koweb_sync.errors import InputError
from koweb_sync.i18n import _, ngettext

if TYPE_CHECKING:
    from koweb_sync.archive.restore.plan import RestorePlan
    from koweb_sync.archive.store.store import Store


@click.command(help=_("Publish an archive again, on an empty forum: --forum names the one that it goes to."))
@place_options
@format_option()
@click.option("--url", help=_("A forum without koweb.toml that it goes to."))
@click.option("--from", "source", metavar="NAME", help=_("Which forum of the archive: its name, or its address."))
@click.option(
    "--as",
    "kind",
    type=click.Choice(["forum", "intermediate"]),
    default="forum",
    help=_("On the forum, by its API; or as a file for Discourse's own importer, which keeps numbers and addresses."),
)
@click.option("--to", metavar="DIR", help=_("With --as intermediate: the folder for that file."))
@click.option("--into", metavar="CATEGORY", help=_("Everything into this category, on a forum that is not empty."))
@click.option("--users-as", metavar="USER", help=_("In whose name posts of people without an account appear."))
@click.option("--dry-run", is_flag=True, help=_("Only say what it takes."))
@click.option("--yes", is_flag=True, help=_("Do not ask before it begins."))
def restore(*, forum: str | None, store: str | None, style: str, dry_run: bool, yes: bool, **given: Any) -> None:
    if given["kind"] == "intermediate":
        as_file(given["source"] or forum, store, given["to"], dry_run=dry_run)
        return
    from koweb_sync.archive.crawl.costs import Cost, CrawlPlan, lasts
    from koweb_sync.archive.crawl.run import Silent
    from koweb_sync.archive.restore.plan import RestoreOptions
    from koweb_sync.archive.restore.restore import Restore
    from koweb_sync.cli.archive.run_progress import Watching

    place = goal(forum, store, given["url"])
    wishes = RestoreOptions(given["into"], given["users_as"])
    opened = place.open()
    with nullcontext() if dry_run else opened.alone():
        one = Restore(opened, archived(place, opened, given["source"]), place.connect(), wishes, Silent())
        one.refuse()
        plan = one.plan()
        lanes = {"key_per_minute": place.settings.rates.key_per_minute, "anonymous_per_minute": 0}
        took = lasts(0, plan.requests, one.forum.transport.pace, **lanes)
        if one.crop.left_out:
            say(left_out(one.crop.left_out))
        say(unheld())
        if dry_run:
            known = {"left_out": one.crop.left_out, **counts(plan)}
            cost = {"requests": plan.requests, "requests_at_most": plan.at_most, "minutes": took}
            print_answer(style, {"version": 1, **cost, **known}, words(plan, took))
            return
        say(words(plan, took))
        if not yes:
            confirm(_("Publish it on {url}?").format(url=place.settings.url))
        with Watching(CrawlPlan("rest", Cost(), Cost(plan.requests, plan.at_most))) as one.watch:
            skipped = one.run()
    facts = {"skipped": skipped, "left_out": one.crop.left_out, "in_another_name": one.in_other_names()}
    print_answer(style, {"version": 1, **facts}, " ".join([done(skipped), *in_another_name(one.in_other_names())]))


def goal(forum: str | None, store: str | None, url: str | None) -> ArchivePlace:
    """The archive, and the forum that it goes to. Raises InputError where nothing names that, ConfigError."""
    if url is None and not configured_here():
        raise InputError(
            _("There is no {file} here.").format(file=FILE),
            where=str(Path.cwd()),
            remedy=_("Name the forum that the archive goes to: --url https://…"),
        )
    return find(forum, store, url)


def as_file(forum: str | None, store: str | None, to: str | None, *, dry_run: bool) -> None:
    """Write the archive for Discourse's own importer. Raises UsageError where nobody says where."""
    from koweb_sync.cli.archive.export import export

    if not to:
        raise click.UsageError(_("--as intermediate needs --to: the folder for the file."))
    context = click.get_current_context()
    context.invoke(export, forum=forum, store=store, style="intermediate", to=to, dry_run=dry_run)


def archived(place: ArchivePlace, opened: "Store", source: str | None) -> int:
    """The number of the archived forum that is meant. Raises InputError where that is not clear."""
    from koweb_sync.archive.privacy.drop import is_empty
    from koweb_sync.archive.store import schema

    table = schema.FORUMS
    with opened.read() as connection:
        query = select(table.c.id, table.c.name, table.c.url)
        everything = {HeldForum(row.name, row.url): int(row.id) for row in connection.execute(query)}
        held = [one for one, number in everything.items() if not is_empty(connection, number)]
    wanted = named_so(held, source) if source else held
    empty = [one for one in everything if one not in held]
    empty = named_so(empty, source) if source else empty
    if not held or (empty and not wanted):
        raise InputError(
            _("The archive holds no topic of a forum that could be published again."),
            where=place.store,
            remedy=_("A mistyped address leaves an empty forum: “koweb archive drop {name}” removes it.").format(
                name=empty[0].url
            )
            if empty
            else _("“koweb archive” archives it; --store names another place."),
        )
    others = [one for one in wanted if one.url != place.settings.url]
    found = others if len(others) == 1 else wanted
    if len(found) != 1:
        raise InputError(
            _("Which forum of the archive is meant is not clear."),
            where=place.store,
            remedy=_("Name one with --from: {names}.").format(names=told_apart(held)),
        )
    return everything[found[0]]


def print_answer(style: str, data: object, text: str) -> None:
    """The answer as data or in words."""
    if style == "json":
        emit(data)
    else:
        echo(text)


def counts(plan: "RestorePlan") -> dict[str, int]:
    """A plan's numbers."""
    return {name: int(getattr(plan, name)) for name in plan.__slots__ if name != "refused"}


def words(plan: "RestorePlan", took: int) -> str:
    """What a restoration takes, in a sentence."""
    from koweb_sync.archive.crawl.costs import Cost
    from koweb_sync.cli.archive.run_progress import span

    parts = [
        ngettext("{n} category", "{n} categories", plan.categories).format(n=plan.categories),
        ngettext("{n} topic", "{n} topics", plan.topics).format(n=plan.topics),
        ngettext("{n} reply", "{n} replies", plan.replies).format(n=plan.replies),
        ngettext("{n} file", "{n} files", plan.files).format(n=plan.files),
        ngettext("{n} like", "{n} likes", plan.likes).format(n=plan.likes),
        *([ngettext("{n} vote", "{n} votes", plan.votes).format(n=plan.votes)] if plan.votes else []),
        *([ngettext("{n} solution", "{n} solutions", plan.answers).format(n=plan.answers)] if plan.answers else []),
        *([wikis(plan.marks)] if plan.marks else []),
        *([translations(plan.translations)] if plan.translations else []),
    ]
    time = ngettext("about {n} minute", "about {n} minutes", took).format(n=took) if took else _("less than a minute")
    text = _("{things}: {requests}, {time}; the forum's limits for each person may make it longer.")
    requests = span(Cost(plan.requests, plan.at_most))
    return text.format(things=", ".join(parts), requests=requests, time=time)


def wikis(n: int) -> str:
    """How many posts are made wikis, or moderators'."""
    return ngettext("{n} wiki or moderator’s post", "{n} wikis or moderators’ posts", n).format(n=n)


def translations(n: int) -> str:
    """How many texts and titles stand in another language."""
    return ngettext("{n} translation", "{n} translations", n).format(n=n)


def unheld() -> str:
    """What no archive holds, or no API takes, so that nothing brings it back."""
    return _(
        "These do not come back, and some are to be made again by hand: accounts and groups, who may read which "
        "category, when a pin ends, timers, slow mode, featured links, notices, locks, permalinks, views, what lifted "
        "a topic last, and when a solution was accepted."
    )


def left_out(why: dict[str, int]) -> str:
    """What does not come back, in a sentence."""
    texts = {
        "message": ngettext("{n} personal message", "{n} personal messages", why.get("message", 0)),
        "topic-deleted": ngettext("{n} deleted topic", "{n} deleted topics", why.get("topic-deleted", 0)),
        "definition": ngettext(
            "{n} description of a category", "{n} descriptions of categories", why.get("definition", 0)
        ),
        "empty": ngettext("{n} topic without a post", "{n} topics without a post", why.get("empty", 0)),
        "restricted": ngettext(
            "{n} topic that was not public", "{n} topics that were not public", why.get("restricted", 0)
        ),
        "small-action": ngettext("{n} note of the forum", "{n} notes of the forum", why.get("small-action", 0)),
        "whisper": ngettext("{n} whisper", "{n} whispers", why.get("whisper", 0)),
        "deleted": ngettext("{n} deleted post", "{n} deleted posts", why.get("deleted", 0)),
        "taken-back": ngettext(
            "{n} post that its author deleted", "{n} posts that their authors deleted", why.get("taken-back", 0)
        ),
        "hidden": ngettext("{n} hidden post", "{n} hidden posts", why.get("hidden", 0)),
        "banner": ngettext(
            "{n} banner, which becomes an ordinary topic",
            "{n} banners, which become ordinary topics",
            why.get("banner", 0),
        ),
        "rights": ngettext(
            "the rights of {n} category, which only staff may read until you give them",
            "the rights of {n} categories, which only staff may read until you give them",
            why.get("rights", 0),
        ),
        "pin": ngettext(
            "whether {n} pin was for the whole forum: it is for its category now",
            "whether {n} pins were for the whole forum: they are for their categories now",
            why.get("pin", 0),
        ),
        "address": ngettext(
            "the address of {n} topic, which gets another number",
            "the addresses of {n} topics, which get other numbers",
            why.get("address", 0),
        ),
        "like": ngettext("{n} like by an unknown person", "{n} likes by unknown people", why.get("like", 0)),
        "vote": ngettext("{n} vote by an unknown person", "{n} votes by unknown people", why.get("vote", 0)),
        "version": ngettext("{n} earlier text", "{n} earlier texts", why.get("version", 0)),
        "reaction": ngettext("{n} reaction that is no like", "{n} reactions that are no likes", why.get("reaction", 0)),
    }
    return _("Left out: {things}.").format(things=", ".join(texts[name].format(n=n) for name, n in why.items()))


def in_another_name(why: dict[str, int]) -> list[str]:
    """How many posts stand in another's name, and why: a sentence for each reason."""
    texts = {
        "account": ngettext(
            "{n} post stands in another's name, for its author has no account here that may write.",
            "{n} posts stand in another's name, for their authors have no account here that may write.",
            why.get("account", 0),
        ),
        "rights": ngettext(
            "{n} post stands in another's name, for its author may not write in its category.",
            "{n} posts stand in another's name, for their authors may not write in their categories.",
            why.get("rights", 0),
        ),
        "refused": ngettext(
            "{n} post stands in another's name, for the forum refuses such a text from its author: a poll, for one.",
            "{n} posts stand in another's name, for the forum refuses such texts from their authors: polls, for one.",
            why.get("refused", 0),
        ),
        "": ngettext(
            "{n} post stands in another's name, and a run that was stopped did not write down why.",
            "{n} posts stand in another's name, and a run that was stopped did not write down why.",
            why.get("", 0),
        ),
    }
    return [texts[name].format(n=n) for name, n in why.items()]


def done(skipped: dict[str, int]) -> str:
    """That it is done, and what could not be."""
    texts = {
        "files": ngettext("{n} file is missing", "{n} files are missing", skipped.get("files", 0)),
        "likes": ngettext("{n} like could not be given", "{n} likes could not be given", skipped.get("likes", 0)),
        "votes": ngettext("{n} vote could not be cast", "{n} votes could not be cast", skipped.get("votes", 0)),
        "polls": ngettext("{n} poll stays open", "{n} polls stay open", skipped.get("polls", 0)),
        "marks": ngettext(
            "{n} post could not be made a wiki or a moderator’s",
            "{n} posts could not be made wikis or moderators’",
            skipped.get("marks", 0),
        ),
        "translations": ngettext(
            "{n} translation could not be published",
            "{n} translations could not be published",
            skipped.get("translations", 0),
        ),
        "answers": ngettext(
            "{n} solution could not be marked", "{n} solutions could not be marked", skipped.get("answers", 0)
        ),
        "edited": ngettext(
            "{n} text was edited meanwhile and keeps an old link",
            "{n} texts were edited meanwhile and keep old links",
            skipped.get("edited", 0),
        ),
    }
    if not skipped:
        return _("Done.")
    return _("Done, but {things}.").format(things=", ".join(texts[name].format(n=n) for name, n in skipped.items()))
