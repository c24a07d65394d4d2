#!/usr/bin/env bash
# A meeting every Monday at 18:00 in Paris, until 21 December. icalendar 7.3.2 writes the end of the series as the clock
# shows it there, without a zone (UNTIL=20261221T180000), where RFC 5545 wants UTC beside a beginning with a zone:
# dateutil 2.9.0 refuses to read it, and icalendar itself reads it back without the zone that went in. ics 0.7.3, which
# reads and writes the same calendar, keeps the rule and turns its beginning into UTC: from the end of October on the
# meeting is an hour early. It also names the calendar GEORGIAN, for which other readers refuse it whole.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install icalendar==7.3.2 recurring-ical-events==3.8.2 ics==0.7.3 \
    python-dateutil==2.9.0.post0
"$folder/venv/bin/python" - <<'PY'
from datetime import datetime
from zoneinfo import ZoneInfo

import ics
from dateutil.rrule import rrulestr
from icalendar import Calendar, Event
from recurring_ical_events import of

PARIS = ZoneInfo("Europe/Paris")
first, last = datetime(2026, 9, 7, 18, tzinfo=PARIS), datetime(2026, 12, 21, 18, tzinfo=PARIS)
calendar = Calendar.new()
event = Event.new(summary="Rencontre", start=first)
event.add("rrule", {"freq": "weekly", "until": last})
calendar.add_component(event)
calendar.add_missing_timezones()
written = calendar.to_ical().decode()
rule = event["rrule"].to_ical().decode()
until = Calendar.from_ical(written).events[0]["rrule"]["until"][0]
try:
    rrulestr(rule, dtstart=first)
    refused = ""
except ValueError as error:
    refused = str(error)


def hours(text):
    days = ((2026, 10, 19), (2026, 10, 26))
    found = (of(Calendar.from_ical(text)).at(day)[0].start for day in days)
    return [one.astimezone(PARIS).hour for one in found]


rewritten = ics.Calendar(written).serialize()
scale = next(line for line in rewritten.splitlines() if line.startswith("CALSCALE"))
before, after = hours(written), hours(rewritten.replace(scale, "CALSCALE:GREGORIAN"))
print(f"icalendar: {rule}; read back: {until}")
print("dateutil:", refused)
print("in Paris on 19 and 26 October:", before, "and from ics:", after, scale)
assert rule == "FREQ=WEEKLY;UNTIL=20261221T180000" and until.tzinfo is None, "icalendar behaves otherwise now"
assert "must be specified in UTC" in refused, "dateutil behaves otherwise now"
assert (before, after) == ([18, 18], [18, 17]), "ics behaves otherwise now"
assert scale == "CALSCALE:GEORGIAN", "ics behaves otherwise now"
PY
