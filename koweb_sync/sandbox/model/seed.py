"""The forum that a sandbox starts with: from a seed file with users, categories, topics, posts and keys."""

import itertools
import json
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from koweb_sync.i18n import _
from koweb_sync.sandbox.model.flavour import OF_2025, Flavour
from koweb_sync.sandbox.model.records import CategoryRecord, KeyRecord, PostRecord, TopicRecord, UserRecord
from koweb_sync.sandbox.model.state import ForumState, iso, unix
from koweb_sync.sandbox.model.traces import remember

OWN = Path(__file__).parent.with_name("seed.json")
DEFAULTS: Mapping[str, Any] = {
    "title": "Koweb",
    "default_locale": "en",
    "min_topic_title_length": 15,
    "max_topic_title_length": 255,
    "min_post_length": 20,
    "min_first_post_length": 20,
    "min_personal_message_title_length": 2,
    "min_personal_message_post_length": 10,
    "max_mentions_per_post": 10,
    "max_consecutive_replies": 3,
    "max_topics_in_first_day": 3,
    "max_replies_in_first_day": 10,
    "max_likes_per_day": 50,
    "enable_whispers": False,
    "site_description": "",
    "discourse_reactions_enabled": True,
    "discourse_reactions_enabled_reactions": "laughing|open_mouth|cry|angry|thumbsup|hugs|clap",
    "discourse_reactions_reaction_for_like": "heart",
    "discourse_reactions_excluded_from_like": "-1",
    "solved_enabled": True,
    "show_who_marked_solved": False,
    "display_name_on_posts": False,
    "min_trust_to_post_images": 0,
    "directory_ready": False,
    "max_post_length": 32_000,
    "max_tags_per_topic": 5,
    "max_tag_length": 20,
    "title_min_entropy": 10,
    "body_min_entropy": 7,
    "title_prettify": True,
    "max_emojis_in_title": 1,
    "allow_uncategorized_topics": False,
    "uncategorized_category_id": 1,
    "allow_duplicate_topic_titles": False,
    "unique_posts_mins": 5,
    "authorized_extensions": "jpg|jpeg|png|gif|heic|heif|webp",
    "max_image_size_kb": 4096,
    "max_attachment_size_kb": 4096,
    "min_trust_to_create_tag": 3,
    "tagging_enabled": True,
    "poll_enabled": True,
    "checklist_enabled": True,
    "enable_markdown_footnotes": True,
    "discourse_math_enabled": False,
    "editing_grace_period": 300,
    "moderators_change_post_ownership": False,
    "chat_enabled": True,
    "rate_limit_create_topic": 15,
    "rate_limit_create_post": 5,
    "max_topics_per_day": 20,
    "max_edits_per_day": 30,
    "read_only": False,
    "staff_writes_only": False,
    "anonymous_cache_seconds": 0,
    "login_required": False,
    "data_explorer_enabled": False,
    "data_explorer_query_result_limit": 1000,
    "max_data_explorer_api_reqs_per_10_seconds": 2,
    "max_data_explorer_api_req_mode": "warn",
    "allow_user_locale": False,
    "set_locale_from_accept_language_header": False,
}
TRANSLATING: Mapping[str, Any] = {  # of servers with translations
    "content_localization_enabled": False,
    "content_localization_supported_locales": "",
    "content_localization_allowed_groups": "1|2",
    "content_localization_language_switcher": "none",
    "whispers_allowed_groups": "",
}
# What cooked posts show of the forum itself, below its own address.
_HOME = re.compile(r'"//([\w.:-]+)/(?:images/emoji|letter_avatar|uploads/default)')
CLOCKED = ("created_at", "bumped_at", "updated_at", "pinned_at", "deleted_at")


def load(
    seed: Path | Mapping[str, Any] | None,
    clock: Callable[[], float],
    cook: Callable[[ForumState, PostRecord], str],
    flavour: Flavour = OF_2025,
    base_path: str = "",
) -> ForumState:
    """The forum of a seed; of our own without one. Raises OSError, ValueError or KeyError for a seed that is none."""
    data = seed if isinstance(seed, Mapping) else json.loads((seed or OWN).read_text(encoding="utf-8"))
    check(data)
    state = ForumState(clock, cook, flavour, base_path)
    newer = TRANSLATING if flavour.translations != "none" else {}
    state.settings = {**DEFAULTS, **newer, **data.get("site_settings", {})}
    state.groups = [dict(group) for group in data.get("groups", ())]
    for one in data.get("users", ()):
        state.add_user(user_of(one))
    for one in data.get("categories", ()):
        state.categories[one["id"]] = category_of(one)
    for name in data.get("tags", ()):
        state.tags[name["name"]] = int(name.get("id") or len(state.tags) + 1)
    hosts = [found for one in data.get("posts", ()) for found in _HOME.findall(one.get("cooked") or "")]
    state.former = tuple(f"http://{host}" for host in dict.fromkeys(hosts))
    add_talk(state, data)
    for one in data.get("api_keys", ()):
        key = KeyRecord(
            one["name"], one["key"], one.get("username"), tuple(one.get("scopes", ())), bool(one.get("revoked"))
        )
        state.keys[key.key] = key
    for kind, number in data.get("next_ids", {}).items():
        state.ids[kind] = itertools.count(number)
    return state


