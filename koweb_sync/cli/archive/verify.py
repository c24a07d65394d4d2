"""`koweb archive verify`: does the archive hold what the forum has? The answer says what it does not prove, too."""

import sys
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from koweb_sync import dates
from koweb_sync.cli.archive import results
from koweb_sync.cli.archive.held_forum import configured_here, find_to_read, read_options
from koweb_sync.cli.archive.location import ArchivePlace, archive_at, find, offline_named
from koweb_sync.cli.archive.next_reading import more_to_read
from koweb_sync.cli.archive.unfinished_reading import lacking_so_far, last_way, say_way_on
from koweb_sync.cli.options import format_option
from koweb_sync.cli.output import echo, emit_long, say, table
from koweb_sync.errors import DONE, HUMAN, InputError
from koweb_sync.i18n import _, ngettext, number

if TYPE_CHECKING:
    from koweb_sync.archive.crawl.ledger import LedgerEntry
    from koweb_sync.archive.crawl.run import Run
    from koweb_sync.archive.store.store import Store
    from koweb_sync.archive.verify.compare import Verification

MANY = 12  # post numbers that a line names
LINES = 200  # topics that the table shows
QUIET = frozenset({"small-action", "hidden", "user-deleted"})  # held like any other post


@click.command(help=_("Compare the archive with the forum, topic by topic, and look whether anything in it is broken."))
@read_options
@format_option()
@click.option("--staff/--no-staff", default=None, help=_("Compare categories that only staff may read, too."))
@click.option("--messages/--no-messages", default=None, help=_("Compare personal messages, too."))
@click.option("--offline", is_flag=True, help=_("Ask the forum nothing: only whether the archive is sound in itself."))
def verify(*, forum: str | None, store: str | None, style: str, offline: bool, **given: bool | None) -> None:
    from koweb_sync.archive.store.database_errors import damaged
    from koweb_sync.cli.archive import lost_files as lost
    from koweb_sync.cli.archive.unfinished_erasure import say_unfinished

    # Without koweb.toml the archive names the forum. A key goes only where koweb.toml says.
    told = configured_here()
    place = find(forum, store) if told and not offline else find_to_read(forum, store)
    opened = place.open()
    try:
        number = archive_at(place, opened).forum
    except InputError as error:
        if offline and (why := opened.damage()):
            raise damaged(opened.place, why) from error
        raise
    report = verified(place, opened, number, given, offline=offline, key=told)
    if style == "json":
        emit_long({**as_data(report), "gone": lost.as_data(report.gone)}, "topics", map(topic_data, report.entries))
    else:
        if report.unfinished:
            say_way_on(place, opened, number, report.unfinished)
        show(report, more_to_read(place, asked=report.compared, backup=last_way(opened, number) == "backup"))
        lost.say_lost(report.gone, place)
        with opened.read() as connection:
            say_unfinished(connection, number, opened.place)
    sys.exit(DONE if report.complete and (report.compared or not report.unfinished) else HUMAN)


def verified(
    place: ArchivePlace,
    opened: "Store",
    number: int,
    given: "dict[str, bool | None]",
    *,
    offline: bool,
    key: bool = True,
) -> "Verification":
    """Compare a forum's archive with it, or look only whether it is sound. `key`: take one if there is one."""
    from koweb_sync.archive.crawl.costs import Cost, CrawlPlan
    from koweb_sync.archive.crawl.run import CrawlOptions
    from koweb_sync.archive.verify.compare import steps, verify_offline
    from koweb_sync.archive.verify.compare import verify as compared
    from koweb_sync.cli.archive.after_run import now
    from koweb_sync.cli.archive.command import run_on
    from koweb_sync.cli.archive.run_progress import Watching

    keeping = place.settings.archive
    wishes = CrawlOptions(
        key=key and not offline and place.has_key(),
        files=keeping.files,
        staff=keeping.staff,
        messages=keeping.messages,
        public_only=keeping.public_only,
        rolling=keeping.rolling_days,
    )
    with nullcontext() if offline else opened.alone():
        run = run_on(place, opened, number, wishes)
        run.wishes = replace(wishes, **asked(run, given))
        run.now = now
        long = steps(run, offline=offline)
        with Watching(CrawlPlan("rest", Cost(), Cost(long, long))) as run.watch, offline_named():
            return verify_offline(run) if offline else compared(run)


