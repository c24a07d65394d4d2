"""The person whom a key acts as, as Discourse's JSON shows it."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from koweb_sync.sandbox.model.data_files import data
from koweb_sync.sandbox.model.records import UserRecord
from koweb_sync.sandbox.model.state import ForumState, iso
from koweb_sync.sandbox.serializers.fields import fields
from koweb_sync.sandbox.serializers.groups import groups_of
from koweb_sync.sandbox.serializers.people import basic

BESIDE = (2, 4)  # the categories that a new person has beside every page


def current_user(state: ForumState, user: UserRecord) -> dict[str, Any]:
    """The person whom a key acts as."""
    groups = [{"id": one["id"], "name": one["name"], "has_messages": False} for one in groups_of(state, user)]
    shown = {
        **data("session.json")["every server"],
        **basic(user),
        **fields(user, "admin moderator staff trust_level", can_review="staff"),
        "muted_category_ids": sorted(user.muted),
        "unread_notifications": sum(not one.read for one in state.notices[user.id]),
        "reviewable_count": len(state.pending) if user.staff else 0,
        "groups": groups,
        "treat_as_new_topic_start_date": iso(user.created_at),
    }
    return newer(state, user, shown) if state.newer else shown


def newer(state: ForumState, user: UserRecord, shown: Mapping[str, Any]) -> dict[str, Any]:
    """The same as newer servers say it: some of it in a section of its own."""
    table, unread = data("session.json"), Counter(str(one.kind) for one in state.notices[user.id] if not one.read)
    return {
        **{name: value for name, value in shown.items() if name not in (*table["moved"], *table["gone"])},
        **table["newer"],
        "all_unread_notifications_count": sum(unread.values()),
        "grouped_unread_notifications": unread,
        "sidebar_category_ids": [number for number in BESIDE if number in state.categories],
        "user_option": {**{name: shown[name] for name in table["moved"]}, **table["options"]},
    }
