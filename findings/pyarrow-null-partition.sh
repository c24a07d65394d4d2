#!/usr/bin/env bash
# PyArrow 26.0.1 writes a dataset that it cannot read again: where the column by which it is cut is empty in every row,
# the folder is called `__HIVE_DEFAULT_PARTITION__`, as Hive does, and whoever opens it is told that the type of the
# column cannot be guessed. One row with a value beside them, and all are read. DuckDB 1.5.6 reads both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install pyarrow==26.0.1 duckdb==1.5.6
cd "$folder"
venv/bin/python - <<'PY'
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

found = {}
for name, months in (("empty", [None, None]), ("mixed", [None, "2026-11"])):
    table = pa.table({"id": [1, 2], "month": pa.array(months, pa.string())})
    pq.write_to_dataset(table, name, partition_cols=["month"])
    try:
        found[name] = pq.read_table(name).num_rows
    except pa.ArrowInvalid as error:
        found[name] = str(error)
    rows = duckdb.sql(f"FROM read_parquet('{name}/**/*.parquet', hive_partitioning = true)").fetchall()
    print(f"{name}: PyArrow reads {found[name]}, DuckDB reads {len(rows)}")
    assert len(rows) == 2, "DuckDB behaves otherwise now"
assert "couldn't infer type" in str(found["empty"]) and found["mixed"] == 2, "PyArrow behaves otherwise now"
PY
