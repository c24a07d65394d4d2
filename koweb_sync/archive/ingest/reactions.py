"""Writing what people think of posts: likes, other reactions, votes in polls."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, Table, and_, bindparam, delete, func, select

from koweb_sync.archive.ingest import like_changes
from koweb_sync.archive.ingest.changes import Row
from koweb_sync.archive.ingest.row_writer import RowWriter, named
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.prepared import for_values, places
from koweb_sync.forum import models

SHADOW = "like by reaction"  # of a post's counts: its likes that are other reactions


class ReactionWriter(RowWriter):
    """Keeps likes, reactions and polls; `liked` says what of them is new."""

    # ---- polls

    def polls(self, found: Mapping[int, Sequence[models.Poll]]) -> None:
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

    def votes(self, post: int, poll: models.Poll) -> None:
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

    def react(self, posts: Sequence[models.Post]) -> None:
        """Note which reactions, likes aside, changed their number: who reacted is asked later."""
        telling = {one.id: one for one in posts if one.reactions is not None}
        counts = self.known(schema.COUNTS, "post", {one.id for one in posts})
        told = {(row["post"], row["kind"]): row["told"] for row in counts if row["kind"] not in ("like", SHADOW)}
        told = {name: count for name, count in told.items() if name[0] in telling}
        seen = {
            (post, kind): count
            for post, one in telling.items()
            for kind, count in (one.reactions or {}).items()
            if kind != self.main
        }
        gone = {name: 0 for name in told if name not in seen}
        moved = {name: count for name, count in {**seen, **gone}.items() if told.get(name, 0) != count}
        self.put(
            schema.COUNTS,
            [{"post": post, "kind": kind, "told": n, "count": n} for (post, kind), n in moved.items()],
        )
        self.todo("reactions", {post for post, _kind in moved})
        before = {row["post"]: row["told"] for row in counts if row["kind"] == SHADOW}
        self.shade(posts, before, {post for post, _kind in moved})

    def shade(self, posts: Sequence[models.Post], before: Mapping[int, int], moved: Collection[int]) -> None:
        """Keep how many of a post's likes are other reactions, where the forum counts both together.

        `before` by post; `moved` are those whose reactions are others now. Where this number alone is another one, the
        forum counts otherwise: its settings say which reactions are likes.
        """
        rows = []
        for one in posts:
            if one.shadow is None and one.reactions is None:
                continue
            hearts = (one.reactions or {}).get(self.main, 0)
            shadow = one.likes - min(one.likes, hearts) if one.shadow is None else one.shadow
            if before.get(one.id, 0) != shadow or (one.id in moved and one.id not in before):
                rows.append({"post": one.id, "kind": SHADOW, "told": shadow, "count": 0})
                self.tell("recounted", int(one.id in before and one.id not in moved and one.reactions is not None))
        self.put(schema.COUNTS, rows)

    def likes_of_post(
        self, post: int, likes: Sequence[models.Like], looked: int | None, *, hearts: bool = True, whole: bool = True
    ) -> None:
        """Keep all likes of a post, or with `hearts` off all its other reactions; only some of them unless `whole`."""
        people = {one.person.id for one in likes}

        def held() -> list[Row]:
            open_ones = (row for row in self.known(schema.REACTIONS, "post", [post]) if row["gone"] is None)
            mine = (row for row in open_ones if (row["kind"] == "like") == hearts)
            return [row for row in mine if whole or row["person"] in people]

        self.keep_likes(likes, held, looked)

    def likes_by(self, person: int, likes: Sequence[models.Like], looked: int | None) -> int:
        """Keep some of the likes that somebody gave, and say how many are new: nothing is concluded from those that are
        not among them.
        """
        table, posts = schema.REACTIONS, {one.post for one in likes}

        def held() -> list[Row]:
            mine = {"who": person, "what": "like"}
            return named(table, for_values(self.connection, given, table, self.forum, "post", posts, **mine))

        return self.keep_likes(likes, held, looked)

    def open_likes(self, among: Any) -> list[Row]:
        """The reactions that were not taken back, of those that fulfil a condition."""
        table = schema.REACTIONS
        query = select(table).where(table.c.forum == self.forum, among, table.c.gone.is_(None))
        return [dict(row) for row in self.connection.execute(query).mappings()]

    def keep_likes(self, likes: Sequence[models.Like], held: Callable[[], list[Row]], looked: int | None) -> int:
        """Keep likes that are all there are of some, and say how many rows changed. `held` gives the rows of those that
        we hold open, once it is clear which of them are likes.
        """
        likes = self.erasures.likes(likes)
        self.people(one.person for one in likes)
        likes = self.one_act(likes)
        table = schema.REACTIONS
        known = held()
        top = self.tops(table, ("post", "person", "kind"), {one.post for one in likes} | {row["post"] for row in known})
        rows = like_changes.changes(likes, known, top, self.now, looked)
        self.put(table, rows)
        for hearts, new, gone in ((True, "likes", "unlikes"), (False, "reactions", "reactions gone")):
            mine = [row for row in rows if (row["kind"] == "like") == hearts]
            self.tell(new, sum(row["seen"] == self.now and row["gone"] is None for row in mine))
            self.tell(gone, sum(row["gone"] is not None for row in mine))
        return len(rows)

    def one_act(self, likes: Sequence[models.Like]) -> list[models.Like]:
        """Likes without those that only stand for another reaction: a forum may count both, in the same moment.

        What we held as such a like was that reaction all along, and is not taken back.
        """
        others = {(one.post, one.person.id): one.at for one in likes if one.kind != "like"}
        table = schema.REACTIONS
        posts = {one.post for one in likes}
        held = [row for row in self.known(table, "post", posts) if row["gone"] is None]
        open_others = {(row["post"], row["person"]): row["at"] for row in held if row["kind"] != "like"}
        for row in held:
            name = (row["post"], row["person"])
            if row["kind"] == "like" and name in others and like_changes.same_act(row, others[name]):
                self.forget_like(row)
        known = {**open_others, **others}
        return [
            one
            for one in likes
            if one.kind != "like"
            or (one.post, one.person.id) not in known
            or not like_changes.same_moment(one.at, known[one.post, one.person.id])
        ]

    def forget_like(self, row: Mapping[str, Any]) -> None:
        """A like that was none."""
        table = schema.REACTIONS
        names = ("post", "person", "kind", "n")
        mine = [table.c[name] == row[name] for name in names]
        self.connection.execute(delete(table).where(table.c.forum == self.forum, *mine))
        self.tell("reaction likes", 1)

    def count_erased(self, likes: Sequence[models.Like]) -> None:
        """Of likes that are all there are of their posts, count those of people who were erased: nobody is named."""
        gone = Counter((one.post, one.kind) for one in likes if one.person.id in self.erasures.gone)
        told = Counter((one.post, one.kind) for one in likes)
        known = self.known(schema.COUNTS, "post", {post for post, _kind in gone})
        told.update({(row["post"], row["kind"]): row["told"] - told[row["post"], row["kind"]] for row in known})
        rows = [{"post": post, "kind": kind, "told": told[post, kind], "count": n} for (post, kind), n in gone.items()]
        self.put(schema.COUNTS, rows)

    def unnamed(self, post: int, kind: str, told: int) -> None:
        """Keep how many likes of a post nobody is named for, and which number it was that we asked about."""
        table = schema.REACTIONS
        mine = and_(table.c.forum == self.forum, table.c.post == post, table.c.kind == kind, table.c.gone.is_(None))
        named = int(self.connection.execute(select(func.count()).select_from(table).where(mine)).scalar() or 0)
        rest = max(0, told - named)
        counts = schema.COUNTS
        if told != named or kind != "like":
            self.put(counts, [{"post": post, "kind": kind, "told": told, "count": rest}])
        else:
            gone = delete(counts).where(counts.c.forum == self.forum, counts.c.post == post, counts.c.kind == kind)
            self.connection.execute(gone)


def given(reactions: Table, column: str, size: int) -> Select[Any]:
    """The reactions of a kind that somebody gave, and did not take back."""
    mine = (reactions.c.person == bindparam("who"), reactions.c.kind == bindparam("what"), reactions.c.gone.is_(None))
    among = reactions.c[column].in_(places(reactions, column, size))
    return select(reactions).where(reactions.c.forum == bindparam("forum"), *mine, among)
