"""What Discourse's JSON says of languages: of a post, and of a topic with a page of its posts."""

from collections.abc import Sequence
from typing import Any

from koweb_sync.sandbox.model.languages import best, enabled, shown_post
from koweb_sync.sandbox.model.permissions import Caller
from koweb_sync.sandbox.model.records import PostRecord, TopicRecord
from koweb_sync.sandbox.model.state import ForumState


def cooked(state: ForumState, caller: Caller, one: PostRecord) -> str:
    """A post's HTML as somebody reads it: of its translation where they are shown one."""
    found = shown_post(state, caller, one)
    return one.cooked if found is None else found.html


def facts(state: ForumState, caller: Caller, one: PostRecord) -> dict[str, Any]:
    """A post's language and translations; nothing where texts are not translated.

    An outdated translation is one of an earlier version of the post.
    """
    if not enabled(state):
        return {}
    found = shown_post(state, caller, one)
    return {
        "has_post_localizations": bool(one.translations),
        "post_localizations_count": len(one.translations),
        "locale": one.locale,
        "is_localized": found is not None,
        **({"language": one.locale} if one.locale else {}),
        **({"localization_outdated": found.version != one.version} if found is not None else {}),
    }


def within(state: ForumState, caller: Caller, topic: TopicRecord, page: Sequence[PostRecord]) -> dict[str, bool]:
    """Whether anything of a topic is there in the reader's language, shown or not."""
    if not enabled(state):
        return {}
    titled = best(state, caller, topic.translations) is not None
    return {"has_localized_content": titled or any(best(state, caller, one.translations) for one in page)}


def listed(state: ForumState, post: PostRecord) -> list[dict[str, Any]]:
    """All translations of a post, with the title's for a first post. Guess: sources of 2025, serializers."""
    topic = state.topics[post.topic_id]
    shown = []
    for one in post.translations.values():
        title = topic.translations.get(one.locale) if post.number == 1 else None
        facts = {"topic_id": topic.id, "locale": one.locale, "title": title}
        more = {"topic_localization": facts} if title is not None else {}
        text = {"id": one.id, "post_id": post.id, "post_version": one.version, "locale": one.locale, "raw": one.raw}
        if state.flavour.translations == "option":
            text["localizer_user_id"] = one.by  # guess: no source tells it; a list that does not is the other flavour's
        shown.append({**text, **more})
    return shown
