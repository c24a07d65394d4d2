"""`koweb archive --from-backup`: the archive out of the forum's own backup, without a request."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from koweb_sync import dates
from koweb_sync.cli.archive import first_run, results
from koweb_sync.cli.archive.after_run import after_run, now
from koweb_sync.cli.archive.held_forum import configured_here, held_alone
from koweb_sync.cli.archive.location import ArchivePlace, find
from koweb_sync.cli.archive.moved import moved_from
from koweb_sync.cli.archive.next_reading import more_to_read
from koweb_sync.cli.archive.run_progress import finding_words
from koweb_sync.cli.output import echo, emit, say
from koweb_sync.cli.progress_bar import LateBar
from koweb_sync.errors import DONE, HUMAN, ConfigError, InputError
from koweb_sync.i18n import _, ngettext, number

if TYPE_CHECKING:
    from koweb_sync.archive.backups.backup import Backup
    from koweb_sync.archive.crawl.run import CrawlOptions, Run
    from koweb_sync.archive.from_backup.backup_reading import BackupReading
    from koweb_sync.archive.from_backup.other_forum import NamedForum
    from koweb_sync.archive.from_backup.run import BackupCounts
    from koweb_sync.archive.from_backup.staged_tables import StagedTables
    from koweb_sync.archive.store.store import Store
    from koweb_sync.forum.reader import ForumReader


def archive_from(
    file: Path, where: tuple[str | None, str | None, str | None], style: str, given: dict[str, Any]
) -> int:
    """Read a backup: say what is in it, take it in, say what was new. `where`: --forum, --store and --url."""
    from koweb_sync.archive.backups.backup import Backup
    from koweb_sync.archive.from_backup import other_forum
    from koweb_sync.archive.from_backup.staged_tables import StagedTables
    from koweb_sync.archive.privacy import backup_files
    from koweb_sync.archive.store.store import Archive
    from koweb_sync.cli.archive.command import say_ignored, say_outcome
    from koweb_sync.cli.archive.neighbours import beside

    refuse_others(given)
    before = moved_from(given)
    with Backup(file) as backup, StagedTables() as staged:
        place = found(backup, *where)
        wishes = wishes_of(place, given)
        load(backup, staged, wishes)
        if style != "json":
            (echo if given["dry_run"] else say)(whose(backup, staged))
        others = beside(place, backup, staged, where)
        url, named = place.settings.url, where[2] is not None
        other_forum.refuse(backup, staged, place.open_or_empty(), url, before, named=named)
        with LateBar(_("checking the end of the backup")):
            cut = backup.container.breaks_off()
        if given["dry_run"]:
            return max(tell(backup, staged, wishes, place, style, others), say_cut(cut=cut))
        say_ignored(place)
        new = place.open_or_empty().forum(url) is None
        with first_run.opened(place, new=new) as store, store.alone():
            one = new_run(place, store, wishes)
            backup_files.note(Archive(store, one.forum, url), file)
            reading = taken(one, backup, staged)
            stale, compacted = after_run(place, store, one.forum)
    say_kind(reading)
    exports = [export.to for export in stale]
    code = say_outcome(place, one, style, exports, compacted=compacted, backup=asdict(reading.left))
    say_files_lacking(reading, place)
    return max(code, say_strange(reading), say_cut(cut=cut))


def refuse_others(given: dict[str, Any]) -> None:
    """Raises InputError for options that only make sense where the forum is asked."""
    if given["via"] != "auto" or given["files_again"] or given["avatars"]:
        raise InputError(
            _("--from-backup asks no forum: --via, --files-again and --avatars do not go with it."),
            remedy=_("Run “koweb archive” with them afterwards."),
        )


def found(backup: "Backup", forum: str | None, store: str | None, url: str | None) -> ArchivePlace:
    """The archive that is meant. Without koweb.toml and --url it is the only one of the archive here, where the reading
    of a backup was cut off; else the backup itself may say which forum it is of, or the archive here does.
    """
    if url is None and forum is None and not configured_here():
        from koweb_sync.archive.from_backup.run import VIA

        one, way = held_alone(store)
        with BackupBar():
            url = one if way == VIA else address(backup) or one
        if not url:
            raise InputError(
                _("This backup does not say which forum it is of."),
                where=backup.where,
                remedy=_("Name its address: --url https://…"),
            )
        if url == one:
            say(_("The archive is that of {url}.").format(url=url))
    return find(forum, store, url)


def address(backup: "Backup") -> str:
    """The forum's address as the backup tells it; empty where it does not."""
    for table in backup.tables("site_settings"):
        told = {row[table.columns.index("name")]: row[table.columns.index("value")] for row in table.rows}
        if told.get("vapid_base_url"):
            return str(told["vapid_base_url"])
    return ""


