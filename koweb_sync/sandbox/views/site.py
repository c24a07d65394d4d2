"""The forum itself, as Discourse's JSON shows it: its facts, its team, its settings, who one is."""

from typing import Any

from koweb_sync.i18n import catalog
from koweb_sync.sandbox.core.people import Caller
from koweb_sync.sandbox.core.state import State, iso
from koweb_sync.sandbox.core.things import User
from koweb_sync.sandbox.views import categories, lists
from koweb_sync.sandbox.views.people import FLAIR, basic

DAY = 86_400.0
SPANS = {"last_day": 1, "7_days": 7, "30_days": 30}
KINDS = (
    *("mentioned", "replied", "quoted", "edited", "liked", "private_message", "invited_to_private_message"),
    *("invitee_accepted", "posted", "moved_post", "linked", "granted_badge", "invited_to_topic", "custom"),
    *("group_mentioned", "group_message_summary", "watching_first_post", "topic_reminder", "liked_consolidated"),
    *("post_approved", "code_review_commit_approved", "membership_request_accepted"),
    *("membership_request_consolidated", "bookmark_reminder", "reaction", "votes_released", "event_reminder"),
    *("event_invitation", "chat_mention", "chat_message", "chat_invitation", "chat_group_mention", "chat_quoted"),
    *("assigned",),
)
MENU = ("latest", "unread", "new", "unseen", "top", "read", "posted", "bookmarks")
# Actions on posts: number, key, whether it is a flag, whether it takes a text.
ACTIONS = (
    (1, "bookmark", False, False),
    (2, "like", False, False),
    (3, "off_topic", True, False),
    (4, "inappropriate", True, False),
    (8, "spam", True, False),
    (6, "notify_user", True, True),
    (7, "notify_moderators", True, True),
)
ON_TOPICS = (4, 8, 7)


def site(state: State, caller: Caller) -> dict[str, Any]:
    """`/site.json`."""
    me, level = caller.user, int(state.settings["min_trust_to_create_tag"])
    census = categories.Census(state)
    seen = categories.visible(state, caller)
    return {
        "default_archetype": "regular",
        "notification_types": {name: number for number, name in enumerate(KINDS, 1)},
        "post_types": {"regular": 1, "moderator_action": 2, "small_action": 3, "whisper": 4},
        "trust_levels": {"newuser": 0, "basic": 1, "member": 2, "regular": 3, "leader": 4},
        "groups": [group(one["id"], one["name"]) for one in sorted(state.groups, key=lambda one: str(one["name"]))],
        "filters": list(MENU),
        "periods": ["all", "yearly", "quarterly", "monthly", "weekly", "daily"],
        "top_menu_items": [*MENU, "categories"],
        "anonymous_top_menu_items": ["latest", "top", "categories"],
        "uncategorized_category_id": state.settings["uncategorized_category_id"],
        "user_field_max_length": 2048,
        "user_fields": [],
        "post_action_types": [action(state, *one) for one in ACTIONS],
        "topic_flag_types": [action(state, *one) for one in ACTIONS if one[0] in ON_TOPICS],
        "archetypes": [{"id": name, "name": name, "options": []} for name in ("regular", "banner")],
        "auth_providers": [],
        "can_create_tag": me is not None and (me.staff or me.trust_level >= level),
        "can_tag_topics": me is not None and bool(state.settings["tagging_enabled"]),
        "can_tag_pms": False,
        "tags_filter_regexp": r"[/\?#\[\]@!\$&'\(\)\*\+,;=\.%\\`^\s|\{\}\"<>]+",
        "top_tags": lists.top_tags(state, caller),
        "can_associate_groups": False,
        "topic_featured_link_allowed_category_ids": [one.id for one in seen],
        "user_themes": [{"theme_id": 1, "name": "Default", "default": True, "color_scheme_id": None}],
        "user_color_schemes": [{"id": 1, "name": "Dark", "is_dark": True}],
        "default_dark_color_scheme": dark(state),
        "censored_regexp": None,
        "custom_emoji_translation": {},
        "watched_words_replace": None,
        "watched_words_link": None,
        "categories": [categories.in_site(state, caller, one, census) for one in seen],
    }