def asked(run: "Run", given: dict[str, bool | None]) -> dict[str, bool]:
    """What is compared besides what everybody may read: as the options say, else what the last run kept, too."""
    before = run.state("scope") or {}
    kept = {name: getattr(run.wishes, name) or bool(before.get(name)) for name in given}
    return {name: kept[name] if value is None else value for name, value in given.items()}


# ---- for a person


def show(report: "Verification", more: str) -> None:
    """Topics of which there is something to say, the sums, and what was not compared. A reading cut off says enough.
    `more` says what reads what is missing.
    """
    told = [] if report.unfinished else [one for one in report.entries if said(one)]
    table([(str(one.topic), f"{number(counted(one))}/{number(one.expected)}", line(one)) for one in told[:LINES]])
    if len(told) > LINES:
        rest = len(told) - LINES
        text = ngettext(
            "… and {n} more topic: --format json names it.", "… and {n} more topics: --format json names them.", rest
        )
        say(text.format(n=number(rest)))
    for one in report.unclear[:LINES]:
        echo(
            _("{url}: what is there cannot be read, so the archive lacks it ({why}).").format(url=one.url, why=one.why)
        )
    for flaw in report.flaws[:LINES]:
        echo(broken(flaw.kind, flaw.what))
    unnamed = flawed(report) - LINES
    if unnamed > 0:
        text = ngettext("… and {n} more thing that is broken.", "… and {n} more things that are broken.", unnamed)
        echo(text.format(n=number(unnamed)))
    echo(sums(report))
    echo(verdict(report, more))
    for text in limits(report):
        say(f"· {text}")


def flawed(report: "Verification") -> int:
    """How many things in the archive are broken."""
    return len(report.flaws) + report.more_flaws


def counted(one: "LedgerEntry") -> int:
    """How many of the posts that the forum counts are held: never more than there are."""
    return max(0, one.held - one.surplus)


def named(one: "LedgerEntry") -> int:
    """How many of the likes that the forum counts are held with their people: never more than there are."""
    return max(0, one.likes.named - one.likes.surplus)


def said(one: "LedgerEntry") -> bool:
    """Whether there is something to say of a topic."""
    return not one.complete or bool(one.trouble or one.surplus or one.likes.surplus or set(one.explained) - QUIET)


def line(one: "LedgerEntry") -> str:
    """A topic in one line."""
    parts = [one.title]
    if one.short:
        parts.append(lacking(one))
    if one.likes.short:
        n = one.likes.short
        parts.append(ngettext("{n} like is missing", "{n} likes are missing", n).format(n=number(n)))
    if one.surplus:
        n = one.surplus
        text = ngettext(
            "{n} post that the forum does not count any more", "{n} posts that the forum does not count any more", n
        )
        parts.append(text.format(n=number(n)))
    if one.likes.surplus:
        n = one.likes.surplus
        text = ngettext(
            "{n} like that the forum does not count any more", "{n} likes that the forum does not count any more", n
        )
        parts.append(text.format(n=number(n)))
    parts += [reason(name, n) for name, n in one.explained.items() if name not in QUIET]
    if one.trouble:
        parts.append(troubles()[one.trouble])
    return " · ".join(parts)


def lacking(one: "LedgerEntry") -> str:
    """Which posts of a topic are missing, as far as we know."""
    text = ngettext("{n} post is missing", "{n} posts are missing", one.short).format(n=number(one.short))
    if not one.known:
        return _("{missing}: the topic was never archived").format(missing=text)
    if not one.missing:
        return text
    names = ", ".join(map(str, one.missing[:MANY])) + (", …" if len(one.missing) > MANY else "")
    if one.certain:
        return _("{missing}: {numbers}").format(missing=text, numbers=names)
    return _("{missing}, among {numbers}").format(missing=text, numbers=names)


