"""People as administrators see them."""

from collections.abc import Mapping, Sequence
from typing import Any

from koweb_sync.sandbox.model.data_files import data
from koweb_sync.sandbox.model.permissions import Caller
from koweb_sync.sandbox.model.records import PostRecord, UserRecord
from koweb_sync.sandbox.model.state import ForumState, iso
from koweb_sync.sandbox.serializers.accounts import FOREVER, regular_posts
from koweb_sync.sandbox.serializers.fields import fields
from koweb_sync.sandbox.serializers.groups import group, groups_of
from koweb_sync.sandbox.serializers.people import basic
from koweb_sync.times import DAY_IN_SECONDS


def in_admin_list(state: ForumState, user: UserRecord, *, email: bool) -> dict[str, Any]:
    """A person in `/admin/users/list/active.json`. `email`: one's own alone, unless one asks for all."""
    return {
        **basic(user),
        **fields(user, "active admin moderator created_at trust_level staged days_visited topics_entered"),
        **data("person_for_admins.json")["in list"],
        **({"email": user.email, "secondary_emails": []} if email else {}),
        "created_at_age": state.clock() - user.created_at,
        "posts_read_count": user.posts_read,
        "post_count": sum(one.number > 1 for one in regular_posts(state, user)),
        **({"suspended": True, "suspended_till": FOREVER} if user.suspended else {}),
        **({"silenced": True, "silenced_till": FOREVER} if user.silenced else {}),
        **({"can_be_deleted": not user.staff, "silence_reason": None} if state.newer else {}),
    }


def in_admin(state: ForumState, caller: Caller, user: UserRecord) -> dict[str, Any]:
    """`/admin/users/ID.json`."""
    written = regular_posts(state, user)
    return {
        **in_admin_list(state, user, email=False),
        **data("person_for_admins.json")["page"],
        "next_penalty": iso(state.clock() + DAY_IN_SECONDS),
        "can_grant_admin": not user.admin,
        "can_revoke_admin": user.admin,
        "can_grant_moderation": not user.moderator,
        "can_revoke_moderation": user.moderator,
        "like_count": sum(len(one.likes) for one in written),
        "like_given_count": sum(liker == user.id for post in state.posts.values() for liker, _at in post.likes),
        "topic_count": sum(one.number == 1 for one in written),
        "post_edits_count": sum(rev.user_id == user.id for one in state.posts.values() for rev in one.revisions),
        "private_topics_count": sum(user.id in one.allowed for one in state.topics.values()),
        "api_key_count": sum(key.username == user.username and not key.revoked for key in state.keys.values()),
        "tl3_requirements": requirements(state, user, written) if user.trust_level >= 2 else None,
        "groups": [group(state, caller, one) for one in as_held(state, user)],
    }


def as_held(state: ForumState, user: UserRecord) -> list[Mapping[str, Any]]:
    """Somebody's groups in the order in which the databases of the recorded forums held them."""
    first, *others = groups_of(state, user)
    if state.newer:
        return [first, *reversed(others)]
    return [*reversed([first, *others[:-1]]), *others[-1:]]


DAYS = 100  # over which the third level of trust is judged
QUARTER = 4


def requirements(state: ForumState, user: UserRecord, written: Sequence[PostRecord]) -> dict[str, Any]:
    """What somebody must have done in a hundred days for the third level of trust, and what they did."""
    received = [(liker, at) for one in written for liker, at in one.likes]
    done = {
        "days_visited": user.days_visited,
        "num_topics_replied_to": len({one.topic_id for one in written if one.number > 1}),
        "topics_viewed": user.topics_entered,
        "posts_read": user.posts_read,
        "topics_viewed_all_time": user.topics_entered,
        "posts_read_all_time": user.posts_read,
        "num_likes_given": sum(liker == user.id for post in state.posts.values() for liker, _at in post.likes),
        "num_likes_received": len(received),
        "num_likes_received_days": len({int(at // DAY_IN_SECONDS) for _liker, at in received}),
        "num_likes_received_users": len({liker for liker, _at in received}),
    }
    living = {"topics_viewed": len(state.topics) // QUARTER, "posts_read": len(state.posts) // QUARTER}
    least = {**data("person_for_admins.json")["least for it"], **living}
    met = all(done[name] >= least[name] for name in done)
    return {
        **data("person_for_admins.json")["third level of trust"],
        "time_period": DAYS,
        "requirements_met": met,
        "requirements_lost": user.trust_level >= 3 and not met,
        **done,
        **{f"min_{name.removeprefix('num_')}": number for name, number in least.items()},
    }
