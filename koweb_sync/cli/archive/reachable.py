"""Whom people reach who want to be erased, once the forum is gone: what is said of them has to hold a way to them."""

import re

from koweb_sync.errors import InputError
from koweb_sync.i18n import _

_MAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\W\d_]{2,}")
_WEB = re.compile(r"\b(?:https?://|www\.)[^\s./]+\.[^\s]{2,}", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_TOWN = re.compile(r"\b\d{5}\b")  # as post offices number towns
_WORD = re.compile(r"[^\W\d_]{2,}")
PHONE = 6  # digits, at least, in a telephone number
PLACE = 2  # words, at least, beside the number of a house or of a box


def reachable(contact: str) -> str:
    """What somebody says of whom to ask. Raises InputError where nobody could write there, or call."""
    if _MAIL.search(contact) or _WEB.search(contact) or _TOWN.search(contact):
        return contact
    digits = len(_DIGIT.findall(contact))
    if digits >= PHONE or (digits and len(_WORD.findall(contact)) >= PLACE):
        return contact
    raise InputError(
        _("Nobody can write to “{contact}” once the forum is closed.").format(contact=contact),
        where="--contact",
        remedy=_("Add an e-mail address, a page, a telephone number or a postal address."),
    )
