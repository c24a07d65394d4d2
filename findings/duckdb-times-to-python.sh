#!/usr/bin/env bash
# DuckDB 1.5.6: an instant (TIMESTAMPTZ) is written to Parquet without anything else, but comes to Python with pytz alone,
# which DuckDB does not install; without it the query fails once its first row is fetched.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install duckdb==1.5.6
"$folder/venv/bin/python" - "$folder/times.parquet" <<'PY'
import sys

import duckdb

duckdb.execute(f"COPY (SELECT make_timestamptz(0) AS instant, 'words' AS text) TO '{sys.argv[1]}' (FORMAT parquet)")
table = f"FROM read_parquet('{sys.argv[1]}')"
assert duckdb.execute(f"SELECT text {table}").fetchall() == [("words",)]
try:
    print(duckdb.execute(f"SELECT instant {table}").fetchall())
except duckdb.InvalidInputException as error:
    print(str(error).splitlines()[0])
    assert "pytz" in str(error)
else:
    raise SystemExit("DuckDB behaves otherwise now")
PY
