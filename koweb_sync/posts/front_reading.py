"""The values of a front matter, each as its key wants it: words, a flag, a date, a list. Pure."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import TypeVar

from koweb_sync.errors import PostFileError
from koweb_sync.i18n import _
from koweb_sync.posts.front import FrontMatterText, Text, is_empty
from koweb_sync.posts.front_writing import yaml_value as as_yaml
from koweb_sync.posts.unpublished_keys import yes_or_no
from koweb_sync.safe_text import fits_one_line, line
from koweb_sync.spelling import nfc

_LINES = re.compile("[\t-\r\x85\u2028\u2029]")
T = TypeVar("T")


class FrontReader:
    """Reads the values of one file. Each method raises PostFileError, with the line, for what its key does not take."""

    def __init__(self, path: str, front: FrontMatterText) -> None:
        self.path = path
        self.front = front

    def wrong(self, line: int, message: str, remedy: str) -> PostFileError:
        """An error at a line of this file."""
        return PostFileError(self.path, line, message, remedy)

    def single(self, name: str) -> Text | None:
        """The text of a key; None if the key is not there or holds nothing."""
        key = self.front.keys.get(name)
        if key is None or is_empty(key):
            return None
        if not isinstance(key.value, Text):
            raise self.wrong(
                key.line,
                _("“{key}” is a list, and takes one value.").format(key=name),
                _("Write one value behind “{key}:”.").format(key=name),
            )
        return key.value

    def get(self, name: str, convert: Callable[[str, Text], T]) -> T | None:
        """A key's value, converted; None if it is not said."""
        text = self.single(name)
        return None if text is None else convert(name, text)

    def text(self, name: str, text: Text) -> str:
        """Words on one line."""
        words = text.text.strip()
        if _LINES.search(words):
            raise self.wrong(
                text.line,
                _("“{key}” has more than one line.").format(key=name),
                _("Write it on one line."),
            )
        if not fits_one_line(words):
            raise self.wrong(
                text.line,
                _("“{key}” holds a character that cannot be published: {value}.").format(key=name, value=line(words)),
                _("Delete what looks like \\x1b or \\ud800 there, or type the line again."),
            )
        return words

    def flag(self, name: str, text: Text) -> bool:
        """true or false, in every spelling of YAML."""
        said = yes_or_no(text.text)
        if said is None:
            raise self.wrong(
                text.line,
                _("“{key}” takes true or false, and says “{value}”.").format(key=name, value=text.text),
                _("Write “{key}: true” or “{key}: false”.").format(key=name),
            )
        return said

    def moment(self, name: str, text: Text) -> datetime:
        """A date, or a date and a time; UTC where no zone is said."""
        try:
            when = datetime.fromisoformat(text.text.strip())
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text.text.strip()):
                when = datetime.combine(date.fromisoformat(text.text.strip()), time(), UTC)
            return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self.wrong(
                text.line,
                _("“{key}” takes a date, and says “{value}”.").format(key=name, value=text.text),
                _("Write it as 2024-05-02, or with a time as 2024-05-02T14:30:00+02:00."),
            ) from error

    def texts(self, name: str) -> tuple[str, ...] | None:
        """A list of texts, each once; one text alone counts as a list of one. None if the key is not there."""
        key = self.front.keys.get(name)
        if key is None or (isinstance(key.value, Text) and is_empty(key)):
            return None
        items = (key.value,) if isinstance(key.value, Text) else key.value
        if items is None or any("," in one.text for one in items):
            said = [part.strip() for one in items or () for part in one.text.split(",") if part.strip()]
            raise self.wrong(
                key.line,
                _("“{key}” takes a list.").format(key=name),
                _("Write it in brackets, with commas: {list}").format(list=f"{name}: {as_yaml(said or ['a', 'b'])}"),
            )
        words = dict.fromkeys(nfc(self.text(name, one)) for one in items)
        return tuple(word for word in words if word)
