"""All that an archive holds about one person: the answer to a request for access (GDPR, article 15).

Of other people it tells no more than needed: where they mention or quote this person, and how many liked a post, not
what they wrote and who they are. Times are ISO 8601 in UTC. The keys of what `gather` gives are documented in `KEYS`.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, and_, case, func, or_, select

from koweb_sync import times
from koweb_sync.archive.ingest.categories_and_counters import COUNTED
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.chat import CHAT, forum_path

VERSION = 1
PersonFacts = dict[str, Any]
KEYS = {
    "version": "the version of this document's structure",
    "made": "when it was made",
    "forum": "the forum: name, url, title",
    "person": "the account as it was last seen",
    "names": "how they are and were called, since and until when we saw it so",
    "groups": "the groups that they are or were in",
    "activity": "the forum's public counters about them, whenever they moved",
    "posts": "what they wrote: place, times, every version that is held, other languages, files, how many liked it",
    "edited": "posts of others that they edited: the place only",
    "likes": "what they liked, and when; where the forum did not tell, between `after` and `seen`",
    "votes": "what they chose in polls whose votes are public",
    "accepted": "posts of others, or their own, that they accepted as answers, and when",
    "mentioned": "where others mention or quote them, or answer them: the place only",
    "pictures": "the pictures of them that are kept",
    "wishes": "whether they wanted not to be counted",
    "erasures": "what was forgotten about them before",
    "notes": "what we concluded, such as that the account was made anonymous",
    "runs": "when the archive read the forum, and how many times out of a backup of it",
    "unfinished": "whether the last reading was cut off, so that the forum may have more about them",
}
POST = schema.POSTS
PLACE = (POST.c.topic, POST.c.number, POST.c.id.label("place"))  # where a post is


def gather(connection: Connection, forum: int, person: int, now: int) -> PersonFacts:
    """Everything about one person, as JSON can say it."""
    place = dict(connection.execute(select(schema.FORUMS).where(schema.FORUMS.c.id == forum)).mappings().one())
    book = Book(connection, forum, person, str(place["url"]))
    return {
        "version": VERSION,
        "made": moment(now),
        "forum": {name: place[name] for name in ("name", "url", "title")},
        "person": book.account(),
        "names": book.about(schema.NAMES, ("username", "name"), ("since", "until")),
        "groups": book.groups(),
        "activity": book.about(schema.ACTIVITY, COUNTED, ("at",)),
        "posts": book.posts(),
        "edited": book.edited(),
        "likes": book.likes(),
        "votes": book.votes(),
        "accepted": book.accepted(),
        "mentioned": book.mentioned(),
        "pictures": book.pictures(),
        "wishes": book.about(schema.CONSENTS, ("wish",), ("since", "until")),
        "erasures": book.about(schema.ERASURES, ("policy",), ("at",)),
        "notes": book.notes(),
        "runs": book.runs(),
        "unfinished": bool(Reader(connection, forum).cut_off()),
    }


class Book:
    """Reads what is held about one person. `base` is the forum's address."""

    def __init__(self, connection: Connection, forum: int, person: int, base: str) -> None:
        self.connection = connection
        self.forum = forum
        self.person = person
        self.base = base

    def rows(self, query: Any) -> list[PersonFacts]:
        """What a query gives."""
        return [dict(row) for row in self.connection.execute(query).mappings()]

    def mine(self, table: Table) -> Any:
        """The rows of a table that are about this person."""
        return and_(table.c.forum == self.forum, table.c.person == self.person)

    def about(self, table: Table, columns: Sequence[str], times: Sequence[str]) -> list[PersonFacts]:
        """Some columns of a table, in order of time."""
        query = select(*(table.c[name] for name in (*times, *columns))).where(self.mine(table))
        return [timed(row, times) for row in self.rows(query.order_by(table.c[times[0]]))]

    def url(self, topic: int, number: int, post: int) -> str:
        """Where a post is on the forum."""
        return f"{self.base}/{forum_path(topic, number, post)}"

    def account(self) -> PersonFacts:
        """The account."""
        table = schema.PEOPLE
        columns = [column for column in table.columns if column.name not in ("forum", "folded")]
        query = select(*columns).where(table.c.forum == self.forum, table.c.id == self.person)
        flags = ("admin", "moderator", "bot", "staged", "suspended", "anonymised")
        (row,) = self.rows(query)
        return timed({**row, **{name: bool(row[name]) for name in flags}}, ("created", "last_posted"))

    def groups(self) -> list[PersonFacts]:
        """The groups."""
        table, groups = schema.GROUP_MEMBERS, schema.GROUPS
        same = and_(groups.c.forum == table.c.forum, groups.c.id == table.c.group)
        query = select(groups.c.name, table.c.since, table.c.until).join_from(table, groups, same)
        return [timed(row, ("since", "until")) for row in self.rows(query.where(self.mine(table)))]

    def posts(self) -> list[PersonFacts]:
        """What they wrote."""
        topics = schema.TOPICS
        same = and_(topics.c.forum == POST.c.forum, topics.c.id == POST.c.topic)
        between = and_(
            topics.c.archetype == CHAT, topics.c.category.is_(None)
        )  # whose title names those who talk there
        title = case((between, ""), else_=topics.c.title).label("title")
        columns = (POST.c.id, POST.c.topic, POST.c.number, POST.c.created, POST.c.deleted, POST.c.likes, title)
        query = select(*columns).join_from(POST, topics, same, isouter=True).where(self.mine(POST)).order_by(POST.c.id)
        versions = self.by_post(
            schema.POST_VERSIONS, ("n", "raw", "cooked", "reason", "source"), ("observed", "edited"), "n"
        )
        files, others, emptied = self.files(), self.localisations(), self.emptied()
        return [
            {
                "id": row["id"],
                "url": self.url(row["topic"], row["number"], row["id"]),
                "title": row["title"] or "",
                **timed({"created": row["created"], "deleted": row["deleted"]}, ("created", "deleted")),
                "likes": row["likes"],
                "emptied": moment(emptied.get(row["id"])),
                "versions": versions.get(row["id"], []),
                "files": files.get(row["id"], []),
                "localisations": others.get(row["id"], []),
            }
            for row in self.rows(query)
        ]

    def by_post(
        self, table: Table, columns: Sequence[str], times: Sequence[str], order: str
    ) -> dict[int, list[PersonFacts]]:
        """Rows that belong to the posts of this person, by post."""
        same = and_(table.c.forum == POST.c.forum, table.c.post == POST.c.id)
        query = select(table.c.post, *(table.c[name] for name in (*columns, *times))).join_from(table, POST, same)
        found: dict[int, list[PersonFacts]] = {}
        for row in self.rows(query.where(self.mine(POST)).order_by(table.c.post, table.c[order])):
            found.setdefault(row.pop("post"), []).append(timed(row, times))
        return found

    def files(self) -> dict[int, list[PersonFacts]]:
        """The files in their posts."""
        uses, uploads = schema.UPLOAD_USES, schema.UPLOADS
        same = and_(uses.c.forum == POST.c.forum, uses.c.post == POST.c.id)
        named = and_(uploads.c.forum == uses.c.forum, uploads.c.url == uses.c.url)
        columns = (uses.c.post, uploads.c.name, uploads.c.source, uploads.c.status, uploads.c.sha256)
        query = select(*columns).join_from(uses, POST, same).join(uploads, named).where(self.mine(POST))
        found: dict[int, list[PersonFacts]] = {}
        for row in self.rows(query.order_by(uses.c.post, uploads.c.url)):
            found.setdefault(row.pop("post"), []).append(row)
        return found

    def localisations(self) -> dict[int, list[PersonFacts]]:
        """Their posts in other languages."""
        table = schema.LOCALISATIONS
        same = and_(table.c.forum == POST.c.forum, table.c.id == POST.c.id, table.c.kind == "post")
        query = select(table.c.id, table.c.locale, table.c.raw, table.c.cooked).join_from(table, POST, same)
        found: dict[int, list[PersonFacts]] = {}
        for row in self.rows(query.where(self.mine(POST)).order_by(table.c.id, table.c.locale)):
            found.setdefault(row.pop("id"), []).append(row)
        return found

    def edited(self) -> list[PersonFacts]:
        """The posts of others that they edited."""
        table = schema.POST_VERSIONS
        same = and_(table.c.forum == POST.c.forum, table.c.post == POST.c.id)
        other = or_(POST.c.person != self.person, POST.c.person.is_(None))
        query = select(*PLACE, table.c.observed).join_from(table, POST, same)
        mine = (table.c.forum == self.forum, table.c.editor == self.person, other)
        found = self.rows(query.where(*mine).order_by(table.c.post, table.c.n))
        titles = schema.TOPIC_EDITS
        first = and_(titles.c.forum == POST.c.forum, titles.c.topic == POST.c.topic, POST.c.number == 1)
        query = select(*PLACE, titles.c.at.label("observed")).join_from(titles, POST, first)
        renamed = self.rows(query.where(self.mine(titles), other).order_by(titles.c.topic, titles.c.n))
        return [self.at(row, ("observed",)) for row in (*found, *renamed)]

    def at(self, row: PersonFacts, times: Sequence[str]) -> PersonFacts:
        """A row with the address of its post in place of the numbers."""
        url = self.url(row.pop("topic"), row.pop("number"), row.pop("place"))
        return {"url": url, **timed(row, times)}

    def likes(self) -> list[PersonFacts]:
        """What they liked."""
        table = schema.REACTIONS
        times = ("at", "after", "seen", "gone")
        same = and_(table.c.forum == POST.c.forum, table.c.post == POST.c.id)
        since = case((table.c.at.is_(None), table.c.after)).label("after")  # else it says nothing
        columns = (*PLACE, table.c.kind, table.c.at, since, table.c.seen, table.c.gone)
        query = select(*columns).join_from(table, POST, same).where(self.mine(table))
        return [self.at(row, times) for row in self.rows(query.order_by(table.c.seen, table.c.post))]

    def votes(self) -> list[PersonFacts]:
        """What they chose."""
        table, options = schema.POLL_VOTES, schema.POLL_OPTIONS
        same = and_(table.c.forum == POST.c.forum, table.c.post == POST.c.id)
        named = and_(
            options.c.forum == table.c.forum,
            options.c.post == table.c.post,
            options.c.poll == table.c.poll,
            options.c.id == table.c.option,
        )
        columns = (*PLACE, table.c.poll, options.c.html.label("choice"), table.c.seen)
        query = select(*columns).join_from(table, POST, same).join(options, named, isouter=True)
        return [self.at(row, ("seen",)) for row in self.rows(query.where(self.mine(table)).order_by(table.c.post))]

    def accepted(self) -> list[PersonFacts]:
        """The posts that they accepted as answers."""
        topics = schema.TOPICS
        named = (topics.c.id.label("topic"), topics.c.accepted.label("number"), POST.c.id.label("place"))
        same = and_(POST.c.forum == topics.c.forum, POST.c.topic == topics.c.id, POST.c.number == topics.c.accepted)
        query = (
            select(*named, topics.c.accepted_at.label("at"))
            .join_from(topics, POST, same, isouter=True)
            .where(topics.c.forum == self.forum, topics.c.accepted_by == self.person, topics.c.accepted.is_not(None))
            .order_by(topics.c.accepted_at, topics.c.id)
        )
        return [self.at(row, ("at",)) for row in self.rows(query)]

    def mentioned(self) -> list[PersonFacts]:
        """Where others mention, quote or answer them."""
        edges, answered = schema.EDGES, POST.alias()
        same = and_(edges.c.forum == POST.c.forum, edges.c.post == POST.c.id)
        theirs = and_(
            answered.c.forum == edges.c.forum,
            answered.c.topic == edges.c.to_topic,
            answered.c.number == edges.c.to_number,
            answered.c.person == self.person,
        )
        named = edges.c.to_person == self.person
        query = (
            select(*PLACE, edges.c.kind, POST.c.created)
            .distinct()
            .join_from(edges, POST, same)
            .join(answered, theirs, isouter=True)
            .where(edges.c.forum == self.forum, edges.c.kind != "link", or_(named, answered.c.id.is_not(None)))
            .where(or_(POST.c.person != self.person, POST.c.person.is_(None)))
            .order_by(POST.c.topic, POST.c.number, edges.c.kind)
        )
        return [self.at(row, ("created",)) for row in self.rows(query)]

    def pictures(self) -> list[PersonFacts]:
        """The pictures of them."""
        table = schema.UPLOADS
        mine = (table.c.forum == self.forum, table.c.kind == "avatar", table.c.name == str(self.person))
        query = select(table.c.source, table.c.status, table.c.sha256, table.c.fetched).where(*mine)
        return [timed(row, ("fetched",)) for row in self.rows(query.order_by(table.c.url))]

    def emptied(self) -> dict[int, int]:
        """When the texts of their posts were emptied here."""
        table = schema.TOMBSTONES
        same = and_(POST.c.forum == table.c.forum, POST.c.id == table.c.id, table.c.kind == "text")
        query = select(table.c.id, table.c.observed).join_from(table, POST, same).where(self.mine(POST))
        return {row["id"]: row["observed"] for row in self.rows(query.order_by(table.c.id, table.c.n))}

    def notes(self) -> list[PersonFacts]:
        """What we concluded about the account."""
        table = schema.TOMBSTONES
        mine = (table.c.forum == self.forum, table.c.kind == "person", table.c.id == self.person)
        query = select(table.c.reason, table.c.observed, table.c.lifted).where(*mine).order_by(table.c.n)
        return [timed(row, ("observed", "lifted")) for row in self.rows(query)]

    def runs(self) -> PersonFacts:
        """When the forum was read: how often, first and last. A reading of a backup begins when that was made."""
        table = schema.RUNS
        backup = table.c.via == "backup"
        at = case((backup, func.coalesce(table.c.ended, table.c.started)), else_=table.c.started)
        query = select(func.count().label("count"), func.min(at).label("first"), func.max(at).label("last"))
        query = query.add_columns(func.count(case((backup, 1))).label("backups")).where(table.c.forum == self.forum)
        (row,) = self.rows(query)
        return timed(row, ("first", "last"))


def timed(row: PersonFacts, times: Iterable[str]) -> PersonFacts:
    """A row whose times a person can read."""
    return {**row, **{name: moment(row[name]) for name in times}}


def moment(micros: int | None) -> str | None:
    """A time as ISO 8601 writes it."""
    return None if micros is None else times.moment(micros).isoformat(timespec="seconds")