def reason(name: str, n: int) -> str:
    """Why posts are not among those that the forum counts, or that we hold."""
    texts = {
        "whisper": ngettext("{n} whisper besides", "{n} whispers besides", n),
        "small-action": ngettext("{n} note of the forum besides", "{n} notes of the forum besides", n),
        "deleted": ngettext("{n} deleted post kept", "{n} deleted posts kept", n),
        "gone": ngettext("{n} post kept that is gone", "{n} posts kept that are gone", n),
        "private": ngettext("{n} post kept that is private now", "{n} posts kept that are private now", n),
        "unseen": ngettext("{n} post kept that is not shown any more", "{n} posts kept that are not shown any more", n),
        "number": ngettext(
            "{n} number is no post that the forum counts: deleted before we came, or a whisper",
            "{n} numbers are no posts that the forum counts: deleted before we came, or whispers",
            n,
        ),
        "erased": ngettext("{n} text erased at its author's wish", "{n} texts erased at their authors' wish", n),
        "left-out": ngettext("{n} post left out by wish", "{n} posts left out by wish", n),
    }
    return texts.get(name, f"{name}: {{n}}").format(n=number(n))


def troubles() -> dict[str, str]:
    """Why a topic could not be compared."""
    return {
        "to-read": _("still to be read"),
        "not-listed": _("the forum does not list it any more; the next reading finds out why"),
        "definition": _("it describes a category, and no list shows it"),
        "message": _("no list shows personal messages"),
        "left-out": _("only staff may read it, and it was left out by wish"),
        "no-key": _("not everybody may see it, and no key was there to look"),
    }


def broken(kind: str, what: str) -> str:
    """Something that is broken in the store, in one line."""
    texts = {
        "file": _("The database itself is damaged: {what}."),
        "shape": _("A part of the database is missing, or is not what koweb made: {what}."),
        "table": _("The table {what} does not hold what was written into it."),
        "index": _("The index of the search is damaged: {what}."),
        "version": _("Post {what} has lost its text."),
        "text": _("The text of post {what} is not the one that was archived."),
        "pointers": _("The links of post {what} are not those of its text."),
        "uploads": _("The images of post {what} are not those of its text."),
        "search": _("The search does not find post {what} by its words."),
        "title": _("Topic {what} has lost its latest version."),
        "tags": _("The tags of topic {what} are not those that were archived."),
        "author": _("Nobody knows who wrote post {what}."),
        "blob": _("The file {what} is not the one that was archived."),
        "held": _("The file {what} should be there and is not."),
    }
    return texts[kind].format(what=what)


def sums(report: "Verification") -> str:
    """All topics together."""
    entries = report.entries
    expected, given = sum(one.expected for one in entries), sum(one.likes.expected for one in entries)
    posts = ngettext("{held} of {expected} post", "{held} of {expected} posts", expected).format(
        held=number(sum(map(counted, entries))), expected=number(expected)
    )
    likes = ngettext(
        "{named} of {expected} like with its person", "{named} of {expected} likes with their people", given
    ).format(named=number(sum(map(named, entries))), expected=number(given))
    n = len(entries)
    topics = ngettext("{n} topic", "{n} topics", n).format(n=number(n))
    parts = [topics, posts, likes]
    unnamed = sum(one.likes.unnamed for one in entries)
    if unnamed:
        text = ngettext("{n} like without its person", "{n} likes without their people", unnamed)
        parts.append(text.format(n=number(unnamed)))
    names = {
        "held": ngettext("{n} file", "{n} files", report.files["held"]),
        "wanted": ngettext("{n} file still to be fetched", "{n} files still to be fetched", report.files["wanted"]),
        "gone": ngettext("{n} file that is gone", "{n} files that are gone", report.files["gone"]),
        "refused": ngettext("{n} file that may not be read", "{n} files that may not be read", report.files["refused"]),
        "large": ngettext("{n} file that is too large", "{n} files that are too large", report.files["large"]),
        "foreign": ngettext(
            "{n} picture on somebody else's server", "{n} pictures on other people's servers", report.files["foreign"]
        ),
    }
    parts += [text.format(n=number(report.files[name])) for name, text in names.items() if report.files[name]]
    return " · ".join(parts)


