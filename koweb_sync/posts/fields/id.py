"""`id`: the identity of a post file, from which the forum's `external_id` is made."""

import re

from koweb_sync.errors import PostFileError
from koweb_sync.i18n import _
from koweb_sync.posts.field import FrontMatterKey, KeyWords
from koweb_sync.posts.front_reading import FrontReader

ID = re.compile(r"[A-Za-z0-9_-]{1,44}")


class MissingId(PostFileError):
    """A post file without an `id`: `koweb check --fix` writes one."""


class IdKey(FrontMatterKey):
    """What a file is known by."""

    name = "id"
    order = 20

    def words(self) -> KeyWords:
        """As people say it."""
        return KeyWords(
            takes=_("up to 44 letters, digits, `-`, `_`"),
            meaning=_("required; what the file is known by. `koweb check --fix` writes one"),
        )

    def parse(self, reader: FrontReader) -> str:
        """The id. Raises MissingId, or PostFileError for signs that Discourse does not take."""
        text = reader.single(self.name)
        if text is None:
            raise MissingId(
                reader.path, 1, _("The id is missing."), _("“koweb check --fix” writes one, made from the title.")
            )
        if not ID.fullmatch(text.text):
            raise reader.wrong(
                text.line,
                _("The id “{id}” cannot be used.").format(id=text.text),
                _("An id has 1 to 44 letters without accents, digits, “-” and “_”."),
            )
        return text.text


KEY = IdKey()
