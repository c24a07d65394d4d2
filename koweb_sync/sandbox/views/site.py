"""The forum itself, as Discourse's JSON shows it: its facts, its team, its settings, who one is."""

from typing import Any

from koweb_sync.i18n import catalog
from koweb_sync.sandbox.core.people import Caller
from koweb_sync.sandbox.core.state import State, iso
from koweb_sync.sandbox.views import categories, lists
from koweb_sync.sandbox.views.people import FLAIR

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
    more = {"locale": state.settings["default_locale"], "include_in_discourse_discover": False}
    logos = ("logo_url", "logo_small_url", "apple_touch_icon_url", "favicon_url", "mobile_logo_url")
    return {
        **dict.fromkeys(logos, logo),
        "title": state.settings["title"],
        "description": str(state.settings.get("site_description") or ""),
        "header_primary_color": "333333",
        "header_background_color": "ffffff",
        "login_required": bool(state.settings["login_required"]),
        **(more if state.flavour.fields != "2022" else {}),
    }
