"""The room that shows who waits for an answer, as `koweb report --watch-list` does."""

import time

from flask import Blueprint
from flask.typing import ResponseReturnValue

from koweb_sync import zones
from koweb_sync.desk.rooms.memory import address_of, title_of
from koweb_sync.desk.serving.app import DeskRoom, page, shown
from koweb_sync.desk.serving.archive_reading import archive
from koweb_sync.errors import NoArchive
from koweb_sync.i18n import _
from koweb_sync.report.engine.archive_state import known_until, names
from koweb_sync.report.engine.population import population_of
from koweb_sync.report.engine.source import opened, quickest
from koweb_sync.report.engine.window import ReportSettings, last_days
from koweb_sync.report.lists.left_aside import left_aside
from koweb_sync.report.page import formats
from koweb_sync.times import DAY, HOUR

routes = Blueprint("waiting", __name__)
WAITING = DeskRoom(routes, "/who-waits/", lambda: _("Who waits"))
PERIOD = 30  # days


def purpose() -> str:
    """What the page is for."""
    return _(
        "People who have been waiting for more than {time}: they began a topic that nobody answered, or wrote posts to "
        "which nobody responded."
    ).format(time=formats.horizon(ReportSettings()))


@routes.get("/who-waits/")
def who_waits() -> ResponseReturnValue:
    """Topics without an answer and people to whom nobody responded, in the last thirty days that are archived."""
    own = shown.settings
    asked = ReportSettings(zone=zones.of_pages(own.time_zone), ours=tuple(filter(None, [own.username])))
    now = time.time_ns() // 1_000
    try:
        with archive() as found:
            with found.store.read() as connection:
                seen = known_until(connection, found.forum)
            until = seen or now
            window = last_days(until, PERIOD, asked.clock)
            with opened(found.store, found.forum, quickest(found.store, found.forum)) as source:
                aside = left_aside(population_of(source, asked), window)
            with found.store.read() as connection:
                chosen = names(connection, found.forum, aside.named)
    except NoArchive:
        return page("no_archive.html", title=_("Who waits"), purpose=purpose(), waits=True)
    return page(
        "who_waits.html",
        purpose=purpose(),
        aside=aside,
        chosen=chosen if names_shown() else {},
        formats=formats,
        patience=asked.horizon / HOUR,
        since=formats.day(window.since, asked),
        first=formats.first_day(window, asked),
        day=formats.day(until, asked),
        last=formats.day(window.last, asked),
        age=formats.hours(max(0, now - until) / HOUR),
        old=now - until > DAY,
        kept=kept,
        title_of=title_of,
    )


def names_shown() -> bool:
    """Whether the forum's pages show the names that people gave themselves, as far as that is known."""
    site = shown.current().now.site
    return site is None or site.names_first is not False


def kept(url: str) -> str:
    """Where the memory shows a topic or a post, by its address on the forum."""
    topic, *number = url.partition("/t/-/")[2].split("/")
    return address_of(int(topic), int(number[0]) if number else 1, **{"from": "who-waits"})
