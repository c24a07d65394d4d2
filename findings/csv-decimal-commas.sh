#!/usr/bin/env bash
# A table as spreadsheets write it in French, “1,5” and “2,25” for one and a half and two and a quarter: csvkit 2.2.0
# (agate 1.14.2) reads 15 and 225, for a comma parts thousands to it wherever it stands; frictionless 5.21.0 says that
# the column holds places on a map (geopoint) and finds the table valid. Neither says a word. DuckDB 1.5.6 keeps
# texts.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install csvkit==2.2.0 agate==1.14.2 frictionless==5.21.0 duckdb==1.5.6
cd "$folder"
printf 'hours;person\n1,5;lea\n2,25;ali\n' >table.csv
csvkit=$(venv/bin/csvjson --delimiter ';' table.csv)
echo "csvkit: $csvkit"
venv/bin/python - <<'PY'
import duckdb
from frictionless import Resource, validate

resource = Resource(path="table.csv")
resource.infer()
guessed = resource.schema.get_field("hours").type
valid = validate("table.csv").valid
kept = duckdb.sql("SELECT hours FROM read_csv('table.csv')").fetchall()
print(f"frictionless: {guessed}, valid: {valid}; DuckDB: {kept}")
assert (guessed, valid) == ("geopoint", True), "frictionless behaves otherwise now"
assert kept == [("1,5",), ("2,25",)], "DuckDB behaves otherwise now"
PY
[[ $csvkit == *'"hours": 15.0'*'"hours": 225.0'* ]] || { echo "csvkit behaves otherwise now"; exit 1; }
