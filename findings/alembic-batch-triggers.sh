#!/usr/bin/env bash
# Alembic 1.20.1 on SQLite: batch_alter_table makes the table anew and carries over its columns, plain and partial
# indexes, even STRICT; its triggers are gone, and no warning says so. Sums that triggers keep stop at that migration.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install alembic==1.20.1 sqlalchemy==2.1.9
"$folder/venv/bin/python" -W error - <<'PY'
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine

with create_engine("sqlite://").connect() as connection:
    run = connection.exec_driver_sql
    run("CREATE TABLE posts (id INTEGER PRIMARY KEY, raw TEXT)")
    run("CREATE TABLE counts (posts INTEGER)")
    run("INSERT INTO counts VALUES (0)")
    run("CREATE TRIGGER count AFTER INSERT ON posts BEGIN UPDATE counts SET posts = posts + 1; END")
    run("CREATE INDEX partial ON posts (raw) WHERE raw IS NOT NULL")
    with Operations(MigrationContext.configure(connection)).batch_alter_table("posts") as batch:
        batch.alter_column("raw", nullable=False, server_default="")
    run("INSERT INTO posts VALUES (1, 'text')")
    left = [name for (name,) in run("SELECT name FROM sqlite_master WHERE type IN ('index', 'trigger')")]
    counted = run("SELECT posts FROM counts").scalar()
print(f"left of an index and a trigger: {left}; posts counted: {counted} of 1")
assert (left, counted) == (["partial"], 0), "Alembic behaves otherwise now"
PY
