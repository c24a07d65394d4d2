"""`topic`: the number of the topic that a file is bound to, in files that `koweb adopt` wrote."""

import re

from koweb_sync.i18n import _
from koweb_sync.posts.field import FrontMatterKey, KeyWords
from koweb_sync.posts.front import Text
from koweb_sync.posts.front_reading import FrontReader
from koweb_sync.posts.ids import TopicId


class TopicKey(FrontMatterKey):
    """The topic that was adopted."""

    name = "topic"
    order = 60

    def words(self) -> KeyWords:
        """As people say it."""
        return KeyWords(takes=_("number"), meaning=_("only in files that `koweb adopt` wrote"))

    def parse(self, reader: FrontReader) -> TopicId | None:
        """A topic's number."""

        def convert(name: str, text: Text) -> TopicId:
            if not re.fullmatch(r"[1-9][0-9]{0,9}", text.text):
                raise reader.wrong(
                    text.line,
                    _("“{key}” takes the number of a topic, and says “{value}”.").format(key=name, value=text.text),
                    _("The number stands at the end of the topic's address; for a new topic, remove the line."),
                )
            return TopicId(int(text.text))

        return reader.get(self.name, convert)


KEY = TopicKey()
