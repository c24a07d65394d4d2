"""What people can do with a post or report about it, as `/site.json` lists it."""

from typing import Any

from koweb_sync.sandbox.model.data_files import data
from koweb_sync.sandbox.model.refusals import words
from koweb_sync.sandbox.model.state import ForumState

ON_TOPICS = (4, 8, 10, None, 7)


def on_posts(state: ForumState) -> list[dict[str, Any]]:
    """What can be done with a post."""
    return [shown(state, one, "post_action_types") for one in data("post_action_types.json")[state.flavour.fields]]


def on_topics(state: ForumState) -> list[dict[str, Any]]:
    """What can be reported about a topic."""
    known = data("post_action_types.json")[state.flavour.fields]
    return [shown(state, one, "topic_flag_types") for one in known if one["id"] in ON_TOPICS]


def names(state: ForumState) -> dict[int | None, str]:
    """What actions are called in the forum's language, by their numbers."""
    return {
        1: words(state, "Bookmark"),
        2: words(state, "Like"),
        3: words(state, "Off-topic"),
        4: words(state, "Inappropriate"),
        8: words(state, "Spam"),
        6: words(state, "Send a message to @%{username}"),
        10: words(state, "Illegal"),
        7: words(state, "Something else"),
    }


def shown(state: ForumState, one: dict[str, Any], of: str) -> dict[str, Any]:
    """One action. `of`: the list in which it stands."""
    missing = f"translation missing: {state.settings.get('default_locale', 'en')}.{of}..title"
    name = names(state).get(one["id"], missing)
    return {**one, "name": name, "description": name, "short_description": name}
