"""The room of the report: choose a period, make it, look at it, keep it, and make a post of it."""

import tempfile
import time
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from flask import Blueprint, Response, abort, current_app, redirect, request
from flask.typing import ResponseReturnValue

from koweb_sync import dates, safe_files
from koweb_sync.desk.actions.report_form import AUDIENCES, ReportForm, faults, options, periods, report_form
from koweb_sync.desk.actions.report_message import MessagePlace, ReportMessage, make_message, message_of, scratch
from koweb_sync.desk.previews.preview import Previewer
from koweb_sync.desk.rooms.preview import places
from koweb_sync.desk.rooms.write import about_tags, known_tags, tags_there
from koweb_sync.desk.run.work import RunningWork
from koweb_sync.desk.serving.app import DeskRoom, page, session, shown
from koweb_sync.desk.serving.archive_reading import erasure_here, forgotten_elsewhere, reading
from koweb_sync.desk.serving.command_work import command
from koweb_sync.desk.texts import writing
from koweb_sync.desk.texts.post_folder import readable
from koweb_sync.errors import NoArchive
from koweb_sync.i18n import _
from koweb_sync.posts.tags import stored
from koweb_sync.times import SECOND

routes = Blueprint("report", __name__)
HOME = "/report/"
REPORT = DeskRoom(routes, HOME, lambda: _("Report"))
# The report has a policy of its own, which names its one style sheet; here it gets nothing besides.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


def made() -> str:
    """The folder of this run's reports, which goes with it: one of them names people."""
    known = current_app.extensions
    if "reports" not in known:
        known["reports"] = session.until_end.enter_context(tempfile.TemporaryDirectory(prefix="koweb-report-"))
    return str(known["reports"])


def file_of(audience: str) -> Path:
    """Where a report for somebody lies."""
    return Path(made(), f"koweb-report-{audience}.html")


def own_days(form: ReportForm) -> str:
    """The days of a period of one's own, in words."""
    since, until = datetime.fromisoformat(form.since), datetime.fromisoformat(form.until)
    if since == until:
        return _("on {day}").format(day=dates.day_of(since))
    return _("from {since} to {until}").format(since=dates.first_day(since, until), until=dates.day_of(until))


def purpose() -> str:
    """What the report is for."""
    return _(
        "Who takes part, who is left aside, and what changes: a page with figures and pictures. koweb makes it here, "
        "mostly within a minute, from what it has read of the forum, and asks the forum nothing."
    )


@routes.get(HOME)
def report() -> ResponseReturnValue:
    """Choose a report; those that were made are there."""
    return form_page(asked().get("", ReportForm()))


def asked() -> dict[str, ReportForm]:
    """What was chosen for each report that was made; under "", what was chosen last: the next one is most likely about
    the same.
    """
    known: dict[str, ReportForm] = current_app.extensions.setdefault("report-forms", {})
    return known


def looked_at() -> set[str]:
    """For whom there is a report at which somebody looked since it was made."""
    known: set[str] = current_app.extensions.setdefault("reports-looked-at", set())
    return known


def form_page(form: ReportForm, wrong: dict[str, str] | None = None) -> ResponseReturnValue:
    """The page, with a form as it was filled in. `wrong`: what is wrong with it, by field."""
    until = read_until()
    if until is None:
        return page("no_archive.html", title=_("Report"), purpose=purpose(), waits=False)
    last = session.work.last
    posted = last.result if last and last.kind == "report-post" and last.finished and not last.error else None
    current = shown.current()
    files = current.now.shown
    ready = newest_first()
    made_now = last is not None and last.kind == "report" and last.finished and not last.error
    made_last = asked()[""].audience if made_now and "" in asked() else ""
    shown_page = page(
        "report.html",
        purpose=purpose(),
        elsewhere=forgotten_elsewhere(),
        erasure=erasure_here(),
        periods=periods(),
        asked=asked(),
        own_days=own_days,
        chosen=form,
        wrong=wrong or {},
        until=dates.day(until) if until else "",
        ready=ready,
        new=made_last if made_last not in looked_at() else "",
        times={one: dates.minute(int(file_of(one).stat().st_mtime * SECOND)) for one in ready},
        **writing.offered(shown.settings, shown.current().now.site, form.place),
        tags=known_tags(),
        about_tags=about_tags(),
        tags_there=tags_there(),
        files=files,
        url=places(),
        posted=posted,
        message=message_that_is(current) if "community" in ready else None,
        deleted="deleted" in request.args,
    )
    return Response(shown_page, 409) if wrong else shown_page


def newest_first() -> list[str]:
    """For whom there is a report; the one that was made last comes first."""
    there = [one for one in AUDIENCES if file_of(one).exists()]
    return sorted(there, key=lambda one: file_of(one).stat().st_mtime_ns, reverse=True)


