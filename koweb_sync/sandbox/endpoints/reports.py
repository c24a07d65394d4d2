"""What administrators are told of edits, and of how much is written, liked and joined on each day."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from flask import Response

from koweb_sync.sandbox.model.data_files import data as data_file
from koweb_sync.sandbox.model.records import PostRecord
from koweb_sync.sandbox.model.refusals import RefusedRequest, invalid, not_found, words
from koweb_sync.sandbox.model.state import ForumState, iso
from koweb_sync.sandbox.request_data import Routes, answer, caller, given, state
from koweb_sync.sandbox.rules.validations import number_of, truthy
from koweb_sync.sandbox.serializers.people import avatar

DAYS = timedelta(days=30)
FORM = 4  # the version of the form in which reports are kept
SHOWN = 40  # characters of a post
EARLY, LATE = 1900, 9000  # years that are looked at


@dataclass(frozen=True, slots=True)
class ReportDays:
    """The days that a report is about, and the categories; None for all."""

    start: datetime
    end: datetime
    categories: frozenset[int] | None
    editor: str | None

    def holds(self, at: float) -> bool:
        """Whether something happened then."""
        return self.start.timestamp() <= at <= self.end.timestamp()

    def before(self) -> "ReportDays":
        """The thirty days before these."""
        return ReportDays(self.start - DAYS, self.start - timedelta(microseconds=1), self.categories, None)


def counted(of: ForumState, kind: str, categories: frozenset[int] | None) -> list[float]:
    """When everything of a kind happened; what is private or deleted does not count."""
    topics = [
        one
        for one in of.topics.values()
        if one.archetype != "private_message"
        and one.deleted_at is None
        and (categories is None or one.category_id in categories)
    ]
    if kind == "topics":
        return [one.created_at for one in topics]
    if kind == "signups":
        return [one.created_at for one in of.users.values() if one.id > 0]
    posts: list[PostRecord] = [post for topic in topics for post in of.posts_of(topic) if post.alive]
    if kind == "likes":
        return [at for post in posts for _user, at in post.likes]
    return [post.created_at for post in posts if post.type == 1]


def about(kind: str) -> tuple[str, str, str]:
    """A report's title, what it counts, and what it tells. Raises KeyError for one that is not known."""
    say = partial(words, state)
    return {
        "topics": (say("Topics"), say("Number of new topics"), say("New topics created during this period.")),
        "posts": (say("Posts"), say("Number of new posts"), say("New posts created during this period.")),
        "likes": (say("Likes"), say("Number of new likes"), say("New likes given during this period.")),
        "signups": (say("Signups"), say("Number of new accounts"), say("New accounts during this period.")),
        "post_edits": (say("Post edits"), "", say("Number of new post edits")),
    }[kind]


def report(kind: str, span: ReportDays) -> dict[str, Any]:
    """A report, in full. Raises KeyError for one that is not known."""
    title, axis, told = about(kind)
    table = kind == "post_edits"
    times = [] if table else counted(state, kind, span.categories)
    category = {"id": "category", "type": "category", "default": None}
    before, day = span.before(), words(state, "Day")
    axes = [{"type": "date", "property": "x", "title": day}]
    axes += [{"type": "number", "property": "y", "title": words(state, "Count")}]
    days = (span.end - span.start).days + 1
    by_day = Counter(datetime.fromtimestamp(at, UTC).date().isoformat() for at in times if span.holds(at))
    return {
        **data_file("report.json"),
        "type": kind,
        "title": title,
        "xaxis": None if table else day,
        "yaxis": None if table else axis,
        "description": told,
        **({} if not state.newer else {"description_link": None}),
        "data": edits(span) if table else [{"x": one, "y": count} for one, count in sorted(by_day.items())],
        "start_date": written(span.start),
        "end_date": written(span.end),
        "prev_start_date": written(span.start - timedelta(days=days)),
        "prev_end_date": written(span.start),
        "prev30Days": None if table else sum(map(before.holds, times)),
        "report_key": f"reports:{kind}:{span.start:%Y%m%d}:{span.end:%Y%m%d}:[:total, :prev30Days]:{FORM}",
        "available_filters": [] if kind == "signups" else [category],
        "labels": columns() if table else axes,
        "modes": ["table"] if table else ["chart", "table"],
        **({} if table else {"total": len(times)}),
    }


