"""Where a report goes: whole files, or none; standard output for data."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from koweb_sync import safe_files
from koweb_sync.cli import named_file
from koweb_sync.cli.archive.location import ArchivePlace
from koweb_sync.cli.output import document, echo, label, say
from koweb_sync.cli.report.asked import Asked
from koweb_sync.cli.workspace import outside_posts, repository_paths
from koweb_sync.errors import InputError
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.safe_text import escaped_json

if TYPE_CHECKING:
    from koweb_sync.report.compute import Report
    from koweb_sync.report.page.markdown import ReportPost


@dataclass(frozen=True)
class ReportDestination:
    """`file`: None is standard output. `folder`: of the post file, for `--into`; `category` and `tags`: what it says
    as its own. `words` say where it is written.
    """

    style: str
    words: str
    file: Path | None = None
    folder: Path | None = None
    force: bool = False
    category: str = ""
    tags: tuple[str, ...] = ()


def destination(place: ArchivePlace, asked: Asked, given: dict[str, Any]) -> ReportDestination:
    """Where the report goes. Raises InputError for a folder in which nothing is published."""
    style = "md" if given["into"] else given["style"] or "html"
    if given["into"]:
        folder = post_folder(place, given["into"])
        words = _("Written into: {place}").format(place=folder)
        return ReportDestination(style, words, None, folder, given["force"], given["into_category"], given["into_tag"])
    file = given["output"]
    if file is None and style == "html":
        name = "koweb-report-facilitators.html" if asked.audience == "facilitators" else "koweb-report.html"
        file = Path(name)
    return into_file(style, file, force=given["force"])


def into_file(style: str, file: Path | None, *, force: bool = False) -> ReportDestination:
    """A file that somebody named, or standard output. Raises InputError for a folder."""
    if file is None or str(file) == "-":
        return ReportDestination(style, _("Written to: standard output"))
    if file.is_dir():
        raise InputError(_("This is a folder."), where=str(file), remedy=_("Name a file in it."))
    safe_files.direct(file)
    return ReportDestination(style, _("Written to: {place}").format(place=file), file, force=force)


def post_folder(place: ArchivePlace, given: str) -> Path:
    """The folder of `--into`, which lies in the folder of the post files. Raises InputError."""
    repo = Repo.find(Path.cwd())
    inside = repository_paths(repo, [given])[0]
    posts = place.settings.posts
    full = repo.root / inside
    if posts not in (".", inside) and not inside.startswith(f"{posts}/"):
        raise outside_posts(repo, place.settings, inside, _("Choose a folder in it with --into."), "--into")
    if inside:
        safe_files.inside(repo.root, inside)
    return full


def rendered(report: "Report", where: ReportDestination, time: int) -> "str | ReportPost":
    """The report as text, or as a post file with its pictures. `time` is now, in microseconds."""
    if where.style == "md":
        from koweb_sync.report.page.markdown import post

        return post(report, time, where.category, where.tags)
    if where.style == "json":
        from koweb_sync.report.data.as_json import as_json

        return json.dumps(as_json(report), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    if where.style == "csv":
        from koweb_sync.report.data.csv_table import table

        return table(report)
    from koweb_sync.report.page.html import page

    return page(report, time)


def deliver(drawn: "str | ReportPost", where: ReportDestination, audience: str) -> None:
    """Write what was made of the report, and say where."""
    if not isinstance(drawn, str):
        deliver_post(drawn, where)
        return
    if where.file is None:
        document(escaped_json(drawn) if where.style == "json" else drawn)
        return
    named_file.write(where.file, drawn, force=where.force, mode=0o600 if audience == "facilitators" else None)
    echo(label(str(where.file)))
    if audience == "facilitators":
        say(_("It names people who are left aside: do not pass it on, and keep it out of git."))


def deliver_post(made: "ReportPost", where: ReportDestination) -> None:
    """Write a post file and its pictures: the pictures first, so that no post file lacks one."""
    if where.file is None and where.folder is None:
        document(made.text.decode())
        if made.files:
            say(_("The pictures are only written with --output or --into."))
        return
    file = where.file or (where.folder or Path()) / f"{made.name}.md"
    if where.folder is not None:
        keep(file, made, force=where.force)
    if where.file is not None and not where.force:
        named_file.spare(file, made.text)
    for name, data in made.files.items():
        safe_files.output(file.parent / name, data)
    safe_files.output(file, made.text)
    echo(label(os.path.relpath(file)))


def keep(file: Path, made: "ReportPost", *, force: bool) -> None:
    """Raises InputError where a post file is there already: somebody may have written in it."""
    if file.exists() and not force and file.read_bytes() != made.text:
        raise InputError(
            _("This file is there already, and somebody may have written in it."),
            where=os.path.relpath(file),
            remedy=_("Move it away, or write over it with --force."),
        )
