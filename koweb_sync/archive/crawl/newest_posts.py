"""New posts, by walking `/posts.json` from the newest downwards until what we have: P/50 requests for P posts.

Servers understand `before` in two ways. Older ones give the fifty ids up to it, so that a page may be empty though
older posts exist; newer ones the newest fifty posts below it. Which way shows when a page holds `before` itself.
"""

from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Literal

from koweb_sync.archive.crawl.people_and_categories import read_new_categories
from koweb_sync.archive.crawl.reaction_settings import note_reactions
from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.crawl.skipped import Broken, read_whole
from koweb_sync.forum.answers import WINDOW
from koweb_sync.forum.decode import Page
from koweb_sync.forum.models import Post

Mode = Literal["", "upto", "below"]


@dataclass(frozen=True, slots=True)
class Position:
    """Where we are. Everything up to `top` was walked in earlier passes; this pass came from `high` and goes on below
    `next`, both None outside of a pass. `mode` is what the server means by `before`, empty while nobody knows.
    """

    top: int = 0
    high: int | None = None
    next: int | None = None
    mode: Mode = ""


def newest(run: Run) -> bool:
    """Read the newest posts, and all that are new since the last run; whether there were any new ones."""
    place = Position(**(run.state("posts") or {}))
    if place.high is not None:  # a pass was stopped: it is finished first
        walk(run, place)
        return True
    try:
        page = read_whole(run, lambda: run.talk.posts(None))
        failed = not page and bool(page.malformed)
    except Broken:
        page, failed = Page(), True
    run.watch.step()
    if not (page or failed) and run.last_run() is not None and not run.todo("topic", 1):
        return False  # the newest ids are personal messages, and no list shows anything new
    place = entered(place, page, start(run, page))
    keep(run, page, place)
    if place.next is None:
        return False
    walk(run, place)
    return True


def start(run: Run, page: Page[Post]) -> int | None:
    """The id to begin below, where the newest fifty ids are none that we may see: the last one of the newest topic."""
    if page:
        return None
    try:
        listed = read_whole(run, lambda: run.talk.latest(0, None))
        if not listed.topics:
            return None
        newest = max(listed.topics, key=lambda one: one.bumped or 0)
        stream = read_whole(run, lambda: run.talk.topic(newest.id)).stream
    except Broken:
        return None
    return max(stream) + 1 if stream else None


def entered(place: Position, page: Page[Post], otherwise: int | None) -> Position:
    """The beginning of a pass after its first page; outside of one if that page reaches what we have."""
    if not page:
        return place if otherwise is None or otherwise <= place.top else replace(place, high=otherwise, next=otherwise)
    lowest, highest = page[0].id, page[-1].id
    if lowest <= place.top + 1:
        return replace(place, top=max(place.top, highest))
    return replace(place, high=highest, next=lowest)


def walk(run: Run, place: Position) -> None:
    """Go down to where the last pass began. A window at which the forum fails is skipped: its posts are then missing in
    their topics, which are read for them.
    """
    while place.next is not None:
        try:
            page = read_whole(run, partial(run.talk.posts, place.next))
        except Broken:
            place = beneath(place, place.next - WINDOW, place.mode)
            with run.page() as writer:
                writer.cursor("posts", asdict(place))
            continue
        run.watch.step()
        place = below(place, page)
        keep(run, page, place)


def below(place: Position, page: Page[Post]) -> Position:
    """The next place after a page that was asked for with `before=place.next`."""
    asked = place.next or 0
    mode = meaning(place.mode, page, asked)
    if page and page[0].id <= place.top + 1:  # no id lies between this page and what we have, or before the first one
        return beneath(place, place.top, mode)
    if mode == "upto":
        lowest = asked - WINDOW  # everything above it is covered
    elif page:
        lowest = min(page[0].id, asked - 1)  # it goes down, whatever a page holds
    else:
        lowest = 0 if mode == "below" and not page.malformed else asked - WINDOW
    return beneath(place, lowest, mode)


def beneath(place: Position, lowest: int, mode: Mode) -> Position:
    """The place where everything from `lowest` on was walked."""
    if lowest <= place.top or lowest <= 0:
        return Position(max(place.top, place.high or 0), mode=mode)
    return replace(place, next=lowest, mode=mode)


def meaning(mode: Mode, page: Page[Post], asked: int) -> Mode:
    """What the server means by `before`: once known, it is known."""
    if mode or not page:
        return mode
    if page[-1].id >= asked:
        return "upto"
    return "below" if page[0].id <= asked - WINDOW else ""


def keep(run: Run, page: Page[Post], place: Position) -> None:
    """Keep a page and the place after it."""
    read_new_categories(run, (one.category for one in page))
    note_reactions(run, page)
    with run.page() as writer:
        wanted = run.wanted(page)
        writer.posts(wanted, "posts")
        writer.strangers(wanted)
        writer.cursor("posts", asdict(place))
