"""People with their accounts, as profiles, the directory and administrators see them."""

from collections.abc import Mapping, Sequence
from typing import Any

from koweb_sync.sandbox.model.permissions import Caller
from koweb_sync.sandbox.model.personal import Notice, UserKey
from koweb_sync.sandbox.model.records import PostRecord, TopicRecord, UserRecord
from koweb_sync.sandbox.model.refusals import words
from koweb_sync.sandbox.model.state import ForumState, iso
from koweb_sync.sandbox.model.user_keys import of_user
from koweb_sync.sandbox.serializers.groups import group, groups_of
from koweb_sync.sandbox.serializers.people import FLAIR, avatar, basic, roles
from koweb_sync.sandbox.serializers.posts import fancy

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
# The same of a person on newer servers, beside.
NEWER_OPTIONS: Mapping[str, Any] = {
    **dict.fromkeys(("enable_smart_lists", "enable_markdown_monospace_font", "topics_unread_when_closed"), True),
    **dict.fromkeys(("chat_enabled", "show_thread_title_prompts"), True),
    **dict.fromkeys(("hide_profile", "hide_presence", "sidebar_link_to_filtered_list"), False),
    "sidebar_show_count_of_new_items": False,
    **dict.fromkeys(("composition_mode", "interface_color_mode"), 1),
    **dict.fromkeys(("seen_popups", "watched_precedence_over_muted", "only_chat_push_notifications")),
    **dict.fromkeys(("ignore_channel_wide_mention", "chat_quick_reactions_custom")),
    "bookmark_auto_delete_preference": 3,
    "theme_ids": [-1],
    "auto_track_topics_after_msecs": 300_000,
    "chat_email_frequency": "when_away",
    "chat_header_indicator_preference": "all_new",
    "chat_separate_sidebar_mode": "default",
    "chat_send_shortcut": "enter",
    "chat_quick_reaction_type": "frequent",
}
BESIDE, STAFFS = (2, 3, 4), 3  # the categories that a new person has beside every page; the one of the team

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


def regular_posts(state: ForumState, user: UserRecord) -> list[PostRecord]:
    """What somebody wrote that is still there."""
    found = (state.posts[number] for number in state.written[user.id])
    mine = (one for one in found if one.alive and one.type == 1)
    return [one for one in mine if state.topics[one.topic_id].archetype != "private_message"]


def profile(state: ForumState, caller: Caller, user: UserRecord) -> dict[str, Any]:
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
    shown |= {"muted_category_ids": sorted(user.muted)} if may_edit else {}
    return shown if state.flavour.fields == "2022" else {**shown, **newer(state, user, shown)}


def newer(state: ForumState, user: UserRecord, shown: Mapping[str, Any]) -> dict[str, Any]:
    """What newer servers say of a person beside."""
    beside = [number for number in BESIDE if number in state.categories and (number != STAFFS or user.trust_level >= 3)]
    return {
        **dict.fromkeys(("can_mute_users", "can_ignore_users", "can_chat_user", "display_sidebar_tags"), True),
        "can_pick_theme_with_custom_homepage": False,
        "accepted_answers": solved(state, user),
        "sidebar_tags": [],
        "sidebar_category_ids": beside,
        "user_option": {**shown["user_option"], **NEWER_OPTIONS},
    }


def solved(state: ForumState, user: UserRecord) -> int:
    """How many answers of somebody were accepted."""
    return sum(state.posts[number].user_id == user.id for one in state.topics.values() for number in one.answers)


# What a person's card says of all that their page does.
CARD = (
    *("id", "username", "name", "avatar_template", "last_posted_at", "last_seen_at", "created_at", "ignored", "muted"),
    *("can_ignore_user", "can_mute_user", "can_send_private_messages", "can_send_private_message_to_user"),
    *("trust_level", "moderator", "admin", "title", "badge_count", "custom_fields", "time_read", "recent_time_read"),
    *("primary_group_id", "primary_group_name", "flair_group_id", "flair_name", *FLAIR, "featured_topic"),
    *("pending_posts_count", "staged", "can_chat_user", "accepted_answers", "featured_user_badge_ids"),
)


