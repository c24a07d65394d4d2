"""What people keep for themselves: bookmarks and drafts."""

import json
from collections.abc import Mapping
from typing import Any

from koweb_sync.sandbox.model.permissions import Caller, may_see, seen_post
from koweb_sync.sandbox.model.personal import BookmarkRecord, DraftRecord
from koweb_sync.sandbox.model.records import UserRecord
from koweb_sync.sandbox.model.refusals import RefusedRequest, forbidden, invalid, not_found, words
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.sandbox.rules.validations import moment

NAME = 100  # characters of a bookmark's name
FAR = 10 * 366 * 86_400.0  # seconds: no reminder is later
LONGEST = 400_000  # characters of a draft


def bookmark(state: ForumState, user: UserRecord, kind: str, number: int, given: Mapping[str, Any]) -> BookmarkRecord:
    """Keep a post or a topic, once, with a `name` and a reminder's time (`reminder_at`) if those are given.

    Raises Refused: 403 for what is not there or not for this person, 400 for what cannot be kept.
    """
    if kind not in ("Post", "Topic"):
        raise invalid(state, "bookmarkable_type")
    if not there(state, user, kind, number):
        raise forbidden(state)
    mine = state.bookmarks[user.id]
    if (kind, number) in mine:
        raise refused(words(state, "You cannot bookmark the same thing twice."))
    name, reminder = said(state, given)
    now = state.clock()
    made = BookmarkRecord(state.next_id("bookmarks"), user.id, kind, number, now, now, name, reminder)
    made.auto_delete = preference(given)
    mine[kind, number] = made
    state.changes += 1
    return made


def there(state: ForumState, user: UserRecord, kind: str, number: int) -> bool:
    """Whether a post or a topic exists for somebody."""
    if kind == "Topic":
        topic = state.topics.get(number)
        return topic is not None and may_see(state, Caller(user), topic)
    try:
        seen_post(state, Caller(user), number)
    except RefusedRequest:
        return False
    return True


def said(state: ForumState, given: Mapping[str, Any]) -> tuple[str | None, float | None]:
    """A bookmark's name and reminder, as they are sent. Raises Refused."""
    name = str(given.get("name") or "") or None
    if name is not None and len(name) > NAME:
        raise refused(words(state, "Name is too long (maximum is {n} characters)").format(n=NAME))
    reminder = moment(given["reminder_at"]) if given.get("reminder_at") else None
    now = state.clock()
    if given.get("reminder_at") and (reminder is None or reminder < now):
        raise refused(words(state, "You cannot set a bookmark reminder in the past."))
    if reminder is not None and reminder - now > FAR:
        raise refused(words(state, "You cannot set a bookmark reminder more than 10 years in the future."))
    return name, reminder


def preference(given: Mapping[str, Any]) -> int:
    """When a bookmark vanishes by itself: 0 never."""
    value = str(given.get("auto_delete_preference") or "0")
    return int(value) if value in ("0", "1", "2", "3") else 0


def refused(text: str) -> RefusedRequest:
    """400: what cannot be kept so."""
    return RefusedRequest(400, {"failed": "FAILED", "errors": [text]})


def my_bookmark(state: ForumState, user: UserRecord, number: int) -> BookmarkRecord:
    """One's own bookmark of that number. Raises Refused: 404 where there is none, 403 for somebody else's."""
    found = next((one for kept in state.bookmarks.values() for one in kept.values() if one.id == number), None)
    if found is None:
        raise not_found(state)
    if found.user_id != user.id:
        raise forbidden(state)
    return found


def change_bookmark(state: ForumState, user: UserRecord, number: int, given: Mapping[str, Any]) -> None:
    """Another name and another reminder; what is not given is gone. Raises Refused."""
    found = my_bookmark(state, user, number)
    found.name, found.reminder_at = said(state, given)
    found.auto_delete, found.updated_at = preference(given), state.clock()
    state.changes += 1


def drop_bookmark(state: ForumState, user: UserRecord, number: int) -> bool:
    """Keep something no more; whether anything else of its topic is still kept. Raises Refused."""
    found = my_bookmark(state, user, number)
    del state.bookmarks[user.id][found.kind, found.target]
    state.changes += 1
    return bool(of_topic(state, user, topic_of(state, found)))


def topic_of(state: ForumState, one: BookmarkRecord) -> int:
    """The topic that a bookmark is of, or in which its post stands."""
    return one.target if one.kind == "Topic" else state.posts[one.target].topic_id


def of_topic(state: ForumState, user: UserRecord, topic: int) -> list[BookmarkRecord]:
    """Somebody's bookmarks of a topic and of its posts."""
    return [one for one in state.bookmarks[user.id].values() if topic_of(state, one) == topic]


def save_draft(state: ForumState, user: UserRecord, given: Mapping[str, Any]) -> int:
    """Keep a text that is being written; its sequence. Raises Refused: 409 where something newer is known."""
    key, data = str(given.get("draft_key") or ""), given.get("data")
    if not key:
        raise not_found(state)
    if not isinstance(data, str) or len(data) > LONGEST or not written(data):
        raise invalid(state, "data")
    sequence, current = whole(given.get("sequence")), state.sequences[user.id, key]
    known = state.drafts.get((user.id, key))
    if known is not None and sequence != current and str(given.get("force_save")) != "true":
        title = words(state, "The draft is being edited in another window. Please reload this page.")
        raise RefusedRequest(409, {"errors": [title], "extras": {"description": title}})
    now, owner = state.clock(), str(given.get("owner") or "") or None
    if known is None:
        state.drafts[user.id, key] = DraftRecord(state.next_id("drafts"), user.id, key, data, current, now, now, owner)
        return current
    if known.owner and known.owner != owner:
        state.sequences[user.id, key] = current = current + 1
    known.data, known.sequence, known.updated_at, known.owner = data, current, now, owner
    return current


def written(data: str) -> bool:
    """Whether a text is JSON."""
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def whole(value: Any) -> int:
    """A number as Ruby reads it: 0 for what is none."""
    text = str(value if value is not None else "").strip()
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 10 else 0


def draft_of(state: ForumState, user: UserRecord, key: str) -> DraftRecord | None:
    """Somebody's draft, if nothing was written or changed there since."""
    found = state.drafts.get((user.id, key))
    return found if found is not None and found.sequence == state.sequences.get((user.id, key), 0) else None


def drop_draft(state: ForumState, user: UserRecord, key: str, sequence: int) -> None:
    """Keep a draft no more, if it is of that sequence; else nothing happens."""
    if sequence == state.sequences.get((user.id, key), 0):
        state.drafts.pop((user.id, key), None)
