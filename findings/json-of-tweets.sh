#!/usr/bin/env bash
# opf-fido 1.6.1 (PRONOM 109) says to archivists in which formats files are. Every .json is “Tweet JSON” to it, and
# nothing else: where no signature is in a file, its name decides, and of the two formats of that name it leaves out the
# general one, since a tweet is the more special; that a tweet would have had its signature does not count. JSON Lines
# and Parquet, which begins with its own four letters, have no name at all.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install opf-fido==1.6.1 duckdb==1.5.6
echo '{"topic": 347, "title": "Atelier"}' | tee topic.json >topics.jsonl
echo '[1, 2]' >numbers.json
echo '# Atelier' >atelier.md
venv/bin/python -c 'import duckdb; duckdb.sql("copy (select 347 as topic) to \"topics.parquet\" (format parquet)")'
head -c 4 topics.parquet
echo
for file in topic.json numbers.json atelier.md topics.jsonl topics.parquet; do
  venv/bin/fido -q -matchprintf $'%(info.filename)s: %(info.puid)s %(info.formatname)s, by its %(info.matchtype)s\n' \
    -nomatchprintf $'%(info.filename)s: unknown\n' "$file"
done | tee said
cat >right <<'TXT'
topic.json: fmt/1311 Tweet JSON, by its extension
numbers.json: fmt/1311 Tweet JSON, by its extension
atelier.md: fmt/1149 Markdown, by its extension
topics.jsonl: unknown
topics.parquet: unknown
TXT
cmp -s said right || { echo "it behaves otherwise now"; exit 1; }