def wishes_of(place: ArchivePlace, given: dict[str, Any]) -> "CrawlOptions":
    """What koweb.toml and the options together want; no pictures of people, which posts do not show. A login that is
    not here now is not asked for: nothing is read with it.
    """
    from koweb_sync.cli.archive import command

    try:
        key = place.has_key()
    except ConfigError:
        if not place.settings.login:
            raise
        key = False
    return replace(command.wished(place, given), key=key, avatars=False, chat=given["chat"])


def new_run(place: ArchivePlace, store: "Store", wishes: "CrawlOptions") -> "Run":
    """A run on the forum that is meant, with no way to it."""
    from koweb_sync.archive.crawl.run import Run, Silent
    from koweb_sync.archive.from_backup.no_forum import NoForum

    settings = place.settings
    ident = store.enter(settings.url, settings.name, now())
    return Run(store, ident, settings.url, cast("ForumReader", NoForum()), wishes, Silent(), now)


def load(backup: "Backup", staged: "StagedTables", wishes: "CrawlOptions") -> None:
    """Read the small tables of a backup, and show how far that is."""
    with BackupBar() as watch:
        staged.step = watch.step
        staged.load(backup, messages=wishes.messages, chat=wishes.chat)


def taken(one: "Run", backup: "Backup", staged: "StagedTables") -> "BackupReading":
    """Take the backup in, and show how far that is."""
    from koweb_sync.archive.from_backup.run import VIA, take_in

    if one.pending() == VIA:
        say(_("Going on with the run that was stopped."))
    with BackupBar() as watch:
        one.watch, staged.step = watch, watch.step
        return take_in(one, backup, staged, restricted=one.wishes.uses_key)


class BackupBar(LateBar):
    """Watches the reading of a backup."""

    def __init__(self) -> None:
        super().__init__(_("reading the backup"))

    def stage(self, name: str) -> None:
        """Say what is read now."""
        from koweb_sync.cli.archive.run_stages import stages

        self.label = {"earlier": _("reading earlier texts"), **stages()}.get(name, _("reading the backup"))
        self.tell(self.label)

    def step(self, requests: int = 1) -> None:
        """Some more rows are read."""
        self.advance()


# ---- in words


def tell(
    backup: "Backup",
    staged: "StagedTables",
    wishes: "CrawlOptions",
    place: ArchivePlace,
    style: str,
    others: "list[NamedForum]",
) -> int:
    """Say what would be read of a backup, and where that would go: the exit code. Nothing is written. `others`: forums
    that are there already.
    """
    from koweb_sync.archive.from_backup import other_forum
    from koweb_sync.archive.from_backup.run import moment, survey

    theirs, made, store = other_forum.told_by(staged), moment(backup, staged), place.shown
    with BackupBar():
        counts, files = survey(backup, staged, wishes, restricted=wishes.uses_key), with_files(backup)
    if style == "json":
        facts = asdict(counts)
        whence = {"forum": {"name": theirs.name or None, "url": theirs.url or None}}
        into = {"into": {"url": place.settings.url, "store": store}}
        facts |= {"with_files": files}
        emit({"version": 1, "form": backup.form, "made": dates.iso(made), **whence, **into, **facts})
    else:
        echo(holds(counts))
        for text in results.left_of_backup(asdict(counts.left), {}):
            echo(_("Left out: {what}.").format(what=text))
        if not files:
            echo(_("There are no images and no attachments in it."))
        echo(_("It goes into the archive of {url}: {store}").format(url=place.settings.url, store=store))
        if others:
            echo(_("This file holds another forum already: {forums}.").format(forums=", ".join(map(str, others))))
    return DONE


