"""The forum itself, as Discourse's JSON shows it: its facts, its team, its settings, who one is."""

from collections.abc import Mapping
from typing import Any

from koweb_sync.i18n import catalog
from koweb_sync.sandbox.model.permissions import Caller
from koweb_sync.sandbox.model.state import ForumState, iso
from koweb_sync.sandbox.serializers import categories, lists, post_action_types
from koweb_sync.sandbox.serializers.people import FLAIR

KINDS = (
    *("mentioned", "replied", "quoted", "edited", "liked", "private_message", "invited_to_private_message"),
    *("invitee_accepted", "posted", "moved_post", "linked", "granted_badge", "invited_to_topic", "custom"),
    *("group_mentioned", "group_message_summary", "watching_first_post", "topic_reminder", "liked_consolidated"),
    *("post_approved", "code_review_commit_approved", "membership_request_accepted"),
    *("membership_request_consolidated", "bookmark_reminder", "reaction", "votes_released", "event_reminder"),
    *("event_invitation", "chat_mention", "chat_message", "chat_invitation", "chat_group_mention", "chat_quoted"),
    *("assigned",),
)
NEWER_KINDS = (
    *("question_answer_user_commented", "watching_category_or_tag", "new_features", "admin_problems"),
    *("linked_consolidated", "chat_watched_thread"),
)
PLUGINS_KINDS = {
    "following": 800,
    "following_created_topic": 801,
    "following_replied": 802,
    "circles_activity": 900,
}
TIPS = ("first_notification", "topic_timeline", "post_menu", "topic_notification_levels", "suggested_topics")
HASHTAGS = {"topic-composer": ["category", "tag", "channel"], "chat-composer": ["channel", "category", "tag"]}
CHAT_MARKDOWN: Mapping[str, Any] = {
    "limited_pretty_text_features": [
        *("anchor", "bbcode-block", "bbcode-inline", "code", "category-hashtag", "censored", "chat-transcript"),
        *("discourse-local-dates", "emoji", "inlineEmoji", "html-img", "hashtag-autocomplete", "mentions"),
        *("unicodeUsernames", "onebox", "quotes", "spoiler-alert", "table", "text-post-process"),
        *("upload-protocol", "watched-words", "chat-html-inline"),
    ],
    "limited_pretty_text_markdown_rules": [
        *("autolink", "list", "backticks", "newline", "code", "fence", "image", "table", "linkify", "link"),
        *("strikethrough", "blockquote", "emphasis", "replacements", "escape"),
    ],
    "hashtag_configurations": HASHTAGS,
}
DARK = {
    "primary": "dddddd",
    "secondary": "222222",
    "tertiary": "099dd7",
    "quaternary": "c14924",
    "header_background": "111111",
    "header_primary": "dddddd",
    "highlight": "a87137",
    "selected": "052e3d",
    "hover": "313131",
    "danger": "e45735",
    "success": "1ca551",
    "love": "fa6c8d",
}
DARK_ID = 13
SCHEMES = ((1, "Dark", True), (3, "WCAG Dark", True), (2, "WCAG Light", False))
MENU = ("latest", "unread", "new", "unseen", "top", "read", "posted", "bookmarks")


