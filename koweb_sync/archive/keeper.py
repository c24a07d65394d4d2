"""Writing what was seen into an archive: a keeper lives for one transaction, and with it goes a page or nothing.

It looks up what is known of the things on the page, lets `decide` and `liked` say what is new, and writes the rows.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, func, select, update

from koweb_sync.archive import decide, liked, schema, search
from koweb_sync.archive.decide import Held, Row, Rows
from koweb_sync.archive.pointers import File, Found, read
from koweb_sync.archive.store import put
from koweb_sync.archive.veil import CLEAR, Veil
from koweb_sync.forum import observed

PLACEHOLDERS = 500  # values in one IN (…)


class Keeper:
    """Keeps what one forum showed, at one moment, within one transaction. `base` is the forum's address.

    `found` counts what was new: posts, versions, topics, likes, unlikes, people, deleted…
    """

    def __init__(self, connection: Connection, forum: int, base: str, now: int, found: dict[str, int]) -> None:
        self.connection = connection
        self.forum = forum
        self.base = base
        self.now = now
        self.found = found
        self.veil: Veil = CLEAR  # nothing is written of those who were forgotten

    def tell(self, what: str, number: int) -> None:
        """Count something new."""
        if number:
            self.found[what] = self.found.get(what, 0) + number

    # ---- rows

    def known(self, table: Table, column: str, values: Collection[Any]) -> list[Row]:
        """Rows of this forum whose column has one of some values."""
        found: list[Row] = []
        wanted = list(values)
        for start in range(0, len(wanted), PLACEHOLDERS):
            part = wanted[start : start + PLACEHOLDERS]
            query = select(table).where(table.c.forum == self.forum, table.c[column].in_(part))
            found += [dict(row) for row in self.connection.execute(query).mappings()]
        return found

    def put(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write rows of this forum."""
        put(self.connection, table, [{"forum": self.forum, **row} for row in rows])

    def cursor(self, name: str, value: Any) -> None:
        """Remember how far a reading is, in the same transaction as what was read."""
        self.put(schema.CURSORS, [{"name": name, "value": json.dumps(value, ensure_ascii=False)}])

    def todo(self, kind: str, ids: Iterable[int], detail: str = "{}") -> None:
        """Remember what must still be read."""
        self.put(schema.TODO, [{"kind": kind, "id": one, "detail": detail} for one in sorted(set(ids))])

    def noted(self, kind: str, ids: Collection[int]) -> set[int]:
        """Which of some things are noted to be read."""
        return {row["id"] for row in self.known(schema.TODO, "id", ids) if row["kind"] == kind}

    def done(self, kind: str, ids: Iterable[int]) -> None:
        """Forget what was read."""
        table = schema.TODO
        for one in ids:
            self.connection.execute(
                delete(table).where(table.c.forum == self.forum, table.c.kind == kind, table.c.id == one)
            )

    # ---- people

    def people(self, seen: Iterable[observed.Person]) -> None:
        """Keep who people are."""
        there = self.veil.people(seen)
        known = {row["id"]: row for row in self.known(schema.PEOPLE, "id", {one.id for one in there})}
        for row in known.values():
            del row["forum"]
        rows = decide.people(there, known, self.now)
        self.put(schema.PEOPLE, rows.people)
        self.rename(rows.names)
        self.bury(rows.tombstones)
        self.tell("people", sum(row["id"] not in known for row in rows.people))
        self.tell("renamed", sum(row["person"] in known for row in rows.names))

    def rename(self, names: Sequence[Row]) -> None:
        """Close earlier names, open new ones."""
        table = schema.NAMES
        top = self.tops(table, ("person",), [row["person"] for row in names])
        for row in names:
            last = top.get((row["person"],), 0)
            if last:
                self.connection.execute(
                    update(table)
                    .where(table.c.forum == self.forum, table.c.person == row["person"], table.c.n == last)
                    .values(until=self.now)
                )
            row["n"] = last + 1
        self.put(table, [{**row, "until": None} for row in names])

    def tops(self, table: Table, columns: tuple[str, ...], values: Collection[int]) -> dict[tuple[Any, ...], int]:
        """The highest `n` by some columns, for those whose first column has one of some values."""
        found: dict[tuple[Any, ...], int] = {}
        wanted = list(values)
        for start in range(0, len(wanted), PLACEHOLDERS):
            part = wanted[start : start + PLACEHOLDERS]
            names = [table.c[name] for name in columns]
            query = select(*names, func.max(table.c.n)).where(table.c.forum == self.forum, names[0].in_(part))
            found |= {tuple(row[:-1]): int(row[-1]) for row in self.connection.execute(query.group_by(*names))}
        return found

    def join(self, group: int, people: set[int]) -> None:
        """Keep who is in a group, since when and until when as far as we saw it."""
        table = schema.GROUP_MEMBERS
        people = people - self.veil.gone
        rows = self.known(table, "group", [group])
        inside = {row["person"] for row in rows if row["until"] is None}
        left = [row for row in rows if row["until"] is None and row["person"] not in people]
        self.put(table, [{**row, "until": self.now} for row in left])
        new = [{"group": group, "person": one, "since": self.now, "until": None} for one in sorted(people - inside)]
        self.put(table, new)

    # ---- what was deleted, and came back

    def bury(self, tombstones: Sequence[Mapping[str, Any]]) -> None:
        """Keep that something is gone, unless we know it."""
        table = schema.TOMBSTONES
        for row in tombstones:
            mine = and_(table.c.forum == self.forum, table.c.kind == row["kind"], table.c.id == row["id"])
            graves = self.connection.execute(select(table).where(mine).order_by(table.c.n)).mappings().all()
            if graves and graves[-1]["lifted"] is None and row["kind"] != "move":
                if graves[-1]["reason"] == row["reason"]:
                    continue
                self.raise_up(row["kind"], row["id"])
            n = (graves[-1]["n"] if graves else 0) + 1
            self.put(table, [{**row, "n": n, "observed": self.now, "lifted": None}])
            self.tell("moved" if row["kind"] == "move" else row["reason"], 1)

    def raise_up(self, kind: str, ident: int) -> None:
        """Something came back."""
        table = schema.TOMBSTONES
        mine = and_(table.c.forum == self.forum, table.c.kind == kind, table.c.id == ident, table.c.lifted.is_(None))
        done = self.connection.execute(update(table).where(mine).values(lifted=self.now))
        self.tell("recovered", done.rowcount)

    def vanished(self, kind: str, ident: int, reason: str) -> None:
        """Keep that the forum does not show a topic or a post any more; what we hold of it stays."""
        table = schema.TOPICS if kind == "topic" else schema.POSTS
        changes = {"shown": 0, **({"deleted": self.now} if reason == "gone" else {})}
        mine = (table.c.forum == self.forum, table.c.id == ident, table.c.shown == 1)
        if self.connection.execute(update(table).where(*mine).values(**changes)).rowcount:
            self.bury([{"kind": kind, "id": ident, "reason": reason, "at": None, "by": None}])

    def unlist(self, topic: int) -> None:
        """Lists are not expected to show a topic any more."""
        table = schema.TOPICS
        self.connection.execute(update(table).where(table.c.forum == self.forum, table.c.id == topic).values(listed=0))

    # ---- topics

    def topics(self, seen: Sequence[observed.Topic], source: str, *, views: bool = False) -> int:
        """Keep topics, and say how many look different. Those are noted, so that their posts are looked at."""
        seen = self.veil.topics(seen)
        known = self.topics_known({one.id for one in seen})
        rows = decide.topics(seen, known, self.now, source, views=views)
        self.put(schema.TOPICS, rows.topics)
        self.put(schema.TOPIC_VERSIONS, rows.topic_versions)
        self.retag([row for row in rows.topic_versions if known.get(row["topic"], {}).get("tags") != row["tags"]])
        # A topic may be listed after its posts were read, so that its first post stands in the search without a title.
        new = {row["topic"]: row["title"] for row in rows.topic_versions}
        self.entitle([one for one, title in new.items() if known.get(one, {}).get("title") != title])
        self.finish(rows)
        different = [row["id"] for row in rows.topics if suspicious(row, known.get(row["id"]))]
        self.todo("topic", different)
        if views:
            self.watch(rows.topics, known)
        self.tell("topics", sum(row["id"] not in known for row in rows.topics))
        self.tell("topics changed", sum(row["topic"] in known for row in rows.topic_versions))
        return len(different) + len(rows.topic_versions)

    def topics_known(self, ids: Collection[int]) -> dict[int, Row]:
        """What is known of topics, by number."""
        found = self.known(schema.TOPICS, "id", ids)
        return {row["id"]: {name: value for name, value in row.items() if name != "forum"} for row in found}

    def retag(self, versions: Sequence[Row]) -> None:
        """Keep which tags topics have now."""
        table = schema.TOPIC_TAGS
        for row in versions:
            self.connection.execute(delete(table).where(table.c.forum == self.forum, table.c.topic == row["topic"]))
        tags = [(row["topic"], tag) for row in versions for tag in json.loads(row["tags"])]
        self.put(table, [{"topic": topic, "tag": tag} for topic, tag in tags])
        names = {tag for _topic, tag in tags}
        new = names - {row["name"] for row in self.known(schema.TAGS, "name", names)}
        self.put(schema.TAGS, [{"name": name, "description": ""} for name in sorted(new)])

    def watch(self, rows: Sequence[Row], known: Mapping[int, Row]) -> None:
        """Keep how often topics were viewed, where that moved."""
        moved = [row for row in rows if row["id"] not in known or known[row["id"]]["views"] != row["views"]]
        self.put(schema.VIEWS, [{"topic": row["id"], "at": self.now, "views": row["views"]} for row in moved])

    def finish(self, rows: Rows) -> None:
        """What topics and posts have in common: who is gone, and who came back."""
        for kind, ident in rows.lifted:
            self.raise_up(kind, ident)
        self.bury(rows.tombstones)

    # ---- posts

    def posts(self, seen: Sequence[observed.Post], source: str) -> None:
        """Keep posts with their authors, pointers, files and polls."""
        seen = self.veil.posts(seen)
        self.people(one.author for one in seen if one.author is not None)
        known = {row["id"]: row for row in self.known(schema.POSTS, "id", {one.id for one in seen})}
        other = [
            one.id for one in seen if one.id in known and decide.digest(one.raw, one.cooked) != known[one.id]["digest"]
        ]
        rows = decide.posts(seen, known, self.held(other), self.now, source)
        self.put(schema.POSTS, rows.posts)
        self.put(schema.POST_VERSIONS, rows.post_versions)
        self.finish(rows)
        self.look_into(rows.reread)
        self.polls({one.id: one.polls for one in seen if one.polls})
        self.react(seen)
        new = [row for row in rows.posts if row["id"] not in known]
        self.todo("topic", {row["topic"] for row in new} - self.noted("topic", {row["topic"] for row in new}))
        self.tell("posts", len(new))
        self.tell("versions", sum(row["post"] in known for row in rows.post_versions))

    def strangers(self, posts: Sequence[observed.Post]) -> None:
        """Note topics that posts stand in and that nobody listed, to be read."""
        topics = {one.topic for one in posts}
        self.todo("topic", topics - {row["id"] for row in self.known(schema.TOPICS, "id", topics)})

    def held(self, posts: Collection[int]) -> dict[int, list[Held]]:
        """The versions that we hold of posts."""
        table = schema.POST_VERSIONS
        found: dict[int, list[Held]] = {}
        for start in range(0, len(posts), PLACEHOLDERS):
            part = list(posts)[start : start + PLACEHOLDERS]
            columns = (table.c.post, table.c.n, table.c.digest, table.c.placeholder)
            query = select(*columns).where(table.c.forum == self.forum, table.c.post.in_(part))
            for post, n, text, placeholder in self.connection.execute(query):
                found.setdefault(post, []).append(Held(n, text, bool(placeholder)))
        return found

    def look_into(self, posts: Sequence[observed.Post]) -> None:
        """Keep where posts point, which files they show, and their words for the search."""
        if not posts:
            return
        looks = {one.id: read(one.cooked, one.topic, one.reply_to, self.base) for one in posts}
        for table in (schema.EDGES, schema.UPLOAD_USES):
            gone = delete(table).where(table.c.forum == self.forum, table.c.post.in_(list(looks)))
            self.connection.execute(gone)
        self.put(schema.EDGES, [row for post, look in looks.items() for row in edges(post, look)])
        self.files({one.url: one for look in looks.values() for one in look.files})
        uses = [{"post": post, "url": one.url} for post, look in looks.items() for one in look.files]
        self.put(schema.UPLOAD_USES, uses)
        self.index({post: look.text for post, look in looks.items()})

    def files(self, files: Mapping[str, File]) -> None:
        """Note files that are new, to be fetched."""
        new = set(files) - {row["url"] for row in self.known(schema.UPLOADS, "url", files)}
        rows = [files[url] for url in sorted(new)]
        self.put(
            schema.UPLOADS,
            [
                {"url": one.url, "kind": one.kind, "name": one.name, "source": one.source, "status": "wanted"}
                for one in rows
            ],
        )

    def index(self, texts: Mapping[int, str]) -> None:
        """Keep the words of posts for the search; the first post of a topic stands under its title."""
        posts, topics = schema.POSTS, schema.TOPICS
        joined = and_(topics.c.forum == posts.c.forum, topics.c.id == posts.c.topic)
        query = (
            select(posts.c.row, posts.c.id, posts.c.number, topics.c.title)
            .join_from(posts, topics, joined, isouter=True)
            .where(posts.c.forum == self.forum, posts.c.id.in_(list(texts)))
        )
        found = self.connection.execute(query).all()
        entries = [(row, (title or "") if number == 1 else "", texts[post]) for row, post, number, title in found]
        search.enter(self.connection, entries)

    def entitle(self, topics: Sequence[int]) -> None:
        """Bring the titles of topics into the search."""
        posts, versions = schema.POSTS, schema.POST_VERSIONS
        joined = and_(versions.c.forum == posts.c.forum, versions.c.post == posts.c.id, versions.c.n == posts.c.n)
        for start in range(0, len(topics), PLACEHOLDERS):
            part = list(topics)[start : start + PLACEHOLDERS]
            query = (
                select(posts.c.id, posts.c.topic, versions.c.cooked)
                .join_from(posts, versions, joined)
                .where(posts.c.forum == self.forum, posts.c.topic.in_(part), posts.c.number == 1)
            )
            found = self.connection.execute(query).all()
            self.index({post: read(cooked, topic, None, self.base).text for post, topic, cooked in found})

    # ---- polls

    def polls(self, found: Mapping[int, Sequence[observed.Poll]]) -> None:
        """Keep polls, by their posts: their questions, how they stand, and who chose what where the forum tells."""
        known = {(row["post"], row["name"]): row for row in self.known(schema.POLLS, "post", found)}
        answers = {(row["post"], row["poll"], row["id"]): row for row in self.known(schema.POLL_OPTIONS, "post", found)}
        names = ("name", "title", "type", "status", "results", "voters", "closes")
        for post, poll in ((post, poll) for post, polls in found.items() for poll in polls):
            row = {name: getattr(poll, name) for name in names} | {"post": post, "public": int(poll.public)}
            self.put(schema.POLLS, [row] if known.get((post, poll.name)) != {**row, "forum": self.forum} else [])
            rows = [
                {"post": post, "poll": poll.name, "id": one.id, "position": n, "html": one.html, "votes": one.votes}
                for n, one in enumerate(poll.options)
            ]
            new = [one for one in rows if answers.get((post, poll.name, one["id"])) != {**one, "forum": self.forum}]
            self.put(schema.POLL_OPTIONS, new)
            self.votes(post, poll)

    def votes(self, post: int, poll: observed.Poll) -> None:
        """Keep who chose which answers of a poll. Where the forum names some of many, nobody else is taken out."""
        named = {(option.id, person.id) for option in poll.options for person in option.people}
        if not poll.public or not named:
            return
        self.people(person for option in poll.options for person in option.people)
        table = schema.POLL_VOTES
        mine = and_(table.c.forum == self.forum, table.c.post == post, table.c.poll == poll.name)
        before = {(row.option, row.person) for row in self.connection.execute(select(table).where(mine))}
        whole = {option.id for option in poll.options if option.votes is None or option.votes <= len(option.people)}
        for option, person in before - named:
            if option in whole:
                gone = delete(table).where(mine, table.c.option == option, table.c.person == person)
                self.connection.execute(gone)
        facts = {"post": post, "poll": poll.name, "seen": self.now}
        self.put(table, [{**facts, "option": o, "person": p} for o, p in sorted(named - before)])

    # ---- likes

    def react(self, posts: Sequence[observed.Post]) -> None:
        """Note which reactions, hearts aside, changed their number: who reacted is asked later."""
        telling = {one.id: one.reactions for one in posts if one.reactions is not None}
        counts = self.known(schema.COUNTS, "post", telling)
        told = {(row["post"], row["kind"]): row["told"] for row in counts if row["kind"] != "like"}
        seen = {(post, kind): count for post, kinds in telling.items() for kind, count in kinds.items()}
        gone = {name: 0 for name in told if name not in seen}
        moved = {name: count for name, count in {**seen, **gone}.items() if told.get(name, 0) != count}
        self.put(
            schema.COUNTS,
            [{"post": post, "kind": kind, "told": n, "count": n} for (post, kind), n in moved.items()],
        )
        self.todo("reactions", {post for post, _kind in moved})

    def likes_of_post(
        self, post: int, likes: Sequence[observed.Like], looked: int | None, *, hearts: bool = True
    ) -> None:
        """Keep all likes of a post, or with `hearts` off all its other reactions."""
        table = schema.REACTIONS
        kind = table.c.kind == "like" if hearts else table.c.kind != "like"
        self.keep_likes(likes, and_(table.c.post == post, kind), looked)

    def likes_by(self, person: int, likes: Sequence[observed.Like], looked: int | None) -> int:
        """Keep some of the likes that somebody gave, and say how many are new: nothing is concluded from those that are
        not among them.
        """
        table = schema.REACTIONS
        posts = [one.post for one in likes]
        among = and_(table.c.person == person, table.c.kind == "like", table.c.post.in_(posts))
        return self.keep_likes(likes, among, looked)

    def keep_likes(self, likes: Sequence[observed.Like], among: Any, looked: int | None) -> int:
        """Keep likes that are all there are among some, and say how many rows changed."""
        likes = self.veil.likes(likes)
        self.people(one.person for one in likes)
        table = schema.REACTIONS
        open_ones = select(table).where(table.c.forum == self.forum, among, table.c.gone.is_(None))
        known = [dict(row) for row in self.connection.execute(open_ones).mappings()]
        top = self.tops(table, ("post", "person", "kind"), {one.post for one in likes} | {row["post"] for row in known})
        rows = liked.changes(likes, known, top, self.now, looked)
        self.put(table, rows)
        self.tell("likes", sum(row["seen"] == self.now and row["gone"] is None for row in rows))
        self.tell("unlikes", sum(row["gone"] is not None for row in rows))
        return len(rows)

    def unnamed(self, post: int, kind: str, told: int) -> None:
        """Keep how many likes of a post nobody is named for."""
        table = schema.REACTIONS
        mine = and_(table.c.forum == self.forum, table.c.post == post, table.c.kind == kind, table.c.gone.is_(None))
        named = int(self.connection.execute(select(func.count()).select_from(table).where(mine)).scalar() or 0)
        rest = max(0, told - named)
        counts = schema.COUNTS
        if rest or kind != "like":
            self.put(counts, [{"post": post, "kind": kind, "told": told, "count": rest}])
        else:
            gone = delete(counts).where(counts.c.forum == self.forum, counts.c.post == post, counts.c.kind == kind)
            self.connection.execute(gone)

    def resolve(self) -> None:
        """Give usernames in mentions and quotes their people, as far as we know them."""
        edges_, people = schema.EDGES, schema.PEOPLE
        same = (people.c.forum == edges_.c.forum, people.c.folded == edges_.c.name)
        who = select(func.min(people.c.id)).where(*same).scalar_subquery()
        open_ones = (edges_.c.forum == self.forum, edges_.c.to_person.is_(None), edges_.c.name != "", who.is_not(None))
        self.connection.execute(update(edges_).where(*open_ones).values(to_person=who, name=""))


def suspicious(row: Row, before: Row | None) -> bool:
    """Whether a topic's posts have to be compared with what we hold: anything about it changed but its views."""
    if before is None:
        return True
    names = ("posts_count", "highest", "last_posted", "bumped", "likes", "deleted")
    return any(row[name] != before[name] for name in names)


def edges(post: int, look: Found) -> list[Row]:
    """The rows that say where a post points."""
    counts: dict[str, int] = {}
    rows = []
    for one in look.pointers:
        counts[one.kind] = counts.get(one.kind, 0) + 1
        place = {"to_topic": one.topic, "to_number": one.number, "to_person": None}
        rows.append({"post": post, "kind": one.kind, "n": counts[one.kind], **place, "name": one.name, "url": one.url})
    return rows
