"""Whom and what the figures count.

Posts: regular ones (no whispers, no notices of moderation) by people, not deleted, not hidden, in listed topics
that are no messages; not those that describe a category; not what only some may read, unless that is asked for. People:
no bots, not the system's own accounts. Whoever asked not to be counted is in no figure and on no list, but what they
answered is an answer: whoever got it was not left aside. A post whose author is no longer known is nobody's. Whoever
was forgotten counts on, as a number without a name: what a forum once was does not change when somebody goes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from koweb_sync.archive.store.schema import OPEN
from koweb_sync.errors import InputError
from koweb_sync.i18n import _
from koweb_sync.report.engine.source import Source, Table, numbers, query
from koweb_sync.report.engine.window import ReportSettings, Window
from koweb_sync.spelling import called_so, compared, nearest

Rest = ParamSpec("Rest")
Result = TypeVar("Result")

REGULAR = 1  # Discourse's Post.types[:regular]


@dataclass(frozen=True)
class Population:
    """What is counted, as tables that are held ready on the engine.

    `topics`: id, person, created, category, closed, title, slug, counted, chosen. `posts`: id, topic, number, person,
    created, reply_to (0: the topic as a whole), likes, counted, and of its topic category, opener, opened, chosen.
    `people`: id, username, created, member, staff, gone, counted. `counted`: by (or about) somebody who may be counted;
    `chosen`: in the categories and with the tags that were asked for. `seen`: until when the archive knows the forum.
    """

    source: Source
    settings: ReportSettings
    seen: int
    people: Table
    topics: Table
    posts: Table
    made: dict[tuple[Any, ...], Any] = field(default_factory=dict, compare=False)

    def written(self, window: Window) -> Table:
        """The posts that counted people wrote in a window, where it was asked for."""
        return query(f"SELECT * FROM {self.posts} AS p WHERE p.chosen AND p.counted AND {within('p.created', window)}")

    def opened(self, window: Window) -> Table:
        """The topics that counted people opened in a window, where it was asked for."""
        return query(f"SELECT * FROM {self.topics} AS t WHERE t.chosen AND t.counted AND {within('t.created', window)}")


def once(make: Callable[Concatenate[Population, Rest], Result]) -> Callable[Concatenate[Population, Rest], Result]:
    """A table or a value that several figures need, of a population (and a window): made once a report. Tables are held
    on the engine; a value is no text.
    """

    @wraps(make)
    def made(population: Population, /, *rest: Rest.args, **none: Rest.kwargs) -> Result:
        name = (make, *rest)
        if name not in population.made:
            found = make(population, *rest, **none)
            population.made[name] = population.source.keep(Table(found)) if isinstance(found, str) else found
        same: Result = population.made[name]
        return same

    return made


def within(time: str, window: Window) -> str:
    """The condition that a time lies in a window."""
    return f"{time} >= {window.since} AND {time} < {window.until}"


def population_of(source: Source, settings: ReportSettings) -> Population:
    """The population. Raises InputError for a category, a tag or a time zone that nobody knows."""
    seen = known_until(source)
    humans = source.keep(people(source), "id")
    topics = source.keep(topics_of(source, settings, humans), "id")
    posts = source.keep(posts_of(source, humans, topics), "id", "topic, number", "person, created")
    return Population(source, settings, seen, humans, topics, posts)


def known_until(source: Source) -> int:
    """Until when the archive knows the forum: the beginning of the last run that was done, else the last post.

    What was written during a run may have been missed. 0: the archive is empty.
    """
    done = source.number(f"SELECT max(started) FROM {source['runs']} AS r WHERE outcome = 'done'")
    return done if done >= 0 else max(0, source.number(f"SELECT max(created) FROM {source['posts']} AS p WHERE id > 0"))


def posts_written(population: Population, window: Window) -> Table:
    """The posts of a window that count: `person`, `post`, `topic`, `moment`, and the topic's `category`."""
    written = population.written(window)
    return query(f"SELECT topic, person, category, id AS post, created AS moment FROM {written} AS w")


