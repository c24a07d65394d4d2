"""The application of this computer's pages: who may ask, what every answer carries, and how errors are shown."""

import json
import queue
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, cast

from flask import Blueprint, Flask, Response, abort, current_app, g, redirect, request
from flask.logging import default_handler
from jinja2 import Environment
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.local import LocalProxy
from werkzeug.routing import Rule
from werkzeug.wrappers import Response as PlainResponse

from koweb_sync import dates, pages
from koweb_sync.desk.conflicts.choices import place_names
from koweb_sync.desk.conflicts.note_words import in_words
from koweb_sync.desk.previews.linked_sentences import at_slashes, linked
from koweb_sync.desk.previews.shown_titles import title_note, unbroken, within_quotes
from koweb_sync.desk.run.open_folder import OpenFolder
from koweb_sync.desk.run.session import DeskSession
from koweb_sync.desk.run.watcher import ChangeWatcher
from koweb_sync.desk.run.work import WorkUnderWay
from koweb_sync.desk.serving.access import HEADERS, POLICY, AccessRules
from koweb_sync.desk.serving.presses import ButtonPresses, wants_json
from koweb_sync.desk.serving.running_desk import ASKED, PROOF, proof
from koweb_sync.desk.words.desk_words import desk_text
from koweb_sync.desk.words.refusals import DeskRefusal, in_desk_words, kind_of
from koweb_sync.errors import KowebError
from koweb_sync.forum.site import Site
from koweb_sync.i18n import _, active
from koweb_sync.posts.paths import parted
from koweb_sync.posts.side_by_side import without_notes
from koweb_sync.sandbox.pages import pictures
from koweb_sync.sandbox.pages.routes import ALIGNED
from koweb_sync.sandbox.pages.routes import FOLDER as FORUM_PAGES
from koweb_sync.sync.publish.push import known_site
from koweb_sync.zones import of_reader

LARGEST = 64 * 1024 * 1024  # bytes of a request
LONGEST = 8 * 1024 * 1024  # bytes of a form in it, without its files
FILES = Path(__file__).parents[1] / "templates"

BEAT = 15  # seconds after which a page that waits is told that nothing happened, so that a closed one is noticed
SET_UP = "/set-up/"  # where a folder without a repository or koweb.toml is made one

MIXED = " ".join(  # of the text's colour, so much in percent before the paper; marks and accents come from the links
    f"--{name}: color-mix(in srgb, var(--{of}) {percent}%, var(--paper));"
    for name, of, percent in (
        ("soft", "ink", 80),
        ("edge", "ink", 55),
        ("line", "ink", 20),
        ("shade", "ink", 5),
        ("mark", "link", 25),
        ("accent", "link", 100),
    )
)
TIMELESS = ("set_up", "help", "no_archive", "work", "error")  # how pages are called that show no time of day
WITHIN = {  # pages of one post belong to the list, those where one writes to “Write”
    "/write-translation/": "/write/",
    **dict.fromkeys(("/write-", "/versions/", "/translat", "/deleted"), "/preview/"),
}
WITHOUT_FOLDER = ("/style.css", "/desk.js", "/favicon", "/events", "/work/")

# What the application that answers has: its run, and the repository that it shows.
session = cast("DeskSession", LocalProxy(lambda: current_app.extensions["session"]))
shown = cast("OpenFolder", LocalProxy(lambda: current_app.extensions["session"].folder))


@dataclass(frozen=True, slots=True)
class DeskRoom:
    """Some pages: their routes, and their place in the menu (address, name) if they have one."""

    routes: Blueprint
    path: str = ""
    name: Callable[[], str] = str


