"""`[date=2026-03-02 time=10:00 timezone="Europe/Paris"]`, and newer servers' `[date-range from=… to=…]`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from markdown_it.token import Token

from koweb_sync.sandbox.cooking.bbcode import pairs
from koweb_sync.sandbox.cooking.context import CookingContext
from koweb_sync.sandbox.cooking.tokens import element, named, text

# The order in which an older Discourse writes them.
EARLY = ("format", "countdown", "calendar", "displayedTimezone", "timezones", "timezone", "recurring")
_MARKS = re.compile("[„“”]|«\u00a0?|\u00a0?»")
SHOWN = "%Y-%m-%dT%H:%M:%SZ"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Dated:
    """A moment in UTC, and what the post says about it."""

    moment: datetime
    facts: Mapping[str, str]


def read(found: re.Match[str], surroundings: CookingContext) -> list[Token]:
    """The moments of a tag, in UTC; unreadable ones stay text. `found` has the groups `kind` and `date`."""
    early = surroundings.flavour.markup == "2022"
    inside = _MARKS.sub('"', found["date"])  # the typographer was there before
    if found["kind"] == "=":
        dated = [moment_of(pairs(f"date={inside}"))]
    else:
        dated = [] if early else [moment_of(facts) for facts in ends(pairs(inside))]
    if not dated or None in dated:
        return [text(found[0])]
    made: list[Token] = []
    for one in filter(None, dated):
        made += [text("→")] if made else []
        shown = [text(one.moment.strftime(SHOWN))]
        made += element("span", early_attributes(one) if early else attributes(one), shown)
    return made


def ends(facts: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The facts of both ends of a range."""
    rest = {name: value for name, value in facts.items() if name not in ("from", "to")}
    for name in ("from", "to"):
        if name in facts:
            day, _, hour = facts[name].partition("T")
            yield {**rest, "range": name, "date": day, **({"time": hour} if hour else {})}


def moment_of(facts: Mapping[str, str]) -> Dated | None:
    """The moment that a tag names, None if it cannot be read; a zone that nobody knows is left out."""
    zone = zone_of(facts.get("timezone", ""))
    try:
        moment = datetime.fromisoformat(f"{facts.get('date', '')}T{facts.get('time', '00:00')}")
        moment = moment.replace(tzinfo=zone or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return Dated(moment, facts if zone else {name: value for name, value in facts.items() if name != "timezone"})


def attributes(dated: Dated) -> dict[str, str | int]:
    """What a span says about a moment, in the order of the alphabet."""
    when = dated.moment
    clock = f"{when.hour % 12 or 12}:{when.minute:02d} {'AM' if when.hour < 12 else 'PM'}"
    preview = f"{DAYS[when.weekday()]}, {MONTHS[when.month - 1]} {when.day}, {when.year} {clock} UTC"
    return {"class": "discourse-local-date", **named(dict(sorted({**dated.facts, "emailPreview": preview}.items())))}


def early_attributes(dated: Dated) -> dict[str, str | int]:
    """The same as an older server writes it."""
    facts = dated.facts
    made: dict[str, str | int] = {"data-date": facts["date"]}
    if "time" in facts:
        made["data-time"] = facts["time"]
    made["class"] = "discourse-local-date"
    names = {"displayedTimezone": "displayed-timezone"}
    made |= {f"data-{names.get(key, key)}": facts[key] for key in EARLY if key in facts}
    made["data-email-preview"] = f"{dated.moment.strftime(SHOWN)} UTC"
    return made


def zone_of(name: str) -> ZoneInfo | None:
    """A time zone by its name, or None."""
    if not re.fullmatch(r"[A-Za-z][\w+-]*(/[A-Za-z][\w+-]*){0,2}", name):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        return None