def site(state: ForumState, caller: Caller) -> dict[str, Any]:
    """`/site.json`."""
    me, level = caller.user, int(state.settings["min_trust_to_create_tag"])
    census = categories.Census(state)
    seen = categories.visible(state, caller)
    shown = {
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
        "post_action_types": post_action_types.on_posts(state),
        "topic_flag_types": post_action_types.on_topics(state),
        "archetypes": [{"id": name, "name": name_of(state, name), "options": []} for name in ("regular", "banner")],
        "auth_providers": [],
        "can_create_tag": me is not None and (me.staff or me.trust_level >= level),
        "can_tag_topics": me is not None and bool(state.settings["tagging_enabled"]),
        "can_tag_pms": False,
        "tags_filter_regexp": r"[/\?#\[\]@!\$&'\(\)\*\+,;=\.%\\`^\s|\{\}\"<>]+",
        "top_tags": lists.top_tags(state, caller),
        "can_associate_groups": False,
        "topic_featured_link_allowed_category_ids": [one.id for one in seen],
        "user_themes": [{"theme_id": 1, "name": "Default", "default": True, "color_scheme_id": None}],
        "user_color_schemes": [{"id": one, "name": name, "is_dark": dark} for one, name, dark in SCHEMES],
        "default_dark_color_scheme": dark(state),
        "censored_regexp": None,
        "custom_emoji_translation": {},
        "watched_words_replace": None,
        "watched_words_link": None,
        "categories": [categories.in_site(state, caller, one, census) for one in seen],
    }
    return shown if state.flavour.fields == "2022" else {**shown, **newer(shown)}


def newer(shown: Mapping[str, Any]) -> dict[str, Any]:
    """What newer servers say of a forum in another way, or beside."""
    colours = [
        {"name": name, "hex": colour, "default_hex": colour, "is_advanced": False, "dark_hex": colour}
        for name, colour in DARK.items()
    ]
    plain = {"id": DARK_ID, "name": "Dark", "colors": [{**one, "default_dark_hex": None} for one in colours]}
    base = {"is_base": None, "base_scheme_id": "Dark", "theme_id": None, "theme_name": None, "user_selectable": True}
    theme = {"theme_id": -1, "name": "Foundation", "default": True, "color_scheme_id": None}
    kinds = {name: number for number, name in enumerate((*KINDS, *NEWER_KINDS), 1)}
    return {
        "notification_types": {**kinds, **PLUGINS_KINDS},
        "user_tips": {name: number for number, name in enumerate(TIPS, 1)},
        "groups": [{**one, "automatic": True} for one in shown["groups"]],
        "filters": [*MENU, "hot", "votes"],
        "top_menu_items": [*MENU, "hot", "categories", "votes"],
        "anonymous_top_menu_items": ["latest", "top", "categories", "hot", "categories", "top", "votes"],
        "navigation_menu_site_top_tags": [
            {"name": tag["name"] if isinstance(tag, Mapping) else tag, "description": None, "pm_only": False}
            for tag in shown["top_tags"]
        ],
        "user_themes": [{**theme, "dark_color_scheme_id": DARK_ID}],
        "user_color_schemes": [{**plain, "is_dark": True, "theme_id": None}],
        "default_light_color_scheme": None,
        "default_dark_color_scheme": {**plain, **base},
        "censored_regexp": shown["censored_regexp"] or [],
        "markdown_additional_options": {"chat": CHAT_MARKDOWN},
        "hashtag_configurations": HASHTAGS,
        "hashtag_icons": {"category": "folder", "tag": "tag", "channel": "comment"},
        "valid_flag_applies_to_types": list(post_action_types.EVERYWHERE),
        "full_name_required_for_signup": False,
        "full_name_visible_in_signup": False,
    }


def name_of(state: ForumState, archetype: str) -> str:
    """What a kind of topic is called."""
    say = catalog(str(state.settings.get("default_locale", "en"))).gettext
    return say("Regular topic") if archetype == "regular" else say("Banner topic")


def group(number: int, name: str) -> dict[str, Any]:
    """A group by name."""
    return {"id": number, "name": name, **dict.fromkeys(FLAIR)}


def dark(state: ForumState) -> dict[str, Any]:
    """The dark colours."""
    at = iso(state.users[-1].created_at if -1 in state.users else 0.0)
    more = {"via_wizard": True, "base_scheme_id": "Dark", "theme_id": None, "user_selectable": True}
    return {"id": 1, "name": "Dark", "version": 1, "created_at": at, "updated_at": at, **more}


def basic_info(state: ForumState) -> dict[str, Any]:
    """`/site/basic-info.json`."""
    logo = state.at("/favicon.svg")
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
