#!/usr/bin/env bash
# ruamel.yaml 0.19.1 keeps comments, but each belongs to what stands before it: taking a key out takes the comment above
# the next key along, and an item that is added to a list lands below the comment that introduces the following key.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install ruamel.yaml==0.19.1
"$folder/venv/bin/python" - <<'PY' | tee "$folder/seen.txt"
import sys
from ruamel.yaml import YAML

yaml = YAML()
page = yaml.load("draft: true\n# the category is agreed on with the team\ncategory: news\n")
del page["draft"]
yaml.dump(page, sys.stdout)
print("--")
page = yaml.load("tags:\n- one\n\n# who wrote it\nauthor: lea\n")
page["tags"].append("two")
yaml.dump(page, sys.stdout)
PY
printf 'category: news\n--\ntags:\n- one\n\n# who wrote it\n- two\nauthor: lea\n' | cmp -s - "$folder/seen.txt" ||
  { echo "ruamel.yaml behaves otherwise now"; exit 1; }
