"""What somebody fills in to have a report made, and what is wrong with it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from koweb_sync.i18n import _

OWN = "own"
AUDIENCES = ("community", "facilitators")


@dataclass(frozen=True, slots=True)
class ReportForm:
    """The form. `since` and `until`: the days that were chosen, as a form has them; they count where `period` is `OWN`.
    `place`: the number of the message's category among those that the page offers; `tags`: as they were typed.
    """

    period: str = "30d"
    since: str = ""
    until: str = ""
    audience: str = "community"
    place: str = ""
    tags: str = ""


def report_form(given: Mapping[str, str]) -> ReportForm:
    """A form as it was sent. What no page offers is what the page chose before."""
    period, audience = given.get("period", "30d"), given.get("audience", "community")
    return ReportForm(
        period=period if period in periods() else "30d",
        since=given.get("since", "").strip(),
        until=given.get("until", "").strip(),
        audience=audience if audience in AUDIENCES else "community",
        place=given.get("place", ""),
        tags=given.get("tags", ""),
    )


def periods() -> dict[str, str]:
    """The periods that may be chosen."""
    return {"7d": _("the last 7 days"), "30d": _("the last 30 days"), "90d": _("the last 90 days")} | {
        "365d": _("the last 365 days"),
        OWN: _("the days that you choose:"),
    }


def options(form: ReportForm) -> tuple[str, ...]:
    """Its period, as options of the command."""
    if form.period != OWN:
        return (f"--since={form.period}",)
    return (f"--since={form.since}", f"--until={form.until}")


def faults(form: ReportForm, today: date, read: date | None) -> dict[str, str]:
    """What is wrong with the days that were chosen, by field. `read`: the last day that is known of the forum."""
    if form.period != OWN:
        return {}
    days = {name: day(getattr(form, name)) for name in ("since", "until")}
    found = {name: of_day(getattr(form, name), days[name], today) for name in days}
    since, until = days["since"], days["until"]
    if since and until and not any(found.values()):
        if until < since:
            found["until"] = _("The last day lies before the first one.")
        elif read and since > read:
            found["since"] = _(
                "koweb has not read the forum so far yet. Choose an earlier day, or “Update the memory” first, on the "
                "page “Memory”."
            )
    return {name: text for name, text in found.items() if text}


def of_day(said: str, chosen: date | None, today: date) -> str:
    """What is wrong with one day; nothing if it is one that has begun."""
    if not said:
        return _("Choose a day here.")
    if chosen is None:
        return _("“{text}” is no date.").format(text=said)
    return _("This day lies in the future: nobody has written anything yet.") if chosen > today else ""


def day(said: str) -> date | None:
    """A day as forms write it, 2026-10-31; None for what is none."""
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None
