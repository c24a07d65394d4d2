"""`listed`: whether topic lists and the search show the topic; else only people with its address find it."""

from collections.abc import Mapping
from typing import Any

from koweb_sync.i18n import _
from koweb_sync.posts.field import Json, KeyWords, Status


class ListedField(Status):
    """Whether a topic is in lists. A create can say that it is not."""

    name = "listed"
    status = "visible"
    order = 100
    after_create = False
    born = True
    state = "unlisted"

    def words(self) -> KeyWords:
        """As people say it."""
        return KeyWords(
            called=_("listed"), takes=_("true, false"), meaning=_("false: only people with its address find it")
        )

    def mark(self, value: bool | None) -> list[Any]:
        """The flag, whatever it is."""
        return [value]

    def in_create(self, value: bool | None) -> Mapping[str, Any]:
        """That it is not."""
        return {"unlist_topic": True} if value is False else {}

    def read(self, topic: Json, post: Json) -> Any:
        """As the topic tells it; one that does not is listed."""
        return True if topic.get("visible") is None else topic["visible"]

    def state_words(self) -> str:
        """What that means for people."""
        return _("Topic {topic} was unlisted on the forum: only people with its address find it.")


KEY = ListedField()
