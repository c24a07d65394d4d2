"""A message of a report: made beside the messages, then put among them. What somebody wrote in one is never lost."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from koweb_sync import safe_files
from koweb_sync.desk.run.work import RunningWork, Work
from koweb_sync.desk.texts import unsaved
from koweb_sync.desk.texts.post_folder import FolderPost, readable
from koweb_sync.desk.texts.writing import form_of, mark
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import speaking
from koweb_sync.report.page.html import days_in
from koweb_sync.report.page.markdown import name_about


@dataclass(frozen=True, slots=True)
class ReportMessage:
    """A message of a report: its path. `there`: what names the content of one about the same days that was there
    before, and is as it was; "" where the report is written.
    """

    path: str
    there: str = ""


@dataclass(frozen=True, slots=True)
class MessagePlace:
    """Where a message of a report goes: into a folder. `texts`: those that are there, by path; `over`: what names the
    content of the one that is written anew.
    """

    folder: str
    texts: Mapping[str, FolderPost]
    over: str = ""


def scratch(folder: str) -> str:
    """A folder for what is not among the messages yet: koweb passes over those with a dot."""
    return f"{folder}/.koweb-{secrets.token_hex(8)}"


def make_message(work: RunningWork, repo: Repo, report: Work, apart: str, place: MessagePlace) -> ReportMessage:
    """Make a report in a folder `apart`, and put it in its place. One about the same days stays, unless its content is
    the one that is to be written anew; that is set aside then.
    """
    try:
        report(work)
        (made,) = (repo.root / apart).glob("*.md")
        path, text = place_of(made.name, place), made.read_bytes()
        before = safe_files.read(repo.root, path)
        if before not in (b"", text) and mark(before) != place.over:
            return ReportMessage(path, mark(before))
        if before not in (b"", text):
            form = form_of(readable(path, before).post, before)
            unsaved.put_aside(repo, path, form, unsaved.now(), unsaved.AsideReason("report"))
            unsaved.pass_by(repo, path)
        folder = PurePosixPath(path).parent
        for file in made.parent.glob("img/*"):
            safe_files.write(repo.root, folder / "img" / file.name, file.read_bytes())
        safe_files.write(repo.root, path, text)
    finally:
        clear(repo, apart)
    return ReportMessage(path)


def clear(repo: Repo, apart: str) -> None:
    """Take such a folder away, with what is in it."""
    top = repo.root / apart
    for one in (*sorted(top.rglob("*"), reverse=True), top):  # what is in a folder before the folder
        if one.is_file():
            safe_files.remove(repo.root, one.relative_to(repo.root))
        elif one.is_dir():
            one.rmdir()


def place_of(name: str, place: MessagePlace) -> str:
    """The path of a message with this name: where one about the same days lies, else in the folder."""
    return called(PurePosixPath(name).stem, place.texts) or f"{place.folder}/{name}"


def called(ident: str, texts: Mapping[str, FolderPost]) -> str:
    """The path of the message with this id or name; "" where there is none."""
    return next((path for path, one in texts.items() if ident in (one.post.front.id, PurePosixPath(path).stem)), "")


def message_of(report: str, locale: str, texts: Mapping[str, FolderPost]) -> str:
    """The path of the message that a report is already, from the report's page: one about the same days, named in the
    language of the forum. "" where it is none.
    """
    days = days_in(report)
    with speaking(locale):
        return called(name_about(days), texts) if days else ""
