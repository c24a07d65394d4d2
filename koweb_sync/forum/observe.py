"""From the forum's JSON about its talk to our own types. Raises AnswerMalformed for what Discourse never gives.

Of lists each entry is read on its own: a page holds those that could be read, and names the others.
"""

from dataclasses import replace
from functools import partial
from typing import Any

from koweb_sync.forum.decode import (
    Json,
    Malformed,
    Page,
    clear,
    each,
    flag,
    flag_or_none,
    flag_told,
    ident,
    inner,
    integer,
    items,
    micros,
    micros_or_none,
    record,
    sequence,
    string,
    tag_names,
    text,
    text_or_none,
    told,
    whole,
    whole_or_none,
)
from koweb_sync.forum.observed import (
    Like,
    Listed,
    Opened,
    Option,
    Person,
    Poll,
    Post,
    Reacted,
    Reactions,
    Topic,
)

LIKE = 2  # the kind of post action that is a like
HEART = "heart"  # the reaction that is a like, unless a forum has another one


# ---- people


def person(data: Json) -> Person:
    """Whoever an answer shows. A null is what the forum holds: somebody who emptied a field, or was made anonymous.

    Raises Strange, also where it shows nobody.
    """
    return Person(
        id=whole(data, "user_id" if "user_id" in data else "id"),
        username=text(data, "username", ""),
        name=told(data, "name"),
        trust_level=whole_or_none(data, "trust_level"),
        admin=flag_told(data, "admin"),
        moderator=flag_told(data, "moderator"),
        title=told(data, "user_title"),
        avatar=told(data, "avatar_template"),
    )


def number(one: Any) -> object:
    """What tells one thing from others."""
    return one.id


# ---- posts


def post(data: Any, expected: int | None = None, topic: int | None = None) -> Post:
    """A post, wherever it stands. Raises Strange, also for another one than the `expected`, or one of another topic."""
    one = record(data)
    author = person({**one, "id": None}) if one.get("user_id") is not None else None
    return Post(
        id=ident(one, "id", expected),
        topic=ident(one, "topic_id", topic),
        number=ident(one, "post_number"),
        type=whole(one, "post_type", 1) or 1,
        action=text(one, "action_code", "") or None,
        author=author,
        created=micros(one, "created_at"),
        updated=micros(one, "updated_at", one.get("created_at")),
        reply_to=whole_or_none(one, "reply_to_post_number"),
        raw=text_or_none(one, "raw"),
        cooked=text(one, "cooked", ""),
        version=whole(one, "version", 1) or 1,
        deleted=micros_or_none(one, "deleted_at"),
        user_deleted=flag(one, "user_deleted"),
        hidden=flag(one, "hidden"),
        wiki=flag(one, "wiki"),
        likes=likes(one),
        reads=whole(one, "reads", 0),
        reason=text(one, "edit_reason", ""),
        accepted=flag_or_none(one, "accepted_answer"),
        reactions=reactions(one),
        polls=tuple(poll(record(each_poll)) for each_poll in items(one, "polls")),
        category=whole_or_none(one, "category_id"),
        locale=text(one, "locale", "") if "locale" in one else None,
        localised=flag(one, "is_localized"),
    )


def likes(data: Json) -> int:
    """How many people like a post. A zero is left out by the forum, and so is the entry if nobody may act on it."""
    kinds = (record(one) for one in items(data, "actions_summary"))
    return next((whole(one, "count", 0) for one in kinds if one.get("id") == LIKE), 0)


def reactions(data: Json) -> dict[str, int] | None:
    """How many people reacted how, those who like among them; None where the forum does not tell."""
    if data.get("reactions") is None:
        return None
    found = (record(one) for one in items(data, "reactions"))
    return {text(one, "id"): whole(one, "count", 0) for one in found}


