#!/usr/bin/env bash
# Babel 2.18.0: in the patterns that say which files are read, * stands for at least one sign, not for none: *.y*ml
# reads data.yaml and passes data.yml over, without a word; fnmatch of Python, shells and .gitignore take both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install babel==2.18.0
"$folder/venv/bin/python" -W error - <<'PY'
from fnmatch import fnmatch

from babel.util import pathmatch

names = ("data.yml", "data.yaml")
babel = [name for name in names if pathmatch("*.y*ml", name)]
python = [name for name in names if fnmatch(name, "*.y*ml")]
print(f"Babel: {babel}; fnmatch: {python}")
assert (babel, python) == (["data.yaml"], ["data.yml", "data.yaml"]), "Babel behaves otherwise now"
PY
