"""What an archive knows by short names, in words for people."""

import re
from functools import lru_cache
from typing import Any

from koweb_sync import dates
from koweb_sync.archive.read.model import (
    Amount,
    ArchivedLike,
    ArchivedPerson,
    ArchivedPost,
    ArchivedTopic,
    ArchivedTranslation,
    ChangedTopic,
)
from koweb_sync.archive.store.chat import is_chat
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.safe_text import unturned

# Names that Discourse has and the library lacks, or lists behind another one.
EMOJI = {
    "+1": "👍", "-1": "👎", "slight_smile": "🙂", "smiley": "😃", "frowning": "😦", "slight_frown": "🙁", "hugs": "🤗",
}  # fmt: skip


def reason(name: str) -> str:
    """Why something is not shown on the forum."""
    return {
        "deleted": _("deleted on the forum"),
        "user-deleted": _("taken back by its author"),
        "hidden": _("hidden by moderation"),
        "gone": _("gone from the forum"),
        "private": _("not public any more"),
        "unseen": _("not shown by the forum any more"),
        "moved": _("moved"),
        "whisper": _("only for the team"),
    }.get(name, _("not shown by the forum any more"))


def amount(held: Amount) -> str:
    """How much there is."""
    channels, messages = held.channels, held.messages
    chat = [
        ngettext("{n} channel of the chat", "{n} channels of the chat", channels).format(n=number(channels)),
        ngettext("{n} message", "{n} messages", messages).format(n=number(messages)),
    ]
    others = [
        ngettext("{n} topic", "{n} topics", held.topics).format(n=number(held.topics)),
        ngettext("{n} post", "{n} posts", held.posts).format(n=number(held.posts)),
    ]
    alone = bool(channels) and not held.topics
    return ", ".join([*([] if alone else others), *(chat if channels else [])])


def length(topic: ArchivedTopic) -> str:
    """How many replies a topic has, a channel of the chat how many messages."""
    n = topic.replies
    if is_chat(topic.id):
        return ngettext("{n} message", "{n} messages", n).format(n=number(n))
    return ngettext("{n} reply", "{n} replies", n).format(n=number(n))


def emptied(since: int) -> str:
    """That a text was emptied in the archive, where it would stand."""
    return _("Text emptied in this archive on {date}").format(date=dates.day(since))


def absent(since: int | None) -> str:
    """Why a file is not there, which may be gone since some time."""
    return _("not in the archive") if since is None else _("gone since {date}").format(date=dates.day(since))


def before(one: ChangedTopic) -> str:
    """What a topic was before an edit, in words."""
    parts = [] if one.title is None else [_("title: {title}").format(title=unturned(one.title))]
    parts += [] if one.category is None else [_("category: {name}").format(name=unturned(one.category.name))]
    if one.tags is not None:
        tags = ", ".join(unturned(tag) for tag in one.tags)
        parts.append(_("tags: {names}").format(names=tags) if tags else _("no tags"))
    return " · ".join(parts)


def translated(one: ArchivedTranslation) -> str:
    """That something stands there in another language, who translated it, and when."""
    facts = [_("In the language “{code}”").format(code=unturned(one.language))]
    if one.machine:
        facts.append(_("translated by a machine"))
    elif one.by is not None:
        facts.append(_("translated by {name}").format(name=unturned(called(one.by))))
    return " · ".join([*facts, *([dates.day(one.at)] if one.at is not None else [])])


def action(name: str) -> str:
    """What a small action did to its topic."""
    return {
        "closed.enabled": _("closed the topic"),
        "closed.disabled": _("opened the topic"),
        "autoclosed.enabled": _("the topic was closed"),
        "autoclosed.disabled": _("the topic was opened"),
        "archived.enabled": _("archived the topic"),
        "archived.disabled": _("took the topic out of the archive"),
        "pinned.enabled": _("pinned the topic"),
        "pinned.disabled": _("unpinned the topic"),
        "pinned_globally.enabled": _("pinned the topic everywhere"),
        "pinned_globally.disabled": _("unpinned the topic"),
        "visible.enabled": _("listed the topic"),
        "visible.disabled": _("unlisted the topic"),
        "split_topic": _("moved posts into another topic"),
        "invited_user": _("invited somebody"),
        "removed_user": _("removed somebody"),
        "user_left": _("left the conversation"),
    }.get(name, name.replace("_", " ").replace(".", " "))


def called(person: ArchivedPerson | None) -> str:
    """What somebody is called; the account may be gone, forgotten here, or never have been named."""
    if person is None:
        return _("somebody whose account is gone")
    if person.former is not None:
        return _("a former member ({n})").format(n=person.former)
    return person.shown or _("somebody (number {n})").format(n=person.id)


def likes(post: ArchivedPost) -> list[dict[str, Any]]:
    """The reactions of a post: each kind with its people, and how many nobody is named for."""
    unnamed = dict(post.unnamed)
    kinds = dict.fromkeys([*(one.kind for one in post.liked), *unnamed])
    found = []
    for kind in kinds:
        named: list[ArchivedLike] = [one for one in post.liked if one.kind == kind]
        count = len(named) + unnamed.get(kind, 0)
        if kind == "like":
            sign, words = "♥", ngettext("{n} like", "{n} likes", count).format(n=number(count))
        else:
            sign, words = character(kind), number(count)
        found.append({"sign": sign, "words": words, "people": [one.person for one in named]})
    return found


@lru_cache(maxsize=1_000)
def character(name: str) -> str:
    """The character of an emoji's name, the name where there is none."""
    bare = name.strip(":").partition(":")[0]
    if bare in EMOJI:
        return EMOJI[bare]
    if not re.fullmatch(r"[\w+-]+", bare):
        return name
    import emoji

    return emoji.emojize(f":{bare}:", language="alias")
