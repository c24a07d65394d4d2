"""The room of the report: choose a period, make it, look at it, keep it, and make a post of it."""

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, request
from flask.typing import ResponseReturnValue

from koweb_sync import dates
from koweb_sync.desk.app import DeskRoom, page, session, shown
from koweb_sync.desk.archive_reading import reading
from koweb_sync.desk.command_work import command
from koweb_sync.desk.preview_pages import places
from koweb_sync.desk.writing import category_name
from koweb_sync.errors import NoArchive
from koweb_sync.i18n import _
from koweb_sync.posts.paths import folders_of
from koweb_sync.times import SECOND

routes = Blueprint("report", __name__)
HOME = "/report/"
REPORT = DeskRoom(routes, HOME, lambda: _("Report"))
AUDIENCES = ("community", "facilitators")
OWN = "own"
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


def periods() -> dict[str, str]:
    """The periods that may be chosen."""
    return {"7d": _("the last 7 days"), "30d": _("the last 30 days"), "90d": _("the last 90 days")} | {
        "365d": _("the last 365 days"),
        OWN: _("the days that you choose:"),
    }


def own_days(asked: tuple[str, str, str]) -> str:
    """The days of a period of one's own, in words."""
    days = (dates.day_of(datetime.fromisoformat(one)) if one else "" for one in asked[1:])
    since, until = days
    return _("{since} to {until}").format(since=since, until=until) if since and until else since or until


def chosen(given: Any) -> tuple[str, ...]:
    """The period of a form, as options of the command."""
    period = given.get("period", "30d")
    if period != OWN:
        return (f"--since={period if period in periods() else '30d'}",)
    ends = (("--since", given.get("since", "")), ("--until", given.get("until", "")))
    return tuple(f"{name}={value}" for name, value in ends if value)


def purpose() -> str:
    """What the report is for."""
    return _(
        "Who takes part, who is left aside, and what changes: a page with figures and pictures. koweb makes it here, "
        "mostly within a minute, from what it has read of the forum, and asks the forum nothing."
    )


@routes.get(HOME)
def report() -> ResponseReturnValue:
    """Choose a report; those that were made are there."""
    try:
        with reading() as reader:
            until = reader.source().until
    except NoArchive:
        return page("no_archive.html", title=_("Report"), purpose=purpose(), waits=False)
    asked: dict[str, tuple[str, str, str]] = current_app.extensions.setdefault("report-periods", {})
    last = session.work.last
    posted = last.result if last and last.kind == "report-post" and last.finished and not last.error else None
    ready = [one for one in AUDIENCES if file_of(one).exists()]
    return page(
        "report.html",
        purpose=purpose(),
        periods=periods(),
        asked=asked,
        own_days=own_days,
        chosen=asked.get("", ("30d", "", "")),
        until=dates.day(until) if until else "",
        ready=ready,
        times={one: dates.minute(int(file_of(one).stat().st_mtime * SECOND)) for one in ready},
        folders=folders(),
        files=shown.current().now.shown,
        url=places(),
        posted=path_in_repository(str(posted).splitlines()[-1]) if posted else None,
    )


def folders() -> list[tuple[str, str]]:
    """The folders of the posts that a report may become a file of, each as its category is called."""
    settings, site = shown.settings, shown.current().now.site
    folders = sorted(folders_of(settings.categories).items())
    known = [(folder, category_name(site, said) or folder) for folder, said in folders]
    return known or [(".", settings.posts)]


def path_in_repository(printed: str) -> str:
    """The path of a file as pages know it, of one that the command printed."""
    place = Path(session.start, printed).resolve()
    root = shown.repo.root.resolve()
    return place.relative_to(root).as_posix() if place.is_relative_to(root) else printed


@routes.post(f"{HOME}make")
def make() -> ResponseReturnValue:
    """Make the page of a report."""
    audience = request.form.get("audience", "")
    if audience not in AUDIENCES:
        abort(400)
    note_period(audience)
    work = command("report", *chosen(request.form), f"--audience={audience}", f"--output={file_of(audience)}")
    session.work.start("report", _("Making the report"), HOME, work)
    return redirect("/work/")


def note_period(audience: str) -> None:
    """Remember the period of a report, and that the next one is most likely about the same."""
    period = request.form.get("period", "30d"), request.form.get("since", ""), request.form.get("until", "")
    current_app.extensions.setdefault("report-periods", {}).update({audience: period, "": period})


@routes.get(f"{HOME}<audience>")
def look(audience: str) -> Response:
    """A report, as a page of its own; `?save`: to be kept."""
    if audience not in AUDIENCES or not file_of(audience).exists():
        abort(404)
    sent = Response(file_of(audience).read_bytes(), content_type="text/html; charset=utf-8")
    sent.headers["Content-Security-Policy"] = POLICY
    if "save" in request.args:
        sent.headers["Content-Disposition"] = f'attachment; filename="{file_of(audience).name}"'
    return sent


@routes.post(f"{HOME}post")
def post() -> ResponseReturnValue:
    """Make a post file of a report, for the community, in a folder of the posts."""
    settings, folder = shown.settings, request.form.get("folder", ".")
    if folder not in (settings.categories or ["."]):
        abort(400)
    place = shown.repo.root / settings.posts / folder
    note_period("")
    work = command("report", *chosen(request.form), f"--into={place}")
    session.work.start("report-post", _("Making a message of the report"), HOME, work)
    return redirect("/work/")
