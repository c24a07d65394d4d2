"""`koweb archive`: keep a forum's discussions. Without a subcommand it archives; the others read what it holds."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from koweb_sync import told_progress
from koweb_sync.cli.archive import first_run, moved
from koweb_sync.cli.archive.after_run import now
from koweb_sync.cli.archive.held_forum import configured_here, find_to_go_on, is_begun, read_options
from koweb_sync.cli.archive.location import ArchivePlace, find
from koweb_sync.cli.archive.run_stages import may_be_stopped
from koweb_sync.cli.choices import OneOf
from koweb_sync.cli.lazy_group import LazyGroup
from koweb_sync.cli.options import format_option
from koweb_sync.cli.output import echo, emit, say, tell_ahead, tell_aside
from koweb_sync.config import Rates
from koweb_sync.errors import DONE, HUMAN, InputError
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from koweb_sync.archive.crawl.costs import CrawlPlan
    from koweb_sync.archive.crawl.run import CrawlOptions, Run
    from koweb_sync.archive.store.store import Store
    from koweb_sync.forum.site import Totals

SUBCOMMANDS: dict[str, tuple[str, str]] = {
    # name: (module under koweb_sync.cli, one line of help)
    "list": ("archive.list", _("List the topics that are held.")),
    "show": ("archive.show", _("Read a topic, or a post with its versions.")),
    "search": ("archive.search", _("Find words in what was said.")),
    "stats": ("archive.stats", _("Say how much is held, and how sure that is.")),
    "export": ("archive.export", _("Write the archive as files for others: pages, texts, tables, a feed.")),
    "verify": ("archive.verify", _("Compare the archive with the forum, topic by topic.")),
    "close": ("archive.close", _("Make a kit of a forum that closes: pages at its old addresses, texts, the archive.")),
    "restore": ("archive.restore", _("Publish the archive to an empty forum.")),
    "forget": ("archive.forget", _("Erase somebody from the archive, and prove it.")),
    "subject": ("archive.subject", _("Say all that is held about somebody.")),
    "consent": ("archive.consent", _("Keep who does not want to be counted, and who may be quoted.")),
    "purge": ("archive.purge", _("Empty posts that the forum deleted.")),
    "drop": ("archive.drop", _("Remove a forum from the archive.")),
}


class ArchiveGroup(LazyGroup):
    """The group of an archive's commands."""

    modules = SUBCOMMANDS


@click.group(
    cls=ArchiveGroup,
    invoke_without_command=True,
    help=_("Keep a forum's discussions: topics, replies, likes and images. Run it again, and it keeps what is new."),
)
@read_options
@format_option()
@click.option("--url", help=_("A forum without koweb.toml: what is public of it."))
@click.option(
    "--via",
    type=OneOf(["auto", "rest", "data-explorer"]),
    default="auto",
    show_default=True,
    help=_("How to read the forum: over its own API, or with saved queries of its Data Explorer."),
)
@click.option(
    "--from-backup",
    "backup",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help=_("Read the forum's own backup (.tar, .tar.gz, .sql.gz) instead of asking it: no request."),
)
@click.option(
    "--moved-from",
    metavar="ADDRESS",
    help=_(
        "The address that the forum had before it moved: its archive takes the new one. With --from-backup: the one "
        "that it had when the backup was made."
    ),
)
@click.option("--dry-run", is_flag=True, help=_("Only say how many requests and minutes it takes."))
@click.option("--images/--no-images", "files", default=None, help=_("Fetch images and attachments."))
@click.option("--files-again", is_flag=True, help=_("Ask at once for all files that are gone or were refused."))
@click.option("--avatars/--no-avatars", default=None, help=_("Fetch the pictures of people."))
@click.option("--staff/--no-staff", default=None, help=_("Include categories that only staff may read."))
@click.option("--messages/--no-messages", default=None, help=_("Include personal messages."))
@click.option("--chat", is_flag=True, help=_("With --from-backup: include chat, which no other way reads."))
@click.option("--public-only", is_flag=True, default=None, help=_("Only what everybody may read, even with a key."))
@click.pass_context
def archive(
    ctx: click.Context, /, forum: str | None, store: str | None, url: str | None, style: str, **given: Any
) -> None:
    if ctx.invoked_subcommand is None:
        with may_be_stopped(lambda: is_begun(forum, store, url)):
            sys.exit(archived(forum, store, url, style, given))


