"""Writing what was seen into an archive: a writer lives for one transaction, and with it goes a page or nothing.

It looks up what is known of the things on the page, lets `decide` say what is new, and writes the rows.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import Select, Table, and_, bindparam, func, select, update

from koweb_sync.archive.ingest import changes, localisations
from koweb_sync.archive.ingest.changes import HeldVersion, Row, Rows
from koweb_sync.archive.ingest.post_text import PostText, read_text
from koweb_sync.archive.ingest.reactions import ReactionWriter
from koweb_sync.archive.ingest.references import FileReference, PostReference
from koweb_sync.archive.ingest.row_writer import PLACEHOLDERS
from koweb_sync.archive.store import schema, search
from koweb_sync.archive.store.post_words import parts
from koweb_sync.archive.store.prepared import for_values, places, remove_rows
from koweb_sync.archive.store.rows import homes
from koweb_sync.archive.store.search_words import IndexEntry
from koweb_sync.errors import HumanNeeded
from koweb_sync.forum import models
from koweb_sync.i18n import _

T = TypeVar("T")
UNREAD: Mapping[int, PostText] = MappingProxyType({})  # texts of which nothing was worked out
OLDER = '{"older": true}'  # why a topic is noted: it came from a backup older than the archive, and may be gone by now
ACCEPTED = "accepted"  # of the agenda: posts that solved a topic which is not shown yet


class PageWriter(ReactionWriter):
    """Keeps topics and posts with all that hangs on them."""

    # ---- topics

    def topics(self, seen: Sequence[models.Topic], source: str, *, views: bool = False, all_read: bool = False) -> int:
        """Keep topics, and say how many look different. Those are noted, so that their posts are looked at; with
        `all_read` none is, for this run reads all posts anyway.
        """
        seen = self.erasures.topics(seen)
        known = self.topics_known({one.id for one in seen})
        for one in seen:
            if one.id in known and changes.another_topic(known[one.id], one):
                raise not_the_same_topic(one.id, self.base)
        rows = changes.topics(seen, known, self.now, source, views=views)
        self.put(schema.TOPICS, rows.topics)
        self.put(schema.TOPIC_VERSIONS, rows.topic_versions)
        self.settle_solutions([row["id"] for row in rows.topics if row["id"] not in known and not row["accepted"]])
        self.retag([row for row in rows.topic_versions if known.get(row["topic"], {}).get("tags") != row["tags"]])
        # A topic may be listed after its posts were read, so that its first post stands in the search without a title.
        said = ("title", "tags")
        new = {row["topic"]: [row[name] for name in said] for row in rows.topic_versions}
        self.entitle([one for one, words in new.items() if [known.get(one, {}).get(name) for name in said] != words])
        self.finish(rows)
        different = [row["id"] for row in rows.topics if suspicious(row, known.get(row["id"]))]
        self.todo("topic", () if all_read else different, why_noted(source))
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
        for_values(self.connection, remove_rows, table, self.forum, "topic", [row["topic"] for row in versions])
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
            self.recover(kind, ident)
        self.add_tombstones(rows.tombstones)

    # ---- posts

    def posts(
        self,
        seen: Sequence[models.Post],
        source: str,
        *,
        all_read: bool = False,
        known: Mapping[int, Row] | None = None,
        texts: Mapping[int, PostText] = UNREAD,
    ) -> None:
        """Keep posts with their authors, pointers, files and polls. Their topics are noted to be looked at, unless this
        run reads all posts anyway (`all_read`). `known`: these posts as they are held, where that was asked just now;
        `texts`: what the texts of some of them tell, where that was worked out beforehand.
        """
        seen = self.erasures.posts(seen)
        texts = texts if self.erasures.clear else UNREAD  # else the texts are others by now
        self.people(one.author for one in seen if one.author is not None)
        if known is None:
            known = {row["id"]: row for row in self.known(schema.POSTS, "id", {one.id for one in seen})}
        self.refuse_others(seen, known)
        other = [
            one.id for one in seen if one.id in known and changes.digest(one.raw, one.cooked) != known[one.id]["digest"]
        ]
        digests = {post: one.digest for post, one in texts.items()}
        rows = changes.posts(seen, known, self.held(other), self.now, source, digests)
        self.put(schema.POSTS, rows.posts)
        self.put(schema.POST_VERSIONS, rows.post_versions)
        self.finish(rows)
        self.look_into(rows.reread, known, texts)
        self.polls({one.id: one.polls for one in seen if one.polls})
        self.react(seen)
        self.solve(seen)
        if source != "data-explorer" and any(one.locale is not None for one in seen):
            self.cursor("translates", True)  # the forum shows texts in the reader's language
        localisations.note(self, seen)
        new = [row for row in rows.posts if row["id"] not in known]
        # A topic that posts left is looked at too: with them its number of posts may have been right by chance.
        left = {known[one.id]["topic"] for one in seen if one.id in known and known[one.id]["topic"] != one.topic}
        around = {row["topic"] for row in new} | left
        if not all_read:
            self.todo("topic", around - self.noted("topic", around), why_noted(source))
            self.to_look_at |= around
        self.tell("posts", len(new))
        self.tell("versions", sum(row["post"] in known for row in rows.post_versions))

    def solve(self, seen: Sequence[models.Post]) -> None:
        """Keep which post solved a topic, where the posts themselves tell; of several the one that we knew first.

        What cannot be kept yet is noted: of a topic that nothing showed so far, and where another one counts.
        """
        told = {(int(one.topic), one.number): one.accepted for one in seen if one.accepted is not None}
        if not told:
            return
        around = {topic for topic, _number in told}
        known = {row["id"]: row["accepted"] for row in self.known(schema.TOPICS, "id", around)}
        before = self.waiting(around)
        waiting = {topic: list(mine) for topic, mine in before.items()}
        solved: dict[int, int | None] = {}
        for (topic, number), accepted in sorted(told.items(), key=lambda one: (bool(one[1]), one[0])):
            mine = waiting.setdefault(topic, [])
            if number in mine and not accepted:
                mine.remove(number)
            if topic in known and accepted and known[topic] is None:
                known[topic] = solved[topic] = number
            elif topic in known and not accepted and known[topic] == number:
                known[topic] = solved[topic] = mine.pop(0) if mine else None
            elif accepted and known.get(topic) != number and number not in mine:
                mine.append(number)
        for topic, found in solved.items():
            self.solved(topic, found)
        self.wait(waiting, before)

    def solved(self, topic: int, number: int | None) -> None:
        """Keep the number of the post that solved a topic."""
        table = schema.TOPICS
        mine = (table.c.forum == self.forum, table.c.id == topic)
        values = {
            "accepted": number,
            "accepted_by": None,
            "accepted_at": None,
        }  # who and when tells Data Explorer alone
        self.connection.execute(update(table).where(*mine, table.c.accepted.is_distinct_from(number)).values(**values))

    def answers(self, seen: Sequence[models.AcceptedAnswer], gone: Collection[int]) -> None:
        """Keep accepted answers with who accepted them, and when; topics in `gone` have none any more."""
        table = schema.TOPICS
        rows = [(one.topic, one.number, None if one.by in self.erasures.gone else one.by, one.at) for one in seen]
        before = {row["id"]: row["accepted_at"] for row in self.known(table, "id", {one.topic for one in seen})}
        for topic, number, by, at in [*rows, *((topic, None, None, None) for topic in gone)]:
            mine = (table.c.forum == self.forum, table.c.id == topic)
            values = {"accepted": number, "accepted_by": by, "accepted_at": changes.exact(before.get(topic), at)}
            self.connection.execute(update(table).where(*mine).values(**values))
        self.done(ACCEPTED, [one.topic for one in seen])

    def waiting(self, topics: Collection[int]) -> dict[int, list[int]]:
        """The numbers of accepted posts that are not kept yet, by topic."""
        found = self.agenda(ACCEPTED, topics).items()
        return {topic: list(map(int, json.loads(detail)["numbers"])) for topic, detail in found}

    def wait(self, numbers: Mapping[int, Sequence[int]], before: Mapping[int, Sequence[int]]) -> None:
        """Note accepted posts that are not kept yet, and forget the notes of topics without any. `before`: as noted."""
        for topic, mine in numbers.items():
            if mine and before.get(topic) != list(mine):
                self.todo(ACCEPTED, [topic], json.dumps({"numbers": list(mine)}))
        self.done(ACCEPTED, [topic for topic, mine in numbers.items() if not mine and topic in before])

    def settle_solutions(self, topics: Collection[int]) -> None:
        """Topics whose accepted post we met before they were shown themselves."""
        before = self.waiting(topics)
        waiting = {topic: list(mine) for topic, mine in before.items() if mine}
        for topic, mine in waiting.items():
            self.solved(topic, mine.pop(0))
        self.wait(waiting, before)

    def refuse_others(self, seen: Sequence[models.Post], known: Mapping[int, Row]) -> None:
        """Raise HumanNeeded where the forum gave the number of a post to another one: their texts would be mixed."""
        for one in seen:
            if one.id in known and changes.another(known[one.id], one):
                raise not_the_one(one.id, self.base)

    def strangers(self, posts: Sequence[models.Post]) -> None:
        """Note topics that posts stand in and that nobody listed, to be read."""
        topics = {one.topic for one in posts}
        strange = topics - self.to_look_at - {row["id"] for row in self.known(schema.TOPICS, "id", topics)}
        self.todo("topic", strange - self.noted("topic", strange))

    def held(self, posts: Collection[int]) -> dict[int, list[HeldVersion]]:
        """The versions that we hold of posts."""
        table = schema.POST_VERSIONS
        found: dict[int, list[HeldVersion]] = {}
        for start in range(0, len(posts), PLACEHOLDERS):
            part = list(posts)[start : start + PLACEHOLDERS]
            columns = (table.c.post, table.c.n, table.c.digest, table.c.placeholder)
            query = select(*columns).where(table.c.forum == self.forum, table.c.post.in_(part))
            for post, n, text, placeholder in self.connection.execute(query):
                found.setdefault(post, []).append(HeldVersion(n, text, bool(placeholder)))
        return found

    def look_into(
        self, posts: Sequence[models.Post], known: Collection[int], texts: Mapping[int, PostText] = UNREAD
    ) -> None:
        """Keep where posts point, which files they show, and their words for the search. `known`: had some before;
        `texts`: what some of them tell.
        """
        seen = {int(one.id): one for one in posts}
        if not seen:
            return
        for table in (schema.EDGES, schema.UPLOAD_USES):
            for_values(self.connection, remove_rows, table, self.forum, "post", [one for one in seen if one in known])
        pointers: list[Row] = []
        files: list[tuple[int, FileReference]] = []
        home = homes(self.connection, self.forum, self.base)

        def words_of(one: models.Post) -> tuple[Sequence[str], str | None]:
            text = texts.get(one.id) or read_text(one.cooked, one.topic, one.reply_to, *home)
            pointers.extend(edges(one.id, text.pointers))
            files.extend((one.id, file) for file in text.files)
            return text.words, text.forms

        self.index(seen, words_of)
        self.put(schema.EDGES, pointers)
        self.files({one.url: one for _post, one in files})
        self.put(schema.UPLOAD_USES, [{"post": post, "url": one.url} for post, one in files])

    def files(self, files: Mapping[str, FileReference]) -> None:
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

    def index(self, posts: Mapping[int, T], words_of: Callable[[T], tuple[Sequence[str], str | None]]) -> None:
        """Keep the words of posts, by number, for the search; the first post of a topic stands under its title and its
        tags. `words_of` each post is asked once: which words it has, and what else they are found by, if that is known.
        """
        found = for_values(self.connection, with_titles, schema.POSTS, self.forum, "id", posts)
        once = {row[0]: row for row in found}.values()
        entered = (
            (row, *entry(number, title, tags, *words_of(posts[post]))) for row, post, number, title, tags in once
        )
        search.enter_each(self.connection, entered)

    def entitle(self, topics: Sequence[int]) -> None:
        """Bring the titles and tags of topics into the search."""
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
            self.index({post: cooked for post, _topic, cooked in found}, cooked_words)

    # ---- at the end

    def resolve(self) -> None:
        """Give usernames in mentions and quotes their people, as far as we know them."""
        edges_, people = schema.EDGES, schema.PEOPLE
        # All names at once: asked for each pointer, the lowest number of a name is looked for among everybody.
        found = select(people.c.folded, func.min(people.c.id).label("id")).where(people.c.forum == self.forum)
        who = found.group_by(people.c.folded).subquery()
        open_ones = (edges_.c.forum == self.forum, edges_.c.to_person.is_(None), edges_.c.name != "")
        named = update(edges_).where(*open_ones, edges_.c.name == who.c.folded)
        self.connection.execute(named.values(to_person=who.c.id, name=""))


def not_the_one(post: int, where: str) -> HumanNeeded:
    """The error about a number that is another post's by now."""
    return HumanNeeded(
        _("Post {n} is not the one that the archive holds.").format(n=post),
        where=where,
        remedy=_(
            "It has another author, another date and another text. If the forum was restored from an older"
            " backup, keep this archive as it is and begin a new one: --store FILE."
        ),
    )


