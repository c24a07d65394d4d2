"""`wiki`: everybody may edit the text on the forum, not its author alone.

`PUT /posts/ID/wiki.json` with `wiki=true` answers an empty text, and makes a version of the post; 403 for who may not
(recorded on a server of 2025). Every answer about a post tells `wiki`, and so does the database. A category can make
wikis of all its topics (`all_topics_wiki`); no recording shows one, so that `wiki: false` counts as said there, too.
"""

from collections.abc import Mapping
from typing import Any

from koweb_sync.i18n import _
from koweb_sync.posts.field import FieldTarget, Flag, Json, KeyWords


class WikiField(Flag):
    """Whether the first post of a topic is a wiki."""

    name = "wiki"
    order = 110
    verb = "PUT"
    path = "/posts/{post}/wiki.json"

    def words(self) -> KeyWords:
        """As people say it."""
        return KeyWords(
            called=_("wiki"),
            takes=_("true, false"),
            meaning=_("true: everybody may edit the text on the forum; needs a key without scopes"),
            who=_("staff, members of trust level 4, and authors of trust level 3"),
        )

    def form(self, value: bool, to: FieldTarget) -> Mapping[str, Any]:
        """On or off."""
        return {"wiki": "true" if value else "false"}

    def read(self, topic: Json, post: Json) -> Any:
        """As the first post tells it."""
        return post.get("wiki")


KEY = WikiField()
