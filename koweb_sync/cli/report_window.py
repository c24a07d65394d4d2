"""The time that `koweb report` speaks about, as it is typed."""

import re
from typing import TYPE_CHECKING

from koweb_sync.cli.archive_wishes import edge
from koweb_sync.errors import InputError
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from koweb_sync.report.window import Window

_BACK = re.compile(r"([1-9]\d{0,4})([dw])")
MOST = 36_500  # days: no forum is a hundred years old


def window_of(since: str, until: str | None, seen: int) -> "Window":
    """The window. `since`: 30d or 4w before its end, or a day, month or year; `until`: the same kind of date, else
    `seen`, until when the archive knows the forum. Raises InputError.
    """
    from koweb_sync.report.window import DAY, Window

    end = edge(until, "--until")[1] or seen
    back = _BACK.fullmatch(since.strip())
    if back is None:
        return Window(begin(since), end)
    days = int(back[1]) * (7 if back[2] == "w" else 1)
    if days > MOST:
        raise InputError(_("“{words}” is too long ago.").format(words=since), where="--since")
    return Window(max(0, end - days * DAY), end)


def begin(words: str) -> int:
    """The beginning of a day, month or year. Raises InputError."""
    try:
        found = edge(words, "--since")[0]
    except InputError as error:
        raise InputError(
            error.message,
            where="--since",
            remedy=_("Write 30d for thirty days, 4w for four weeks, or a day: 2026-10-01."),
        ) from error
    return found or 0
