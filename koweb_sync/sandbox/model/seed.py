"""The forum that a sandbox starts with: from a seed file with users, categories, topics, posts and keys."""

import itertools
import json
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from koweb_sync.i18n import _
from koweb_sync.sandbox.model.data_files import data as data_file
from koweb_sync.sandbox.model.flavour import OF_2025, Flavour
from koweb_sync.sandbox.model.records import CategoryRecord, KeyRecord, PostRecord, TopicRecord, UserRecord
from koweb_sync.sandbox.model.state import ForumState, iso, unix
from koweb_sync.sandbox.model.traces import remember

Kinds = Mapping[str, Callable[[Any], Any]]  # how each trait of a record is read
OWN = Path(__file__).parent.with_name("seed.json")
# What cooked posts show of the forum itself, below its own address.
_HOME = re.compile(r'"//([\w.:-]+)/(?:images/emoji|letter_avatar|uploads/default)')


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
    known = data_file("site_settings.json")
    newer = known["with translations"] if flavour.translations != "none" else {}
    state.settings = {**known["every server"], **newer, **data.get("site_settings", {})}
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


def told(one: Mapping[str, Any], kinds: Kinds, **renamed: str) -> dict[str, Any]:
    """What an entry of the seed tells of a record: each trait read by its kind, if it is there and not null. `renamed`:
    traits that have another name in a seed.
    """
    names = {trait: renamed.get(trait, trait) for trait in kinds}
    return {trait: kinds[trait](one[name]) for trait, name in names.items() if one.get(name) is not None}


def user_of(one: Mapping[str, Any]) -> UserRecord:
    numbers = dict.fromkeys(("trust_level", "days_visited", "topics_entered", "posts_read"), int)
    kinds: Kinds = {"admin": bool, "moderator": bool, "email": str, "created_at": unix, **numbers}
    made = UserRecord(one["id"], one["username"], one.get("name") or one["username"], **told(one, kinds))
    made.created_at = made.created_at or time.time()
    return made


def levels(held: Mapping[str, Any]) -> dict[str, int]:
    """What each group may do in a category."""
    return {name: int(level) for name, level in held.items()}


def category_of(one: Mapping[str, Any]) -> CategoryRecord:
    texts, numbers = dict.fromkeys(("color", "text_color", "description"), str), ("parent_id", "topic_id", "position")
    kinds: Kinds = {**texts, **dict.fromkeys(numbers, int), "read_restricted": bool, "permissions": levels}
    known = told(one, kinds, parent_id="parent_category_id")
    return CategoryRecord(one["id"], one["name"], one["slug"], **known)


def topic_of(one: Mapping[str, Any], now: str) -> TopicRecord:
    created = unix(one.get("created_at")) or unix(now) or 0.0
    bumped, place = unix(one.get("bumped_at")) or created, one.get("category_id")
    kinds: Kinds = {
        "archetype": str,
        "external_id": str,
        "visible": bool,
        "closed": bool,
        "archived": bool,
        "pinned_at": unix,
    }
    known = told(one, {**kinds, "pinned_globally": bool, "views": int, "tags": list, "deleted_at": unix})
    return TopicRecord(one["id"], one["title"], one["slug"], one["user_id"], place, created, bumped, **known)


def post_of(one: Mapping[str, Any], now: str, state: ForumState) -> PostRecord:
    """A post of the seed; cooked when somebody reads it if the seed does not hold its HTML."""
    created = unix(one.get("created_at")) or unix(now) or 0.0
    updated, number, author = unix(one.get("updated_at")) or created, one["post_number"], one["user_id"]
    kinds: Kinds = {"html": str, "type": int, "reply_to": int, "version": int, "deleted_at": unix}
    known = told(one, kinds, html="cooked", type="post_type", reply_to="reply_to_post_number")
    known |= {"last_version_at": created, "last_editor": author}
    return PostRecord(one["id"], one["topic_id"], number, author, one["raw"], created, updated, state.cook, **known)