# ---- people


def people(source: Source) -> Table:
    """Everybody who is human, including those whom only their posts tell of.

    A `member` has an account of their own that is in use, and so a name; who is `gone` was forgotten here, or made
    anonymous by the forum, and cannot be reached. A wish not to be counted holds at once, whenever the archive was
    brought up to date.
    """
    known, consents, posts = source["people"], source["consents"], source["posts"]
    return query(f"""
        SELECT h.id, h.username, h.created, h.member, h.staff, h.gone, w.person IS NULL AS counted
        FROM (
            SELECT id, username, created,
                staged = 0 AND suspended = 0 AND anonymised = 0 AND username <> '' AS member,
                admin = 1 OR moderator = 1 AS staff, anonymised = 1 AS gone
            FROM {known} AS k WHERE id > 0 AND bot = 0
            UNION ALL
            SELECT a.person, '', CAST(NULL AS BIGINT), FALSE, FALSE, FALSE
            FROM (SELECT DISTINCT person FROM {posts} AS p WHERE person > 0 AND id > 0) AS a
            LEFT JOIN {known} AS k ON k.id = a.person
            WHERE k.id IS NULL
        ) AS h
        LEFT JOIN (
            SELECT DISTINCT person FROM {consents} AS c WHERE wish = 'not-counted' AND until IS NULL
        ) AS w ON w.person = h.id""")


def accounts(everybody: Population, until: int) -> Table:
    """The counted accounts in use that there were at a time."""
    return query(f"SELECT * FROM {everybody.people} AS h WHERE member AND counted AND coalesce(created, 0) < {until}")


@once
def facilitators(everybody: Population) -> Table:
    """Who facilitates: the members of the groups that were named, else administrators and moderators. Column `id`.

    Raises InputError if there is no such group.
    """
    names, source = everybody.settings.facilitators, everybody.source
    if not names:
        return query(f"SELECT id FROM {everybody.people} AS h WHERE staff")
    groups, members = source["groups"], source["group_members"]
    known = source.rows(f"SELECT name, id FROM {groups} AS g ORDER BY name")
    there = {compared(name): ident for name, ident in known}
    missing = sorted(name for name in names if compared(name) not in there)
    if missing:
        near = nearest(missing[0], [name for name, _id in known])
        raise InputError(
            _("The archive knows no group “{name}”.").format(name=missing[0]),
            remedy=_("Did you mean “{command}”?").format(command=near) if near else "",
        )
    wanted = numbers(there[compared(name)] for name in names)
    return query(f"SELECT DISTINCT person AS id FROM {members} AS m WHERE until IS NULL AND in_group IN {wanted}")


# ---- topics and posts


def gone(source: Source, kind: str) -> Table:
    """What was found gone and did not come back: a column `lost`. What was moved lives on elsewhere."""
    return query(
        f"SELECT DISTINCT id AS lost FROM {source['tombstones']} AS s"
        f" WHERE kind = '{kind}' AND lifted IS NULL AND reason <> 'moved'"
    )


def topics_of(source: Source, settings: ReportSettings, humans: Table) -> Table:
    """All topics in which people may be counted; `chosen` are those that were asked for."""
    shut, definitions = left_out(source, settings)
    open_to_all = ", ".join(f"'{archetype}'" for archetype in OPEN)
    return query(f"""
        SELECT t.id, t.person, t.created, t.category, t.closed, t.title, t.slug, coalesce(h.counted, FALSE) AS counted,
            {chosen(source, settings)} AS chosen
        FROM {source["topics"]} AS t
        LEFT JOIN {gone(source, "topic")} AS g ON g.lost = t.id
        LEFT JOIN {humans} AS h ON h.id = t.person
        WHERE g.lost IS NULL AND t.archetype IN ({open_to_all}) AND t.deleted IS NULL AND t.visible = 1
            AND t.id NOT IN {numbers(definitions)} AND coalesce(t.category, -1) NOT IN {numbers(shut)}""")


