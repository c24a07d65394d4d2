#!/usr/bin/env bash
# PyYAML 6.0.3 writes the texts 08, 1e3, 0o17 and +.5 without quotes, for its own YAML 1.1 takes them for texts; YAML 1.2
# takes them for numbers. ruamel.yaml 0.19.1, which reads 1.2, gives 8 for the department “08” and 1000.0 for “1e3”, and
# does not complain. 012 and 1:08 are quoted, so that a trial with one number proves nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install pyyaml==6.0.3 ruamel.yaml==0.19.1
"$folder/venv/bin/python" - <<'PY'
import yaml
from ruamel.yaml import YAML

texts = ["08", "1e3", "0o17", "+.5", "012", "1:08"]
written = yaml.safe_dump(texts)
assert yaml.safe_load(written) == texts
read = YAML(typ="safe", pure=True).load(written)
print(f"{texts} are read as {read}")
assert read == [8, 1000.0, 15, 0.5, "012", "1:08"], "one of both behaves otherwise now"
PY
