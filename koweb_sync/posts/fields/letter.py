"""`letter`: what time a file of `koweb letter` is about, which is how the next letter knows where to begin."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from koweb_sync.i18n import _
from koweb_sync.posts.field import FrontMatterKey, KeyWords
from koweb_sync.posts.front import Text
from koweb_sync.posts.front_reading import FrontReader
from koweb_sync.times import microseconds, moment

_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_PERIOD = re.compile(rf"({_DAY})/({_DAY}(?:T[0-9:.]+(?:Z|\+00:00))?)")


@dataclass(frozen=True, slots=True)
class LetterPeriod:
    """The time of a letter as its file says it: two days, both of them within it; or up to a moment of the last one."""

    text: str

    @classmethod
    def of(cls, since: int, until: int, zone: ZoneInfo) -> "LetterPeriod":
        """From a time up to, but without, another one (microseconds), in days of a zone."""
        first, end = moment(since).astimezone(zone), moment(until).astimezone(zone)
        if end.time() == datetime.min.time():
            return cls(f"{first:%Y-%m-%d}/{end.date() - timedelta(days=1)}")
        return cls(f"{first:%Y-%m-%d}/{moment(until):%Y-%m-%dT%H:%M:%S.%fZ}")

    def until(self, zone: ZoneInfo) -> int:
        """When it ends, in microseconds: where the next one begins."""
        last = self.text.partition("/")[2]
        if "T" in last:
            return microseconds(datetime.fromisoformat(last))
        return microseconds(datetime.combine(date.fromisoformat(last) + timedelta(days=1), datetime.min.time(), zone))


class LetterKey(FrontMatterKey):
    """The time of a letter."""

    name = "letter"
    order = 130

    def words(self) -> KeyWords:
        """As people say it."""
        return KeyWords(
            takes=_("two dates"),
            meaning=_("only in files that `koweb letter` wrote: the time that the letter is about"),
        )

    def parse(self, reader: FrontReader) -> LetterPeriod | None:
        """Two days, with a stroke between them."""

        def convert(name: str, text: Text) -> LetterPeriod:
            found = LetterPeriod(text.text.strip())
            try:
                if _PERIOD.fullmatch(found.text):
                    date.fromisoformat(found.text[:10])
                    found.until(ZoneInfo("UTC"))
                    return found
            except (ValueError, OverflowError):
                pass
            raise reader.wrong(
                text.line,
                _("“{key}” takes two dates, and says “{value}”.").format(key=name, value=text.text),
                _("Write it as 2026-10-05/2026-10-11, or remove the line: the next letter begins behind it."),
            )

        return reader.get(self.name, convert)


KEY = LetterKey()