class LateRule(Rule):
    """A route that learns how its addresses are written when one is: a desk opens without waiting for all of them."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        made = cache(partial(super()._compile_builder, append_unknown))

        def late(*given: Any, **named: Any) -> tuple[str, str]:
            return made()(*given, **named)

        return late


class DeskApp(Flask):
    """Flask with such routes."""

    url_rule_class = LateRule


def make_app(access: AccessRules, run: DeskSession, rooms: Sequence[DeskRoom]) -> Flask:
    """The application of one run, with some rooms."""
    app, known = unrouted(), routed(tuple(rooms))
    app.url_map, app.view_functions, app.blueprints = known.url_map, known.view_functions, known.blueprints
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    app.config["MAX_FORM_MEMORY_SIZE"] = LONGEST
    app.extensions["session"] = run
    app.extensions["menu"] = [one for one in rooms if one.path]
    app.before_request(lambda: enter(access))
    app.before_request(press_once)
    app.after_request(leave)
    app.after_request(led_by_first)  # which comes first: the last that is registered does
    app.teardown_request(answered)
    app.logger.removeHandler(default_handler)  # causes go to the terminal through the one door for them
    app.register_error_handler(KowebError, refused)
    app.register_error_handler(HTTPException, failed)
    return app


def unrouted() -> DeskApp:
    """An application without addresses."""
    return DeskApp("koweb_sync.desk", static_folder=None, template_folder=str(FORUM_PAGES))


@cache
def routed(rooms: tuple[DeskRoom, ...]) -> DeskApp:
    """The addresses of some rooms and what answers there, which all desks of a process share."""
    app = unrouted()
    for routes in (pictures.routes, common, *(one.routes for one in rooms)):
        app.register_blueprint(routes)
    return app


common = Blueprint("common", __name__)


@common.get("/style.css")
def style() -> Response:
    """How pages look: posts as on the pages of a forum, and what is around them."""
    css = pages.style(FORUM_PAGES / "style.css", FILES / "desk.css")
    site = known_site(shown.settings) if session.folder is not None else None
    return Response(css + (forum_colours(site) if site else ""), content_type="text/css; charset=utf-8")


def forum_colours(site: Site) -> str:
    """What stands as on the forum, in its own colours by day and by night; ours where it has none of its own."""
    rules = (
        f"@media (prefers-color-scheme: {mode}) {{ .k-forum {{ color-scheme: {mode}; --ink: #{one.primary};"
        f" --paper: #{one.secondary}; --link: #{one.tertiary}; {MIXED} padding: 1rem; border: 1px solid var(--edge); }}"
        " .k-colours { display: block; } }\n"
        for mode, one in (("light", site.light), ("dark", site.dark))
        if one is not None
    )
    return "".join(rules)


@common.get("/desk.js")
def script() -> Response:
    """The little that pages do by themselves."""
    return Response((FILES / "desk.js").read_text(encoding="utf-8"), content_type="text/javascript; charset=utf-8")


@common.get("/events")
def events() -> Response:
    """A stream that tells when something changed."""

    def stream(watcher: ChangeWatcher) -> Iterator[bytes]:
        with watcher.listening() as waiting:
            yield b": here\n\n"
            while not watcher.stopped.is_set():
                try:
                    count = waiting.get(timeout=BEAT)
                    while not waiting.empty():
                        count = waiting.get()
                    yield b"data: %d\n\n" % count
                except queue.Empty:
                    yield b": nothing\n\n"

    return Response(stream(session.watcher), content_type="text/event-stream")


def enter(access: AccessRules) -> PlainResponse | None:
    """Before every request: refuse what was not meant for these pages, and whoever does not know their address.

    Raises KowebError where the folder, or a koweb.toml that changed, cannot be read.
    """
    if not access.is_from_here(request):
        return Response(_("This page is only for the browser that koweb opened it in."), 403)
    if not access.is_known(request) or access.is_invited(request):
        return stranger(access)
    if not request.path.startswith(WITHOUT_FOLDER):
        session.renew()
    if session.folder is None and not request.path.startswith((SET_UP, *WITHOUT_FOLDER)):
        return redirect(SET_UP)
    last = session.work.last
    if last is not None and request.headers.get("Sec-Fetch-Dest") != "empty":  # an open page that renews itself
        last.look(request.path)
    if session.folder is not None:
        zone = shown.settings.time_zone
        dates.read_in(lambda: of_reader(zone), named=False)
    return None


def stranger(access: AccessRules) -> PlainResponse:
    """What a browser is told that brings the token, or nothing; and another desk, which asks whether this is one."""
    if access.is_invited(request):
        first = redirect(request.path)
        access.admit(first)
        return first
    if request.path == PROOF:
        session.left_since = time.monotonic()  # whoever asks is about to open a page
        return Response(proof(access, request.args.get(ASKED, "")), content_type="text/plain")
    return Response(page("stranger.html"), 403)


def leave(response: Response) -> Response:
    """After every request: what browsers are told about an answer."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", POLICY.format(aligned=ALIGNED))
    return response


def led_by_first(response: Response) -> PlainResponse:
    """The answer to a press; that of the same press just before, where this one is refused because of it."""
    where = presses().answer(response)
    return redirect(where, 303) if where else response


def presses() -> ButtonPresses:
    """Those of this run."""
    found: ButtonPresses = current_app.extensions.setdefault("presses", ButtonPresses())
    return found


