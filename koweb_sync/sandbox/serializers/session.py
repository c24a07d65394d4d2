"""The person whom a key acts as, as Discourse's JSON shows it."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from koweb_sync.sandbox.model.records import UserRecord
from koweb_sync.sandbox.model.state import ForumState, iso
from koweb_sync.sandbox.serializers.groups import groups_of
from koweb_sync.sandbox.serializers.people import basic

# What `/session/current.json` says of a person who never changed a setting.
NO_LISTS = (
    *("muted_category_ids", "indirectly_muted_category_ids", "regular_category_ids", "tracked_category_ids"),
    *("watched_first_post_category_ids", "watched_category_ids", "muted_tag_ids", "watched_tags"),
    *("watching_first_post_tags", "tracked_tags", "muted_tags", "regular_tags", "top_category_ids", "ignored_users"),
)
NOT_SET = (
    *("notification_channel_position", "title", "dismissed_banner_key", "previous_visit_at", "flair_group_id"),
    *("timezone", "featured_topic", "do_not_disturb_until"),
)
NO = (
    *("enable_defer", "external_links_in_new_tab", "dynamic_favicon", "can_send_private_email_messages"),
    *("should_be_redirected_to_top", "is_anonymous", "read_faq", "mailing_list_mode", "hide_profile_and_presence"),
    *("second_factor_enabled", "skip_new_user_tips"),
)
YES = (
    *("read_first_notification", "any_posts", "enable_quoting", "can_send_private_messages", "can_edit"),
    *("can_invite_to_forum", "automatically_unpin_topics", "can_create_topic"),
)
ZERO = (
    *("unread_notifications", "unread_private_messages", "unread_high_priority_notifications", "reviewable_count"),
    *("seen_notification_id", "draft_count", "pending_posts_count"),
)


# What newer servers say beside, and in a section of its own.
NEWER: Mapping[str, Any] = {
    **dict.fromkeys(("can_upload_avatar", "can_ignore_users", "can_create_poll", "display_sidebar_tags"), True),
    **dict.fromkeys(("can_chat", "can_direct_message", "has_chat_enabled", "has_joinable_public_channels"), True),
    **dict.fromkeys(("can_post_anonymously", "can_edit_tags", "can_delete_all_posts_and_topics"), False),
    **dict.fromkeys(("needs_required_fields_check", "new_new_view_enabled", "can_view_raw_email"), False),
    **dict.fromkeys(("can_localize_content", "use_experimental_sidebar_messages_count", "can_use_templates"), False),
    **dict.fromkeys(("whisperer", "votes_exceeded"), False),
    **dict.fromkeys(("do_not_disturb_channel_position", "unseen_reviewable_count", "votes_count"), 0),
    "new_personal_messages_notifications_count": 0,
    "votes_left": 8,
    "login_method": "local",
    "sidebar_tags": [],
    "chat_drafts": [],
}
OPTIONS: Mapping[str, Any] = {
    **dict.fromkeys(("enable_smart_lists", "enable_markdown_monospace_font", "show_thread_title_prompts"), True),
    **dict.fromkeys(("hide_profile", "hide_presence", "likes_notifications_disabled"), False),
    **dict.fromkeys(("sidebar_link_to_filtered_list", "sidebar_show_count_of_new_items"), False),
    **dict.fromkeys(("composition_mode", "interface_color_mode"), 1),
    **dict.fromkeys(("seen_popups", "chat_quick_reactions_custom")),
    "chat_header_indicator_preference": "all_new",
    "chat_separate_sidebar_mode": "default",
    "chat_send_shortcut": "enter",
    "chat_quick_reaction_type": "frequent",
}
MOVED = (  # into that section
    *("mailing_list_mode", "external_links_in_new_tab", "enable_quoting", "dynamic_favicon", "title_count_mode"),
    *("automatically_unpin_topics", "hide_profile_and_presence", "enable_defer", "timezone", "skip_new_user_tips"),
    *("default_calendar", "bookmark_auto_delete_preference", "should_be_redirected_to_top"),
    "treat_as_new_topic_start_date",
)
GONE = ("muted_tag_ids", "unread_private_messages")
# The links beside every page: number, name, where to, icon; the first six are always seen.
LINKS = (
    (1, "Topics", "/latest", "layer-group"),
    (2, "My posts", "/my/activity", "user"),
    (11, "My messages", "/my/messages", "inbox"),
    (3, "Review", "/review", "flag"),
    (4, "Admin", "/admin", "wrench"),
    (10, "Invite", "/new-invite", "paper-plane"),
    (5, "Users", "/u", "users"),
    (6, "About", "/about", "circle-info"),
    (7, "FAQ", "/faq", "circle-question"),
    (8, "Groups", "/g", "user-group"),
    (9, "Badges", "/badges", "certificate"),
    (12, "Filter", "/filter", "filter"),
)
SEEN = 6
BESIDE = (2, 4)  # the categories that a new person has beside every page


def current_user(state: ForumState, user: UserRecord) -> dict[str, Any]:
    """The person whom a key acts as."""
    mine = groups_of(state, user)
    shown = {
        **basic(user),
        "admin": user.admin,
        "moderator": user.moderator,
        "staff": user.staff,
        "trust_level": user.trust_level,
        **{name: [] for name in NO_LISTS},
        "muted_category_ids": sorted(user.muted),
        **dict.fromkeys(NOT_SET),
        **dict.fromkeys(NO, False),
        **dict.fromkeys(YES, True),
        **dict.fromkeys(ZERO, 0),
        "unread_notifications": sum(not one.read for one in state.notices[user.id]),
        "reviewable_count": len(state.pending) if user.staff else 0,
        "can_review": user.staff,
        "custom_fields": {},
        "groups": [{"id": one["id"], "name": one["name"], "has_messages": False} for one in mine],
        "treat_as_new_topic_start_date": iso(user.created_at),
        "link_posting_access": "full",
        "title_count_mode": "notifications",
        "default_calendar": "none_selected",
        "bookmark_auto_delete_preference": 3,
    }
    return shown if state.flavour.fields == "2022" else newer(state, user, shown)


def newer(state: ForumState, user: UserRecord, shown: Mapping[str, Any]) -> dict[str, Any]:
    """The same as newer servers say it."""
    unread: dict[str, int] = defaultdict(int)
    for one in state.notices[user.id]:
        if not one.read:
            unread[str(one.kind)] += 1
    kept = {name: value for name, value in shown.items() if name not in (*MOVED, *GONE)}
    return {
        **kept,
        **NEWER,
        "read_first_notification": False,
        "all_unread_notifications_count": sum(unread.values()),
        "grouped_unread_notifications": unread,
        "sidebar_category_ids": [number for number in BESIDE if number in state.categories],
        "sidebar_sections": [section()],
        "user_option": {**{name: shown[name] for name in MOVED}, **OPTIONS},
    }


def section() -> dict[str, Any]:
    """The links beside every page."""
    links = [
        {
            "id": number,
            "name": name,
            "value": where,
            "icon": icon,
            "external": False,
            "segment": "primary" if at < SEEN else "secondary",
        }
        for at, (number, name, where, icon) in enumerate(LINKS)
    ]
    facts = {"id": 1, "title": "Community", "slug": "community", "public": True, "section_type": "community"}
    return {**facts, "links": links}
