#!/usr/bin/env bash
# SQLAlchemy 2.1.9 with a SQLite file: once two connections were open at the same time, the pool hands them out by
# turns for ever after, though one alone would do. To SQLite each is another program that wrote: what it holds of the
# file in memory is dropped (its data_version moves) and read again, transaction after transaction. The connection that
# came back last comes first only with pool_use_lifo=True.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install sqlalchemy==2.1.9
"$folder/venv/bin/python" - "$folder" <<'PY'
import sys

from sqlalchemy import create_engine


def told(name: str, **options: bool) -> tuple[int, int]:
    """Of ten transactions one after the other: how many connections, and how often one found its pages outdated."""
    engine = create_engine(f"sqlite:///{sys.argv[1]}/{name}.sqlite", **options)
    with engine.begin() as outer:
        outer.exec_driver_sql("PRAGMA journal_mode=WAL")
        outer.exec_driver_sql("CREATE TABLE t (n INTEGER)")
    with engine.connect(), engine.connect():
        pass
    seen: dict[int, int] = {}
    outdated = 0
    for n in range(10):
        with engine.begin() as connection:
            which = id(connection.connection.driver_connection)
            version = connection.exec_driver_sql("PRAGMA data_version").scalar()
            outdated += seen.get(which, version) != version
            seen[which] = version
            connection.exec_driver_sql("INSERT INTO t VALUES (?)", (n,))
    engine.dispose()
    return len(seen), outdated


found = (told("by-turns"), told("last-first", pool_use_lifo=True))
print(f"connections and outdated pages, as it is and with pool_use_lifo: {found}")
assert found == ((2, 8), (1, 0)), "the pool behaves otherwise now"
PY