def press_once() -> PlainResponse | None:
    """What a press began already is not begun again, nor refused: its page is shown."""
    if request.method != "POST":
        return None
    presses().enter()
    return redirect("/work/", 303) if session.work.busy and g.press == presses().begun else None


def answered(_error: BaseException | None) -> None:
    """A press has its answer."""
    presses().leave()


def refused(error: KowebError) -> PlainResponse:
    """What cannot be done, as a page, or for a script."""
    if isinstance(error, WorkUnderWay) and presses().again():
        return redirect("/work/", 303)
    desk = "write" in current_app.blueprints
    told = (
        in_desk_words(error) if desk else DeskRefusal(error.message, error.remedy, (error.where,) * bool(error.where))
    )
    if wants_json():
        return answer({"error": {"message": told.message, "where": error.where, "remedy": told.remedy}}, 409)
    busy, offer = isinstance(error, WorkUnderWay), kind_of(error).offer if desk else ""
    return Response(page("error.html", told=told, busy=busy, offer=offer, back=before()), 409)


def before() -> str:
    """The page from which somebody comes; the first one where that is none of these."""
    came = parted(request.referrer or "")
    return came.path if came.netloc == request.host and came.path.startswith("/") else "/"


def failed(error: HTTPException) -> PlainResponse:
    """What is not there, or went wrong, in words."""
    message, remedy = what_failed(error.code or 500)
    told = DeskRefusal(message, remedy)
    return Response(page("error.html", told=told, busy=False, offer="", back=before()), error.code or 500)


def what_failed(status: int) -> tuple[str, str]:
    """What an HTTP status means for the person who looks, and what to do next."""
    if status in (404, 405):
        return _("This page does not exist."), ""
    if status == 413:
        return _("What you sent is too large."), _("At most 64 MB go at once, and 8 MB of text.")
    if status < 500:
        return _("This page cannot do anything with what was sent."), _("Go back and try again.")
    return (
        _("koweb met something that it did not expect."),
        _(
            "What was done before is kept. Go back and try again. If it happens again, tell whoever looks after this "
            "folder."
        ),
    )


def answer(data: Any, status: int = 200) -> Response:
    """Data for a script."""
    return Response(json.dumps(data, ensure_ascii=False), status, content_type="application/json; charset=utf-8")


def page(template: str, **values: Any) -> str:
    """A page, or a part of one, in the language that is spoken. What is no text, as in some names of files, is shown
    in its bytes.
    """
    rooms = current_app.extensions["menu"] if session.folder is not None else ()  # none leads anywhere before
    here = session.work.last.after if request.path == "/work/" and session.work.last else request.path
    here = next((place for start, place in WITHIN.items() if here.startswith(start)), here)
    menu = [(one.path, one.name(), here.startswith(one.path)) for one in rooms]
    writes = "write" in current_app.blueprints
    known = {
        "language": active(),
        "menu": menu,
        "writes": writes,
        "beside_form": False,
        "under_way": session.work.unseen,
        "turn": session.work.turn,
        "reading": session.work.runs("memory"),
        "linked": with_links,
    }
    known |= {"offset": minutes_from_utc(), "clock": "" if template.startswith(TIMELESS) else dates.clock(now())}
    text = templates(active()).get_template(template).render({**known, **values})
    return text.encode("utf-8", "backslashreplace").decode()


def now() -> int:
    """What time it is."""
    return time.time_ns() // 1_000


def minutes_from_utc() -> int:
    """How far the times of these pages are from UTC: a browser whose own are elsewhere says so."""
    offset = dates.local(now()).utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0


def with_links(text: str) -> Markup:
    """A sentence of ours in which addresses of the forum, and texts of the folder, can be followed."""
    if session.folder is None:
        return Markup.escape(text)
    return linked(text, shown.settings.url, shown.current().titles if ".md" in text else {})


@cache
def templates(_language: str) -> Environment:
    """The templates in one language."""
    made = pages.environment("koweb_sync.desk")
    made.filters |= {"in_desk_words": in_desk_words, "desk_text": desk_text}
    made.filters |= {"unbroken": unbroken, "within_quotes": within_quotes, "without_notes": without_notes}
    made.filters |= {"title_note": title_note, "at_slashes": at_slashes}
    made.filters |= {"in_words": in_words, "place_names": place_names}
    return made


def found_post(path: str) -> str:
    """The path of a post file that an address names. Raises 404 for none."""
    if path not in shown.current().now.shown:
        abort(404)
    return path
