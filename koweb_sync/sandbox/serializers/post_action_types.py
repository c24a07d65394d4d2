"""What people can do with a post or report about it, as `/site.json` lists it."""

from dataclasses import dataclass
from typing import Any

from koweb_sync.i18n import catalog
from koweb_sync.sandbox.model.state import ForumState

POST, TOPIC, CHAT = "Post", "Topic", "Chat::Message"
EVERYWHERE = (POST, TOPIC, CHAT)
LIKE = 2


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that can be done with a post: `flag`, reported about it; `text`, with some words."""

    number: int | None
    key: str | None
    flag: bool = True
    text: bool = False


ACTIONS = {
    "2022": (
        Deed(1, "bookmark", flag=False),
        Deed(LIKE, "like", flag=False),
        Deed(3, "off_topic"),
        Deed(4, "inappropriate"),
        Deed(8, "spam"),
        Deed(6, "notify_user", text=True),
        Deed(None, None, flag=False),  # a number without an action, and its words are missing there
        Deed(7, "notify_moderators", text=True),
    ),
    "2025": (
        Deed(6, "notify_user", text=True),
        Deed(3, "off_topic"),
        Deed(4, "inappropriate"),
        Deed(8, "spam"),
        Deed(10, "illegal", text=True),
        Deed(7, "notify_moderators", text=True),
        Deed(LIKE, "like", flag=False),
    ),
}
ON_TOPICS = (4, 8, 10, None, 7)
ON_POSTS_ONLY = (3, 6)
LAST = 8  # the place of the like, after one that is not used


def on_posts(state: ForumState) -> list[dict[str, Any]]:
    """What can be done with a post."""
    return [shown(state, at, one, "post_action_types") for at, one in enumerate(ACTIONS[state.flavour.fields], 1)]


def on_topics(state: ForumState) -> list[dict[str, Any]]:
    """What can be reported about a topic."""
    whole = enumerate(ACTIONS[state.flavour.fields], 1)
    return [shown(state, at, one, "topic_flag_types") for at, one in whole if one.number in ON_TOPICS]


def shown(state: ForumState, at: int, one: Deed, of: str) -> dict[str, Any]:
    """One action. `at`: its place; `of`: the list in which it stands."""
    name = called(state, one.number, of)
    about = {"id": one.number, "name_key": one.key, "name": name, "description": name, "short_description": name}
    about["is_flag"] = one.flag
    if state.flavour.fields == "2022":
        return {**about, "is_custom_flag": one.text}
    where = [POST] if one.number == LIKE else [POST, CHAT] if one.number in ON_POSTS_ONLY else list(EVERYWHERE)
    more = {"applies_to": where, "position": at if one.flag else LAST, "require_message": one.text, "enabled": True}
    return {**about, **more, "is_used": not one.flag, "auto_action_type": one.flag and not one.text, "system": True}


def called(state: ForumState, number: int | None, of: str) -> str:
    """What an action is called in the forum's language."""
    locale = str(state.settings.get("default_locale", "en"))
    if number is None:
        return f"translation missing: {locale}.{of}..title"
    say = catalog(locale).gettext
    return {
        1: say("Bookmark"),
        2: say("Like"),
        3: say("Off-topic"),
        4: say("Inappropriate"),
        8: say("Spam"),
        6: say("Send a message to @%{username}"),
        10: say("Illegal"),
        7: say("Something else"),
    }[number]
