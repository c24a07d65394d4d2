"""Time zones by their IANA names: which are known, and which is meant."""

import time
import warnings
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache

from koweb_sync.errors import InputError
from koweb_sync.i18n import _

# Names that mean something else on each machine, or nothing.
NOWHERE = {"localtime", "posixrules", "Factory"}


@cache
def names() -> frozenset[str]:
    """All names that may be given."""
    from zoneinfo import available_timezones

    return frozenset(available_timezones() - NOWHERE)


def known(name: str) -> bool:
    """Whether a time zone has this name, written exactly so."""
    return name in names()


def remedy(name: str) -> str:
    """What to write in place of a name that no zone has."""
    found = meant(name)
    return _("Did you mean {zone}?").format(zone=found) if found else _("Write it like Europe/Paris.")


def checked(name: str, where: str = "") -> str:
    """The name itself. Raises InputError, with a suggestion, if no time zone has it."""
    if not known(name):
        raise InputError(_("“{zone}” is no time zone.").format(zone=name), where=where, remedy=remedy(name))
    return name


def meant(name: str) -> str:
    """The zone whose name is nearest: also of only its place, in any case; empty if none is near."""
    import difflib

    wanted = name.strip().replace(" ", "_").casefold()
    forms: dict[str, str] = {}
    for one in sorted(names()):
        forms.setdefault(one.casefold(), one)
        forms.setdefault(one.rpartition("/")[2].casefold(), one)
    near = difflib.get_close_matches(wanted, forms, n=1, cutoff=0.8)
    return forms[near[0]] if near else ""


class MachineZone(tzinfo):
    """The zone of this machine as its C library knows it, without its name: that would take a library to find out."""

    def utcoffset(self, when: datetime | None) -> timedelta | None:
        return None if when is None else when.replace(tzinfo=None).astimezone().utcoffset()

    def dst(self, _when: datetime | None) -> timedelta | None:
        return None

    def tzname(self, when: datetime | None) -> str | None:
        return None if when is None else when.replace(tzinfo=None).astimezone().tzname()

    def fromutc(self, when: datetime) -> datetime:
        there = datetime.fromtimestamp(when.replace(tzinfo=UTC).timestamp())  # noqa: DTZ006 - this machine's is wanted
        return there.replace(tzinfo=self)


def of_reader(configured: str) -> tzinfo:
    """The zone of whoever sits at this machine; the one of the settings where the machine's is UTC."""
    if configured and set(time.tzname) == {"UTC"}:
        from zoneinfo import ZoneInfo

        return ZoneInfo(configured)
    return MachineZone()


def of_pages(configured: str) -> str:
    """The zone of pages that are made here for others: that of the settings, else of this machine."""
    return configured or here()


def here() -> str:
    """The time zone of this machine, where it has a name; else UTC."""
    import tzlocal

    try:
        with warnings.catch_warnings(action="ignore", category=UserWarning):  # its settings contradict each other
            name = tzlocal.get_localzone_name()
    except (LookupError, ValueError, OSError):
        return "UTC"
    return name if name and name != "Etc/UTC" and known(name) else "UTC"
