"""`closed`: nobody can reply to the topic."""

from typing import Any

from koweb_sync.i18n import _
from koweb_sync.posts.field import Json, KeyWords, Status


class ClosedField(Status):
    """Whether a topic takes replies no more."""

    name = status = "closed"
    order = 80
    state = "closed"
    shuts = True

    def words(self) -> KeyWords:
        """As people say it."""
        return KeyWords(called=_("closed"), takes=_("true, false"), meaning=_("true: nobody can reply"))

    def mark(self, value: bool | None) -> list[Any]:
        """The flag, whatever it is."""
        return [value]

    def read(self, topic: Json, post: Json) -> Any:
        """As the topic tells it."""
        return topic.get("closed") or False

    def state_words(self) -> str:
        """What that means for people."""
        return _("Topic {topic} was closed on the forum: nobody can reply any more.")


KEY = ClosedField()
