"""`pinned`: the topic stands at the top of lists. Readers unpin it for themselves, and a pin may end by itself: so the
forum's pins are not brought back.
"""

from typing import Any

from koweb_sync.i18n import _
from koweb_sync.posts.field import Compared, Json, KeyWords, ShownTopic, Status


class PinnedField(Status):
    """Whether a topic is pinned in its category, or everywhere."""

    name = status = "pinned"
    order = 90

    def words(self) -> KeyWords:
        """As people say it."""
        return KeyWords(called=_("pinned"), takes=_("true, false"), meaning=_("true: at the top of its category"))

    def mark(self, value: bool | None) -> list[Any]:
        """Nothing: it does not come back."""
        return []

    def read(self, topic: Json, post: Json) -> Any:
        """As the topic tells it; a row holds when it was pinned."""
        if "pinned_at" in topic:
            return topic["pinned_at"] is not None
        return topic.get("pinned") or topic.get("pinned_globally") or False

    def brought(self, says: bool | None, sent: bool | None, there: Compared) -> None:
        """Never."""

    def adopted(self, topic: ShownTopic) -> None:
        """Never."""


KEY = PinnedField()