def poll(data: Json) -> Poll:
    """A poll with the votes that the forum tells."""
    voters = data.get("preloaded_voters")
    named = voters if isinstance(voters, dict) else {}
    options = tuple(
        Option(
            id=text(one, "id"),
            html=text(one, "html", ""),
            votes=whole_or_none(one, "votes"),
            people=tuple(map(wrapped, items(named, text(one, "id")))),
        )
        for one in map(record, items(data, "options"))
    )
    return Poll(
        name=text(data, "name", "") or "poll",
        title=text(data, "title", ""),
        type=text(data, "type", ""),
        status=text(data, "status", ""),
        results=text(data, "results", ""),
        public=flag(data, "public"),
        voters=whole_or_none(data, "voters"),
        closes=micros_or_none(data, "close"),
        options=options,
    )


def wrapped(data: Any) -> Person:
    """Somebody in a list of users; ranked polls wrap each."""
    one = record(data)
    return person(inner(one, "user") or one)


def people(found: Any) -> Page[Person]:
    """The people in a list of users, without those whose account is gone."""
    there = [one for one in sequence(found) if not (isinstance(one, dict) and gone(one))]
    return each("person", there, wrapped, number)


def gone(data: Json) -> bool:
    """Whether an entry of a list names nobody any more."""
    one = data.get("user") or data
    return isinstance(one, dict) and one.get("user_id", one.get("id")) is None


def in_order(page: Page[Post]) -> Page[Post]:
    """Posts in the order of their ids."""
    return Page(sorted(page, key=lambda one: one.id), page.malformed)


@clear
def one_post(data: Any, expected: int) -> Post:
    """The post that was asked for."""
    return post(data, expected)


@clear
def posts(data: Any) -> Page[Post]:
    """The posts of `/posts.json`, in the order of their ids."""
    return in_order(each("post", record(data)["latest_posts"], post, number))


@clear
def messages(data: Any) -> Page[Post]:
    """The posts of `/private-posts.json`, in the order of their ids."""
    return in_order(each("post", record(data)["private_posts"], post, number))


@clear
def members(data: Any) -> Page[Person]:
    """The people in a group."""
    return people(record(data)["members"])


@clear
def original(data: Any) -> str:
    """The HTML of a post as its author wrote it, from `/posts/ID/cooked.json`."""
    return text(record(data), "cooked")


@clear
def posts_of_topic(data: Any, topic: int) -> Page[Post]:
    """The posts of `/t/ID/posts.json`."""
    return within(topic, record(record(data)["post_stream"])["posts"])


def within(topic: int, found: Any) -> Page[Post]:
    """Posts on the page of a topic, which are that topic's."""
    page = each("post", found, lambda one: post({"topic_id": topic, **one}, topic=topic), number)
    return Page(page, (replace(one, inside=topic) for one in page.malformed))


# ---- topics


def topic(data: Any, expected: int | None = None) -> Topic:
    """A topic, from a list or from its own page. Raises Strange, also for another one than the `expected`."""
    one = record(data)
    return Topic(
        id=ident(one, "id", expected),
        title=text(one, "title"),
        slug=text(one, "slug", ""),
        category=whole_or_none(one, "category_id"),
        tags=tag_names(one),
        created=micros(one, "created_at"),
        bumped=micros_or_none(one, "bumped_at"),
        last_posted=micros_or_none(one, "last_posted_at"),
        closed=flag(one, "closed"),
        archived=flag(one, "archived"),
        visible=flag(one, "visible", True),
        pinned=flag(one, "pinned") or flag(one, "pinned_globally"),
        archetype=text(one, "archetype", "") or "regular",
        posts_count=whole(one, "posts_count", 0),
        highest=whole(one, "highest_post_number", 0),
        likes=whole_or_none(one, "like_count"),
        views=whole_or_none(one, "views"),
        author=author_of(one),
        external_id=text_or_none(one, "external_id"),
        deleted=micros_or_none(one, "deleted_at"),
        accepted=accepted(one),
    )


