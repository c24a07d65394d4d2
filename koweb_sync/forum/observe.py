"""From the forum's JSON about its talk to our own types. Raises ForumAnswerUnclear for what Discourse never gives."""

import html
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from koweb_sync.forum.observed import (
    Category,
    Counters,
    Group,
    Like,
    Listed,
    Opened,
    Option,
    Person,
    Poll,
    Post,
    Topic,
    Totals,
)
from koweb_sync.forum.parse import clear
from koweb_sync.forum.probe import tag_names

LIKE = 2  # the kind of post action that is a like
STAFF = frozenset({1, 2, 3})  # the groups of administrators, moderators and both
HEART = "heart"  # the same as a reaction
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
Json = Mapping[str, Any]


def micros(value: Any) -> int | None:
    """A time of the forum in microseconds; None for none. Without a zone it is UTC, as in its database."""
    if not value:
        return None
    when = datetime.fromisoformat(str(value))
    past = (when if when.tzinfo else when.replace(tzinfo=UTC)) - EPOCH
    return (past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds


def then(value: Any) -> int:
    """A time that is always there. Raises ValueError if it is not."""
    found = micros(value)
    if found is None:
        raise ValueError("time")
    return found


def exact(text: str) -> str:
    """A text as it came. What no forum's database holds, NUL and half characters, becomes U+FFFD: no store takes it."""
    return _UNSTORABLE.sub("\ufffd", text) if _UNSTORABLE.search(text) else text


def words(value: Any) -> str:
    """A text, empty for none."""
    return exact(str(value)) if value else ""


def number(value: Any) -> int | None:
    """A number, None for none."""
    return None if value is None else int(value)


# ---- people


def person(data: Json) -> Person | None:
    """Whoever an answer shows; None where the account is gone."""
    ident = data.get("user_id", data.get("id"))
    if ident is None:
        return None
    return Person(
        id=int(ident),
        username=words(data.get("username")),
        name=words(data["name"]) if data.get("name") is not None else None,
        trust_level=number(data.get("trust_level")),
        admin=data.get("admin"),
        moderator=data.get("moderator"),
        title=words(data["user_title"]) if data.get("user_title") else None,
        avatar=words(data["avatar_template"]) if data.get("avatar_template") else None,
    )


# ---- posts


@clear
def post(data: Json) -> Post:
    """A post, wherever it stands."""
    hidden = bool(data.get("hidden"))
    raw = data.get("raw")
    author = person({**data, "id": None}) if data.get("user_id") is not None else None
    return Post(
        id=int(data["id"]),
        topic=int(data["topic_id"]),
        number=int(data["post_number"]),
        type=int(data.get("post_type") or 1),
        action=words(data.get("action_code")) or None,
        author=author,
        created=then(data["created_at"]),
        updated=then(data.get("updated_at") or data["created_at"]),
        reply_to=number(data.get("reply_to_post_number")),
        raw=None if raw is None else exact(raw),
        cooked=words(data.get("cooked")),
        version=int(data.get("version") or 1),
        deleted=micros(data.get("deleted_at")),
        user_deleted=bool(data.get("user_deleted")),
        hidden=hidden,
        wiki=bool(data.get("wiki")),
        likes=likes(data),
        reads=int(data.get("reads") or 0),
        reason=words(data.get("edit_reason")),
        accepted=data.get("accepted_answer"),
        reactions=reactions(data),
        polls=tuple(poll(one) for one in data.get("polls") or ()),
        category=number(data.get("category_id")),
    )


def likes(data: Json) -> int:
    """How many people like a post. A zero is left out by the forum, and so is the entry if nobody may act on it."""
    for one in data.get("actions_summary") or ():
        if one.get("id") == LIKE:
            return int(one.get("count") or 0)
    return 0


def reactions(data: Json) -> dict[str, int]:
    """How many people reacted otherwise, by reaction."""
    found = data.get("reactions") or ()
    return {str(one["id"]): int(one.get("count") or 0) for one in found if one["id"] != HEART}


def poll(data: Json) -> Poll:
    """A poll with the votes that the forum tells."""
    told = data.get("preloaded_voters")
    named: Mapping[str, Any] = told if isinstance(told, Mapping) else {}
    options = tuple(
        Option(
            id=words(one["id"]),
            html=words(one.get("html")),
            votes=number(one.get("votes")),
            people=people(named.get(one["id"]) or ()),
        )
        for one in data.get("options") or ()
    )
    return Poll(
        name=words(data.get("name")) or "poll",
        title=words(data.get("title")),
        type=words(data.get("type")),
        status=words(data.get("status")),
        results=words(data.get("results")),
        public=bool(data.get("public")),
        voters=number(data.get("voters")),
        closes=micros(data.get("close")),
        options=options,
    )


def people(found: Iterable[Any]) -> tuple[Person, ...]:
    """The people in a list of users; ranked polls wrap each."""
    shown = (one.get("user") or one for one in found if isinstance(one, Mapping))
    return tuple(one for one in map(person, shown) if one is not None)


@clear
def posts(data: Json | None) -> tuple[Post, ...]:
    """The posts of `/posts.json`, in the order of their ids."""
    return tuple(sorted(map(post, (data or {})["latest_posts"]), key=lambda one: one.id))


@clear
def messages(data: Json | None) -> tuple[Post, ...]:
    """The posts of `/private-posts.json`, in the order of their ids."""
    return tuple(sorted(map(post, (data or {})["private_posts"]), key=lambda one: one.id))


@clear
def members(data: Json | None) -> tuple[Person, ...]:
    """The people in a group."""
    return people((data or {})["members"])


@clear
def posts_of_topic(data: Json | None) -> tuple[Post, ...]:
    """The posts of `/t/ID/posts.json`."""
    return tuple(post({"topic_id": (data or {}).get("id"), **one}) for one in (data or {})["post_stream"]["posts"])


# ---- topics


@clear
def topic(data: Json) -> Topic:
    """A topic, from a list or from its own page."""
    creator = ((data.get("details") or {}).get("created_by") or {}).get("id")
    posters = data.get("posters") or ()
    author = data.get("user_id", creator if creator is not None else posters[0].get("user_id") if posters else None)
    return Topic(
        id=int(data["id"]),
        title=words(data["title"]),
        slug=words(data.get("slug")),
        category=number(data.get("category_id")),
        tags=tuple(map(exact, tag_names(data.get("tags")))),
        created=then(data["created_at"]),
        bumped=micros(data.get("bumped_at")),
        last_posted=micros(data.get("last_posted_at")),
        closed=bool(data.get("closed")),
        archived=bool(data.get("archived")),
        visible=data.get("visible") is not False,
        pinned=bool(data.get("pinned") or data.get("pinned_globally")),
        archetype=words(data.get("archetype")) or "regular",
        posts_count=int(data.get("posts_count") or 0),
        highest=int(data.get("highest_post_number") or 0),
        likes=number(data.get("like_count")),
        views=number(data.get("views")),
        author=number(author),
        external_id=data.get("external_id"),
        deleted=micros(data.get("deleted_at")),
        accepted=accepted(data),
    )


def accepted(data: Json) -> int | None:
    """The number of the first post that solved a topic; one object on older servers, several on newer ones."""
    found = data.get("accepted_answers") or [data.get("accepted_answer") or {}]
    return number(found[0].get("post_number")) if found and isinstance(found[0], Mapping) else None


@clear
def listed(data: Json | None) -> Listed:
    """A page of a topic list."""
    found = (data or {})["topic_list"]
    shown = people((data or {}).get("users") or ())
    return Listed(tuple(map(topic, found["topics"])), shown, bool(found.get("more_topics_url")))


@clear
def opened(data: Json | None) -> Opened:
    """A topic's own page."""
    given = data or {}
    stream = given["post_stream"].get("stream")
    shown = tuple(post({"topic_id": given["id"], **one}) for one in given["post_stream"]["posts"])
    return Opened(topic(given), shown, None if stream is None else tuple(map(int, stream)))


# ---- likes


@clear
def likes_given(data: Json | None) -> tuple[Like, ...]:
    """The likes that somebody gave, from `/user_actions.json?filter=1`: who acted, on which post, and when."""
    found = []
    for one in (data or {})["user_actions"]:
        if one.get("post_id") is None or one.get("acting_user_id") is None:
            continue
        who = Person(
            int(one["acting_user_id"]), words(one.get("acting_username")), words(one.get("acting_name")) or None
        )
        found.append(Like(int(one["post_id"]), who, at=then(one["created_at"])))
    return tuple(found)


@clear
def likers(data: Json | None, liked: int) -> tuple[Like, ...]:
    """Who likes a post, from `/post_action_users.json`: the forum does not say when."""
    return tuple(Like(liked, one) for one in people((data or {})["post_action_users"]))


@clear
def reacted(data: Any, post_id: int) -> tuple[Like, ...]:
    """Who reacted how to a post, hearts aside: those are likes."""
    groups = data.get("reaction_users") if isinstance(data, Mapping) else data
    found = []
    for group in groups or ():
        kind = words(group.get("id"))
        found += [Like(post_id, one, kind) for one in people(group.get("users") or ()) if kind != HEART]
    return tuple(found)


# ---- the forum


@clear
def totals(data: Json | None) -> Totals:
    """What `/about.json` counts. Newer servers name some counts in the plural."""
    stats = (data or {})["about"]["stats"]

    def count(*names: str) -> int:
        return next((int(stats[name]) for name in names if stats.get(name) is not None), 0)

    return Totals(
        topics=count("topic_count", "topics_count"),
        posts=count("post_count", "posts_count"),
        likes=count("like_count", "likes_count"),
        people=count("user_count", "users_count"),
    )


@clear
def directory(data: Json | None) -> tuple[Counters, ...]:
    """A page of the directory."""
    found = []
    for one in (data or {})["directory_items"]:
        who = person(one.get("user") or {})
        if who is None:
            continue
        names = ("days_visited", "topics_entered", "posts_read", "topic_count", "post_count")
        counts = {name: int(one.get(name) or 0) for name in (*names, "likes_given", "likes_received")}
        found.append(Counters(person=who, **counts))
    return tuple(found)


@clear
def categories(data: Json | None) -> tuple[Category, ...]:
    """The categories in `/site.json`."""
    found = {int(one["id"]): one for one in (data or {})["categories"]}

    def path(one: Json, depth: int = 0) -> str:
        parent = found.get(int(one.get("parent_category_id") or 0))
        slug = words(one.get("slug")) or f"{one['id']}-category"
        return f"{path(parent, depth + 1)}/{slug}" if parent and depth < 10 else slug

    return tuple(
        Category(
            id=ident,
            name=words(one["name"]),
            slug=words(one.get("slug")),
            path=path(one),
            parent=number(one.get("parent_category_id")),
            description=html.unescape(re.sub(r"<[^>]*>", "", words(one.get("description")))),
            colour=words(one.get("color")),
            position=int(one.get("position") or 0),
            restricted=bool(one.get("read_restricted")),
            definition=definition(one.get("topic_url")),
        )
        for ident, one in found.items()
    )


@clear
def staff_groups(data: Json | None) -> frozenset[str]:
    """The names of the groups that only staff is in, from `/site.json`: they are known by their numbers."""
    found = (data or {}).get("groups") or ()
    return frozenset({"admins", "moderators", "staff"} | {words(one["name"]) for one in found if one["id"] in STAFF})


@clear
def for_staff(data: Json | None, staff: frozenset[str]) -> bool:
    """Whether `/c/ID/show.json` lets nobody but staff read."""
    permissions = (data or {})["category"].get("group_permissions")
    return permissions is None or all(one.get("group_name") in staff for one in permissions)


def definition(url: Any) -> int | None:
    """The topic that describes a category, from its address."""
    found = re.search(r"/t/(?:[^/]+/)?(\d+)", str(url or ""))
    return int(found[1]) if found else None


@clear
def groups(data: Json | None) -> tuple[Group, ...]:
    """A page of groups."""
    return tuple(
        Group(
            id=int(one["id"]),
            name=words(one["name"]),
            full_name=words(one.get("full_name")),
            automatic=bool(one.get("automatic")),
            members=number(one.get("user_count")),
        )
        for one in (data or {})["groups"]
    )
