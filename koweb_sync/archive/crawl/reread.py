"""The rolling re-read: what no feed tells is found by reading every post again within some days.

An edit of an old post moves nothing that a list shows; nor does a like that replaces another. So once a day a part of
all posts is read anew, oldest reading first: P/(50 · days) requests for P posts.
"""

import json
from functools import partial

from sqlalchemy import and_, or_, select

from koweb_sync.archive.crawl.people_and_categories import categories_not_asked
from koweb_sync.archive.crawl.reaction_settings import note_reactions
from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.crawl.skipped import Broken, read_whole
from koweb_sync.archive.ingest import localisations
from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.store import schema
from koweb_sync.forum.answers import WINDOW
from koweb_sync.forum.decode import Page
from koweb_sync.times import DAY


def quota(top: int, days: int, elapsed: int) -> int:
    """How many windows are due: all of them within `days` days, after `elapsed` microseconds since the last time. The
    first window begins above the highest post, since servers differ in whether `before` itself is shown.
    """
    windows = -(-(top + 1) // WINDOW)
    share = min(days, max(1, round(elapsed / DAY)))
    return -(-windows * share // days)


def again(run: Run) -> None:
    """Read the next part of all posts again, and note the topics of posts that are not shown any more."""
    days = run.wishes.rolling
    top = int((run.state("posts") or {}).get("top", 0))
    if not days or not top:
        return
    at = run.at("again")
    if "left" not in at:
        last = run.state("daily") or run.started
        at = {"left": quota(top, days, run.started - last)}
    out = categories_not_asked(run)
    place = run.state("again") or {"before": top + 1}
    while at["left"] > 0:
        asked = int(place["before"])
        try:
            page = read_whole(run, partial(run.talk.posts, asked))
        except Broken:  # its posts are looked at in their topics
            page = Page()
        run.watch.step()
        lower = min([asked - WINDOW, *(one.id for one in page)])
        place = {"before": lower if lower > 0 else top + 1}
        at = {"left": at["left"] - 1}
        note_reactions(run, page)
        with run.page() as writer:
            wanted = run.wanted(page)
            writer.posts(wanted, "posts")
            localisations.note(writer, wanted, again=True)
            writer.strangers(wanted)
            for topic, number in lacking(writer, {one.id for one in page}, lower, asked, out):
                writer.todo("topic", [topic], json.dumps({"read": True, "near": number}))
            writer.cursor("again", place)
            writer.cursor("at:again", at)
        if lower <= 0:
            break


def lacking(
    writer: PageWriter, shown: set[int], lower: int, upper: int, beyond: frozenset[int]
) -> list[tuple[int, int]]:
    """Posts that a window should have shown and did not, as topic and number: they are hidden, or gone, or only a key
    shows them. `beyond` are categories that this run does not look into.
    """
    posts, topics = schema.POSTS, schema.TOPICS
    there = and_(topics.c.forum == posts.c.forum, topics.c.id == posts.c.topic)
    usual = (posts.c.type == 1, posts.c.shown == 1, posts.c.hidden == 0)
    public = (topics.c.listed == 1, topics.c.shown == 1, topics.c.visible == 1)
    looked_for = or_(topics.c.category.is_(None), topics.c.category.not_in(beyond))
    query = (
        select(posts.c.id, posts.c.topic, posts.c.number)
        .join_from(posts, topics, there)
        .where(posts.c.forum == writer.forum, posts.c.id > lower, posts.c.id < upper, *usual, *public, looked_for)
    )
    return [(int(topic), int(n)) for post, topic, n in writer.connection.execute(query) if post not in shown]
