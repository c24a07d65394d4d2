"""Data Explorer: our queries are saved, found again and run.

Also the first posts of many topics in one request, where the query for it is saved.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from koweb_sync.errors import (
    ForumAnswerUnclear,
    ForumDown,
    ForumForbidden,
    ForumKeyRefused,
    ForumNotFound,
    ForumRefused,
)
from koweb_sync.forum.connection import Connection
from koweb_sync.forum.decode import (
    Json,
    clear,
    each,
    inner,
    items,
    record,
    sequence,
    string,
    text,
    text_or_none,
    whole_number,
    whole_or_none,
)
from koweb_sync.forum.models import QueriedTopic
from koweb_sync.forum.parse_rows import Columns, first_post
from koweb_sync.forum.plugin_queries import PLUGINS
from koweb_sync.forum.queries import FIRST_POSTS, Query
from koweb_sync.posts.ids import TopicId

NAME = FIRST_POSTS.name
PLACE = "/admin/plugins/explorer/queries"  # newer servers have another one, and keep this one's addresses
OURS_BEGIN = "koweb: "  # what the names of our queries begin with
MOST = 1_000  # topics in one run
TOP = 10_000  # rows in one answer, by the plugin's own limit
TOO_LONG = ("QueryCanceled", "statement timeout")  # how a database says so, whatever its language
GATEWAY = (502, 504)  # what a proxy says that did not want to wait


def saved_query(forum: Connection) -> int | None:
    """The number of our query; None where the plugin is off, the key may not use it, or nobody saved it.

    One request, and one more where the plugin has moved.
    """
    return next((one.number for one in listed(forum) or () if one.name == NAME), None)


@dataclass(frozen=True, slots=True)
class Saved:
    """A query as the forum keeps it. `sql` is None where the list does not tell it: the description's mark does."""

    number: int
    name: str
    description: str
    sql: str | None

    def current(self, query: Query) -> bool:
        """Whether it is our query, with the text that it has now."""
        if self.sql is not None:
            return self.name == query.name and self.sql.split() == query.sql.split()
        return self.name == query.name and query.mark in self.description


def listed(forum: Connection) -> list[Saved] | None:
    """Our saved queries; None where the plugin is off, or the key may not use it: one request, or two."""
    try:
        data = forum._get(f"{PLACE}.json", filter=OURS_BEGIN)
    except (ForumNotFound, ForumForbidden, ForumKeyRefused, ForumAnswerUnclear):
        return None
    with forum.reading(f"{PLACE}.json"):
        return own(data)


@clear
def own(data: Any) -> list[Saved]:
    """Our queries among those that are saved; what cannot be read is none of ours."""
    return [one for one in each("query", items(data or {}, "queries"), saved) if one.name.startswith(OURS_BEGIN)]


def saved(data: Json) -> Saved:
    """A query as the forum keeps it."""
    return Saved(whole_number(data, "id"), text(data, "name"), text(data, "description", ""), text_or_none(data, "sql"))


def numbers(saved: Iterable[Saved], wanted: Iterable[Query]) -> dict[str, int]:
    """The numbers of those queries that are saved as they are now, by name."""
    there = list(saved)
    found = {query.name: next((one.number for one in there if one.current(query)), None) for query in wanted}
    return {name: number for name, number in found.items() if number is not None}


def save(forum: Connection, there: Iterable[Saved], query: Query) -> int | None:
    """Save a query, or bring an earlier text of it up to date: one request.

    Its number; None where the plugin is off or the key may not.
    """
    earlier = next((one.number for one in there if one.name == query.name), None)
    facts = {"name": query.name, "description": query.told, "sql": query.sql}
    sent = {f"query[{name}]": text for name, text in facts.items()}
    try:
        if earlier is None:
            data = forum._post(f"{PLACE}.json", **sent)
        else:
            data = forum._put(f"{PLACE}/{earlier}.json", **sent)
    except (ForumNotFound, ForumForbidden, ForumKeyRefused, ForumAnswerUnclear):
        return None
    with forum.reading(f"{PLACE}.json"):
        return number_of(data)


@clear
def number_of(data: Any) -> int | None:
    """The number of a query that was just saved, None where the forum does not say."""
    return whole_or_none(inner(data or {}, "query"), "id")


def run(forum: Connection, number: int, params: Mapping[str, str], *, full: bool = False) -> list[Columns] | None:
    """The rows of a saved query; None if there are more than an answer holds, or more than the forum can find in time.

    One request. `full`: the rows that an answer holds, even if there are more. Raises ForumRefused where the query
    itself is refused, ForumNotFound where it is not there any more.
    """
    try:
        data = forum._post(
            f"{PLACE}/{number}/run",
            override_request_kwargs={"harmless": True},
            params=json.dumps(params),
            limit=TOP,
            download="true",
        )
    except ForumRefused as error:
        if any(sign in str(error) for sign in TOO_LONG):
            return None
        raise
    except ForumDown as error:
        if error.status in GATEWAY:
            return None
        raise
    with forum.reading(f"{PLACE}/{number}/run"):
        found = table(data)
    return found if full or len(found) < TOP else None


@clear
def table(data: Any) -> list[Columns]:
    """The rows of an answer, each by the names of its columns."""
    found = record(data)
    columns = [string(one, "columns") for one in sequence(found["columns"])]
    return [Columns(zip(columns, sequence(values), strict=True)) for values in sequence(found["rows"])]


def tables(forum: Connection, query: int) -> frozenset[str]:
    """Which plugins have tables on a forum: one request, with the number of the query that asks."""
    found = run(forum, query, {}) or ()
    with forum.reading(f"{PLACE}/{query}/run"):
        return names_of(found)


@clear
def names_of(rows: Iterable[Columns]) -> frozenset[str]:
    """The names of tables that we read where they are."""
    return frozenset(text(row, "name") for row in rows) & frozenset(PLUGINS)


def first_posts(forum: Connection, query: int, topics: Sequence[TopicId]) -> Iterator[QueriedTopic]:
    """The first posts of topics, deleted ones too; private messages are left out: one request for a thousand.

    What the query gives is what the database holds at that moment.
    """
    for start in range(0, len(topics), MOST):
        part = topics[start : start + MOST]
        params = {"after": "0", "limit": str(MOST), "topics": ",".join(map(str, part))}
        data = forum._post(f"{PLACE}/{query}/run", params=json.dumps(params), limit=MOST, download="true")
        with forum.reading(f"{PLACE}/{query}/run"):
            yield from each("topic", table(data), first_post, lambda one: one.view.id)
