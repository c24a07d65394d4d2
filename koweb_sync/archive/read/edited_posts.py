"""Posts of which an archive holds earlier texts, and opening posts whose topic had another title, category or tags."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from koweb_sync.archive.read.reader import POSTS_WITH_TOPICS
from koweb_sync.archive.store.rows import rows, sql, where

if TYPE_CHECKING:
    from koweb_sync.archive.read.model import ArchivedPerson, ArchiveFilter
    from koweb_sync.archive.read.reader import Reader

PAGE = 500
NEWEST = "CASE WHEN coalesce(changed.at, 0) > coalesce(held.at, 0) THEN changed.at ELSE held.at END"
TEXTS = """
LEFT JOIN (
  SELECT post, count(*) - 1 AS n, max(coalesce(edited, observed)) AS at
  FROM post_versions WHERE forum = ? AND placeholder = 0 GROUP BY post HAVING count(*) > 1
) held ON held.post = posts.id
"""
TITLES = """
LEFT JOIN (
  SELECT topic, count(*) AS n, max(at) AS at FROM topic_edits WHERE forum = ? GROUP BY topic
) changed ON changed.topic = posts.topic AND posts.number = 1
"""


@dataclass(frozen=True, slots=True)
class EditedPost:
    """A post that was edited: how many `texts` it had before, and its topic `states`; when it was edited last, in
    microseconds, None where nobody knows.
    """

    post: int
    topic: int
    number: int
    title: str
    author: "ArchivedPerson | None"
    texts: int
    states: int
    edited: int | None


def edited_posts(reader: "Reader", wanted: "ArchiveFilter", limit: int | None) -> Iterator[EditedPost]:
    """Those of the wanted posts that were edited, the one that was edited last first."""
    columns = (
        "posts.id AS id, posts.topic AS topic, posts.number AS number, posts.person AS person, topics.title AS title"
    )
    counts = "coalesce(held.n, 0) AS texts, coalesce(changed.n, 0) AS states"
    query = sql(f"SELECT {columns}, {counts}, {NEWEST} AS edited FROM {POSTS_WITH_TOPICS}")
    query += sql(TEXTS, reader.forum) + sql(TITLES, reader.forum)
    query += where(sql("(held.n IS NOT NULL OR changed.n IS NOT NULL)"), *reader.conditions.of_both(wanted))
    query += f"ORDER BY {NEWEST} DESC NULLS LAST, posts.id DESC" + ("" if limit is None else f" LIMIT {limit:d}")
    with closing(rows(reader.connection, query, PAGE)) as found:
        while part := list(islice(found, PAGE)):
            people = reader.names.many(row["person"] for row in part)
            for row in part:
                place = (int(row["id"]), int(row["topic"]), int(row["number"]), str(row["title"] or ""))
                edited = None if row["edited"] is None else int(row["edited"])
                yield EditedPost(*place, people.get(row["person"]), int(row["texts"]), int(row["states"]), edited)
