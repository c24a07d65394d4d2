#!/usr/bin/env bash
# DuckDB 1.5.6 reads a stream of Arrow without PyArrow (165 MB), though its method is called from_arrow. ADBC 1.13.0 gives
# such a stream without it as well, by AdbcStatement; its usual interface (dbapi) fetches rows with PyArrow only.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install duckdb==1.5.6 adbc-driver-manager==1.13.0 adbc-driver-sqlite==1.13.0
"$folder/venv/bin/python" - "$folder/rows.sqlite" <<'PY'
import sqlite3
import sys

import adbc_driver_manager as adbc
import adbc_driver_sqlite
import duckdb

with sqlite3.connect(sys.argv[1]) as file:
    file.execute("CREATE TABLE posts (id INTEGER, title TEXT)")
    file.executemany("INSERT INTO posts VALUES (?, ?)", [(1, "é"), (2, None)])
with adbc_driver_sqlite.connect(sys.argv[1]) as base, adbc.AdbcConnection(base) as held, adbc.AdbcStatement(held) as query:
    query.set_sql_query("SELECT * FROM posts")
    found = duckdb.from_arrow(query.execute_query()[0]).fetchall()
    print("DuckDB from ADBC, without PyArrow:", found)
    assert found == [(1, "é"), (2, None)]
import adbc_driver_sqlite.dbapi as dbapi

with dbapi.connect(sys.argv[1]) as connection, connection.cursor() as cursor:
    cursor.execute("SELECT * FROM posts")
    try:
        cursor.fetchall()
    except dbapi.ProgrammingError as error:
        print("ADBC's dbapi:", error)
    else:
        raise SystemExit("ADBC behaves otherwise now")
PY
