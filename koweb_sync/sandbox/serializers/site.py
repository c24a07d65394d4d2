"""The forum itself, as Discourse's JSON shows it: its facts, its settings, what there is in it."""

from collections.abc import Mapping
from typing import Any

from koweb_sync.sandbox.model.data_files import data, usual
from koweb_sync.sandbox.model.permissions import Caller
from koweb_sync.sandbox.model.refusals import words
from koweb_sync.sandbox.model.state import ForumState, iso
from koweb_sync.sandbox.serializers import categories, lists, post_action_types
from koweb_sync.sandbox.serializers.people import FLAIR

DARK = 13  # the number of the dark colours on newer servers


def site(state: ForumState, caller: Caller) -> dict[str, Any]:
    me, level = caller.user, int(state.settings["min_trust_to_create_tag"])
    census = categories.Census(state)
    seen = categories.visible(state, caller)
    names = {"regular": words(state, "Regular topic"), "banner": words(state, "Banner topic")}
    born = iso(state.users[-1].created_at if -1 in state.users else 0.0)
    automatic = {"automatic": True} if state.newer else {}
    shown = {
        **usual("site", newer=state.newer),
        "groups": [
            {"id": one["id"], "name": one["name"], **dict.fromkeys(FLAIR), **automatic}
            for one in sorted(state.groups, key=lambda one: str(one["name"]))
        ],
        "uncategorized_category_id": state.settings["uncategorized_category_id"],
        "post_action_types": post_action_types.on_posts(state),
        "topic_flag_types": post_action_types.on_topics(state),
        "archetypes": [{"id": kind, "name": name, "options": []} for kind, name in names.items()],
        "can_create_tag": me is not None and (me.staff or me.trust_level >= level),
        "can_tag_topics": me is not None and bool(state.settings["tagging_enabled"]),
        "top_tags": lists.top_tags(state, caller),
        "topic_featured_link_allowed_category_ids": [one.id for one in seen],
        "default_dark_color_scheme": {**data("site.json")["dark scheme"], "created_at": born, "updated_at": born},
        "categories": [categories.in_site(state, caller, one, census) for one in seen],
    }
    return {**shown, **(newer(shown["top_tags"]) if state.newer else {})}


def newer(top_tags: list[Any]) -> dict[str, Any]:
    """What newer servers say of colours and tags in another way."""
    colours = [
        {"name": name, "hex": colour, "default_hex": colour, "is_advanced": False, "dark_hex": colour}
        for name, colour in data("site.json")["dark colours"].items()
    ]
    dark = {"id": DARK, "name": "Dark", "colors": [{**one, "default_dark_hex": None} for one in colours]}
    base = {"is_base": None, "base_scheme_id": "Dark", "theme_id": None, "theme_name": None, "user_selectable": True}
    names = [tag["name"] if isinstance(tag, Mapping) else tag for tag in top_tags]
    return {
        "navigation_menu_site_top_tags": [{"name": name, "description": None, "pm_only": False} for name in names],
        "user_color_schemes": [{**dark, "is_dark": True, "theme_id": None}],
        "default_dark_color_scheme": {**dark, **base},
    }


def basic_info(state: ForumState) -> dict[str, Any]:
    """`/site/basic-info.json`."""
    logos = ("logo_url", "logo_small_url", "apple_touch_icon_url", "favicon_url", "mobile_logo_url")
    more = {"locale": state.settings["default_locale"], "include_in_discourse_discover": False}
    return {
        **dict.fromkeys(logos, state.at("/favicon.svg")),
        **data("site.json")["basic info"],
        "title": state.settings["title"],
        "description": str(state.settings.get("site_description") or ""),
        "login_required": bool(state.settings["login_required"]),
        **(more if state.newer else {}),
    }
