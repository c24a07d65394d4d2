"""What the archive knows, as JSON: the form that `schema.json` describes. Times are ISO 8601 in UTC."""

from typing import TYPE_CHECKING, Any

from koweb_sync.archive.read.model import (
    ArchivedCategory,
    ArchivedForum,
    ArchivedLike,
    ArchivedPerson,
    ArchivedPoll,
    ArchivedPost,
    ArchivedReference,
    ArchivedTopic,
    ArchivedTranslation,
    ChangedTopic,
    File,
    Version,
)
from koweb_sync.archive.store.chat import forum_path
from koweb_sync.dates import iso_or_none

if TYPE_CHECKING:  # who writes no files does not pay for looking into them
    from koweb_sync.archive.exports.files import ExportedFile

# Of the form: whoever reads it by its schema asks for one. 1: topics without what they were before, and without other
# languages.
VERSION = 3


def who(person: ArchivedPerson | None) -> dict[str, Any] | None:
    """Somebody where they stand in something else."""
    return None if person is None else {"id": person.id, "username": person.username, "name": person.name}


def person(one: ArchivedPerson) -> dict[str, Any]:
    """A line of people.jsonl."""
    flags = {"admin": one.admin, "moderator": one.moderator, "bot": one.bot}
    return {"id": one.id, "username": one.username, "name": one.name, "created": iso_or_none(one.created), **flags}


def category(one: ArchivedCategory) -> dict[str, Any]:
    """A line of categories.jsonl."""
    return {"id": one.id, "name": one.name, "path": one.path, "parent": one.parent, "restricted": one.restricted}


def topic(one: ArchivedTopic, source: ArchivedForum) -> dict[str, Any]:
    """A line of topics.jsonl."""
    return {
        "id": one.id,
        "url": f"{source.url}/{forum_path(one.id)}",
        "title": one.title,
        "category": None if one.category is None else one.category.id,
        "tags": list(one.tags),
        "author": who(one.person),
        "created": iso_or_none(one.created),
        "last_posted": iso_or_none(one.last_posted),
        "closed": one.closed,
        "archived": one.archived,
        "listed": one.visible,
        "pinned": one.pinned,
        "archetype": one.archetype,
        "solution": one.accepted,
        "gone": gone(one),
        "deleted": iso_or_none(one.deleted),
        "views": one.views,
        "earlier": [changed(each) for each in one.earlier],
        "translations": [translation(each) for each in one.translations],
    }


def translation(one: ArchivedTranslation) -> dict[str, Any]:
    """A title or a text in another language. `machine` is null where nobody tells who translated."""
    said = {name: getattr(one, name) for name in ("locale", "title", "raw", "cooked")}
    return {**said, "by": who(one.by), "machine": one.machine, "at": iso_or_none(one.at)}


def changed(one: ChangedTopic) -> dict[str, Any]:
    """What a topic was before an edit."""
    return {
        "n": one.n,
        "title": one.title,
        "category": None if one.category is None else one.category.id,
        "tags": None if one.tags is None else list(one.tags),
        "editor": who(one.editor),
        "edited": iso_or_none(one.at),
    }


def gone(one: ArchivedTopic) -> str | None:
    """Why the forum does not show a topic, null if it does."""
    return None if one.shown else (one.reason or "unseen")


def post(
    one: ArchivedPost, source: ArchivedForum, files: "dict[str, ExportedFile | None] | None" = None
) -> dict[str, Any]:
    """A line of posts.jsonl. `files`: where the export keeps the content of files, by their address."""
    return {
        "id": one.id,
        "topic": one.topic,
        "number": one.number,
        "url": f"{source.url}/{forum_path(one.topic, one.number, one.id)}",
        "type": {1: "regular", 2: "moderator", 3: "action", 4: "whisper"}.get(one.type, "regular"),
        "action": one.action or None,
        "author": who(one.author),
        "created": iso_or_none(one.created),
        "edited": iso_or_none(one.edited),
        "reply_to": one.reply_to,
        "raw": one.raw,
        "cooked": one.cooked,
        "emptied": iso_or_none(one.emptied),
        "wiki": one.wiki,
        "gone": one.gone or None,
        "deleted": iso_or_none(one.deleted),
        "likes": [like(each) for each in one.likes],
        "unnamed": [{"kind": kind, "count": count} for kind, count in one.unnamed],
        "polls": [poll(each) for each in one.polls],
        "points_at": [pointer(each) for each in one.pointers],
        "files": [file(each, (files or {}).get(each.url)) for each in one.files],
        "versions": [version(each) for each in one.versions],
        "locale": one.locale or None,
        "translations": [translation(each) for each in one.translations],
    }


def like(one: ArchivedLike) -> dict[str, Any]:
    """Who liked a post: at a time that the forum told, or between two looks."""
    times = {name: iso_or_none(getattr(one, name)) for name in ("at", "after", "seen", "gone")}
    return {"person": who(one.person), "kind": one.kind, **times}


def version(one: Version) -> dict[str, Any]:
    """A text of a post."""
    return {
        "n": one.n,
        "raw": one.raw,
        "cooked": one.cooked,
        "observed": iso_or_none(one.observed),
        "edited": iso_or_none(one.edited),
        "editor": who(one.editor),
        "reason": one.reason,
        "placeholder": one.placeholder,
        "emptied": iso_or_none(one.emptied),
    }


def poll(one: ArchivedPoll) -> dict[str, Any]:
    """A poll."""
    options = [
        {"html": each.html, "votes": each.votes, "people": [who(person_) for person_ in each.people]}
        for each in one.options
    ]
    facts = {"name": one.name, "title": one.title, "type": one.type, "status": one.status, "voters": one.voters}
    return {**facts, "closes": iso_or_none(one.closes), "options": options}


def pointer(one: ArchivedReference) -> dict[str, Any]:
    """Where a post points."""
    return {
        "kind": one.kind,
        "topic": one.topic,
        "number": one.number,
        "person": who(one.person),
        "name": one.name or None,
        "url": one.url or None,
    }


def file(one: File, kept: "ExportedFile | None") -> dict[str, Any]:
    """A file of a post; `path` is where the export has it."""
    return {
        "url": one.url,
        "kind": one.kind,
        "name": one.name,
        "status": one.status,
        "sha256": one.sha256,
        "bytes": one.bytes,
        "since": iso_or_none(one.since),
        "path": kept.path if kept else None,
    }