def archived(forum: str | None, store: str | None, url: str | None, style: str, given: dict[str, Any]) -> int:
    """Read the forum, or a backup of it: the exit code."""
    file = given.pop("backup")
    if file is not None:
        from koweb_sync.cli.archive.from_backup import archive_from

        return archive_from(file, (forum, store, url), style, given)
    if given["chat"]:
        raise InputError(
            _("Chat can only be read from a backup of the forum."),
            remedy=_("An administrator makes one (Admin → Backups): koweb archive --from-backup FILE --chat"),
        )
    configured = not url and configured_here()
    place = find(forum, store, url) if url or configured else find_to_go_on(forum, store)
    with first_run.username_named(known=configured):
        return run(place, style, given)


def run(place: ArchivePlace, style: str, given: dict[str, Any]) -> int:
    """Say what it takes, do it, say what was found."""
    from koweb_sync.archive.crawl.costs import Cost, CrawlPlan
    from koweb_sync.archive.crawl.data_explorer import VIA, check, explore
    from koweb_sync.archive.crawl.rest_api import crawl, read_totals
    from koweb_sync.cli.archive import run_progress as words
    from koweb_sync.cli.archive.after_run import after_run

    rates = place.settings.rates
    wishes, before = wishes_of(place, given), moved.moved_from(given)
    first = moved.take(place, wishes, before, dry_run=given["dry_run"]) if before else None
    new = first is None
    if given["dry_run"]:
        one = first or new_run(place, place.open_or_empty(), wishes)
        one.started, one.told = now(), one.told or one.talk.totals()
        if new:
            moved.refuse_second(place, one)
        plan = decided(one, one.told, rates, given["via"])
        if style == "json":
            emit(words.as_data(plan, rates))
        else:
            echo(words.planned(plan, rates))
        return 0
    first = first or stranger(place, wishes)
    if given["via"] == VIA:
        check(wishes, place.settings.url)
    say_ignored(place)
    with first_run.opened(place, new=new and first is not None) as store, store.alone():
        one = new_run(place, store, wishes)
        if first is not None:
            one.talk, one.told = first.talk, first.told
        stopped = one.pending()
        if stopped in ("rest", VIA) and given["via"] in ("auto", stopped):
            say(_("Going on with the run that was stopped."))
            plan = CrawlPlan(VIA if stopped == VIA else "rest", Cost(), Cost())
        else:
            plan = decided(one, read_totals(one), rates, given["via"])
            say_plan(plan, rates)
        with words.Watching(plan) as watch:
            one.watch = watch
            (explore if plan.via == VIA else crawl)(one)
        stale, compacted = after_run(place, store, one.forum)
    return say_outcome(place, one, style, [export.to for export in stale], compacted=compacted)


def say_plan(plan: "CrawlPlan", rates: Rates) -> None:
    """Say what it takes: minutes, and requests, which a page folds away."""
    from koweb_sync.cli.archive import run_progress as words

    if told_progress.is_wanted():
        tell_ahead(words.lasting(plan, rates))
        tell_aside(words.requests(plan))
    else:
        say(words.planned(plan, rates))


def say_ignored(place: ArchivePlace) -> None:
    """Keep the archive out of git, and say so."""
    if ignored := place.ignore():
        told = _("{file} is not shared with your posts, for it holds what people wrote: {ignore} sees to it.")
        if told_progress.is_wanted():  # whoever looks on does not ask how
            told = _("What is read of the forum stays on this computer: it is not shared with your posts.")
        say(told.format(file=ignored, ignore=".gitignore"))


