"""What is asked of an archive before a report: until when it knows the forum, and what is not for everybody."""

from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, func, or_, select

from koweb_sync.archive.store import schema


def known_until(connection: Connection, forum: int) -> int:
    """As `population.known_until`, without an engine: 0 for an empty archive, else microseconds."""
    runs, posts = schema.RUNS, schema.POSTS
    done = select(func.max(runs.c.started)).where(runs.c.forum == forum, runs.c.outcome == "done")
    last = select(func.max(posts.c.created)).where(posts.c.forum == forum, posts.c.id > 0)  # none of chat
    return int(connection.execute(done).scalar() or connection.execute(last).scalar() or 0)


def last_post(connection: Connection, forum: int) -> int:
    """When the last post was written of those that everybody may read, in microseconds; 0 where there is none."""
    posts, topics, places = schema.POSTS.c, schema.TOPICS.c, schema.CATEGORIES.c
    closed = select(places.id).where(places.forum == forum, or_(places.restricted == 1, places.staff == 1))
    query = (
        select(func.max(posts.created))
        .join_from(schema.POSTS, schema.TOPICS, (topics.forum == posts.forum) & (topics.id == posts.topic))
        .where(posts.forum == forum, posts.deleted.is_(None), posts.hidden == 0, posts.type == 1)
        .where(topics.deleted.is_(None), topics.archetype.in_(schema.OPEN))
        .where(or_(topics.category.is_(None), topics.category.not_in(closed)))
    )
    return int(connection.execute(query).scalar() or 0)


def not_for_all(connection: Connection, forum: int, topics: Iterable[int]) -> frozenset[int]:
    """Those of some topics that not everybody may read: their categories are closed to some, or they are
    messages or chat.
    """
    ids, places = schema.TOPICS, schema.CATEGORIES
    query = (
        select(ids.c.id)
        .join_from(ids, places, (places.c.forum == ids.c.forum) & (places.c.id == ids.c.category), isouter=True)
        .where(
            ids.c.forum == forum,
            or_(places.c.restricted == 1, places.c.staff == 1, ids.c.archetype.not_in(schema.OPEN)),
        )
    )
    closed = {int(ident) for (ident,) in connection.execute(query)}
    return frozenset(topics) & closed


def title(connection: Connection, forum: int) -> str:
    """The forum's name."""
    found = connection.execute(select(schema.FORUMS.c.title).where(schema.FORUMS.c.id == forum)).scalar()
    return str(found or "")


def places(connection: Connection, forum: int) -> dict[str, str]:
    """The names of a forum's categories, by their slug paths; where several have one name, with those above them."""
    table = schema.CATEGORIES
    found = connection.execute(select(table.c.path, table.c.name).where(table.c.forum == forum, table.c.name != ""))
    own = {str(path): str(name) for path, name in found}
    often = Counter(own.values())
    return {path: name if often[name] == 1 else " / ".join(line(path, own)) for path, name in own.items()}


def line(path: str, own: Mapping[str, str]) -> list[str]:
    """The names of a category and of those above it, the highest first."""
    above, _slash, _last = path.rpartition("/")
    return [*(line(above, own) if above else []), own.get(path, path)]


def names(connection: Connection, forum: int, people: Iterable[int]) -> dict[int, str]:
    """The names that some people gave themselves, by their numbers; without those who gave none."""
    table = schema.PEOPLE
    query = select(table.c.id, table.c.name).where(
        table.c.forum == forum, table.c.id.in_(list(people)), table.c.name != ""
    )
    return {int(person): str(name) for person, name in connection.execute(query)}