@dataclass(frozen=True, slots=True)
class MessageThatIs:
    """The message that the report for the community is already. `mark`: what stands for its content; `topic`: its
    address on the forum, "" where it is not published; `same`: its text is that of the report, as far as is known.
    """

    path: str
    title: str
    mark: str
    topic: str
    same: bool


def message_that_is(current: Previewer) -> MessageThatIs | None:
    """That message, if there is one about the same days."""
    page = file_of("community").read_text(encoding="utf-8")
    path = message_of(page, shown.settings.locale, current.now.shown)
    if not path:
        return None
    mark = writing.mark(safe_files.read(shown.repo.root, path))
    same = texts_made().get(path) == report_text(current.now.shown[path].post.body)
    return MessageThatIs(path, current.titles[path], mark, current.address(path), same)


def texts_made() -> dict[str, tuple[int, str]]:
    """What was written into messages of reports since koweb began, by path: as `report_text` names it."""
    known: dict[str, tuple[int, str]] = current_app.extensions.setdefault("report-texts", {})
    return known


def report_text(body: str) -> tuple[int, str]:
    """A text that came of the report for the community as it is now: another one that is made later has another."""
    return file_of("community").stat().st_mtime_ns, body


def read_until() -> int | None:
    """Until when the forum was read (µs), 0 where that is not known; None without an archive."""
    try:
        with reading() as reader:
            return reader.source().until or 0
    except NoArchive:
        return None


def wrong_days(form: ReportForm) -> dict[str, str]:
    """What is wrong with the days of a form."""
    until = read_until()
    return faults(form, dates.local(time.time_ns() // 1_000).date(), dates.local(until).date() if until else None)


@routes.post(f"{HOME}make")
def make() -> ResponseReturnValue:
    """Make the page of a report."""
    form = report_form(request.form)
    if wrong := wrong_days(form):
        return form_page(form, wrong)
    work = command("report", *options(form), f"--audience={form.audience}", f"--output={file_of(form.audience)}")
    session.work.start("report", _("Making the report"), HOME, work)
    asked().update({form.audience: form, "": form})
    looked_at().discard(form.audience)
    return redirect("/work/")


@routes.get(f"{HOME}<audience>")
def look(audience: str) -> Response:
    """A report, as a page of its own; `?save`: to be kept."""
    if audience not in AUDIENCES or not file_of(audience).exists():
        abort(404)
    looked_at().add(audience)
    sent = Response(file_of(audience).read_bytes(), content_type="text/html; charset=utf-8")
    sent.headers["Content-Security-Policy"] = POLICY
    if "save" in request.args:
        sent.headers["Content-Disposition"] = f'attachment; filename="{file_of(audience).name}"'
    return sent


@routes.post(f"{HOME}delete")
def delete() -> ResponseReturnValue:
    """Delete a report that was made; what was kept of it as a file stays."""
    audience = request.form.get("audience", "")
    if audience not in AUDIENCES:
        abort(404)
    safe_files.remove(Path(made()), file_of(audience).name)
    return redirect(f"{HOME}?deleted", 303)


@routes.post(f"{HOME}post")
def post() -> ResponseReturnValue:
    """Make a message of the report for the community, in a category that the page offers and with tags; or write the
    one about the same days anew, whose content was agreed to go.
    """
    form, site, files = asked().get("community"), shown.current().now.site, shown.current().now.shown
    if form is None:
        return redirect(HOME, 303)
    form = replace(form, place=request.form.get("place", ""), tags=request.form.get("tags", ""))
    if there := files.get(request.form.get("over", "")):
        folder, category = str(PurePosixPath(there.post.path).parent), there.post.front.category
        tags = list(there.post.front.tags or ())
    elif place := writing.place_called(form.place, shown.settings, site):
        folder, category = place.folder, place.category
        tags = list(dict.fromkeys(filter(None, map(stored, writing.typed_tags(form.tags)))))
    else:
        return form_page(form, {"place": _("Choose a category.")})
    apart, repo = scratch(folder), shown.repo
    words = [*options(form), f"--into={repo.root / apart}", *([f"--into-category={category}"] if category else ())]
    words += [f"--into-tag={tag}" for tag in tags]
    where, report = MessagePlace(folder, files, request.form.get("mark", "")), command("report", *words)
    texts, came = texts_made(), report_text("")[0]

    def making(work: RunningWork) -> ReportMessage:
        made = make_message(work, repo, report, apart, where)
        if not made.there:
            texts[made.path] = came, readable(made.path, safe_files.read(repo.root, made.path)).post.body
        return made

    session.work.start("report-post", _("Making a message of the report"), HOME, making)
    asked().update({"community": form, "": form})
    return redirect("/work/")