def not_the_same_topic(topic: int, where: str) -> HumanNeeded:
    """The error about a number that is another topic's by now."""
    return HumanNeeded(
        _("Topic {n} is not the one that the archive holds.").format(n=topic),
        where=where,
        remedy=_(
            "It has another author, another date and another title. If another forum is at this address now, keep this"
            " archive as it is and begin a new one: --store FILE."
        ),
    )


def with_titles(posts: Table, column: str, size: int) -> Select[Any]:
    """Posts with their places in the search, and the titles and tags of their topics."""
    topics = schema.TOPICS
    joined = and_(topics.c.forum == posts.c.forum, topics.c.id == posts.c.topic)
    found = select(posts.c.row, posts.c.id, posts.c.number, topics.c.title, topics.c.tags).join_from(
        posts, topics, joined, isouter=True
    )
    return found.where(posts.c.forum == bindparam("forum"), posts.c[column].in_(places(posts, column, size)))


def entry(
    number: int, title: str | None, tags: str, said: Sequence[str], forms: str | None
) -> tuple[IndexEntry, Sequence[str], str | None]:
    """What is searched of a post, its parts, and what else these are found by if that is known: its words, and of a
    first one the title and tags of its topic if that is known.
    """
    if number != 1 or title is None:
        return IndexEntry("", "", " ".join(said)), said, forms
    found = IndexEntry(title, " ".join(json.loads(tags)), " ".join(said))
    return found, found.parts, None


def cooked_words(cooked: str) -> tuple[Sequence[str], None]:
    """The words of a post's HTML, and nothing of what else they are found by."""
    return parts(cooked), None


def why_noted(source: str) -> str:
    """Why topics are noted to be looked at: of a backup they only are where the archive is newer."""
    return OLDER if source == "backup" else "{}"


def suspicious(row: Row, before: Row | None) -> bool:
    """Whether a topic's posts have to be compared with what we hold: anything about it changed but its views."""
    if before is None:
        return True
    names = ("posts_count", "highest", "last_posted", "bumped", "likes", "deleted")
    return any(row[name] != before[name] for name in names)


def edges(post: int, pointers: Iterable[PostReference]) -> list[Row]:
    """The rows that say where a post points."""
    counts: dict[str, int] = {}
    rows = []
    for one in pointers:
        counts[one.kind] = counts.get(one.kind, 0) + 1
        place = {"to_topic": one.topic, "to_number": one.number, "to_person": None}
        rows.append({"post": post, "kind": one.kind, "n": counts[one.kind], **place, "name": one.name, "url": one.url})
    return rows