def with_files(backup: "Backup") -> bool:
    """Whether a backup was made with the files of posts."""
    return next(backup.uploads(), None) is not None


def whose(backup: "Backup", staged: "StagedTables") -> str:
    """When a backup was made, and of which forum, in a sentence."""
    from koweb_sync.archive.from_backup import other_forum
    from koweb_sync.archive.from_backup.run import moment

    theirs, when = other_forum.told_by(staged), dates.day(moment(backup, staged))
    if not theirs.name and not theirs.url:
        return _("Backup of {when}; it does not say which forum it is of.").format(when=when)
    if not theirs.url:
        return _("Backup of {when}, of {forum}; it does not say its address.").format(when=when, forum=theirs)
    return _("Backup of {when}, of {forum}.").format(when=when, forum=theirs)


def holds(counts: "BackupCounts") -> str:
    """What is read of a backup, in a sentence, in the words in which a run says what it found."""
    earlier = {"earlier texts": counts.earlier_texts, "earlier titles": counts.earlier_titles}
    parts = (
        ngettext("{n} topic", "{n} topics", counts.topics).format(n=number(counts.topics)),
        ngettext("{n} post", "{n} posts", counts.posts).format(n=number(counts.posts)),
        *(finding_words(name, n).format(n=number(n)) for name, n in earlier.items() if n),
        ngettext("{n} like", "{n} likes", counts.likes).format(n=number(counts.likes)),
        ngettext("{n} person", "{n} people", counts.people).format(n=number(counts.people)),
        *([results.chat(counts.chat_channels, counts.chat_messages)] if counts.chat_messages else []),
    )
    return _("It holds {things}. Reading it takes no request.").format(things=", ".join(parts))


def say_kind(reading: "BackupReading") -> None:
    """Say where the archive is newer than the backup, so that only what was lacking came from it."""
    if reading.older:
        say(_("The archive is newer than this backup: only what it did not have was taken from it."))


def say_files_lacking(reading: "BackupReading", place: ArchivePlace) -> None:
    """Say how many of the files that posts show are not in the backup, and what may have them."""
    from koweb_sync.archive.from_backup.uploads import lacking

    found = lacking(reading) if reading.run.wishes.files else 0
    if found:
        text = ngettext(
            "{n} file that posts show is not in this backup.",
            "{n} files that posts show are not in this backup.",
            found,
        )
        say(f"{text.format(n=number(found))} {more_to_read(place, asked=False, backup=False)}")


def say_cut(*, cut: bool) -> int:
    """Say where the end of a backup is missing: the exit code. What comes first in it, topics and posts, was read."""
    if not cut:
        return DONE
    say(
        _(
            "The end of this backup is missing, and with it maybe images and attachments: its download broke off."
            " Topics and posts are whole. Download it again, and read that one too."
        ),
        fg="red",
    )
    return HUMAN


def say_strange(reading: "BackupReading") -> int:
    """Say which tables and how many rows could not be read: the exit code."""
    for table, columns in reading.backup.other.items():
        text = _("The table {table} of this backup has no column {columns}, and is left out: its form is a new one.")
        say(text.format(table=table, columns=columns), fg="red")
    if not reading.unreadable:
        return HUMAN if reading.backup.other else 0
    text = ngettext(
        "{n} entry of this backup cannot be read, and is left out.",
        "{n} entries of this backup cannot be read, and are left out.",
        reading.unreadable,
    )
    say(text.format(n=number(reading.unreadable)), fg="red")
    return HUMAN
