"""What belongs to some posts: texts, likes, polls, files, pointers. A handful of queries for a whole page of them."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from koweb_sync.archive.read.model import (
    ArchivedLike,
    ArchivedPoll,
    ArchivedPost,
    ArchivedReference,
    ArchivedTranslation,
    File,
    Option,
    Version,
)
from koweb_sync.archive.read.people import ShownNames
from koweb_sync.archive.store.rows import Row, among, rows, sql, where

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable

SAME = ("id", "topic", "number", "type", "created", "updated", "reply_to", "deleted", "n")  # in rows and in posts
Grouped = dict[int, list[Row]]


class Belongings:
    """Reads what belongs to posts of one forum."""

    def __init__(self, connection: "Readable", forum: int, names: ShownNames) -> None:
        self.connection = connection
        self.forum = forum
        self.names = names

    def posts(self, rows: Sequence[Row]) -> list[ArchivedPost]:
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
            "translations": self.translations("post", ids),
        }
        reasons = self.reasons("post", [row["id"] for row in rows if not row["shown"]])
        return [self.post(row, versions[row["id"]], parts, reasons.get(row["id"], "")) for row in rows]

    def post(
        self,
        row: Row,
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
            emptied=counting.emptied if counting else None,
            action=row["action"] or "",
            locale=row["locale"] or "",
            author=None if row["person"] is None else self.names.of(row["person"]),
            reason=reason,
            like_count=row["likes"],
            versions=versions if len(versions) > 1 else (),
        )

    # ---- tables

    def of_posts(self, table: str, ids: Sequence[int], *order: str) -> Grouped:
        """The rows of posts in a table, by post."""
        query = sql(f"SELECT * FROM {table}") + where(sql("forum = ?", self.forum), among("post", ids))
        found: Grouped = {}
        for row in rows(self.connection, query + f"ORDER BY {', '.join(('post', *order))}"):
            found.setdefault(row["post"], []).append(row)
        return found

    def versions(self, rows: Sequence[Row]) -> dict[int, tuple[Version, ...]]:
        """All texts of posts."""
        found = self.of_posts("post_versions", [row["id"] for row in rows], "n")
        people = self.names.many(one["editor"] for each in found.values() for one in each)
        same = ("n", "raw", "cooked", "observed", "edited", "reason")
        emptied = self.emptied([post for post, each in found.items() if any(map(is_empty, each))])
        return {
            row["id"]: tuple(
                Version(
                    **{name: one[name] for name in same},
                    editor=people.get(one["editor"]),
                    placeholder=bool(one["placeholder"]),
                    emptied=emptied.get(row["id"]) if is_empty(one) else None,
                )
                for one in found.get(row["id"], ())
            )
            for row in rows
        }

    def emptied(self, ids: Sequence[int]) -> dict[int, int]:
        """When the texts of posts were emptied in the archive, of those of which it was noted."""
        if not ids:
            return {}
        those = where(sql("forum = ? AND kind = 'text'", self.forum), among("id", ids))
        query = sql("SELECT id, observed FROM tombstones") + those + "ORDER BY id, n"
        return {int(row["id"]): int(row["observed"]) for row in rows(self.connection, query)}

    def likes(self, ids: Sequence[int]) -> dict[int, tuple[ArchivedLike, ...]]:
        """Likes and reactions, in the order in which they came."""
        found = self.of_posts("reactions", ids, "seen", "at", "person", "kind", "n")
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
        found = self.of_posts("counts", ids, "kind")
        return {
            post: tuple((one["kind"], one["count"]) for one in each if one["count"]) for post, each in found.items()
        }

    def polls(self, ids: Sequence[int]) -> dict[int, tuple[ArchivedPoll, ...]]:
        """Polls with their answers, and who chose them where that is known."""
        polls = self.of_posts("polls", ids, "name")
        if not polls:
            return {}
        options = self.of_posts("poll_options", ids, "poll", "position", "id")
        votes = self.of_posts("poll_votes", ids, "poll", "option", "person")
        people = self.names.many(one["person"] for each in votes.values() for one in each)

        def option(post: int, row: Row) -> Option:
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
        same = ("url", "kind", "name", "source", "status")
        columns = ", ".join(f"uploads.{name} AS {name}" for name in (*same, "keyed", "since"))
        query = sql(
            f"SELECT upload_uses.post AS post, {columns}, blobs.sha256 AS sha256, blobs.type AS type,"
            " blobs.bytes AS bytes FROM upload_uses"
            " JOIN uploads ON uploads.forum = upload_uses.forum AND uploads.url = upload_uses.url"
            " LEFT JOIN blobs ON blobs.forum = uploads.forum AND blobs.sha256 = uploads.sha256"
        ) + where(sql("upload_uses.forum = ?", self.forum), among("upload_uses.post", ids))
        found: dict[int, list[File]] = {}
        for row in rows(self.connection, query + "ORDER BY upload_uses.post, upload_uses.url"):
            facts = {name: row[name] for name in (*same, "sha256", "bytes")}
            since = row["since"] if row["status"] == "gone" else None
            more = {"type": row["type"] or "", "public": row["keyed"] == 0, "since": since}
            found.setdefault(row["post"], []).append(File(**facts, **more))
        return {post: tuple(each) for post, each in found.items()}

    def pointers(self, ids: Sequence[int]) -> dict[int, tuple[ArchivedReference, ...]]:
        """Where posts point."""
        found = self.of_posts("edges", ids, "kind", "n")
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

    def translations(self, kind: str, ids: Sequence[int]) -> dict[int, tuple[ArchivedTranslation, ...]]:
        """Titles of topics, or texts of posts, in other languages."""
        if not ids:
            return {}
        those = where(sql("forum = ? AND kind = ?", self.forum, kind), among("id", ids))
        found = list(rows(self.connection, sql("SELECT * FROM localisations") + those + "ORDER BY id, locale"))
        people = self.names.many(row["person"] for row in found)
        same = ("locale", "title", "raw", "cooked", "at")
        return {
            int(ident): tuple(
                ArchivedTranslation(**{name: one[name] for name in same}, by=people.get(one["person"])) for one in each
            )
            for ident, each in groupby(found, key=itemgetter("id"))
        }

    def reasons(self, kind: str, ids: Sequence[int]) -> dict[int, str]:
        """Why topics or posts are gone, as the newest tombstone that was not lifted says."""
        if not ids:
            return {}
        those = where(sql("forum = ? AND kind = ? AND lifted IS NULL", self.forum, kind), among("id", ids))
        query = sql("SELECT id, reason FROM tombstones") + those + "ORDER BY id, n"
        return {int(row["id"]): str(row["reason"]) for row in rows(self.connection, query)}


def is_empty(version: Row) -> bool:
    """Whether a text says nothing, and nothing stands in its place."""
    return not (version["raw"] or version["cooked"] or version["placeholder"])


def came(row: Row) -> tuple[int, int, str, int]:
    """Where a like stands among the others: by when it came, as far as that is known."""
    return (row["seen"] if row["at"] is None else row["at"], row["person"], row["kind"], row["n"])