def left_out(source: Source, settings: ReportSettings) -> tuple[list[int], list[int]]:
    """The categories that do not count, and the topics that describe a category."""
    found = source.rows(f"SELECT id, staff, restricted, definition FROM {source['categories']} AS c")
    shut = [
        ident
        for ident, staff, restricted, _topic in found
        if staff == 1 or (restricted == 1 and not settings.restricted)
    ]
    return shut, [topic for *_category, topic in found if topic is not None and topic > 0]


def chosen(source: Source, settings: ReportSettings) -> str:
    """The condition that a topic `t` lies in the categories, and carries one of the tags, that were asked for."""
    wanted = ["TRUE"]
    if settings.categories:
        wanted.append(f"coalesce(t.category, -1) IN {numbers(categories_named(source, settings.categories))}")
    if settings.tags:
        words = source.words(tags_named(source, settings.tags))
        tagged = f"SELECT topic FROM {source['topic_tags']} AS g WHERE tag IN (SELECT word FROM {words} AS w)"
        wanted.append(f"t.id IN ({tagged})")
    return " AND ".join(wanted)


def tags_named(source: Source, names: Sequence[str]) -> list[str]:
    """The tags that are named, in whatever capitals. Raises InputError."""
    known = [str(tag) for (tag,) in source.rows(f"SELECT DISTINCT tag FROM {source['topic_tags']} AS g ORDER BY tag")]
    found: list[str] = []
    for name in names:
        here = called_so(name, known, lambda tag: (tag,))
        if not here:
            near = nearest(name, known)
            raise InputError(
                _("No topic in the archive has the tag “{name}”.").format(name=name),
                remedy=_("Did you mean “{command}”?").format(command=near) if near else "",
            )
        found += here
    return found


def categories_named(source: Source, names: Sequence[str]) -> list[int]:
    """The categories that are named by slug path, slug, name or number, and all below them. Raises InputError."""
    found = source.rows(f"SELECT id, path, name FROM {source['categories']} AS c")
    ids: list[int] = []
    for name in names:
        wanted = name.strip("/")
        named = called_so(wanted, found, lambda row: (str(row[0]), row[1], row[1].rpartition("/")[2], row[2]))
        tops = {compared(wanted), *(compared(path) for _id, path, _title in named)}
        here = [int(ident) for ident, path, _title in found if any(is_below(compared(path), top) for top in tops)]
        if not here:
            raise InputError(
                _("The archive knows no category “{name}”.").format(name=name),
                remedy=_("Did you mean “{command}”?").format(command=near)
                if (near := nearest(name, [one for _id, path, title in found for one in (path, title)]))
                else _("Write its slug path, such as parent/child."),
            )
        ids += here
    return ids


def is_below(path: str, top: str) -> bool:
    """Whether a category's slug path is another one's, or below it."""
    return path == top or path.startswith(f"{top}/")


def posts_of(source: Source, humans: Table, topics: Table) -> Table:
    """The posts that count, each with what the figures ask of its topic."""
    return query(f"""
        SELECT p.id, p.topic, p.number, p.person, p.created, p.likes, h.counted, t.category, t.person AS opener,
            t.created AS opened, t.chosen,
            CASE WHEN p.reply_to > 0 AND p.reply_to < p.number THEN p.reply_to ELSE 0 END AS reply_to
        FROM {live_posts(source)} AS p
        JOIN {humans} AS h ON h.id = p.person
        JOIN {topics} AS t ON t.id = p.topic
        LEFT JOIN {gone(source, "post")} AS g ON g.lost = p.id
        WHERE g.lost IS NULL""")


def live_posts(source: Source) -> Table:
    """The regular posts that can be read."""
    return query(
        f"SELECT * FROM {source['posts']} AS p"
        f" WHERE type = {REGULAR} AND deleted IS NULL AND user_deleted = 0 AND hidden = 0"
    )
