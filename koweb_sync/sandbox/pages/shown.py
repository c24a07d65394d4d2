"""What templates show: categories, topics, posts, people; nothing that the reader may not see."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

from flask import request

from koweb_sync.sandbox.model.permissions import Caller, in_public, permission
from koweb_sync.sandbox.model.records import REGULAR, CategoryRecord, PostRecord, UserRecord
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.sandbox.rules.validations import number_of
from koweb_sync.sandbox.serializers import categories

Say = Callable[[str], str]
Thing = TypeVar("Thing")


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


def card(forum: ForumState, caller: Caller, one: CategoryRecord, counts: Counter[int | None]) -> dict[str, Any]:
    """A category: its parent, its children, how many topics are in it and below. `counts`: by category."""
    parent = forum.categories.get(one.parent_id or 0)
    below = [other for other in categories.visible(forum, caller) if other.parent_id == one.id]
    return {
        "id": one.id,
        "name": one.name,
        "description": one.description or "",
        "parent": parent if parent and permission(caller.user, parent) is not None else None,
        "children": [card(forum, caller, child, counts) for child in below],
        "count": counts[one.id] + sum(counts[child.id] for child in below),
    }


def called(forum: ForumState, user: UserRecord) -> str:
    """Somebody's name, or the user name where the forum shows that (guess: sources of 2022 to 2026, `poster-name`)."""
    said = forum.settings
    names = said["enable_names"] and said["display_name_on_posts"] and not said["prioritize_username_in_ux"]
    return user.called if names else user.username


def written(forum: ForumState, caller: Caller, user: UserRecord) -> list[PostRecord]:
    """What somebody wrote where the reader may see it, the newest first: no messages, nothing unlisted or hidden."""
    posts = [forum.posts[number] for number in forum.written.get(user.id, ())]
    seen = [one for one in posts if one.type == REGULAR and not one.hidden and in_public(forum, caller, one)]
    return sorted(seen, key=lambda one: (one.created_at, one.id), reverse=True)
