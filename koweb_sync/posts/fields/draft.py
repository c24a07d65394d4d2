"""`draft`: a file that is not published; on a published file, as if it were gone."""

from koweb_sync.i18n import _
from koweb_sync.posts.field import FrontMatterKey, KeyWords
from koweb_sync.posts.front_reading import FrontReader


class DraftKey(FrontMatterKey):
    """Whether a file is kept back. Keys of other tools may say so, too: see `posts.unpublished_keys`."""

    name = "draft"
    order = 120

    def words(self) -> KeyWords:
        """As people say it."""
        return KeyWords(
            takes=_("true, false"),
            meaning=_("true: not published; on a published file, as if the file were gone (`withdraw` in koweb.toml)"),
        )

    def parse(self, reader: FrontReader) -> bool | None:
        """true or false."""
        return reader.get(self.name, reader.flag)


KEY = DraftKey()