def group(number: int, name: str) -> dict[str, Any]:
    """A group by name."""
    return {"id": number, "name": name, **dict.fromkeys(FLAIR)}


def dark(state: State) -> dict[str, Any]:
    """The dark colours."""
    at = iso(state.users[-1].created_at if -1 in state.users else 0.0)
    more = {"via_wizard": True, "base_scheme_id": "Dark", "theme_id": None, "user_selectable": True}
    return {"id": 1, "name": "Dark", "version": 1, "created_at": at, "updated_at": at, **more}


def action(state: State, number: int, key: str, flag: bool, custom: bool) -> dict[str, Any]:
    """Something that one can do with a post."""
    say = catalog(str(state.settings.get("default_locale", "en"))).gettext
    text = {
        1: say("Bookmark"),
        2: say("Like"),
        3: say("Off-topic"),
        4: say("Inappropriate"),
        8: say("Spam"),
        6: say("Send a message"),
        7: say("Something else"),
    }[number]
    words = {"name": text, "description": text, "short_description": text}
    return {"id": number, "name_key": key, **words, "is_flag": flag, "is_custom_flag": custom}


def basic_info(state: State) -> dict[str, Any]:
    """`/site/basic-info.json`."""
    logo = "/favicon.svg"
    logos = ("logo_url", "logo_small_url", "apple_touch_icon_url", "favicon_url", "mobile_logo_url")
    return {
        **dict.fromkeys(logos, logo),
        "title": state.settings["title"],
        "description": str(state.settings.get("site_description") or ""),
        "header_primary_color": "333333",
        "header_background_color": "ffffff",
        "login_required": bool(state.settings["login_required"]),
    }


def about(state: State) -> dict[str, Any]:
    """`/about.json`: what the forum is, who runs it, and how much is in it."""
    people = sorted((user for user in state.users.values() if user.id > 0), key=lambda user: user.id)
    return {
        "title": state.settings["title"],
        "description": str(state.settings.get("site_description") or ""),
        "locale": state.settings["default_locale"],
        "version": state.settings.get("version", state.flavour.version),
        "https": False,
        "can_see_about_stats": True,
        "contact_url": "",
        "contact_email": str(state.settings.get("contact_email") or ""),
        "stats": stats(state, len(people)),
        "admins": [runs(user) for user in people if user.admin],
        "moderators": [runs(user) for user in people if user.moderator],
        "category_moderators": [],
    }


def stats(state: State, people: int) -> dict[str, int]:
    """How much is in the forum, and how much came in the last days."""
    living = (one for one in state.topics.values() if one.deleted_at is None)
    topics = [one.created_at for one in living if one.archetype != "private_message"]
    posts = [one.created_at for one in state.posts.values() if one.alive]
    likes = [at for one in state.posts.values() if one.alive for _user, at in one.likes]
    users = [user.created_at for user in state.users.values() if user.id > 0]
    found = {"topic_count": len(topics), "post_count": len(posts), "user_count": people, "like_count": len(likes)}
    for name, times in (("topics", topics), ("posts", posts), ("likes", likes), ("users", users)):
        for span, days in SPANS.items():
            found[f"{name}_{span}"] = sum(state.clock() - at < days * DAY for at in times)
    return found | {f"active_users_{span}": 0 for span in SPANS}


def runs(user: User) -> dict[str, Any]:
    """Somebody of the team."""
    return {**basic(user), "title": None, "last_seen_at": None}


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


def current_user(state: State, user: User) -> dict[str, Any]:
    """The person whom a key acts as."""
    mine = categories.groups_of(state, user)
    return {
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
