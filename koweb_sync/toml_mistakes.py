"""What is wrong in a file that is not TOML, in plain words: Python says it in English, and in its own terms."""

import re
from collections.abc import Mapping

from koweb_sync.errors import ConfigError
from koweb_sync.i18n import _

PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def mistake(said: str, text: str, shown: str) -> ConfigError:
    """The error about `text`, of which Python's reader says what is wrong, and where."""
    place = PLACE.search(said)
    line = int(place[1]) if place and place[1] else max(1, len(text.splitlines()))
    column = int(place[2]) if place and place[2] else 0
    found = next((words for sign, words in meanings().items() if re.match(sign, said)), None)
    message, remedy = found or (_("This line cannot be read."), quotes())
    if column and not said.startswith("Cannot"):  # it is said behind what stands there twice
        message = _("{sentence} Column {column}.").format(sentence=message, column=column)
    return ConfigError(message, where=f"{shown}:{line}", remedy=remedy)


def quotes() -> str:
    """The commonest reason."""
    return _('Texts stand in quotes, as in url = "https://forum.example.org".')


def meanings() -> Mapping[str, tuple[str, str]]:
    """How what Python's reader says begins, with what that means and what to do; the first that fits holds."""
    twice = (_("This setting or part stands in the file twice."), _("Keep one of the two."))
    unclosed = (_("A text is not closed: its last quote is missing."), quotes())
    backslash = (_("A text holds a backslash (\\)."), _("Write / instead, or the backslash twice."))
    return {
        "Expected '=' after a key": (_("After the name of the setting, = is missing."), quotes()),
        "Expected '\\]": (_("A ] is missing."), _("A part of the file begins as in [forum.NAME].")),
        "Expected newline": (
            _("Something stands on this line after the value."),
            _("Each setting has a line of its own, and a text its quotes at both ends."),
        ),
        "Expected \"?'|Unterminated|(?:Illegal|Found invalid) character '\\\\[nr]": unclosed,
        "Illegal character|Found invalid character": (
            _("A sign that nobody sees stands here."),
            _("Delete it, or type the line again."),
        ),
        "Unclosed array": (_("A list is not closed: a comma or its ] is missing."), _('It looks so: ["one", "two"].')),
        "Unclosed inline": (
            _("A comma or a closing brace is missing."),
            _("Put each value on a line of its own, below [forum.NAME.categories]."),
        ),
        "Cannot|Duplicate": twice,
        "Unescaped|Invalid hex|Escaped": backslash,
        "Invalid initial|Invalid statement": (
            _("The name of a setting is missing, or begins with a sign that no name begins with."),
            _("Names with accents, spaces or slashes stand in quotes."),
        ),
        "Invalid date": (_("There is no such date."), quotes()),
        "Invalid value": (_("The value is missing, or is a text without its quotes."), quotes()),
    }
