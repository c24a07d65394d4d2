#!/usr/bin/env bash
# humanize 4.17.0: `activate("fr")` is taken, and its words are French, but numbers stay English (1,234,567 and “1.5
# millions”); they are French only with `fr_FR`. And with either one a size has a point beside a French unit (1.5 Mo),
# and a date of another year is English: “Mar 01 2020”.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install humanize==4.17.0
"$folder/venv/bin/python" - <<'PY'
from datetime import date, timedelta

import humanize

seen = {}
for name in ("fr", "fr_FR"):
    humanize.activate(name)
    words = humanize.naturaltime(timedelta(hours=1))
    seen[name] = (humanize.intcomma(1234567), humanize.intword(1500000), humanize.naturalsize(1500000))
    day = humanize.naturaldate(date(2020, 3, 1))
    print(name, words, *seen[name], day, sep=" | ")
    assert (words, day) == ("il y a une heure", "Mar 01 2020"), "humanize behaves otherwise now"
assert seen["fr"] == ("1,234,567", "1.5 millions", "1.5 Mo"), "humanize behaves otherwise now"
assert "," not in seen["fr_FR"][0] and seen["fr_FR"][1:] == ("1,5 millions", "1.5 Mo"), "humanize behaves otherwise now"
PY
