#!/usr/bin/env bash
# SQLAlchemy 2.1.9: an address that begins with postgresql:// is opened with psycopg (version 3); up to 2.0 it was
# psycopg2. An environment that has only psycopg2 and an address without a driver stops working after the upgrade.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
for version in 2.0.44 2.1.9; do
  "$folder/venv/bin/pip" --quiet install "sqlalchemy==$version"
  "$folder/venv/bin/python" -c 'from sqlalchemy.engine import make_url
print(make_url("postgresql://host/forum").get_driver_name())' >>"$folder/drivers"
done
echo "2.0.44 and 2.1.9: $(paste -sd' ' "$folder/drivers")"
[ "$(paste -sd' ' "$folder/drivers")" = "psycopg2 psycopg" ] || { echo "SQLAlchemy behaves otherwise now"; exit 1; }