def verdict(report: "Verification", more: str = "") -> str:
    """The answer, in one sentence that claims no more than was looked at; `more` says what reads what is missing."""
    short = report.short
    if report.flaws:
        n = flawed(report)
        return ngettext(
            "{n} thing in the archive is broken. Keep the file, and restore a copy of it from before.",
            "{n} things in the archive are broken. Keep the file, and restore a copy of it from before.",
            n,
        ).format(n=number(n))
    if report.unfinished and (short or not report.compared):
        return lacking_so_far(sum(one.short for one in short), len(short))
    if not report.complete:
        found = missing(report) if short else _("All posts are there; some files are still to be fetched.")
        return f"{found} {more}".rstrip()
    if not report.compared:
        return _("The archive is sound in itself. Whether the forum has more was not asked.")
    return _("Nothing is missing of what was compared.")


def missing(report: "Verification") -> str:
    """How much is missing, in sentences."""
    n = sum(one.short for one in report.short)
    text = ngettext(
        "Incomplete: {n} post is missing, in {topics}.", "Incomplete: {n} posts are missing, in {topics}.", n
    )
    text = text if n else _("Incomplete: likes are missing, in {topics}.")
    topics = ngettext("{n} topic", "{n} topics", len(report.short)).format(n=number(len(report.short)))
    found = text.format(n=number(n), topics=topics)
    if unheld := len(report.unheld):
        also = ngettext("{n} topic is not in the archive yet.", "{n} topics are not in the archive yet.", unheld)
        found = f"{found} {also.format(n=number(unheld))}"
    return found


def limits(report: "Verification") -> list[str]:
    """What was not compared."""
    days, closed, messages = (report.caveats.get(name, 0) for name in ("texts", "closed", "messages"))
    made = dates.day(max(report.caveats.get(name, 0) for name in ("backup", "since-backup")))
    texts = {
        "texts": ngettext(
            "Posts were counted, their texts were not read: an edit of an old post is found within {n} day.",
            "Posts were counted, their texts were not read: an edit of an old post is found within {n} days.",
            days,
        )
        if days
        else _("Posts were counted, their texts were not read: old posts are never read again (rolling_days = 0)."),
        "backup": _("The forum was not asked: this is what its backup of {date} says.").format(date=made),
        "closed": results.closed_not_compared(closed),
        "since-backup": _(
            "Posts were counted, their texts were not read: what was edited since the backup of {date} is not seen."
        ).format(date=made),
        "offline": _("The forum was not asked: this is what it said when it was archived last."),
        "cached": ngettext(
            "What the forum lists may be {n} second old.",
            "What the forum lists may be {n} seconds old.",
            report.caveats.get("cached", 0),
        ),
        "no-key": _("Without a key: what not everybody may read was not compared."),
        "muted": _("Read with the key: categories that its user muted are not listed, and were not compared."),
        "left-out": ngettext(
            "{n} category that only staff may read was left out by wish.",
            "{n} categories that only staff may read were left out by wish.",
            report.caveats.get("left-out", 0),
        ),
        "messages": results.messages_not_compared(messages),
        "chat": _("The chat was not compared: only a backup of the forum tells of it."),
        "uncounted": _(
            "The forum does not count whispers and deleted posts: whether one was never seen, nobody knows."
        ),
        "pairs": _("A like that was given and taken back between two looks leaves no trace."),
    }
    return [texts[name].format(n=n) for name, n in report.caveats.items()]


# ---- for a program


def as_data(report: "Verification") -> dict[str, Any]:
    """Everything but its topics."""
    return {
        "version": 1,
        "complete": report.complete,
        "compared": report.compared,
        "requests": report.requests,
        "topics": [],  # each by `topic_data`
        "files": report.files,
        "broken": [{"kind": one.kind, "what": one.what} for one in report.flaws],
        "broken_unnamed": report.more_flaws,
        "unclear": [{"url": one.url, "why": one.why} for one in report.unclear],
        "not_compared": report.caveats,
    }


def topic_data(one: "LedgerEntry") -> dict[str, Any]:
    """A topic."""
    return {
        "topic": one.topic,
        "title": one.title,
        "expected": one.expected,
        "held": one.held,
        "explained": dict(one.explained),
        "missing": {"count": one.short, "numbers": list(one.missing), "certain": one.certain},
        "surplus": one.surplus,
        "likes": {
            "expected": one.likes.expected,
            "named": one.likes.named,
            "unnamed": one.likes.unnamed,
            "missing": one.likes.short,
            "surplus": one.likes.surplus,
        },
        "archived": one.known,
        "not_compared": one.trouble or None,
    }
