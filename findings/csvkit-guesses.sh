#!/usr/bin/env bash
# csvkit 2.2.0 (agate 1.14.2): a column of counts that happens to hold only 0 and 1 becomes false and true in whatever
# csvsort, csvjoin or csvjson write, and one with the names May and June becomes days of the year 1, so that the same
# export has other types from one month to the next. `--no-inference` leaves all as it was.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install csvkit==2.2.0 agate==1.14.2
cd "$folder"
printf 'likes,name\n1,June\n0,May\n' >table.csv
printf 'likes,name\n2,Lea\n1,June\n0,May\n' >more.csv
sorted() { venv/bin/csvsort --columns likes "$@" | tail -n +2 | paste -sd' '; }
usual=$(sorted table.csv)
more=$(sorted more.csv)
kept=$(sorted --no-inference table.csv)
printf 'sorted: %s\nwith one more row: %s\nwithout inference: %s\n' "$usual" "$more" "$kept"
[ "$usual" = "False,0001-05-01 True,0001-06-01" ] && [ "$more" = "0,May 1,June 2,Lea" ] &&
    [ "$kept" = "0,May 1,June" ] || { echo "csvkit behaves otherwise now"; exit 1; }
