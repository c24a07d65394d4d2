"""What the text of a post tells by itself: it needs nothing that an archive holds, and may be worked out beforehand."""

from collections.abc import Sequence
from typing import NamedTuple

from koweb_sync.archive.ingest.changes import digest
from koweb_sync.archive.ingest.references import FileReference, PostReference, read
from koweb_sync.archive.store.search_words import other_forms


class PostText(NamedTuple):
    """What a text tells. `digest` tells it from another one. `words` are those that are searched, as they stand between
    blanks or some of them together, and `forms` what else they are found by; where that is empty, nobody worked it out.
    """

    digest: str
    words: Sequence[str]
    forms: str
    pointers: Sequence[PostReference]
    files: Sequence[FileReference]


def read_text(raw: str | None, cooked: str, topic: int, reply_to: int | None, base: str) -> PostText:
    """Look through a text. `topic` and `reply_to` are where its post stands, `base` is the forum's address."""
    look = read(cooked, topic, reply_to, base)
    return PostText(digest(raw, cooked), look.words, "", look.pointers, look.files)


def worked_out(text: PostText) -> PostText:
    """A text with all that it is found by."""
    return text._replace(words=(" ".join(text.words),), forms=" ".join(other_forms(text.words)))
