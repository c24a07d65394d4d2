"""Texts in the reader's language: who reads in which, and which translation they are shown.

What somebody said is always the original: its Markdown never comes translated, nor do the tables of the database.
"""

import re
from collections.abc import Mapping
from typing import TypeVar

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from koweb_sync.sandbox.model.data_files import data
from koweb_sync.sandbox.model.permissions import Caller
from koweb_sync.sandbox.model.records import CategoryRecord, PostRecord, TopicRecord, Translation, UserRecord
from koweb_sync.sandbox.model.state import ForumState

Value = TypeVar("Value")
ORIGINALS = "content-localization-show-original"
AUTOMATIC = "automatically_translate"


def reading(state: ForumState, user: UserRecord | None, accepted: str, cookies: Mapping[str, str]) -> tuple[str, bool]:
    """The language in which somebody reads, and whether they want originals; browsers say what they accept."""
    return language(state, user, accepted), originals(state, user, cookies)


def language(state: ForumState, user: UserRecord | None, accepted: str) -> str:
    """A person's own where they may choose, else the forum's; without an account what the browser asks for."""
    default = str(state.settings["default_locale"])
    if user is not None:
        return user.locale if user.locale and state.settings["allow_user_locale"] else default
    if not state.settings["set_locale_from_accept_language_header"]:
        return default
    names = [name.replace("-", "_") for name in parse_accept_header(accepted, LanguageAccept).values()]
    known = {base(one) for one in data("locales.json")}
    return next((one for one in names if base(one) in known), default)


def originals(state: ForumState, user: UserRecord | None, cookies: Mapping[str, str]) -> bool:
    """Whether somebody asks for no translations: by a cookie, on newer servers people with an account by an option."""
    if state.flavour.translations != "option":
        return ORIGINALS in cookies
    if user is not None:
        return (
            not user.wants_translations
        )  # guess: sources of 2026, lib/content_localization: cookies count for no user
    return cookies.get(AUTOMATIC) == "false" or ORIGINALS in cookies  # guess: the same, of two months


def base(locale: str) -> str:
    """A language without its region."""
    return re.split("[-_]", locale.lower())[0]


def same(one: str, other: str) -> bool:
    """Whether two names mean one language, whatever the region."""
    return base(one) == base(other)


def reader(state: ForumState, caller: Caller) -> str:
    """The language in which somebody reads."""
    return caller.locale or str(state.settings["default_locale"])


def enabled(state: ForumState) -> bool:
    """Whether texts come in the reader's language."""
    return state.flavour.translations != "none" and bool(state.settings.get("content_localization_enabled"))


def foreign(state: ForumState, caller: Caller, locale: str | None) -> bool:
    """Whether a text is in another language than the reader's, and one would translate it."""
    return enabled(state) and locale is not None and not same(locale, reader(state, caller))


def best(state: ForumState, caller: Caller, known: Mapping[str, Value]) -> Value | None:
    """The translation for a reader: of exactly their language, or of another region's."""
    wanted = reader(state, caller).replace("-", "_")
    if wanted in known:
        return known[wanted]
    return next((value for locale, value in known.items() if same(locale, wanted)), None)


def shown_post(state: ForumState, caller: Caller, one: PostRecord) -> Translation | None:
    """The translation of a post that somebody reads in its place."""
    if caller.originals or not one.raw or not foreign(state, caller, one.locale):
        return None
    return best(state, caller, one.translations)


def shown_title(state: ForumState, caller: Caller, one: TopicRecord) -> str:
    """A topic's title as somebody reads it."""
    if caller.originals or not foreign(state, caller, one.locale):
        return one.title
    return best(state, caller, one.translations) or one.title


def category_name(state: ForumState, caller: Caller, one: CategoryRecord) -> str:
    """A category's name as somebody reads it, however much they want originals."""
    if not (state.flavour.translates_names and foreign(state, caller, one.locale)):
        return one.name
    return best(state, caller, one.translations) or one.name


def tag_name(state: ForumState, caller: Caller, name: str) -> str:
    """A tag's name as somebody reads it, however much they want originals."""
    locale, known = state.tag_names.get(name, (None, {}))
    if not (state.flavour.translates_names and foreign(state, caller, locale)):
        return name
    return best(state, caller, known) or name
