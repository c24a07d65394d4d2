"""Titles and sentences of people as pages show them; what is saved stays as it was written. Pure."""

import re

from koweb_sync.agreements import Agreement
from koweb_sync.i18n import _, active
from koweb_sync.posts.titles import same_title
from koweb_sync.sandbox.model.texts import SPACES, stored_title

NO_BREAK = "\u00a0"
_BEFORE_SIGN = re.compile(r"(?<=\S) (?=[?!:;»]+(?:[\s.,…)\]]|$))")  # “:tada:” is no sign
_AFTER_OPENING = re.compile(r"« (?=\S)")
_LAST_SIGN = re.compile(r"\s+([?!])\s*\Z")
_FRENCH = re.compile(r"«\s*([^«»]*?)\s*»")
_ENGLISH = re.compile(r"“([^“”]*)”")


def unbroken(text: str) -> str:
    """A text in which no line begins with ? ! : ; or », nor ends with «, where somebody typed a plain space."""
    return _AFTER_OPENING.sub(f"«{NO_BREAK}", _BEFORE_SIGN.sub(NO_BREAK, text))


def within_quotes(text: str) -> str:
    """A text for a place between quotation marks of the language that is spoken: its own become the inner ones."""
    inner = _FRENCH.sub(r"“\1”", text) if active() == "fr" else _ENGLISH.sub(r"‘\1’", text)
    return unbroken(inner)


def shown_title(title: str, agreed: Agreement | None) -> str:
    """A title as the forum writes it: as it told, else as one does that has Discourse's own settings."""
    told = agreed.title if agreed is not None and same_title(agreed.title, title) else title
    return told if told != title else stored_title(title, prettify=True)


def title_note(title: str, shown: str) -> str:
    """What the forum does to a title that it shows as `shown`, as a sentence; "" where nobody sees a difference."""
    typed, there = (" ".join(SPACES.sub(" ", one).split()) for one in (title, shown))
    if typed == there:
        return ""
    sign = _LAST_SIGN.search(typed)
    if sign and _LAST_SIGN.sub(r"\1", typed) == there:
        return _("The forum takes the space before “{sign}” away.").format(sign=sign[1])
    if typed.rstrip(".") == there:
        return _("The forum takes the full stop at the end away.")
    if typed[:1].upper() + typed[1:] == there:
        return _("The forum begins each title with a capital letter.")
    return _("The forum writes titles in its own way.")