def edits(span: ReportDays) -> list[dict[str, Any]]:
    """Versions that somebody else than the author made, none of the system's; of an editor who is asked for, also those
    of their own posts. As many as there are, the oldest first, of deleted posts too, of whichever field.

    The reason is known of the last version of a post alone. Recorded without wishes on 3.5; the rest is a guess from
    app/models/concerns/reports/post_edits.rb, alike in 2022 and 2024: `/*limit*/` is never filled in.
    """
    found = []
    for post in state.posts.values():
        for one in post.revisions:
            named = span.editor is not None and state.users[one.user_id].username == span.editor
            others = span.editor is None and one.user_id > 0 and one.user_id != post.user_id
            here = span.categories is None or state.topics[post.topic_id].category_id in span.categories
            if (named or others) and span.holds(one.at) and here:
                found.append((one.at, post, one))
    return [row(post, one.user_id, at, one.number) for at, post, one in sorted(found, key=lambda each: each[0])]


def row(post: PostRecord, editor: int, at: float, version: int) -> dict[str, Any]:
    """An edit in the report."""
    people = {"editor": state.users[editor], "author": state.users[post.user_id]}
    shown: dict[str, Any] = {}
    for role, user in people.items():
        shown |= {f"{role}_id": user.id, f"{role}_username": user.username, f"{role}_avatar_template": avatar(user)}
    reason = post.edit_reason if version == post.version else None
    place = {"topic_id": post.topic_id, "post_number": post.number}
    return {**shown, "edit_reason": reason, "created_at": iso(at), "post_raw": post.raw[:SHOWN], **place}


def columns() -> list[dict[str, Any]]:
    """What the columns of the edits are."""

    def person(role: str, title: str) -> dict[str, Any]:
        names = {"username": f"{role}_username", "id": f"{role}_id", "avatar": f"{role}_avatar_template"}
        return {"type": "user", "properties": names, "title": title}

    post = {"topic_id": "topic_id", "number": "post_number", "truncated_raw": "post_raw"}
    return [
        {"type": "date", "property": "created_at", "title": words(state, "Date")},
        {"type": "post", "properties": post, "title": words(state, "Post")},
        person("editor", words(state, "Editor")),
        person("author", words(state, "Author")),
        {"type": "text", "property": "edit_reason", "title": words(state, "Edit reason")},
    ]


def written(at: datetime) -> str:
    """A time in a report: without fractions of seconds."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def asked(data: Mapping[str, Any]) -> ReportDays:
    """The days and categories that are asked for: from yesterday on, thirty days, where nothing is said."""
    now = datetime.fromtimestamp(state.clock(), UTC)
    start = day(data, "start_date", now - timedelta(days=1))
    end = day(data, "end_date", start + DAYS) + timedelta(days=1, seconds=-1)
    filters = data.get("filters")
    wanted: Mapping[str, Any] = filters if isinstance(filters, Mapping) else {}
    place = number_of(wanted.get("category", data.get("category_id")))
    deep = truthy(wanted.get("include_subcategories"))
    below = [one.id for one in state.categories.values() if deep and one.parent_id == place]
    places = None if place is None else frozenset([place, *below])
    return ReportDays(start, end, places, str(wanted["editor"]) if wanted.get("editor") else None)


def day(data: Mapping[str, Any], name: str, otherwise: datetime) -> datetime:
    """The beginning of a day. Raises Refused for what is none."""
    text = str(data.get(name) or "")
    try:
        at = datetime.fromisoformat(text) if text else otherwise
    except ValueError:
        raise invalid(state, name) from None
    if not EARLY <= at.year <= LATE:
        raise invalid(state, name)
    return datetime(at.year, at.month, at.day, tzinfo=UTC)


def reader() -> None:
    """Raises Refused for people who are no staff: for them there are no reports."""
    if not caller().staff:
        raise not_found(state)


routes = Routes("reports", only=reader)
KINDS = ("likes", "post_edits", "posts", "signups", "topics")


@routes.get("/admin/reports")
def index() -> Response:
    found = [{"type": kind, "title": about(kind)[0], "description": about(kind)[2]} for kind in KINDS]
    return answer({"reports": sorted(found, key=lambda one: one["title"])})


@routes.get("/admin/reports/<kind>")
def show(kind: str) -> Response:
    """A report; of one that is not known nothing but 500."""
    if not re.fullmatch(r"[a-z0-9_]+", kind):
        raise not_found(state)
    if kind not in KINDS:
        raise RefusedRequest(500, "", {"Content-Type": "text/html; charset=utf-8"})
    return answer({"report": report(kind, asked(given()))})
