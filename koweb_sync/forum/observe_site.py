"""From the forum's JSON about itself to our own types: what it counts, who is there, its categories and groups."""

import html
import re
from functools import partial
from typing import Any

from koweb_sync.forum.addresses import Origin, read
from koweb_sync.forum.decode import (
    Json,
    Page,
    clear,
    each,
    flag,
    ident,
    inner,
    items,
    record,
    sequence,
    text,
    whole,
    whole_or_none,
)
from koweb_sync.forum.observe import gone, number, person
from koweb_sync.forum.observed import Category, Counters, Group, Person, Totals
from koweb_sync.forum.parse import by_number, slug_path

STAFF = frozenset({1, 2, 3})  # the groups of administrators, moderators and both


@clear
def totals(data: Any) -> Totals:
    """What `/about.json` counts. Newer servers name some counts in the plural."""
    stats = record(record(record(data)["about"])["stats"])

    def count(*names: str) -> int:
        return next((whole(stats, name) for name in names if stats.get(name) is not None), 0)

    return Totals(
        topics=count("topic_count", "topics_count"),
        posts=count("post_count", "posts_count"),
        likes=count("like_count", "likes_count"),
        people=count("user_count", "users_count"),
    )


@clear
def called(data: Any) -> tuple[str, str]:
    """What the forum is called in `/about.json`, and its language."""
    about = record(record(data)["about"])
    return text(about, "title", ""), text(about, "locale", "")


@clear
def version(data: Any) -> str:
    """Which version the server says that it is in `/about.json`; empty where it does not."""
    return text(record(record(data)["about"]), "version", "")


@clear
def main_reaction(data: Any) -> str:
    """The reaction that is a like, by the public settings; empty where they do not tell."""
    return text(record(data), "discourse_reactions_reaction_for_like", "")


@clear
def member(data: Any) -> tuple[int, frozenset[int]]:
    """Somebody's number, and the groups that they are in."""
    one = record(data)
    return whole(one, "id"), frozenset(whole(record(group), "id") for group in items(one, "groups"))


@clear
def account(data: Any) -> Person:
    """The person of a page about somebody."""
    return person(record(record(data)["user"]))


@clear
def directory(data: Any) -> Page[Counters]:
    """A page of the directory."""
    told = sequence(record(data)["directory_items"])
    there = [one for one in told if not (isinstance(one, dict) and gone(one.get("user") or {}))]
    return each("person", there, counters, lambda one: one.person.id)


def counters(data: Json) -> Counters:
    """What the directory says of one person."""
    names = ("days_visited", "topics_entered", "posts_read", "topic_count", "post_count")
    counts = {name: whole(data, name, 0) for name in (*names, "likes_given", "likes_received")}
    return Counters(person=person(inner(data, "user")), **counts)


@clear
def categories(data: Any) -> Page[Category]:
    """The categories in `/site.json`."""
    told = sequence(record(data)["categories"])
    return each("category", told, partial(category, among=by_number(told)), number)


def category(data: Json, among: dict[int, Json]) -> Category:
    """A category. Raises Strange, also for one that lies within itself."""
    return Category(
        id=ident(data),
        name=text(data, "name"),
        slug=text(data, "slug", ""),
        path=slug_path(data, among),
        parent=whole_or_none(data, "parent_category_id"),
        description=html.unescape(re.sub(r"<[^<>]*>", "", text(data, "description", ""))),
        colour=text(data, "color", ""),
        position=whole(data, "position", 0),
        restricted=flag(data, "read_restricted"),
        definition=definition(text(data, "topic_url", "")),
    )


@clear
def staff_groups(data: Any) -> frozenset[str]:
    """The names of the groups that only staff is in, from `/site.json`: they are known by their numbers."""
    found = [record(one) for one in items(data or {}, "groups")]
    return frozenset({"admins", "moderators", "staff"} | {text(one, "name") for one in found if one.get("id") in STAFF})


@clear
def for_staff(data: Any, staff: frozenset[str]) -> bool:
    """Whether `/c/ID/show.json` lets nobody but staff read."""
    shown = record(record(data)["category"])
    permissions = [record(one) for one in items(shown, "group_permissions")]
    return shown.get("group_permissions") is None or all(text(one, "group_name", "") in staff for one in permissions)


def definition(url: str) -> int | None:
    """The topic that describes a category, from its address."""
    found = re.search(r"/t/(?:[^/]+/)?([0-9]{1,18})", url)
    return int(found[1]) if found else None


@clear
def groups(data: Any) -> Page[Group]:
    """A page of groups."""
    return each("group", record(data)["groups"], group, number)


def group(data: Json) -> Group:
    """A group."""
    return Group(
        id=whole(data, "id"),
        name=text(data, "name"),
        full_name=text(data, "full_name", ""),
        automatic=flag(data, "automatic"),
        members=whole_or_none(data, "user_count"),
    )


@clear
def storages(data: Any) -> frozenset[Origin]:
    """The servers of `/site/basic-info.json` besides the forum's own: its logo and icons are uploads, which lie where
    all of them do.
    """
    told = [value for name, value in record(data).items() if name.endswith("_url") and isinstance(value, str)]
    return frozenset(found.origin for one in told if (found := read(one)) is not None)
