"""Titles as the forum compares them. Pure."""

import re

WORDS = re.compile(r"\d+(?:[^\w\s]\d+)*|\w+")


def same_title(one: str, other: str) -> bool:
    """Whether two titles are the same but for what the forum's prettifying changes: case, spaces and punctuation.

    Signs between digits count: 1.5 is not 15, and 12/05 is another day than 1/205.
    """
    return words_of(one) == words_of(other)


def as_in_file(title: str, own: str) -> str:
    """The title of a topic; where only the spaces and signs of its post file's are others, that one, as somebody wrote
    it. `own`: "" where the topic has no file.
    """
    return own if same_title(title, own) else title


def words_of(title: str) -> list[str]:
    """The words and numbers of a title, in small letters."""
    return WORDS.findall(title.casefold().replace("\u200b", ""))
