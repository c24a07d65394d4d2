"""`author`: in whose name a post is published."""

from collections.abc import Hashable, Mapping
from typing import Any

from koweb_sync.i18n import _
from koweb_sync.posts.field import Compared, Field, FieldTarget, KeyWords
from koweb_sync.posts.front_reading import FrontReader


class AuthorField(Field):
    """The user name of the first post's author. A create is sent in that name."""

    name = "author"
    order = 50
    kind = str
    verb = "POST"
    path = "/t/{topic}/change-owner.json"
    scope = "topics:change_owner"

    def words(self) -> KeyWords:
        """As people say it."""
        return KeyWords(
            called=_("author"),
            takes=_("user name"),
            meaning=_("published in this person's name; needs a key for all users"),
            who=_("staff"),
        )

    def parse(self, reader: FrontReader) -> str | None:
        """A user name."""
        return reader.get(self.name, reader.text)

    def comparable(self, text: str) -> Hashable:
        """The name in small letters."""
        return text.casefold()

    def mark(self, value: str | None) -> list[Any]:
        """The name in small letters, if there is one."""
        return [value.casefold()] if value else []

    def form(self, value: str | None, to: FieldTarget) -> Mapping[str, Any]:
        """Whose the first post is from now on."""
        return {"username": value or to.username, "post_ids[]": [to.post]}

    def brought(self, says: str | None, sent: str | None, there: Compared) -> str | None:
        """Somebody who got another name, or another owner: writing as the old one fails."""
        changed = there.author and says and there.author.casefold() != (sent or "").casefold()
        return there.author if changed else None


KEY = AuthorField()
