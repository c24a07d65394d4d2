"""Translations of posts and of topics' titles: read, written, taken away. One request each, if nothing else is said.

Routes and answers are recorded on 3.5, but for the list of a post's translations: its form is read in sources of 2025.
Those want the post's number in its address and once more as a parameter, later ones are content with the address.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import unescape

from koweb_sync.errors import AnswerMalformed, ForumAnswerUnclear, ForumForbidden, ForumKeyRefused, ForumNotFound
from koweb_sync.forum.connection import Connection
from koweb_sync.forum.decode import clear, flag, items, record, text, whole_or_none
from koweb_sync.posts.ids import PostId, TopicId

NOT_TOLD = (ForumNotFound, ForumForbidden, ForumKeyRefused, ForumAnswerUnclear, AnswerMalformed)


@dataclass(frozen=True, slots=True)
class PostTranslation:
    """What a forum holds of a first post in another language. `title`: the topic's, "" where there is none. `by`: the
    number of who translated, negative for the system's own accounts; None where that is not told.
    """

    locale: str
    raw: str
    title: str
    by: int | None

    @property
    def machine(self) -> bool | None:
        """Whether a machine translated; None where nobody tells."""
        return None if self.by is None else self.by < 0


@dataclass(frozen=True, slots=True)
class TopicInLanguage:
    """What readers are shown of a topic in a language. `text`: a mark of the first post's translation, "" where they
    are shown none. `title`: the title, of the translation or of the original; "" where they may not read the topic.
    """

    text: str = ""
    title: str = ""


def translations(forum: Connection, post: PostId) -> dict[str, PostTranslation] | None:
    """The translations of a post by language; None where they cannot be read, as by people who may not translate."""
    path = f"/post_localizations/{post}.json"
    try:
        data = forum._get(path, post_id=post)
        with forum.reading(path):
            return listed(data)
    except NOT_TOLD:
        return None


@clear
def listed(data: object) -> dict[str, PostTranslation]:
    """What a list of translations says."""
    found = {}
    for one in map(record, items(data, "post_localizations")):
        titled = record(one.get("topic_localization") or {})
        locale = text(one, "locale")
        by = whole_or_none(one, "localizer_user_id")
        found[locale] = PostTranslation(locale, text(one, "raw", ""), text(titled, "title", ""), by)
    return found


def person(forum: Connection, number: int) -> tuple[str, str]:
    """The user name of an account by its number, and how they are called; empty where that is not told."""
    path = f"/admin/users/{number}.json"
    try:
        data = forum._get(path)
        with forum.reading(path):
            return called(data)
    except NOT_TOLD:
        return "", ""


@clear
def called(data: object) -> tuple[str, str]:
    """How an account is called."""
    told = record(data)
    return text(told, "username", ""), text(told, "name", "")


def shown(forum: Connection, topic: TopicId, post: PostId, locale: str) -> TopicInLanguage:
    """What people without an account read of a topic in a language, never older than now; empty where they may not."""
    path = f"/t/{topic}.json"
    how = {"anonymous": True, "language": locale.replace("_", "-")}
    try:
        data = forum._request("GET", path, params={"_": secrets.token_hex(6)}, override_request_kwargs=how)
        with forum.reading(path):
            return shown_topic(data, post)
    except NOT_TOLD:
        return TopicInLanguage()


@clear
def shown_topic(data: object, post: PostId) -> TopicInLanguage:
    """What a topic's page shows. The title in a language is told as HTML alone."""
    told = record(data)
    first = next((one for one in map(record, items(record(told["post_stream"]), "posts")) if one.get("id") == post), {})
    mark = sha256(text(first, "cooked", "").encode()).hexdigest() if first and flag(first, "is_localized") else ""
    return TopicInLanguage(mark, unescape(text(told, "fancy_title", "")))


def put_text(forum: Connection, post: PostId, locale: str, raw: str) -> None:
    """Put a post into a language, over what is there in it. Raises ForumForbidden, ForumNotFound, ForumRefused."""
    sent: Mapping[str, object] = {"post_id": post, "locale": locale, "raw": raw}
    forum._request("POST", "/post_localizations/create_or_update.json", data=sent)


def put_title(forum: Connection, topic: TopicId, locale: str, title: str) -> None:
    """Put a topic's title into a language. Raises as `put_text`."""
    sent: Mapping[str, object] = {"topic_id": topic, "locale": locale, "title": title}
    forum._request("POST", "/topic_localizations/create_or_update.json", data=sent)


def drop_text(forum: Connection, post: PostId, locale: str) -> None:
    """Take a post's translation away; nothing where it is gone already."""
    drop(forum, "/post_localizations/destroy.json", {"post_id": post, "locale": locale})


def drop_title(forum: Connection, topic: TopicId, locale: str) -> None:
    """Take a title's translation away; nothing where it is gone already."""
    drop(forum, "/topic_localizations/destroy.json", {"topic_id": topic, "locale": locale})


def drop(forum: Connection, path: str, which: Mapping[str, object]) -> None:
    """One request that takes something away."""
    try:
        forum._request("DELETE", path, params=which, override_request_kwargs={"text": True})
    except ForumNotFound:
        return
