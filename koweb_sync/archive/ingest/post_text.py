"""What the text of a post tells by itself: it needs nothing that an archive holds, and may be worked out beforehand."""

from collections.abc import Sequence
from typing import NamedTuple

from koweb_sync.archive.ingest.changes import digest
from koweb_sync.archive.ingest.references import FileReference, PostReference, read
from koweb_sync.archive.store.search_words import other_forms


class PostText(NamedTuple):
    """What a text tells. `words` are those that are searched, as they stand between blanks or some of them together;
    `forms` is what else they are found by, which may be nothing: None where nobody worked it out. `digest` tells the
    text from another one: empty where nobody worked it out.
    """

    words: Sequence[str]
    pointers: Sequence[PostReference]
    files: Sequence[FileReference]
    forms: str | None = None
    digest: str = ""


def read_text(cooked: str, topic: int, reply_to: int | None, base: str, *others: str) -> PostText:
    """Look through the HTML of a post, which stands in a `topic`. `base` is the forum's address, `others` are those
    that it had as well.
    """
    look = read(cooked, topic, reply_to, base, *others)
    return PostText(look.words, look.pointers, look.files)


def worked_out(text: PostText, raw: str, cooked: str) -> PostText:
    """A text with all that can be known of it."""
    forms = " ".join(other_forms(text.words))
    return text._replace(words=(" ".join(text.words),), forms=forms, digest=digest(raw, cooked))