SECTIONS: Mapping[str, tuple[str, ...]] = {
    "users": ("id", "username"),
    "groups": ("id", "name"),
    "categories": ("id", "name", "slug"),
    "tags": ("name",),
    "topics": ("id", "title", "slug", "user_id"),
    "posts": ("id", "topic_id", "post_number", "user_id", "raw"),
    "likes": ("post_id", "user_id"),
    "votes": ("post_id", "user_id", "option"),
    "api_keys": ("name", "key"),
}
FACTS = ("site_settings", "next_ids", "discourse_version")
REFERENCES = {"user_id": "users", "topic_id": "topics", "post_id": "posts", "category_id": "categories"}


def check(data: Any) -> None:
    """Raise ValueError for what is no seed: it names the section, the entry and what is wrong with it."""
    if not isinstance(data, Mapping):
        raise ValueError(_("it is no object with sections such as users, topics and posts"))
    for name in data:
        if name not in SECTIONS and name not in FACTS:
            raise ValueError(_("there is no section “{name}”").format(name=name))
    known = {name: {one.get("id") for one in entries(data, name)} for name in SECTIONS}
    for name in SECTIONS:
        for number, one in enumerate(entries(data, name), 1):
            check_entry(name, number, one, known)


def check_entry(section: str, number: int, one: Mapping[str, Any], known: Mapping[str, set[Any]]) -> None:
    """Raise ValueError for an entry that lacks something, or names what is not there."""
    if lacking := [key for key in SECTIONS[section] if key not in one]:
        text = _("{section}, entry {number}: {name} is missing")
        raise ValueError(text.format(section=section, number=number, name=lacking[0]))
    for key, other in REFERENCES.items() if section != "categories" else ():
        if one.get(key) is not None and one[key] not in known[other]:
            text = _("{section}, entry {number}: {name} {value} is not among the {other}")
            raise ValueError(text.format(section=section, number=number, name=key, value=one[key], other=other))


def entries(data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The entries of a section. Raises ValueError where they are none."""
    found = data.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise ValueError(_("the section {section} is no list of objects").format(section=name))
    return found


def add_talk(state: ForumState, data: Mapping[str, Any]) -> None:
    """Topics, their posts, who liked them, and who chose which option of their polls, counted from 1."""
    now = iso(state.clock()) or ""
    for one in data.get("topics", ()):
        state.add_topic(topic_of(one, now))
    for one in sorted(data.get("posts", ()), key=lambda post: (post["topic_id"], post["post_number"])):
        state.add_post(post_of(one, now, state))
    for one in data.get("likes", ()):
        state.posts[one["post_id"]].likes.append((one["user_id"], unix(one.get("created_at")) or 0.0))
    for one in data.get("votes", ()):
        state.ballots.append((one["post_id"], one["user_id"], int(one["option"])))
    for post in sorted(state.posts.values(), key=lambda post: post.id):
        remember(state, post)


def user_of(one: Mapping[str, Any]) -> UserRecord:
    """A person of the seed."""
    return UserRecord(
        id=one["id"],
        username=one["username"],
        name=one.get("name") or one["username"],
        admin=bool(one.get("admin")),
        moderator=bool(one.get("moderator")),
        email=one.get("email"),
        trust_level=int(one.get("trust_level", 1)),
        created_at=unix(one.get("created_at")) or time.time(),
        days_visited=int(one.get("days_visited") or 0),
        topics_entered=int(one.get("topics_entered") or 0),
        posts_read=int(one.get("posts_read") or 0),
    )


def category_of(one: Mapping[str, Any]) -> CategoryRecord:
    """A category of the seed."""
    return CategoryRecord(
        id=one["id"],
        name=one["name"],
        slug=one["slug"],
        color=one.get("color", "0088CC"),
        text_color=one.get("text_color", "FFFFFF"),
        parent_id=one.get("parent_category_id"),
        topic_id=one.get("topic_id"),
        read_restricted=bool(one.get("read_restricted")),
        position=int(one.get("position") or 0),
        permissions={name: int(level) for name, level in (one.get("permissions") or {}).items()},
        description=one.get("description"),
    )


def topic_of(one: Mapping[str, Any], now: str) -> TopicRecord:
    """A topic of the seed."""
    times = {name: unix(one.get(name)) for name in CLOCKED if name != "updated_at"}
    return TopicRecord(
        id=one["id"],
        title=one["title"],
        slug=one["slug"],
        user_id=one["user_id"],
        category_id=one.get("category_id"),
        created_at=times["created_at"] or unix(now) or 0.0,
        bumped_at=times["bumped_at"] or times["created_at"] or unix(now) or 0.0,
        archetype=one.get("archetype", "regular"),
        external_id=one.get("external_id"),
        visible=one.get("visible", True),
        closed=bool(one.get("closed")),
        archived=bool(one.get("archived")),
        pinned_at=times["pinned_at"],
        pinned_globally=bool(one.get("pinned_globally")),
        views=int(one.get("views") or 0),
        tags=list(one.get("tags", ())),
        deleted_at=times["deleted_at"],
    )


def post_of(one: Mapping[str, Any], now: str, state: ForumState) -> PostRecord:
    """A post of the seed; cooked when somebody reads it if the seed does not hold its HTML."""
    created = unix(one.get("created_at")) or unix(now) or 0.0
    return PostRecord(
        id=one["id"],
        topic_id=one["topic_id"],
        number=one["post_number"],
        user_id=one["user_id"],
        raw=one["raw"],
        created_at=created,
        cook=state.cook,
        html=one.get("cooked"),
        updated_at=unix(one.get("updated_at")) or created,
        type=int(one.get("post_type") or 1),
        reply_to=one.get("reply_to_post_number"),
        version=int(one.get("version") or 1),
        last_version_at=created,
        last_editor=one["user_id"],
        deleted_at=unix(one.get("deleted_at")),
    )
