#!/usr/bin/env bash
# SQLite 3.50.4 (apsw 3.50.4.0): an FTS5 index over a table of its own (content=…) that contradicts this table passes both
# PRAGMA integrity_check and FTS5's own 'integrity-check'. Only the latter with rank 1 compares the two.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install apsw==3.50.4.0
"$folder/venv/bin/python" - <<'PY'
import apsw

print("SQLite", apsw.sqlite_lib_version())
base = apsw.Connection(":memory:")
base.execute("""
    CREATE TABLE posts(id INTEGER PRIMARY KEY, raw TEXT);
    CREATE VIRTUAL TABLE found USING fts5(raw, content='posts', content_rowid='id');
    INSERT INTO posts VALUES (1, 'alpha'), (2, 'beta');
    INSERT INTO found(rowid, raw) SELECT id, raw FROM posts;
    UPDATE posts SET raw = 'gamma' WHERE id = 2;
""")
pragma = base.execute("PRAGMA integrity_check").fetchall()
base.execute("INSERT INTO found(found) VALUES ('integrity-check')")
wrong = base.execute("SELECT raw FROM found WHERE found MATCH 'beta'").fetchall()
try:
    base.execute("INSERT INTO found(found, rank) VALUES ('integrity-check', 1)")
    strict = "passes"
except apsw.CorruptError:
    strict = "fails"
print("integrity_check:", pragma, "- FTS5's own: passes - with rank 1:", strict, "- a search for beta finds:", wrong)
assert (pragma, strict, wrong) == ([("ok",)], "fails", [("gamma",)]), "SQLite behaves otherwise now"
PY
