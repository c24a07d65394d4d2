"""The language of everything that a user reads.

English sentences in the code are the keys; `locale/<language>/LC_MESSAGES/koweb.po` holds the translations. Machine
output (JSON, exit codes, the bookmark) is never translated.
"""

import gettext
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

DOMAIN = "koweb"
LANGUAGES = ("en", "fr")
FOLDER = Path(__file__).parent / "locale"

_catalogs: dict[str, gettext.NullTranslations] = {}
_language = "en"


def _(message: str) -> str:
    """`message` in the active language."""
    return catalog(_language).gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """The form for `n` things in the active language; the caller fills in `{n}`."""
    return catalog(_language).ngettext(singular, plural, n)


def catalog(language: str) -> gettext.NullTranslations:
    """The texts of one language, for a text that is not in the active one, such as a footer in the forum's language."""
    if language not in _catalogs:
        _catalogs[language] = gettext.translation(DOMAIN, FOLDER, [language], fallback=True)
    return _catalogs[language]


def activate(language: str) -> None:
    """Speak `language` from now on: a tag such as `fr`, `fr_FR.UTF-8` or `fr-CA`; what we do not speak becomes English.

    Click asks gettext's global domain for its own words, so that is set too.
    """
    global _language  # one process speaks one language
    _language = spoken(language) or "en"
    os.environ["LANGUAGE"] = _language
    gettext.bindtextdomain(DOMAIN, FOLDER)
    gettext.textdomain(DOMAIN)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak another language for a while: for what is written for others than the person at the terminal."""
    before = active()
    activate(language)
    try:
        yield
    finally:
        activate(before)


def active() -> str:
    """The active language, as in `LANGUAGES`."""
    return _language


def spoken(tag: str) -> str | None:
    """The language of `LANGUAGES` that a locale tag names, or None: `C` and `POSIX` name none."""
    language = tag.replace("-", "_").split("_")[0].split(".")[0].lower()
    return language if language in LANGUAGES else None


def from_environment(environ: Mapping[str, str]) -> str | None:
    """The language that LANGUAGE, LC_ALL, LC_MESSAGES and LANG ask for, in POSIX's order; None if none does that we
    speak. A server or a CI says `C`, which is nobody's wish.
    """
    locale = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environ.get(name))), "")
    wishes = (*environ.get("LANGUAGE", "").split(":"), locale)
    return next((language for wish in wishes if (language := spoken(wish))), None)


def number(value: int) -> str:
    """A number, with the language's mark between thousands."""
    return f"{value:,}".replace(",", "\u202f" if active() == "fr" else ",")


def size(bytes_: int) -> str:
    """A number of bytes as people say it."""
    if bytes_ < 1000:
        return ngettext("{n} byte", "{n} bytes", bytes_).format(n=number(bytes_))
    value = bytes_ / 1000
    for unit in (_("kB"), _("MB")):
        if value < 1000:
            return f"{value:.0f}\u00a0{unit}"
        value /= 1000
    most = _("GB")
    return f"{value:.1f}\u00a0{most}".replace(".", "," if active() == "fr" else ".")
