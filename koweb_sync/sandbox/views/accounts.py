"""People with their accounts, as profiles, the directory and administrators see them."""

from collections.abc import Mapping
from typing import Any

from koweb_sync.sandbox.core.people import Caller
from koweb_sync.sandbox.core.refused import words
from koweb_sync.sandbox.core.state import State, iso
from koweb_sync.sandbox.core.things import Notice, Post, User, UserKey
from koweb_sync.sandbox.core.user_keys import of_user
from koweb_sync.sandbox.views.groups import group, groups_of
from koweb_sync.sandbox.views.people import FLAIR, avatar, basic
from koweb_sync.sandbox.views.posts import fancy

NO_TRACKING = (
    *("muted_category_ids", "regular_category_ids", "watched_tags", "watching_first_post_tags", "tracked_tags"),
    *("muted_tags", "tracked_category_ids", "watched_category_ids", "watched_first_post_category_ids"),
)
EDITABLE = (
    *("can_edit", "can_edit_username", "can_edit_email", "can_edit_name", "can_upload_profile_header"),
    *("can_upload_user_card_background", "can_change_bio", "can_change_location", "can_change_website"),
    *("can_change_tracking_preferences",),
)
# What a person who never changed a setting has chosen.
OPTIONS: Mapping[str, Any] = {
    **dict.fromkeys(("mailing_list_mode", "external_links_in_new_tab", "dynamic_favicon", "enable_defer"), False),
    **dict.fromkeys(("email_in_reply_to", "include_tl0_in_digests", "enable_allowed_pm_users"), False),
    **dict.fromkeys(("hide_profile_and_presence", "skip_new_user_tips"), False),
    **dict.fromkeys(("email_digests", "enable_quoting", "automatically_unpin_topics", "allow_private_messages"), True),
    **dict.fromkeys(("color_scheme_id", "dark_scheme_id", "homepage_id", "timezone", "oldest_search_log_date")),
    **dict.fromkeys(("mailing_list_mode_frequency", "email_level", "like_notification_frequency"), 1),
    **dict.fromkeys(("email_messages_level", "theme_key_seq", "text_size_seq"), 0),
    **dict.fromkeys(("notification_level_when_replying", "email_previous_replies"), 2),
    "digest_after_minutes": 10_080,
    "auto_track_topics_after_msecs": 240_000,
    "new_topic_duration_minutes": 2_880,
    "theme_ids": [1],
    "text_size": "normal",
    "title_count_mode": "notifications",
    "default_calendar": "none_selected",
}
SCHEDULE = {"enabled": False} | {
    f"day_{day}_{end}_time": minutes for day in range(7) for end, minutes in (("start", 480), ("end", 1020))
}

FOREVER = "3026-01-01T00:00:00.000Z"  # until when somebody is suspended or silenced
# What every profile here has in common.
SAME: Mapping[str, Any] = {
    **dict.fromkeys(("badge_count", "time_read", "recent_time_read", "pending_count", "profile_view_count"), 0),
    **dict.fromkeys(("staged", "has_title_badges", "second_factor_enabled", "use_logo_small_as_avatar"), False),
    **dict.fromkeys(("featured_topic", "uploaded_avatar_id", "invited_by")),
    "custom_fields": {},
    "mailing_list_posts_per_day": 0,
    "user_auth_tokens": [],
    "user_notification_schedule": SCHEDULE,
    "featured_user_badge_ids": [],
}


def regular_posts(state: State, user: User) -> list[Post]:
    """What somebody wrote that is still there."""
    found = (state.posts[number] for number in state.written[user.id])
    mine = (one for one in found if one.alive and one.type == 1)
    return [one for one in mine if state.topics[one.topic_id].archetype != "private_message"]


def profile(state: State, caller: Caller, user: User) -> dict[str, Any]:
    """`/u/NAME.json`."""
    written, mine = regular_posts(state, user), groups_of(state, user)
    may_edit = caller.staff or (caller.user is not None and caller.user.id == user.id)
    replies = [one for one in written if one.number > 1]
    shown = {
        **basic(user),
        "last_posted_at": iso(max((one.created_at for one in written), default=None)),
        "last_seen_at": None,
        "created_at": iso(user.created_at),
        "ignored": False,
        "muted": False,
        "can_ignore_user": caller.user is not None,
        "can_mute_user": caller.user is not None,
        "can_send_private_messages": caller.user is not None,
        "can_send_private_message_to_user": caller.user is not None,
        "trust_level": user.trust_level,
        "moderator": user.moderator,
        "admin": user.admin,
        "title": None,
        **dict.fromkeys(("primary_group_id", "primary_group_name", "flair_group_id", "flair_name", *FLAIR)),
        **SAME,
        "staged": user.staged,
        **({"suspended_till": FOREVER} if user.suspended else {}),
        "pending_posts_count": sum(one.user_id == user.id for one in state.pending),
        "post_count": len(replies),
        "can_be_deleted": caller.admin and not user.staff,
        "can_delete_all_posts": caller.staff,
        "locale": None,
        **{name: [] for name in NO_TRACKING},
        "system_avatar_upload_id": None,
        "system_avatar_template": avatar(user),
        **{name: [] for name in ("muted_usernames", "ignored_usernames", "allowed_pm_usernames")},
        "groups": [group(state, caller, one) for one in mine],
        "group_users": [{"group_id": one["id"], "user_id": user.id, "notification_level": 3} for one in mine],
        "user_option": {"user_id": user.id, **OPTIONS},
        **dict.fromkeys(EDITABLE, may_edit),
    }
    keys = [programs_key(state, one) for one in of_user(state, user)] if may_edit else []
    shown["user_api_keys"] = keys or None
    return {**shown, **({"muted_category_ids": sorted(user.muted)} if may_edit else {})}


