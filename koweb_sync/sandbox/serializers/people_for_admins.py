"""People as administrators see them."""

from collections.abc import Mapping, Sequence
from typing import Any

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
    none = (
        "last_seen_at",
        "last_emailed_at",
        "last_seen_age",
        "last_emailed_age",
        "manual_locked_trust_level",
        "title",
    )
    return {
        **basic(user),
        **fields(user, "active admin moderator created_at trust_level staged days_visited topics_entered"),
        **dict.fromkeys(none),
        **({"email": user.email, "secondary_emails": []} if email else {}),
        "created_at_age": state.clock() - user.created_at,
        "flag_level": 0,
        "time_read": 0,
        "posts_read_count": user.posts_read,
        "post_count": sum(one.number > 1 for one in regular_posts(state, user)),
        **({"suspended": True, "suspended_till": FOREVER} if user.suspended else {}),
        **({"silenced": True, "silenced_till": FOREVER} if user.silenced else {}),
        **({"can_be_deleted": not user.staff, "silence_reason": None} if state.newer else {}),
    }


def in_admin(state: ForumState, caller: Caller, user: UserRecord) -> dict[str, Any]:
    """`/admin/users/ID.json`."""
    written = regular_posts(state, user)
    yes = ("can_send_activation_email", "can_deactivate", "can_impersonate", "can_delete_all_posts", "can_be_deleted")
    more = ("can_be_anonymized", "can_be_merged", "can_view_action_logs", "can_disable_second_factor")
    none = ("ip_address", "registration_ip_address", "full_suspend_reason", "silence_reason")
    nobody = ("primary_group_id", "reset_bounce_score_after", "single_sign_on_record", "approved_by", "suspended_by")
    return {
        **in_admin_list(state, user, email=False),
        **dict.fromkeys((*yes, *more), True),
        **dict.fromkeys((*none, *nobody, "silenced_by")),
        "next_penalty": iso(state.clock() + DAY_IN_SECONDS),
        "can_activate": False,
        "can_grant_admin": not user.admin,
        "can_revoke_admin": user.admin,
        "can_grant_moderation": not user.moderator,
        "can_revoke_moderation": user.moderator,
        "can_delete_sso_record": False,
        "like_count": sum(len(one.likes) for one in written),
        "like_given_count": sum(liker == user.id for post in state.posts.values() for liker, _at in post.likes),
        "topic_count": sum(one.number == 1 for one in written),
        "post_edits_count": sum(rev.user_id == user.id for one in state.posts.values() for rev in one.revisions),
        "private_topics_count": sum(user.id in one.allowed for one in state.topics.values()),
        **dict.fromkeys(("flags_given_count", "flags_received_count", "badge_count", "warnings_received_count"), 0),
        "penalty_counts": {"silenced": 0, "suspended": 0},
        "bounce_score": 0.0,
        "api_key_count": sum(key.username == user.username and not key.revoked for key in state.keys.values()),
        "external_ids": {},
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
FLOORS = {"days_visited": 50, "num_topics_replied_to": 10, "topics_viewed_all_time": 200, "posts_read_all_time": 500}
LIKES = {"num_likes_given": 30, "num_likes_received": 20, "num_likes_received_days": 7, "num_likes_received_users": 5}
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
    least = {**FLOORS, **living, **LIKES}
    met = all(done[name] >= least[name] for name in done)
    return {
        "time_period": DAYS,
        "requirements_met": met,
        "requirements_lost": user.trust_level >= 3 and not met,
        "trust_level_locked": False,
        "on_grace_period": False,
        **done,
        **{f"min_{name.removeprefix('num_')}": number for name, number in least.items()},
        **dict.fromkeys(("num_flagged_posts", "num_flagged_by_users"), 0),
        **dict.fromkeys(("max_flagged_posts", "max_flagged_by_users"), 5),
        "penalty_counts": {"silenced": 0, "suspended": 0, "total": 0},
    }