def say_outcome(
    place: ArchivePlace,
    one: "Run",
    style: str,
    stale: list[str],
    *,
    compacted: bool,
    backup: dict[str, int] | None = None,
) -> int:
    """Say what a run found and what is left to do: the exit code. `stale` are exports that hold what was erased;
    `backup`: how much was left of the one that was read.
    """
    from koweb_sync.archive.crawl.skipped import addresses_left, left_for_next_run
    from koweb_sync.archive.read.left_out import left_out
    from koweb_sync.archive.store.lost_files import files_gone
    from koweb_sync.cli.archive import lost_files as lost
    from koweb_sync.cli.archive import results
    from koweb_sync.cli.archive import run_progress as words

    failed = addresses_left(one)
    with one.store.read() as connection:
        away, out = files_gone(connection, one.forum), left_out(connection, one.forum)
    out["backup"] = backup
    if style == "json":
        places = {"store": one.store.place, "failed": failed, "stale": stale, "gone": lost.as_data(away)}
        emit({"version": 1, "run": one.n, "found": one.found, **places, "left_out": out})
    else:
        echo(words.found(one.found))
        for what in [] if told_progress.is_wanted() else results.left_out(out):
            say(_("Left out: {what}.").format(what=what))
    lost.say_lost(away, place)
    for unread in left_for_next_run(one):
        text = _("{url}: the forum answers with an error of its own. The next run tries again.")
        if unread.why:
            text = _("{url}: what is there cannot be read, and is left out: {why} The next run tries again.")
        say(text.format(url=unread.url, why=unread.why), fg="red")
    return HUMAN if failed or stale or not compacted else DONE


def stranger(place: ArchivePlace, wishes: "CrawlOptions") -> "Run | None":
    """A run that heard what a forum says of itself, if the archive does not know it yet, else None.

    Nothing is written, and no file is made, before an address has answered as a forum. Raises HumanNeeded where that is
    one which the archive holds under another address.
    """
    from koweb_sync.archive.crawl.rest_api import asked

    store = place.open_or_empty()
    known = store.forum(place.settings.url) is not None
    if known and not moved.is_doubted(place):
        return None
    first = new_run(place, store, wishes)
    first.told = asked(first)
    moved.refuse_second(place, first)
    return None if known else first


def decided(run: "Run", totals: "Totals", rates: Rates, via: str) -> "CrawlPlan":
    """The way that takes the least time, unless one is named. Raises InputError where Data Explorer cannot be used."""
    from koweb_sync.archive.crawl.costs import by_explorer, by_rest, choose
    from koweb_sync.archive.crawl.data_explorer import VIA, expected
    from koweb_sync.archive.crawl.rest_api import counts_known
    from koweb_sync.archive.crawl.saved_queries import queries, remember

    facts = counts_known(run)
    plain = replace(by_rest(totals, facts), pace=run.pace)
    wishes = run.wishes
    able = wishes.key and not wishes.messages and not wishes.public_only
    usable = False
    if via == "auto" and able:
        there = queries(run)
        usable = there.usable
        if not run.over:  # it is no dry run
            remember(run, there)
    if via == VIA or usable:
        asked = replace(by_explorer(expected(run, totals), facts), pace=run.pace)
        return asked if via == VIA else choose((plain, asked), rates.key_per_minute, rates.anonymous_per_minute)
    return plain


def wishes_of(place: ArchivePlace, given: dict[str, Any]) -> "CrawlOptions":
    """What koweb.toml and the options together want of a forum. Raises InputError for personal messages that would be
    asked for with somebody's login.
    """
    wishes = wished(place, given)
    if wishes.messages and place.settings.login:
        raise InputError(
            _("koweb reads and writes no personal messages with your login."),
            where=place.settings.url,
            remedy=_("Add --no-messages; or archive with an API key, which an administrator of the forum makes."),
        )
    return replace(wishes, key=place.has_key())


def wished(place: ArchivePlace, given: dict[str, Any]) -> "CrawlOptions":
    """The same, without a key, wherever it is read from."""
    from koweb_sync.archive.crawl.run import CrawlOptions

    keeping = place.settings.archive
    names = ("files", "avatars", "staff", "messages", "public_only")
    wanted = {name: getattr(keeping, name) if given[name] is None else bool(given[name]) for name in names}
    wanted |= {"files_again": bool(given["files_again"]), "revisions": keeping.revisions}
    wanted["translations"] = keeping.translations
    return CrawlOptions(rolling=keeping.rolling_days, **wanted)


def new_run(place: ArchivePlace, store: "Store", wishes: "CrawlOptions") -> "Run":
    """A run on the forum that is meant, which is entered if the store does not know it."""
    return run_on(place, store, store.enter(place.settings.url, place.settings.name, now()), wishes)


def run_on(place: ArchivePlace, store: "Store", number: int, wishes: "CrawlOptions") -> "Run":
    """A run on a forum, by its number in the store."""
    from koweb_sync.archive.crawl.run import Run, Silent
    from koweb_sync.forum.reader import ForumReader

    return Run(store, number, place.settings.url, ForumReader(place.connect(key=wishes.key)), wishes, Silent(), now)
