"""Groups, as Discourse's JSON shows them."""

from collections.abc import Mapping
from typing import Any

from koweb_sync.sandbox.model.data_files import data
from koweb_sync.sandbox.model.permissions import Caller, inside
from koweb_sync.sandbox.model.records import UserRecord
from koweb_sync.sandbox.model.refusals import words
from koweb_sync.sandbox.model.state import ForumState, iso
from koweb_sync.sandbox.serializers.people import basic, roles

MODERATORS, STAFF = 2, 3


def group(state: ForumState, caller: Caller, one: Mapping[str, Any]) -> dict[str, Any]:
    """A group. Newer servers say something about those that are their own."""
    number, table = one["id"], data("group.json")
    told = words(state, "The forum itself keeps this group.") if state.newer and one.get("automatic") else None
    return {
        **table["every server"],
        **(table["moderators"] if number == MODERATORS else {}),
        "id": number,
        "automatic": bool(one.get("automatic")),
        "name": one["name"],
        "display_name": one["name"],
        "user_count": sum(inside(user, number) for user in state.users.values() if user.id > 0 or number > STAFF),
        "bio_cooked": told,
        "bio_excerpt": told,
        "can_admin_group": caller.staff,
    }


def whole(state: ForumState, caller: Caller, one: Mapping[str, Any]) -> dict[str, Any]:
    """A group as its own page shows it: to administrators of newer servers with everything that can be set."""
    shown = group(state, caller, one)
    if not state.newer:
        return shown
    shown["is_group_user"] = caller.user is not None and inside(caller.user, one["id"])
    return {**shown, **(data("group.json")["newer, for administrators"] if caller.admin else {})}


def member(state: ForumState, user: UserRecord) -> dict[str, Any]:
    """Somebody in a list of a group's members."""
    shown = {**basic(user), "title": None, "last_seen_at": None}
    if not state.newer:
        return shown
    written = (state.posts[number] for number in state.written[user.id])
    posted = iso(max((one.created_at for one in written if one.alive), default=None))
    added = {"added_at": iso(user.created_at), "timezone": None}
    return {**shown, **roles(user), "trust_level": user.trust_level, "last_posted_at": posted, **added}


def members(state: ForumState, one: Mapping[str, Any], *, ascending: bool = False) -> list[UserRecord]:
    """Who is in a group, by name, from the end of the alphabet unless it is `ascending`."""
    found = [user for user in state.users.values() if user.id > 0 and inside(user, one["id"])]
    return sorted(found, key=lambda user: user.username.lower(), reverse=not ascending)


def groups_of(state: ForumState, user: UserRecord) -> list[Mapping[str, Any]]:
    """The groups that somebody is in: those of the team, and one for each level of trust so far."""
    return [one for one in state.groups if one["id"] and inside(user, one["id"])]
