"""`koweb archive export`: the archive as files for others, in every format that there is."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from koweb_sync import safe_files
from koweb_sync.archive.exports.export import EXPORTS, target
from koweb_sync.cli.archive.exports_again import written
from koweb_sync.cli.archive.filters import TypedOptions, filters, reading, reading_to_tell, wanted_of
from koweb_sync.cli.archive.held_forum import find_to_read, read_options
from koweb_sync.cli.archive.run_stages import before_anything
from koweb_sync.cli.choices import OneOf
from koweb_sync.cli.options import folders_here
from koweb_sync.cli.out_of_git import keep_private
from koweb_sync.cli.output import say
from koweb_sync.errors import HUMAN, Stopped
from koweb_sync.i18n import _, active
from koweb_sync.safe_text import line
from koweb_sync.zones import of_pages

if TYPE_CHECKING:
    from koweb_sync.archive.read.model import Amount, ArchiveFilter
    from koweb_sync.archive.read.reader import Reader

CALLED = {  # format: what else people call it
    "website": "html web siteweb pages",
    "jsonl": "json ndjson",
    "md": "markdown text texte",
    "mbox": "mail mails email courriel",
    "parquet": "csv excel table tableau",
    "atom": "rss feed flux",
}


class WithFormats(click.Command):
    """A command whose help says what each format is, and which of other packages cannot be used."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        with formatter.section(_("Formats")):
            formatter.write_dl([(one.name, one.words()) for one in EXPORTS.all()])
        for error in EXPORTS.broken():
            formatter.write(f"\n{click.wrap_text(line(str(error)), formatter.width)}\n")


@click.command(cls=WithFormats, help=_("Write the archive as files for others: pages, texts, tables, a feed."))
@read_options
@click.option(
    "--format", "style", type=OneOf(EXPORTS.names(), CALLED), required=True, help=_("What to write; see below.")
)
@click.option(
    "--to",
    required=True,
    metavar="DIR",
    shell_complete=folders_here,
    help=_("The folder, or an address that fsspec knows (s3://…)."),
)
@filters("topic", "category", "tag", "since", "until")
@click.option("--public-only", is_flag=True, help=_("Leave out what not everybody could read on the forum."))
@click.option(
    "--pseudonyms",
    is_flag=True,
    help=_("Give each account a pseudonym, the same every time; what people wrote may still name somebody."),
)
@click.option("--dry-run", is_flag=True, help=_("Only say how much would be written."))
@click.option("--force", is_flag=True, help=_("Write into a folder that holds something else; that stays."))
def export(forum: str | None, store: str | None, style: Any, to: str, **given: Any) -> None:
    flags = {name: bool(given.pop(name)) for name in ("public_only", "pseudonyms", "dry_run", "force")}
    with before_anything(_("Stopped. Nothing was written.")):
        from koweb_sync.archive.exports.history import MadeExport, full, origin, writing
        from koweb_sync.archive.privacy import copies
        from koweb_sync.cli.archive import results as found

        place = find_to_read(forum, store)
        with reading_to_tell(place) as reader:
            copies.refuse(reader.connection, reader.forum, place.store)
            wanted = wanted_of(reader, TypedOptions(public=flags["public_only"], **given))
            wanted = wanted if EXPORTS.get(style).chat else replace(wanted, chat=False)
            say_amount(reader.count(wanted))
            say_not_public(reader, wanted)
            of = (reader.source().home, *origin(reader.connection, reader.forum))
    if flags["dry_run"]:
        target(full(to), style, of[0], force=flags["force"])
        return
    if "://" not in full(to):
        local = Path(full(to)) if "://" in to else safe_files.direct(Path(to).expanduser())
        keep_private(local, force=flags["force"])
    zone = of_pages(place.settings.time_zone)
    made = MadeExport(full(to), *of, style, active(), flags["pseudonyms"], zone, wanted)
    with writing(made.to), may_be_stopped(made.to):
        done, whole = written(reading(place), of[0], made, force=flags["force"])
    if "://" in to:
        from koweb_sync.archive.exports.remote import without_secrets

        to = without_secrets(to)
    say(found.written(done, to))
    if opens := EXPORTS.get(style).opens:
        say(_("Open {file}").format(file=f"{to.rstrip('/')}/{opens}"), bold=True)
    elif "://" not in to:
        say(_("Open the folder {folder}").format(folder=to.rstrip("/") or "/"), bold=True)
    for path in done.kept:
        say(_("{path} was changed since the last export, and stays.").format(path=path))
    if not whole:
        say(_("Something was erased meanwhile and may still be in this export. Export it again."), fg="red")
        sys.exit(HUMAN)


def say_not_public(reader: "Reader", wanted: "ArchiveFilter") -> None:
    """Say in yellow how much of an export not everybody reads on the forum: it may be meant for the web. What stood
    open and is not shown any more may have been read by everybody.
    """
    from koweb_sync.archive.exports import captions

    stood_open = reader.count_open(wanted)
    closed = _("{things} of them could not be read by everybody; --public-only leaves them out.")
    gone = _("The forum does not show {things} of them any more; --public-only leaves them out.")
    more = reader.count(wanted).beside(stood_open), stood_open.beside(reader.count(replace(wanted, public=True)))
    for text, part in zip((closed, gone), more, strict=True):
        if part.posts or part.messages:
            say(text.format(things=captions.amount(part)), fg="yellow")


@contextmanager
def may_be_stopped(to: str) -> "Iterator[None]":
    """Say what is left where somebody stops the writing. Raises Stopped."""
    try:
        yield
    except KeyboardInterrupt:
        if "://" not in to and not Path(to).exists():
            raise Stopped(_("Stopped. Nothing was written.")) from None
        if "://" in to:
            from koweb_sync.archive.exports.remote import without_secrets

            to = without_secrets(to)
        text, remedy = _("Stopped. The export is not whole: {place}."), _("Type the same command again.")
        raise Stopped(text.format(place=to), remedy=remedy) from None


def say_amount(held: "Amount") -> None:
    """Say how much is to be written; in yellow that it is nothing."""
    from koweb_sync.archive.exports import captions

    say(f"{captions.amount(held)}.")
    if not any(held):
        say(_("The archive holds nothing like that: the export is empty."), fg="yellow")