def author_of(data: Json) -> int | None:
    """Who began a topic: told by its own page, or the first of those whom a list shows."""
    if "user_id" in data:
        return whole_or_none(data, "user_id")
    creator = whole_or_none(inner(inner(data, "details"), "created_by"), "id")
    posters = items(data, "posters")
    return whole_or_none(record(posters[0]), "user_id") if creator is None and posters else creator


def accepted(data: Json) -> int | None:
    """The number of the first post that solved a topic; one object on older servers, several on newer ones."""
    found = items(data, "accepted_answers") or [data.get("accepted_answer") or {}]
    return whole_or_none(found[0], "post_number") if isinstance(found[0], dict) else None


@clear
def listed(data: Any) -> Listed:
    """A page of a topic list."""
    found = record(record(data)["topic_list"])
    shown = people(items(record(data), "users"))
    return Listed(each("topic", found["topics"], topic, number), shown, bool(found.get("more_topics_url")))


@clear
def opened(data: Any, expected: int) -> Opened:
    """A topic's own page."""
    given = record(data)
    stream = record(given["post_stream"]).get("stream")
    found = topic(given, expected)
    shown = within(found.id, record(given["post_stream"])["posts"])
    ids = None if stream is None else tuple(map(integer, sequence(stream, "stream")))
    offered = items(given, "valid_reactions")
    main = string(offered[0], "valid_reactions") if offered else ""
    allowed = inner(given, "details")
    people, groups = (
        frozenset(whole(record(one), "id") for one in items(allowed, name))
        for name in ("allowed_users", "allowed_groups")
    )
    return Opened(found, shown, ids, main, people, groups)


# ---- likes


@clear
def likes_given(data: Any) -> Page[Like]:
    """The likes that somebody gave, from `/user_actions.json?filter=1`: who acted, on which post, and when."""
    actions = sequence(record(data)["user_actions"])
    named = [one for one in actions if not (isinstance(one, dict) and nobodys(one))]
    return each("like", named, given, lambda one: (one.post, one.person.id))


def nobodys(data: Json) -> bool:
    """Whether an action is of somebody, or about a post, that is gone."""
    return data.get("post_id") is None or data.get("acting_user_id") is None


def given(data: Json) -> Like:
    """A like that somebody gave."""
    who = Person(whole(data, "acting_user_id"), text(data, "acting_username", ""), told(data, "acting_name"))
    return Like(ident(data, "post_id"), who, at=micros(data, "created_at"))


@clear
def likers(data: Any, liked: int) -> Page[Like]:
    """Who likes a post, from `/post_action_users.json`: the forum does not say when."""
    found = people(record(data)["post_action_users"])
    return Page((Like(liked, one) for one in found), (replace(one, kind="like", id=liked) for one in found.malformed))


@clear
def reacted(data: Any, post_id: int, main: str) -> Reactions:
    """Who reacted how to a post; `main` is the reaction that is a like, which is told elsewhere.

    Newer servers name people without their numbers, and some twenty for each reaction at most.
    """
    groups = sequence((data.get("reaction_users") or ()) if isinstance(data, dict) else data or ())
    found: list[Reacted] = []
    bad: list[Malformed] = []
    all_told = True
    for group in map(record, groups):
        kind = text(group, "id", "")
        if kind == main:
            continue
        told = items(group, "users")
        page = each("person", told, partial(who_reacted, kind), lambda one: one.username)
        found += page
        bad += [replace(one, kind="like", id=post_id) for one in page.malformed]
        all_told = all_told and whole(group, "count", 0) <= len(told)
    return Reactions(Page(found, bad), all_told and not bad)


def who_reacted(kind: str, data: Json) -> Reacted:
    """Somebody who reacted."""
    return Reacted(
        username=text(data, "username"),
        kind=kind,
        at=micros_or_none(data, "created_at"),
        person=whole_or_none(data, "id"),
        name=text_or_none(data, "name"),
    )
