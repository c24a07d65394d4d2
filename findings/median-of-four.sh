#!/usr/bin/env bash
# Four questions were answered after 1, 2, 3 and 10 hours; half of them waited for 2.5 hours, one thinks. That is what
# `median` says in DuckDB 1.5.6 and Polars 2.1.0. The quantile at 0.5 is 2 in DuckDB and 3 in Polars, for each takes a
# value that is there, and not the same one. As a time until something happens, by Kaplan and Meier, the median is 2 to
# lifelines 0.30.3 and 3 to statsmodels 0.15.0: of exactly a half, one says that it is reached, the other not yet.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install duckdb==1.5.6 polars==2.1.0 lifelines==0.30.3 statsmodels==0.15.0
"$folder/venv/bin/python" - <<'PY'
import duckdb
import polars
from lifelines import KaplanMeierFitter
from statsmodels.duration.survfunc import SurvfuncRight

HOURS, ALL_ANSWERED = [1, 2, 3, 10], [1, 1, 1, 1]
series = polars.Series(HOURS)
found = {
    "DuckDB": duckdb.execute("SELECT median(h), quantile(h, 0.5) FROM (SELECT unnest($1) AS h)", [HOURS]).fetchone(),
    "Polars": (series.median(), series.quantile(0.5)),
    "lifelines": KaplanMeierFitter().fit(HOURS, ALL_ANSWERED).median_survival_time_,
    "statsmodels": SurvfuncRight(HOURS, ALL_ANSWERED).quantile(0.5),
}
for name, value in found.items():
    print(name, value)
assert found["DuckDB"] == (2.5, 2), "DuckDB behaves otherwise now"
assert found["Polars"] == (2.5, 3), "Polars behaves otherwise now"
assert (found["lifelines"], found["statsmodels"]) == (2, 3), "one of them behaves otherwise now"
PY
