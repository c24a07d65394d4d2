"""What belongs to one person: keys, what they follow, notices, bookmarks, drafts. Times are Unix seconds."""

from dataclasses import dataclass
from typing import Any

from koweb_sync.sandbox.model.records import NORMAL


@dataclass(slots=True)
class UserKey:
    """A key that somebody gave to a program (`client` is known by it). `scopes`: read, write and the like."""

    id: int
    key: str
    user_id: int
    client: str
    application: str
    scopes: tuple[str, ...]
    created_at: float
    last_used_at: float
    revoked: bool = False


@dataclass(slots=True)
class Follows:
    """What one person did in one topic: wrote there, read up to a number; how closely they follow it, and why."""

    posted: bool = False
    last_read: int | None = None
    level: int = NORMAL
    reason: int | None = None


@dataclass(slots=True)
class Notice:
    """A notification. `kind`: 1 mentioned, 2 replied, 3 quoted, 4 edited, 5 liked, 6 private message, 12 badge…
    What tells of no post, as a badge, has neither topic nor number.
    """

    id: int
    user_id: int
    kind: int
    at: float
    topic_id: int | None
    number: int | None
    data: dict[str, Any]
    read: bool = False


@dataclass(slots=True)
class BookmarkRecord:
    """What somebody keeps: a post or a topic (`kind`: Post or Topic). `auto_delete`: 0 to 3, when it vanishes."""

    id: int
    user_id: int
    kind: str
    target: int
    created_at: float
    updated_at: float
    name: str | None = None
    reminder_at: float | None = None
    pinned: bool = False
    auto_delete: int = 0


@dataclass(slots=True)
class DraftRecord:
    """What somebody is writing: `data` is the editor's JSON. `sequence`: how often something was published there."""

    id: int
    user_id: int
    key: str
    data: str
    sequence: int
    created_at: float
    updated_at: float
    owner: str | None = None
