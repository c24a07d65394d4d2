#!/usr/bin/env bash
# rocrate 0.16.0: a crate that it writes lacks the name, description and license which RO-Crate's specification demands
# of the root, without a word; `add_directory` copies a folder's files and describes none of them (`add_tree` does).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install rocrate==0.16.0
cd "$folder"
mkdir texts
echo words >texts/one.md
venv/bin/python - <<'PY'
import json
from pathlib import Path

from rocrate.rocrate import ROCrate

crate = ROCrate()
crate.add_directory("texts")
crate.write("crate")
graph = {one["@id"]: one for one in json.loads(Path("crate/ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]}
missing = [name for name in ("name", "description", "license", "datePublished") if name not in graph["./"]]
print("the root has no", missing, "- described:", sorted(graph), "- copied:", Path("crate/texts/one.md").exists())
assert missing == ["name", "description", "license"], "rocrate behaves otherwise now"
assert "texts/one.md" not in graph and Path("crate/texts/one.md").exists(), "rocrate behaves otherwise now"
PY