def programs_key(state: State, one: UserKey) -> dict[str, Any]:
    """A key that somebody gave to a program, as they see it themselves."""
    said = {
        "read": words(state, "Read all"),
        "write": words(state, "Write all"),
        "message_bus": words(state, "Live updates"),
        "push": words(state, "Push notifications to external services"),
        "notifications": words(state, "Read and clear notifications"),
        "session_info": words(state, "Read user session info"),
        "one_time_password": words(state, "Create a one-time login token"),
    }
    times = {"created_at": iso(one.created_at), "last_used_at": iso(one.last_used_at)}
    scopes = [said.get(scope, scope) for scope in one.scopes]
    return {"id": one.id, "application_name": one.application, "scopes": scopes, **times}


def summary(state: State, user: User) -> dict[str, Any]:
    """`/u/NAME/summary.json`, the counts alone."""
    written = regular_posts(state, user)
    return {
        "likes_given": sum(liker == user.id for post in state.posts.values() for liker, _at in post.likes),
        "likes_received": sum(len(one.likes) for one in written),
        "topic_count": sum(one.number == 1 for one in written),
        "post_count": sum(one.number > 1 for one in written),
        "topics_entered": user.topics_entered,
        "posts_read_count": user.posts_read,
        "days_visited": user.days_visited,
        "time_read": 0,
        "bookmark_count": len(state.bookmarks[user.id]),
        "can_see_summary_stats": True,
    }


# ---- for administrators


def in_admin_list(state: State, user: User, *, email: bool) -> dict[str, Any]:
    """A person in `/admin/users/list/active.json`. `email`: one's own alone, unless one asks for all."""
    return {
        **basic(user),
        **({"email": user.email, "secondary_emails": []} if email else {}),
        "active": user.active,
        "admin": user.admin,
        "moderator": user.moderator,
        "last_seen_at": None,
        "last_emailed_at": None,
        "created_at": iso(user.created_at),
        "last_seen_age": None,
        "last_emailed_age": None,
        "created_at_age": state.clock() - user.created_at,
        "trust_level": user.trust_level,
        "manual_locked_trust_level": None,
        "flag_level": 0,
        "title": None,
        "time_read": 0,
        "staged": user.staged,
        "days_visited": user.days_visited,
        "posts_read_count": user.posts_read,
        "topics_entered": user.topics_entered,
        "post_count": sum(one.number > 1 for one in regular_posts(state, user)),
        **({"suspended": True, "suspended_till": FOREVER} if user.suspended else {}),
        **({"silenced": True, "silenced_till": FOREVER} if user.silenced else {}),
    }


def in_admin(state: State, caller: Caller, user: User) -> dict[str, Any]:
    """`/admin/users/ID.json`."""
    written = regular_posts(state, user)
    yes = ("can_send_activation_email", "can_deactivate", "can_impersonate", "can_delete_all_posts", "can_be_deleted")
    more = ("can_be_anonymized", "can_be_merged", "can_view_action_logs", "can_disable_second_factor")
    none = ("ip_address", "registration_ip_address", "full_suspend_reason", "silence_reason", "next_penalty")
    nobody = ("primary_group_id", "reset_bounce_score_after", "single_sign_on_record", "approved_by", "suspended_by")
    requirements = {"requirements_met": False, "requirements_lost": False, "trust_level_locked": False}
    return {
        **in_admin_list(state, user, email=False),
        **dict.fromkeys((*yes, *more), True),
        **dict.fromkeys((*none, *nobody, "silenced_by")),
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
        "tl3_requirements": requirements if user.trust_level >= 2 else None,
        "groups": [group(state, caller, one) for one in reversed(groups_of(state, user))],
    }


# ---- notifications


def notice(state: State, one: Notice) -> dict[str, Any]:
    """A notification."""
    topic = state.topics[one.topic_id]
    return {
        "id": one.id,
        "user_id": one.user_id,
        "notification_type": one.kind,
        "read": one.read,
        "high_priority": one.kind == 6,
        "created_at": iso(one.at),
        "post_number": one.number,
        "topic_id": one.topic_id,
        "fancy_title": fancy(topic.title),
        "slug": topic.slug,
        "data": one.data,
    }


def directory_item(user: User, counts: Mapping[str, int]) -> dict[str, Any]:
    """A person in the directory."""
    return {"id": user.id, **counts, "user": {**basic(user), "title": None}}
