"""The trailers of commits that bring texts of the forum: what tells a push what HEAD holds. Pure."""

from collections.abc import Iterable

from koweb_sync import agreements
from koweb_sync.agreements import AgreedTranslation, mark
from koweb_sync.safe_text import line

TRAILER = "Koweb-Forum"


def in_trailer(text: str) -> str:
    """A value as it stands in a trailer: on one line, whatever it holds, so that none begins a trailer of its own."""
    return line(" ".join(text.split()))


def numbered(mark: str, number: int) -> str:
    """The name of what a text was seen on top of: the same words may be agreed on again later, after a revert, and
    then somebody's same edit is a new one.
    """
    return f"{mark}.{number}" if number else mark


def since_translation(was: AgreedTranslation | None) -> str:
    """What a translation was seen on top of; "" where nothing is agreed about it."""
    return numbered(mark(was.raw), was.turn) if was else ""


def translation_name(forum: str, topic: int, language: tuple[str, str], raw: str, since: str) -> str:
    """The trailer's value for a translation: `forum/topic.locale@sha`, and on top of which agreement. `language` are
    its locale and title.
    """
    locale, title = language
    both = "\n".join([title, raw])
    name = f"{place(forum, topic, locale)}{agreements.digest(both)}"
    return f"{name} since {since}" if since else name


def place(forum: str, topic: int, locale: str) -> str:
    """What the trailers of all texts of one translation begin with."""
    return in_trailer(f"{forum}/{topic}.{locale}@")


def texts_over(names: Iterable[str], forum: str, topic: int, locale: str, was: AgreedTranslation) -> bool:
    """Whether one of these trailers brought a text of the forum on top of what is agreed about a translation."""
    begin, end = place(forum, topic, locale), f" since {since_translation(was)}"
    return any(name.startswith(begin) and name.endswith(end) for name in names)
