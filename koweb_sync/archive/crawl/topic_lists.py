"""Topics, by walking the lists: T/L requests for T topics, L to a page.

The public's list goes without a key. With a key come the categories that not everybody may read, and unlisted topics.
A list shifts while one pages through it, so nothing is concluded from a topic that it does not show: it is looked at.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Connection, Select, and_, delete, func, or_, select

from koweb_sync.archive.crawl.malformed import note
from koweb_sync.archive.crawl.people_and_categories import categories_not_asked, read_new_categories
from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.crawl.skipped import IN_A_ROW, Broken, read_whole
from koweb_sync.archive.store import schema
from koweb_sync.forum.decode import Malformed
from koweb_sync.forum.models import TopicList
from koweb_sync.forum.site import Category

if TYPE_CHECKING:
    from koweb_sync.forum.reader import ForumReader

MOST = 100  # topics on a page, where the server honours it
ReadList = Callable[["ForumReader", int, int], TopicList]
Extent = Literal["news", "known", "whole"]  # until a page holds nothing new; until all known were there; to the end


def news(run: Run) -> None:
    """Read the public list until a page holds nothing new: one request where nothing happened."""
    walk(run, "public", public, "news")


def sweep(run: Run, extent: Extent) -> None:
    """Go on where `news` stopped, until all that lists used to show was there, or to the end of every list.

    Requests: ⌈T/L⌉ in all, and one for the end of each list that is read whole.
    """
    walk(run, "public", public, extent)
    if extent == "whole" and run.wishes.uses_key:
        for category in restricted(run):
            walk(run, f"category {category.id}", of(category), extent)
        walk(run, "unlisted", unlisted, extent)
    missed(run, whole=extent == "whole")


def public(talk: "ForumReader", page: int, size: int) -> TopicList:
    """What everybody sees."""
    return talk.latest(page, size)


def unlisted(talk: "ForumReader", page: int, size: int) -> TopicList:
    """What only staff sees in lists, and everybody who knows its address."""
    return talk.latest(page, size, key=True, status="unlisted")


def of(category: Category) -> ReadList:
    """How to read the list of a category that not everybody may read."""
    return lambda talk, page, size: talk.in_category(category, page, size, key=True)


def restricted(run: Run) -> list[Category]:
    """The categories that need the key, without those that nobody asked for."""
    found: list[Category] = [Category(**one) for one in run.state("categories") or ()]
    return [one for one in found if one.restricted and one.id not in run.left_out]


def walk(run: Run, name: str, read: ReadList, extent: Extent) -> None:
    """Read one list as far as wanted. It is gone on with where it was left in this run."""
    at = run.at(f"sweep {name}")
    if extent == "known" and at and all_seen(run):
        return
    while not at.get("ended") and at.get(extent) is None:
        page = int(at.get("page", 0))
        try:
            listed = read_whole(run, partial(read, run.talk, page, MOST))
        except Broken as broken:  # what it would have shown is looked at, topic by topic
            bad = int(at.get("bad", 0)) + 1
            at = {**at, "page": page + 1, "bad": bad, "ended": bool(broken.why) and bad >= IN_A_ROW}
            with run.page() as writer:
                writer.cursor(f"at:sweep {name}", at)
                if broken.why:
                    note(writer, [Malformed("list", broken.why, where=broken.url)])
            continue
        run.watch.step()
        read_new_categories(run, (one.category for one in listed.topics))
        topics = [one for one in listed.topics if one.category not in run.left_out and one.archetype in schema.OPEN]
        with run.page() as writer:
            writer.people(listed.people)
            changed = writer.topics(topics, "list", views=extent == "whole")
            unclear = (one.id for one in listed.topics.malformed if one.id is not None)
            writer.todo("seen", (*(one.id for one in listed.topics), *unclear))
            reached = {
                "news": not changed or unseen(run, writer.connection) == 0,
                "known": extent == "known" and unseen(run, writer.connection) == 0,
                "whole": False,
            }
            at = {**at, "page": page + 1, "ended": not listed.topics.told}
            if reached[extent]:
                at[extent] = True
            writer.cursor(f"at:sweep {name}", at)
            if listed.topics.told > int(run.state("page") or 0):
                writer.cursor("page", listed.topics.told)


def all_seen(run: Run) -> bool:
    """Whether all that lists used to show was in this sweep already."""
    with run.store.read() as connection:
        return unseen(run, connection) == 0


def unseen(run: Run, connection: Connection) -> int:
    """How many topics that the public list used to show were not in this sweep so far."""
    return int(connection.execute(select(func.count()).select_from(absent(run, whole=False).subquery())).scalar() or 0)


def absent(run: Run, *, whole: bool) -> Select[Any]:
    """The topics that lists used to show and that were not in this sweep, without those that we did not look for: those
    that only the key shows are looked for when all lists are read whole.
    """
    topics, todo = schema.TOPICS, schema.AGENDA
    looked_for = [or_(topics.c.category.is_(None), topics.c.category.not_in(categories_not_asked(run, whole=whole)))]
    if not (whole and run.wishes.uses_key):
        looked_for.append(topics.c.visible == 1)
    seen = and_(todo.c.forum == topics.c.forum, todo.c.kind == "seen", todo.c.id == topics.c.id)
    return (
        select(topics.c.id)
        .join_from(topics, todo, seen, isouter=True)
        .where(topics.c.forum == run.forum, topics.c.listed == 1, topics.c.shown == 1, todo.c.id.is_(None))
        .where(*looked_for)
    )


def missed(run: Run, *, whole: bool) -> None:
    """Note the topics that no list showed, to be looked at; the sweep is over."""
    with run.page() as writer:
        found = [int(one) for one in writer.connection.execute(absent(run, whole=whole)).scalars()]
        writer.todo("topic", found, '{"unseen": true}')
        if whole:
            writer.cursor("swept", run.started)


def forget_sweep(run: Run) -> None:
    """A new run sees everything anew."""
    with run.page() as writer:
        table = schema.AGENDA
        writer.connection.execute(delete(table).where(table.c.forum == run.forum, table.c.kind == "seen"))
