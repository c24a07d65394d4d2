"""`created`: a date in the past, for what was written long before it came to the forum."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from koweb_sync.i18n import _
from koweb_sync.posts.field import Field, FieldTarget, KeyWords, ShownTopic
from koweb_sync.posts.front_reading import FrontReader


class CreatedField(Field):
    """When a topic was created: ISO 8601, in UTC."""

    name = "created"
    order = 70
    kind = str
    verb = "PUT"
    path = "/t/{topic}/change-timestamp.json"

    def words(self) -> KeyWords:
        """As people say it."""
        return KeyWords(called=_("date"), takes=_("date"), meaning=_("dates a new topic back"), who=_("staff"))

    def parse(self, reader: FrontReader) -> str | None:
        """A date, or a date and a time."""
        when = reader.get(self.name, reader.moment)
        return when.isoformat() if when else None

    def mark(self, value: str | None) -> list[Any]:
        """Nothing: the forum's edits do not move it."""
        return []

    def in_create(self, value: str | None) -> Mapping[str, Any]:
        """The date, with the create."""
        return {"created_at": datetime.fromisoformat(value).astimezone(UTC).isoformat()} if value else {}

    def through_queue(self, sent: str | None, topic: ShownTopic) -> None:
        """The queue forgets it."""

    def form(self, value: str | None, to: FieldTarget) -> Mapping[str, Any]:
        """In Unix seconds."""
        return {"timestamp": int(datetime.fromisoformat(value or "").timestamp())}


KEY = CreatedField()