def card(state: ForumState, caller: Caller, user: UserRecord) -> dict[str, Any]:
    """`/u/NAME/card.json`."""
    shown = profile(state, caller, user)
    return {name: shown[name] for name in CARD if name in shown}


def programs_key(state: ForumState, one: UserKey) -> dict[str, Any]:
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


def summary(state: ForumState, user: UserRecord) -> dict[str, Any]:
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


BEST = 6


def summarized(state: ForumState, user: UserRecord, seen: Sequence[PostRecord]) -> dict[str, Any]:
    """`/u/NAME/summary.json`. `seen`: what the reader may see of it."""
    opened = sorted((one for one in seen if one.number == 1), key=lambda one: (-len(one.likes), one.id))[:BEST]
    replied = sorted((one for one in seen if one.number > 1), key=lambda one: (-len(one.likes), one.id))[:BEST]
    topics = {one.topic_id: state.topics[one.topic_id] for one in (*opened, *replied)}
    liked = people(state, [liker for one in seen for liker, _at in one.likes])
    mine = [one.user_id for one in state.posts.values() if one.alive and any(who == user.id for who, _at in one.likes)]
    places: dict[int, list[int]] = {}
    for one in seen:
        counted = places.setdefault(state.topics[one.topic_id].category_id or 0, [0, 0])
        counted[0 if one.number == 1 else 1] += 1
    shown = {
        **summary(state, user),
        "topic_ids": [one.topic_id for one in opened],
        "replies": [
            {
                "post_number": one.number,
                "like_count": len(one.likes),
                "created_at": iso(one.created_at),
                "topic_id": one.topic_id,
            }
            for one in replied
        ],
        "links": [],
        "recent_time_read": 0,
        "can_see_user_actions": True,
        "solved_count": solved(state, user),
        "most_liked_by_users": liked,
        "most_liked_users": people(state, mine),
        "most_replied_to_users": people(state, [answered for one in seen if (answered := answers(state, one))]),
        "badges": [],
        "top_categories": [place(state, number, *counts) for number, counts in places.items()],
    }
    return {
        "topics": [briefly(one) for one in topics.values()],
        "badges": [],
        "badge_types": [],
        "users": [],
        "user_summary": shown,
    }


def people(state: ForumState, ids: Sequence[int]) -> list[dict[str, Any]]:
    """People and how often each comes, the most often first."""
    counts = {number: ids.count(number) for number in ids}
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:BEST]
    known = [(state.users[number], count) for number, count in ranked]
    return [{**basic(one), "count": count, **roles(one), "trust_level": one.trust_level} for one, count in known]


def answers(state: ForumState, one: PostRecord) -> int | None:
    """Whom a post answers."""
    found = state.numbered(state.topics[one.topic_id], one.reply_to) if one.reply_to else None
    return found.user_id if found else None


def place(state: ForumState, number: int, opened: int, replied: int) -> dict[str, Any]:
    """A category in which somebody wrote."""
    found = state.categories[number]
    names = ("id", "name", "color", "text_color", "slug", "read_restricted")
    about = {name: getattr(found, name) for name in names}
    return {**about, "parent_category_id": found.parent_id, "topic_count": opened, "post_count": replied}


def briefly(one: TopicRecord) -> dict[str, Any]:
    """A topic, named."""
    facts = {"id": one.id, "title": one.title, "fancy_title": fancy(one.title), "slug": one.slug}
    return {**facts, "category_id": one.category_id, "created_at": iso(one.created_at)}


# ---- notifications


def notice(state: ForumState, one: Notice) -> dict[str, Any]:
    """A notification."""
    topic = state.topics.get(one.topic_id or 0)
    named = {"fancy_title": fancy(topic.title)} if topic else {}
    return {
        **named,
        "id": one.id,
        "user_id": one.user_id,
        "notification_type": one.kind,
        "read": one.read,
        "high_priority": one.kind == 6,
        "created_at": iso(one.at),
        "post_number": one.number,
        "topic_id": one.topic_id,
        "slug": topic.slug if topic else None,
        "data": one.data,
    }


def directory_item(user: UserRecord, counts: Mapping[str, int]) -> dict[str, Any]:
    """A person in the directory."""
    return {"id": user.id, **counts, "user": {**basic(user), "title": None}}
