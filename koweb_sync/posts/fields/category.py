"""`category`: where the topic stands. Without it, koweb.toml says where the topics of a folder go."""

import re
from collections.abc import Hashable
from typing import Any

from koweb_sync.i18n import _
from koweb_sync.posts.field import ChangedThere, Compared, Field, KeyWords, KnownCategories, ShownTopic
from koweb_sync.posts.front import Text
from koweb_sync.posts.front_reading import FrontReader
from koweb_sync.spelling import compared


class CategoryField(Field):
    """The category of a topic."""

    name = "category"
    sent_as = "category_id"
    order = 30
    kind = str | int
    together = True

    def words(self) -> KeyWords:
        """As people say it."""
        return KeyWords(
            called=_("category"),
            takes=_("slug path (`outils/libres`), slug, name, or number"),
            meaning=_(
                "else the folder's, from koweb.toml. Capitals and forms of accents do not count, nor whether the forum "
                "encodes them"
            ),
        )

    def parse(self, reader: FrontReader) -> str | int | None:
        """A category's number or its slug path, without slashes around it."""

        def convert(name: str, text: Text) -> str | int:
            words = reader.text(name, text)
            return int(words) if text.plain and re.fullmatch(r"[1-9][0-9]{0,8}", words) else words.strip("/")

        return reader.get(self.name, convert)

    def comparable(self, text: str) -> Hashable:
        """Its name, as people compare names."""
        return compared(text.strip("/"))

    def differs(self, wanted: str | int | None, sent: str | int | None, places: KnownCategories | None) -> bool:
        """Whether another one is asked for, however both are named."""
        if wanted in (None, sent):
            return False
        return self.in_topic(wanted, places) is None or self.in_topic(wanted, places) != self.in_topic(sent, places)

    def mark(self, value: str | int | None) -> list[Any]:
        """The category, whatever it is."""
        return [value]

    def in_topic(self, value: str | int | None, places: KnownCategories | None) -> int | None:
        """Its number, None while the categories are not known or for none."""
        known = places.named(value) if places and value is not None else None
        return known.id if known else None

    def merged(self, ours: str | int | None, sent: str | int | None, there: Compared) -> int | None:
        """The number of ours, unless the topic is there already."""
        wanted, known = self.in_topic(ours, there.places), self.in_topic(sent, there.places)
        shown = there.topic.category
        if wanted is None or shown == wanted:
            return None
        if known is not None and shown != known:
            raise ChangedThere(self.theirs(there.topic, there.places))
        return wanted

    def arrived(self, value: int, topic: ShownTopic) -> bool:
        """Whether the topic is there; `value` is the number that was sent."""
        return topic.category == value

    def theirs(self, topic: ShownTopic, places: KnownCategories | None) -> str:
        """The category that it is in."""
        there = places.category(topic.category) if places and topic.category else None
        return there.shown if there else "?"

    def brought(self, says: str | int | None, sent: str | int | None, there: Compared) -> str | int | None:
        """The forum's, where somebody moved the topic."""
        old, new = self.in_topic(sent, there.places), there.topic.category
        if old is None or new is None or new == old:
            return None
        known = there.places.category(new) if there.places else None
        return known.shown if known else new


KEY = CategoryField()
