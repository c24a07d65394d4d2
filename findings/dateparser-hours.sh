#!/usr/bin/env bash
# dateparser 1.5.0, French: « 14h » is fourteen hours ago, mostly yesterday, while « 18h30 » is half past six of
# today; « lundi prochain » and « 14 mars à 14 h 30 », the way print writes it, are nothing, and « mardi » is always a
# past one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install dateparser==1.5.0
"$folder/venv/bin/python" -W ignore - <<'PY'
from datetime import datetime

import dateparser

now = datetime(2026, 3, 11, 10, 0)  # a Wednesday
expected = {
    "18h30": "2026-03-11 18:30:00",
    "14h": "2026-03-10 20:00:00",
    "demain à 14h": "2026-03-12 14:00:00",
    "14 mars à 14h30": "2026-03-14 14:30:00",
    "14 mars à 14 h 30": "None",
    "lundi prochain": "None",
    "mardi": "2026-03-10 00:00:00",
}
found = {text: str(dateparser.parse(text, languages=["fr"], settings={"RELATIVE_BASE": now})) for text in expected}
for text, day in found.items():
    print(f"{text:18} {day}")
assert found == expected, "dateparser behaves otherwise now"
PY
