#!/usr/bin/env bash
# A week is seven days, but not to everybody who groups by them. Fourteen days from Monday, November 23 to Sunday,
# December 6, 2026, one thing a day. Polars 2.1.0 makes two weeks of them by "1w", and by "7d" three windows of Thursday
# to Wednesday, the first and the last one short. pandas 3.1.1 counts "7D" from the first row that there is, so that
# one day less moves every window; "W" calls a week by its Sunday. DuckDB 2.0.1 says the same for 7 days and for 1 week.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install polars==2.1.0 pandas==3.1.1 duckdb==2.0.1
venv/bin/python - <<'PY' | tee said
from datetime import date, timedelta

import duckdb
import pandas
import polars

days = [date(2026, 11, 23) + timedelta(n) for n in range(14)]
frame = polars.DataFrame({"day": days}).set_sorted("day")
for length in "1w", "7d":
    found = frame.group_by_dynamic("day", every=length).agg(polars.len()).rows()
    print("polars", length, *(f"{day:%a-%d}={n}" for day, n in found))
counts = pandas.Series(1, index=pandas.to_datetime(days))
for name, some in ("all", counts), ("without Monday", counts.iloc[1:]):
    for length in "7D", "W":
        found = some.resample(length).sum().items()
        print("pandas", length, name, *(f"{day:%a-%d}={n}" for day, n in found))
for length in "7 days", "1 week":
    bucket = f"time_bucket(INTERVAL '{length}', unnest(?::DATE[]))"
    found = duckdb.execute(f"SELECT {bucket} AS week, count(*) FROM (SELECT 1) GROUP BY 1 ORDER BY 1", [days]).fetchall()
    print("duckdb", length, *(f"{day:%a-%d}={n}" for day, n in found))
PY
cat >right <<'TXT'
polars 1w Mon-23=7 Mon-30=7
polars 7d Thu-19=3 Thu-26=7 Thu-03=4
pandas 7D all Mon-23=7 Mon-30=7
pandas W all Sun-29=7 Sun-06=7
pandas 7D without Monday Tue-24=7 Tue-01=6
pandas W without Monday Sun-29=6 Sun-06=7
duckdb 7 days Mon-23=7 Mon-30=7
duckdb 1 week Mon-23=7 Mon-30=7
TXT
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
