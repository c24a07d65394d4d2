"""From the forum's JSON about people, and what they like, to our own types.

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
    flag_told,
    ident,
    inner,
    items,
    micros,
    micros_or_none,
    record,
    sequence,
    text,
    text_or_none,
    text_told,
    whole_number,
    whole_or_none,
)
from koweb_sync.forum.models import Like, Reaction, Reactions, User

LIKE = 2  # the kind of post action that is a like
HEART = "heart"  # the reaction that is a like, unless a forum has another one


# ---- people


def user(data: Json) -> User:
    """Whoever an answer shows. A null is what the forum holds: somebody who emptied a field, or was made anonymous.

    Raises Strange, also where it shows nobody.
    """
    return User(
        id=whole_number(data, "user_id" if "user_id" in data else "id"),
        username=text(data, "username", ""),
        name=text_told(data, "name"),
        trust_level=whole_or_none(data, "trust_level"),
        admin=flag_told(data, "admin"),
        moderator=flag_told(data, "moderator"),
        title=text_told(data, "user_title"),
        avatar=text_told(data, "avatar_template"),
    )


def number(one: Any) -> object:
    """What tells one thing from others."""
    return one.id


def wrapped(data: Any) -> User:
    """Somebody in a list of users; ranked polls wrap each."""
    one = record(data)
    return user(inner(one, "user") or one)


def people(found: Any) -> Page[User]:
    """The people in a list of users, without those whose account is gone."""
    there = [one for one in sequence(found) if not (isinstance(one, dict) and gone(one))]
    return each("person", there, wrapped, number)


def gone(data: Json) -> bool:
    """Whether an entry of a list names nobody any more."""
    one = data.get("user") or data
    return isinstance(one, dict) and one.get("user_id", one.get("id")) is None


@clear
def members(data: Any) -> Page[User]:
    """The people in a group."""
    return people(record(data)["members"])


@clear
def full_name(data: Any) -> str:
    """How somebody is called; empty where the forum does not say."""
    return text(inner(data or {}, "user"), "name", "")


@clear
def names(data: Any) -> dict[str, str]:
    """How those are called who wrote one of the posts of a topic, by username."""
    found = [record(one) for one in items(inner(data or {}, "post_stream"), "posts")]
    called = ((text(one, "username", ""), text(one, "name", "")) for one in found)
    return {username: name for username, name in called if username and name}


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
    who = User(whole_number(data, "acting_user_id"), text(data, "acting_username", ""), text_told(data, "acting_name"))
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
    found: list[Reaction] = []
    bad: list[Malformed] = []
    all_told = True
    for group in map(record, groups):
        kind = text(group, "id", "")
        if kind == main:
            continue
        named = items(group, "users")
        page = each("person", named, partial(reaction, kind), lambda one: one.username)
        found += page
        bad += [replace(one, kind="like", id=post_id) for one in page.malformed]
        all_told = all_told and whole_number(group, "count", 0) <= len(named)
    return Reactions(Page(found, bad), all_told and not bad)


def reaction(kind: str, data: Json) -> Reaction:
    """Somebody who reacted."""
    return Reaction(
        username=text(data, "username"),
        kind=kind,
        at=micros_or_none(data, "created_at"),
        person=whole_or_none(data, "id"),
        name=text_or_none(data, "name"),
    )
