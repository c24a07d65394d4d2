"""What belongs to some posts: texts, likes, polls, files, pointers. A handful of queries for a whole page of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, and_, select

from koweb_sync.archive.read.model import (
    ArchivedLike,
    ArchivedPoll,
    ArchivedPost,
    ArchivedReference,
    File,
    Option,
    Version,
)
from koweb_sync.archive.read.people import ShownNames
from koweb_sync.archive.store import schema

SAME = ("id", "topic", "number", "type", "created", "updated", "reply_to", "deleted", "n")  # in rows and in posts
Grouped = dict[int, list[RowMapping]]


class Belongings:
    """Reads what belongs to posts of one forum."""

    def __init__(self, connection: Connection, forum: int, names: ShownNames) -> None:
        self.connection = connection
        self.forum = forum
        self.names = names

    def posts(self, rows: Sequence[RowMapping]) -> list[ArchivedPost]:
        """Posts from their rows, at most a page of them."""
        if not rows:
            return []
        ids = [row["id"] for row in rows]
        self.names.many(row["person"] for row in rows)
        versions = self.versions(rows)
        parts: dict[str, dict[int, tuple[Any, ...]]] = {
            "likes": self.likes(ids),
            "unnamed": self.unnamed(ids),
            "polls": self.polls(ids),
            "files": self.files(ids),
            "pointers": self.pointers(ids),
        }
        reasons = self.reasons("post", [row["id"] for row in rows if not row["shown"]])
        return [self.post(row, versions[row["id"]], parts, reasons.get(row["id"], "")) for row in rows]

    def post(
        self,
        row: RowMapping,
        versions: tuple[Version, ...],
        parts: dict[str, dict[int, tuple[Any, ...]]],
        reason: str,
    ) -> ArchivedPost:
        """One post."""
        facts: dict[str, Any] = {name: row[name] for name in SAME}
        facts |= {name: bool(row[name]) for name in ("user_deleted", "hidden", "shown", "wiki")}
        facts |= {name: found.get(row["id"], ()) for name, found in parts.items()}
        counting = next((one for one in versions if one.n == row["n"]), None)
        return ArchivedPost(
            **facts,
            raw=counting.raw if counting else "",
            cooked=counting.cooked if counting else "",
            action=row["action"] or "",
            author=None if row["person"] is None else self.names.of(row["person"]),
            reason=reason,
            like_count=row["likes"],
            versions=versions if len(versions) > 1 else (),
        )

    # ---- tables

    def rows(self, table: Table, ids: Sequence[int], *order: str) -> Grouped:
        """The rows of posts in a table, by post."""
        query = select(table).where(table.c.forum == self.forum, table.c.post.in_(ids))
        found: Grouped = {}
        for row in self.connection.execute(query.order_by(*(table.c[name] for name in ("post", *order)))).mappings():
            found.setdefault(row["post"], []).append(row)
        return found

    def versions(self, rows: Sequence[RowMapping]) -> dict[int, tuple[Version, ...]]:
        """All texts of posts."""
        found = self.rows(schema.POST_VERSIONS, [row["id"] for row in rows], "n")
        people = self.names.many(one["editor"] for each in found.values() for one in each)
        same = ("n", "raw", "cooked", "observed", "edited", "reason")
        return {
            row["id"]: tuple(
                Version(
                    **{name: one[name] for name in same},
                    editor=people.get(one["editor"]),
                    placeholder=bool(one["placeholder"]),
                )
                for one in found.get(row["id"], ())
            )
            for row in rows
        }

    def likes(self, ids: Sequence[int]) -> dict[int, tuple[ArchivedLike, ...]]:
        """Likes and reactions, in the order in which they came."""
        found = self.rows(schema.REACTIONS, ids, "seen", "at", "person", "kind", "n")
        people = self.names.many(one["person"] for each in found.values() for one in each)
        return {
            post: tuple(
                ArchivedLike(people[one["person"]], one["kind"], one["at"], one["after"], one["seen"], one["gone"])
                for one in sorted(each, key=came)
            )
            for post, each in found.items()
        }

    def unnamed(self, ids: Sequence[int]) -> dict[int, tuple[tuple[str, int], ...]]:
        """How many reactions nobody is named for."""
        found = self.rows(schema.COUNTS, ids, "kind")
        return {
            post: tuple((one["kind"], one["count"]) for one in each if one["count"]) for post, each in found.items()
        }

    def polls(self, ids: Sequence[int]) -> dict[int, tuple[ArchivedPoll, ...]]:
        """Polls with their answers, and who chose them where that is known."""
        polls = self.rows(schema.POLLS, ids, "name")
        if not polls:
            return {}
        options = self.rows(schema.POLL_OPTIONS, ids, "poll", "position", "id")
        votes = self.rows(schema.POLL_VOTES, ids, "poll", "option", "person")
        people = self.names.many(one["person"] for each in votes.values() for one in each)

        def option(post: int, row: RowMapping) -> Option:
            mine = [one for one in votes.get(post, ()) if (one["poll"], one["option"]) == (row["poll"], row["id"])]
            return Option(row["id"], row["html"], row["votes"], tuple(people[one["person"]] for one in mine))

        same = ("name", "title", "type", "status", "voters", "closes")
        return {
            post: tuple(
                ArchivedPoll(
                    **{name: one[name] for name in same},
                    options=tuple(option(post, row) for row in options.get(post, ()) if row["poll"] == one["name"]),
                )
                for one in each
            )
            for post, each in polls.items()
        }

    def files(self, ids: Sequence[int]) -> dict[int, tuple[File, ...]]:
        """Images and attachments. Their content is read only where it is wanted."""
        uses, uploads, blobs = schema.UPLOAD_USES, schema.UPLOADS, schema.BLOBS
        held = and_(blobs.c.forum == uploads.c.forum, blobs.c.sha256 == uploads.c.sha256)
        used = and_(uploads.c.forum == uses.c.forum, uploads.c.url == uses.c.url)
        same = ("url", "kind", "name", "source", "status")
        columns = (*(uploads.c[name] for name in same), uploads.c.keyed, uploads.c.since)
        query = (
            select(uses.c.post, *columns, blobs.c.sha256, blobs.c.type, blobs.c.bytes)
            .join_from(uses, uploads, used)
            .join(blobs, held, isouter=True)
            .where(uses.c.forum == self.forum, uses.c.post.in_(ids))
            .order_by(uses.c.post, uses.c.url)
        )
        found: dict[int, list[File]] = {}
        for row in self.connection.execute(query).mappings():
            facts = {name: row[name] for name in (*same, "sha256", "bytes")}
            since = row["since"] if row["status"] == "gone" else None
            more = {"type": row["type"] or "", "public": row["keyed"] == 0, "since": since}
            found.setdefault(row["post"], []).append(File(**facts, **more))
        return {post: tuple(each) for post, each in found.items()}

    def pointers(self, ids: Sequence[int]) -> dict[int, tuple[ArchivedReference, ...]]:
        """Where posts point."""
        found = self.rows(schema.EDGES, ids, "kind", "n")
        people = self.names.many(one["to_person"] for each in found.values() for one in each)
        return {
            post: tuple(
                ArchivedReference(
                    one["kind"],
                    one["to_topic"],
                    one["to_number"],
                    people.get(one["to_person"]),
                    one["name"],
                    one["url"],
                )
                for one in each
            )
            for post, each in found.items()
        }

    def reasons(self, kind: str, ids: Sequence[int]) -> dict[int, str]:
        """Why topics or posts are gone, as the newest tombstone that was not lifted says."""
        if not ids:
            return {}
        table = schema.TOMBSTONES
        query = select(table.c.id, table.c.reason).where(
            table.c.forum == self.forum, table.c.kind == kind, table.c.id.in_(ids), table.c.lifted.is_(None)
        )
        return {int(one): str(reason) for one, reason in self.connection.execute(query.order_by(table.c.id, table.c.n))}


def came(row: RowMapping) -> tuple[int, int, str, int]:
    """Where a like stands among the others: by when it came, as far as that is known."""
    return (row["seen"] if row["at"] is None else row["at"], row["person"], row["kind"], row["n"])
