"""What templates show: categories, topics, posts, people; nothing that the reader may not see."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

from flask import request

from koweb_sync.sandbox.model.permissions import Caller, hidden_from, may_see, permission
from koweb_sync.sandbox.model.records import (
    REGULAR,
    SMALL_ACTION,
    SYSTEM,
    CategoryRecord,
    PostRecord,
    TopicRecord,
    UserRecord,
)
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.sandbox.pages.cooked import readable
from koweb_sync.sandbox.rules.validations import number_of
from koweb_sync.sandbox.serializers import categories
from koweb_sync.sandbox.serializers.posts import excerpt

Say = Callable[[str], str]
Thing = TypeVar("Thing")
EXCERPT = 200


# ---- pages of a long list


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Thing]):
    """One page of a list; `number` counts from 0; `newer` and `older` are addresses, None at the ends."""

    shown: Sequence[Thing]
    number: int
    count: int
    newer: str | None
    older: str | None


def paged(found: Sequence[Thing], size: int, *, first: int = 0) -> ListPage[Thing]:
    """The page that the address asks for, or the nearest that there is; `first` is the number of the first one."""
    last = max(0, -(-len(found) // size) - 1)
    asked = number_of(request.args.get("page"))
    at = min(max((first if asked is None else asked) - first, 0), last)
    newer = address(at - 1 + first, first) if at > 0 else None
    older = address(at + 1 + first, first) if at < last else None
    return ListPage(found[at * size : (at + 1) * size], at, last + 1, newer, older)


def address(number: int, first: int) -> str:
    """This address with another page."""
    kept = {name: value for name, value in request.args.items() if name != "page"}
    asked = urlencode({**kept, **({"page": number} if number != first else {})})
    return quote(request.script_root + request.path) + (f"?{asked}" if asked else "")


# ---- categories and topics


def card(forum: ForumState, caller: Caller, one: CategoryRecord, counts: Counter[int | None]) -> dict[str, Any]:
    """A category: its address, its parent, its children, how many topics are in it and below. `counts`: by category."""
    parent = forum.categories.get(one.parent_id or 0)
    seen = parent if parent and permission(caller.user, parent) is not None else None
    below = [other for other in categories.visible(forum, caller) if other.parent_id == one.id]
    return {
        "id": one.id,
        "name": one.name,
        "description": one.description or "",
        "href": place(forum, one),
        "parent": {"name": seen.name, "href": place(forum, seen)} if seen else None,
        "children": [card(forum, caller, child, counts) for child in below],
        "count": counts[one.id] + sum(counts[child.id] for child in below),
    }


def place(forum: ForumState, one: CategoryRecord) -> str:
    return forum.at(f"/c/{forum.slug_path(one)}/{one.id}")


def counted(topics: Iterable[TopicRecord]) -> Counter[int | None]:
    """How many of these topics each category has."""
    return Counter(one.category_id for one in topics)


def row(forum: ForumState, one: TopicRecord) -> dict[str, Any]:
    where = forum.categories.get(one.category_id or 0)
    return {
        "title": one.title,
        "href": forum.at(f"/t/{one.slug}/{one.id}"),
        "category": {"id": where.id, "name": where.name, "href": place(forum, where)} if where else None,
        "tags": one.tags,
        "author": forum.users[one.user_id],
        "at": one.bumped_at,
        "closed": one.closed,
        "unlisted": not one.visible,
        "pinned": one.pinned_at is not None,
        "replies": max(0, sum(forum.counts(one).people.values()) - 1),
    }


# ---- posts


def post(
    forum: ForumState, caller: Caller, one: PostRecord, where: Callable[[PostRecord], str], _: Say
) -> dict[str, Any]:
    """A post of a topic. `where`: the address of another post of it."""
    shown = {"post": one, "author": forum.users[one.user_id], "likes": len(one.likes)}
    if one.type == SMALL_ACTION:
        return {**shown, "action": action(one.action_code or "", _)}
    answered = forum.numbered(forum.topics[one.topic_id], one.reply_to) if one.reply_to else None
    seen = answered is not None and answered.alive
    edited = one.version > 1
    hidden = hidden_from(caller, one)
    return {
        **shown,
        "cooked": None if hidden else readable(one.cooked, _),
        "answered": {"name": forum.users[answered.user_id].called, "href": where(answered)}
        if seen and answered
        else None,
        "edited": one.last_version_at if edited else None,
        "reason": one.edit_reason if edited and not hidden else None,
    }


def action(code: str, _: Say) -> str:
    """What happened to a topic, as one line."""
    known = {
        "closed.enabled": _("closed this topic"),
        "closed.disabled": _("opened this topic again"),
        "archived.enabled": _("archived this topic"),
        "archived.disabled": _("took this topic out of the archive"),
        "visible.enabled": _("put this topic back into the lists"),
        "visible.disabled": _("took this topic out of the lists"),
        "pinned.enabled": _("pinned this topic"),
        "pinned.disabled": _("unpinned this topic"),
        "pinned_globally.enabled": _("pinned this topic on the home page"),
        "pinned_globally.disabled": _("unpinned this topic"),
        "split_topic": _("moved posts to another topic"),
    }
    return known.get(code, _("changed this topic"))


def hit(forum: ForumState, one: PostRecord) -> dict[str, Any]:
    """A post outside its topic: found by a search, or on its author's page."""
    topic = forum.topics[one.topic_id]
    href = forum.at(f"/t/{topic.slug}/{topic.id}")
    return {
        "title": topic.title,
        "href": href if one.number == 1 else f"{href}/{one.number}",
        "author": forum.users[one.user_id],
        "at": one.created_at,
        "number": one.number,
        "text": excerpt(one.cooked, EXCERPT).replace("&hellip;", "…"),
    }


# ---- people


def written(forum: ForumState, caller: Caller, user: UserRecord) -> list[PostRecord]:
    """What somebody wrote where the reader may see it, the newest first: no messages, nothing unlisted or hidden."""
    posts = [forum.posts[number] for number in forum.written.get(user.id, ())]
    seen = [one for one in posts if one.alive and one.type == REGULAR and not one.hidden and listed(forum, caller, one)]
    return sorted(seen, key=lambda one: (one.created_at, one.id), reverse=True)


def listed(forum: ForumState, caller: Caller, one: PostRecord) -> bool:
    """Whether a post is in a topic that lists show to this reader."""
    topic = forum.topics[one.topic_id]
    shown = topic.archetype != "private_message" and topic.deleted_at is None and (topic.visible or caller.staff)
    return shown and may_see(forum, caller, topic)


def role(user: UserRecord, _: Say) -> str | None:
    """What somebody does on the forum besides writing."""
    if user.id == SYSTEM:
        return _("the forum itself")
    return _("administration") if user.admin else _("moderation") if user.moderator else None
