"""`koweb archive subject`: what is held about somebody."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click
from click.core import ParameterSource

from koweb_sync import dates, safe_files
from koweb_sync.cli import named_file
from koweb_sync.cli.archive.after_run import now
from koweb_sync.cli.archive.held_forum import find_to_read, read_options
from koweb_sync.cli.archive.location import archive_to_tell_of
from koweb_sync.cli.choices import OneOf
from koweb_sync.cli.out_of_git import keep_private
from koweb_sync.cli.output import document, echo, emit, label, say
from koweb_sync.i18n import _
from koweb_sync.zones import of_pages

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from koweb_sync.archive.privacy.forget import PersonNames
    from koweb_sync.archive.store.store import Archive


@click.command(
    help=_(
        "Say all that the archive holds about somebody: the answer to a request for access (GDPR, article 15).\n\n"
        "The page explains why the data is kept and what rights people have: read it, and adapt it to your community, "
        "before you send it. Of other people it tells no more than where they mention somebody."
    )
)
@click.argument("user")
@read_options
@click.option(
    "--format",
    "style",
    type=OneOf(["html", "json"]),
    default="html",
    show_default=True,
    help=_("A page, or data. On a terminal, the page is told in lines, unless a format is named."),
)
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("Write it to this file, which only you may read (default: standard output)."),
)
@click.option("--force", is_flag=True, help=_("Write over what is about somebody else, or a file that git tracks."))
@click.pass_context
def subject(ctx: click.Context, /, user: str, forum: str | None, store: str | None, **given: Any) -> None:
    style, output = given["style"], given["output"]
    from koweb_sync.archive.privacy import subject_files, subject_page
    from koweb_sync.archive.privacy.subject import gather

    place = find_to_read(forum, store)
    archive = archive_to_tell_of(place)
    with archive.store.read() as connection:
        person = meant(connection, archive, user)
        facts = gather(connection, archive.forum, person.id, now())
    if output is None and sys.stdout.isatty() and ctx.get_parameter_source("style") is ParameterSource.DEFAULT:
        with dates.reading_in(ZoneInfo(of_pages(place.settings.time_zone))):
            show(facts)
        return
    if style == "html":
        with dates.reading_in(ZoneInfo(of_pages(place.settings.time_zone))):
            text = subject_page.page(facts)
    else:
        text = json.dumps(facts, ensure_ascii=False, indent=2) + "\n"
    if output is None:
        emit(facts) if style == "json" else document(text)
        return
    if not given["force"]:
        named_file.spare(output, text.encode())
    keep_private(output, force=given["force"])
    safe_files.output(output, text, mode=0o600)
    with archive.store.read() as connection:
        subject_files.note(connection, archive.forum, person.id, output)
    say(_("Written to {file}. It is about a person: delete it when it is sent.").format(file=output))


def meant(connection: "Connection", archive: "Archive", user: str) -> "PersonNames":
    """Somebody by what was typed: by a name that was erased, whoever it was, and nobody who has another one like it.
    Raises InputError.
    """
    from koweb_sync.archive.privacy import erased_names, forget
    from koweb_sync.archive.read.people import NobodyCalledSo

    try:
        return forget.find(connection, archive.forum, user)
    except NobodyCalledSo:
        person = erased_names.erased_as(connection, archive, user)
        if person is None:
            raise
    say(_("“{user}” was erased from this archive already: #{n}.").format(user=user, n=person.id))
    return person


def show(facts: dict[str, Any]) -> None:
    """Tell it on a terminal, and where the whole answer is."""
    from koweb_sync.cli.archive.subject_words import told

    for line in told(facts):
        echo(label(line))
    say(_("The texts of the posts, and what an answer has to say besides, are in the page: --output FILE writes it."))
