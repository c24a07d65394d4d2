"""Who likes what: by person or by post, whichever takes fewer requests.

By person a page of a hundred likes tells also when; it takes Σ⌈likes of u/100⌉ requests. By post it takes one request
for each post, and the time is only known to lie between two looks. In the end each post whose number of likes differs
from how many we can name is asked for, so that nothing hangs on the directory, on hidden profiles or on private topics.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Select, and_, bindparam, delete, exists, func, or_, select

from koweb_sync.archive.crawl.malformed import LATER, note_for_next_run
from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.crawl.skipped import Broken, leave_for_next_run, read_whole
from koweb_sync.archive.ingest.reactions import SHADOW
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.prepared import prepared
from koweb_sync.forum.answers import LIKERS, LIKES
from koweb_sync.forum.decode import Malformed, Page
from koweb_sync.forum.models import Like, Reaction, User

AT_ONCE = 500
FULL = (30, LIKES)  # likes on a page that another one may follow: servers that do not honour our wish give thirty


def likes(run: Run) -> None:
    """Read the likes that we cannot name yet."""
    at = run.at("likes")
    if "begun" not in at:
        people = moved(run)
        wanted = people if worthwhile(run, people) else {}
        with run.page() as writer:
            writer.cursor("at:likes", {"begun": True})
            writer.todo("likes", wanted)
    by_person(run)
    reactions(run)
    by_post(run)
    forget_old_notes(run)


def worthwhile(run: Run, people: dict[int, int]) -> bool:
    """Whether to ask by person. In a first run that depends on which way is shorter; later it finds what counts hide:
    a like that came while another one went.
    """
    first = run.last_run() is None
    return not first or sum(-(-gives // LIKES) for gives in people.values()) <= len(differing(run, 0, None))


def moved(run: Run) -> dict[int, int]:
    """People whose likes by the directory moved in this run, and how many they gave since it was read before."""
    table = schema.ACTIVITY
    earlier = table.alias()
    before = (
        select(earlier.c.likes_given)
        .where(earlier.c.forum == table.c.forum, earlier.c.person == table.c.person, earlier.c.at < run.started)
        .order_by(earlier.c.at.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = select(table.c.person, table.c.likes_given, before).where(
        table.c.forum == run.forum, table.c.at >= run.started
    )
    with run.store.read() as connection:
        found = [(int(person), int(now) - int(then or 0)) for person, now, then in connection.execute(query)]
    return {person: more for person, more in found if more > 0}


def by_person(run: Run) -> None:
    """Read the likes that people gave, newest first, until a page holds none that is new."""
    looked = run.last_run()
    while found := run.todo("likes", 1):
        person, detail = found[0]
        offset = int(detail.get("offset", 0))
        try:
            page = read_whole(run, partial(run.talk.likes_by, username(run, person), offset)) or Page()
        except Broken as broken:
            leave_for_next_run(run, "likes", person, detail, broken)
            continue
        run.watch.step()
        with run.page() as writer:
            mine = [like for like in page if like.person.id == person]
            new = writer.likes_by(person, mine, looked)
            if new and page.told in FULL:
                writer.todo("likes", [person], f'{{"offset": {offset + page.told}}}')
            else:
                writer.done("likes", [person])


def username(run: Run, person: int) -> str:
    """How somebody is called on the forum now."""
    with run.store.read() as connection:
        found = prepared(connection.dialect, username_of).rows(connection, {"of": run.forum, "who": person})
    return str(found[0][0])


def username_of() -> Select[Any]:
    """How somebody is called."""
    people = schema.PEOPLE
    return select(people.c.username).where(people.c.forum == bindparam("of"), people.c.id == bindparam("who"))


def differing(run: Run, after: int, most: int | None) -> list[tuple[int, int]]:
    """Posts with another number of likes than we can account for: id and the forum's number, without those likes that
    are other reactions.
    """
    posts, counts, topics = schema.POSTS, schema.COUNTS, schema.TOPICS
    named, hearts = people_named(), hearts_told()
    unnamed = (
        select(func.coalesce(func.sum(counts.c.count), 0))
        .where(counts.c.forum == posts.c.forum, counts.c.post == posts.c.id, counts.c.kind == "like")
        .scalar_subquery()
    )
    # More people may be named than the forum counts, while its counts are stale. Asking again would not change that.
    asked = exists().where(
        counts.c.forum == posts.c.forum,
        counts.c.post == posts.c.id,
        counts.c.kind == "like",
        counts.c.told == hearts,
    )
    there = and_(topics.c.forum == posts.c.forum, topics.c.id == posts.c.topic, topics.c.shown == 1)
    query = (
        select(posts.c.id, hearts)
        .join_from(posts, topics, there)
        .where(posts.c.forum == run.forum, posts.c.shown == 1, posts.c.id > after, hearts != named + unnamed, ~asked)
        .order_by(posts.c.id)
        .limit(most)
    )
    with run.store.read() as connection:
        return [(int(post), int(count)) for post, count in connection.execute(query)]


def people_named() -> Any:
    """How many people are named who like a post, as part of a query about posts."""
    posts, table = schema.POSTS, schema.REACTIONS
    mine = (table.c.forum == posts.c.forum, table.c.post == posts.c.id, table.c.kind == "like", table.c.gone.is_(None))
    return select(func.count()).where(*mine).scalar_subquery()


def hearts_told() -> Any:
    """How many likes the forum counts at a post, without those that are other reactions, as part of such a query."""
    posts, others = schema.POSTS, schema.COUNTS.alias()
    mine = (others.c.forum == posts.c.forum, others.c.post == posts.c.id, others.c.kind == SHADOW)
    return posts.c.likes - select(func.coalesce(func.sum(others.c.told), 0)).where(*mine).scalar_subquery()


def forget_old_notes(run: Run) -> None:
    """More people were named once than the forum counted, because somebody liked the post while we asked. Where its
    counts have come after, that is no news any more.
    """
    posts, counts = schema.POSTS, schema.COUNTS
    same = and_(posts.c.forum == counts.c.forum, posts.c.id == counts.c.post)
    mine = (counts.c.forum == run.forum, counts.c.kind == "like", counts.c.count == 0)
    query = select(counts.c.post).join_from(counts, posts, same).where(*mine, hearts_told() == people_named())
    with run.store.read() as connection:
        old = [int(post) for (post,) in connection.execute(query)]
    for start in range(0, len(old), AT_ONCE):
        with run.page() as writer:
            writer.connection.execute(delete(counts).where(*mine, counts.c.post.in_(old[start : start + AT_ONCE])))


def by_post(run: Run) -> None:
    """Ask for the people behind each post whose likes we cannot account for."""
    looked = run.last_run()
    after = int(run.at("likers").get("after", 0))
    while found := differing(run, after, AT_ONCE):
        secret = for_some(run, [post for post, _told in found])
        for post, told in found:
            try:
                seen = everybody(run, post, told, after, key=post in secret)
            except Broken:  # its likes still differ then, so that the next run asks again
                after = post
                continue
            after = post
            with run.page() as writer:
                if seen is not None:
                    writer.likes_of_post(post, seen, looked, whole=not seen.malformed)
                if not (seen and seen.malformed):  # else its likes still differ
                    writer.unnamed(post, "like", told)
                writer.cursor("at:likers", {"after": after})


def for_some(run: Run, posts: Sequence[int]) -> set[int]:
    """Which of some posts only the key shows: those in categories that not everybody may read, and in messages."""
    if not run.wishes.uses_key:
        return set()
    restricted = [one["id"] for one in run.state("categories") or () if one["restricted"]]
    table, topics = schema.POSTS, schema.TOPICS
    joined = and_(topics.c.forum == table.c.forum, topics.c.id == table.c.topic)
    secret = or_(topics.c.category.in_(restricted), topics.c.archetype.not_in(schema.OPEN))
    query = select(table.c.id).join_from(table, topics, joined).where(table.c.forum == run.forum, secret)
    with run.store.read() as connection:
        return set(connection.execute(query.where(table.c.id.in_(posts))).scalars())


def everybody(run: Run, post: int, told: int, after: int, *, key: bool) -> Page[Like] | None:
    """All people who like a post: one request for two hundred. None where that is not told.

    `after` is the post before it; with it goes what was read of this one, should we be stopped.
    """
    if told == 0 and not just_named(run, post):
        return Page()
    at = run.at("likers")
    found = [Like(post, User(one, "")) for one in at["people"]] if at.get("post") == post else []
    page, unclear = len(found) // LIKERS, list[Malformed]()
    while True:
        likers = read_whole(run, partial(run.talk.likers, post, page, key=key))
        run.watch.step()
        if likers is None:
            return None
        found += likers
        unclear += likers.malformed
        page += 1
        if likers.told < LIKERS or len(found) + len(unclear) >= told:
            return Page(found, unclear)
        if unclear:  # what was read of it is not gone on with, or those who cannot be read would be forgotten
            continue
        with run.page() as writer:
            writer.people(one.person for one in likers)
            people = [one.person.id for one in found]
            writer.cursor("at:likers", {"after": after, "post": post, "people": people})


def just_named(run: Run, post: int) -> bool:
    """Whether somebody's own list named a like of a post in this run: the post's number may be older than the like."""
    table = schema.REACTIONS
    mine = (table.c.forum == run.forum, table.c.post == post, table.c.kind == "like", table.c.gone.is_(None))
    with run.store.read() as connection:
        return connection.execute(select(table.c.post).where(*mine, table.c.seen >= run.started)).first() is not None


def reactions(run: Run) -> None:
    """Ask who reacted otherwise, for posts where the number of reactions moved: one request for each, and one for each
    person whom the forum names and whom no directory showed.
    """
    looked = run.last_run()
    counts = schema.COUNTS
    while found := run.todo("reactions", AT_ONCE):
        secret = for_some(run, [post for post, _detail in found])
        for post, detail in found:
            try:
                seen = read_whole(run, partial(run.talk.reacted, post, run.main, key=post in secret))
            except Broken as broken:
                leave_for_next_run(run, "reactions", post, detail, broken)
                continue
            run.watch.step()
            named = [] if seen is None else who(run, post, seen.people)
            with run.page() as writer:
                if seen is not None:
                    every = seen.whole and len(named) == len(seen.people)
                    writer.likes_of_post(post, named, looked, hearts=False, whole=every)
                for one in seen.people.malformed if seen is not None else ():
                    note_for_next_run(
                        writer, f"reactions{LATER}", post, {**detail, "url": one.where or run.base, "why": one.why}
                    )
                for row in writer.known(counts, "post", [post]):
                    if row["kind"] not in ("like", SHADOW):
                        writer.unnamed(post, row["kind"], row["told"])
                writer.done("reactions", [post])


def who(run: Run, post: int, people: Sequence[Reaction]) -> list[Like]:
    """The people who reacted, by their numbers, which the forum does not tell."""
    unknown = {one.username for one in people if one.person is None}
    known = numbers(run, unknown)
    found = []
    for one in people:
        person = one.person if one.person is not None else known.get(one.username.casefold())
        if person is None:
            met = run.talk.account(one.username, key=run.wishes.uses_key)
            run.watch.step()
            person = None if met is None else met.id
        if person is not None:
            found.append(Like(post, User(person, one.username, one.name), one.kind, one.at))
    return found


def numbers(run: Run, usernames: Collection[str]) -> dict[str, int]:
    """The numbers of people by their folded usernames, as far as we know them; nobody who is called as another was."""
    people = schema.PEOPLE
    folded = {one.casefold() for one in usernames}
    query = select(people.c.folded, people.c.id).where(people.c.forum == run.forum, people.c.folded.in_(folded))
    with run.store.read() as connection:
        found = connection.execute(query).all()
    twice = [name for name, n in Counter(name for name, _id in found).items() if n > 1]
    return {str(name): int(ident) for name, ident in found if name not in twice}
