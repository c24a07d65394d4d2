#!/usr/bin/env bash
# DuckDB 1.5.6: `date_diff` counts the boundaries between two days, as its documentation says: from 31 December to
# 1 January is a year, a quarter and a month. With weeks it does not: from a Sunday to the Monday after it is none, and
# from that Sunday to the next one is a week, though `date_trunc` begins a week on Monday for both. Who joined on a
# Sunday and wrote on Monday came back “in the same week” by the one, in the next by the other. PyArrow 25.0.1, where
# `weeks_between` counts boundaries as well, finds one week.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install duckdb==1.5.6 pyarrow==25.0.1
"$folder/venv/bin/python" - <<'PY'
from datetime import date

import duckdb
import pyarrow
from pyarrow.compute import weeks_between

BOUNDARIES = "SELECT " + ", ".join(
    f"date_diff('{part}', DATE '2026-12-31', DATE '2027-01-01')" for part in ("year", "quarter", "month")
)
WEEKS = """SELECT date_diff('week', first, later),
       date_diff('week', date_trunc('week', first), date_trunc('week', later))
FROM (SELECT $1 AS first, $2 AS later)"""
sunday, monday, next_sunday = date(2026, 11, 29), date(2026, 11, 30), date(2026, 12, 6)
boundaries = duckdb.execute(BOUNDARIES).fetchone()
print("from 31 December to 1 January: years, quarters, months", boundaries)
seen = {}
for first, later in ((sunday, monday), (sunday, next_sunday), (monday, next_sunday)):
    told, begun = duckdb.execute(WEEKS, [first, later]).fetchone()
    arrow = weeks_between(pyarrow.scalar(first), pyarrow.scalar(later)).as_py()
    seen[f"{first:%a}-{later:%a}"] = (told, begun, arrow)
    print(f"{first:%a %d.%m.} to {later:%a %d.%m.}: date_diff {told}; by date_trunc {begun}; PyArrow {arrow}")
assert boundaries == (1, 1, 1), "DuckDB counts months otherwise now"
assert seen == {"Sun-Mon": (0, 1, 1), "Sun-Sun": (1, 1, 1), "Mon-Sun": (0, 0, 0)}, "one of them behaves otherwise now"
PY
