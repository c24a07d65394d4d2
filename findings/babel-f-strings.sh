#!/usr/bin/env bash
# Babel 2.18.0 on Python 3.11: pybabel extract does not see a text that stands inside of an f-string, and says nothing; on
# Python 3.12 and later, whose tokens look into f-strings, the same file gives it. So what is translated depends on the
# Python of the person who last collected the texts.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install babel==2.18.0
mkdir "$folder/code"
cat >"$folder/code/page.py" <<'PY'
title = _("Title")
line = f"{title}: {_('Inside of an f-string')}"
PY
"$folder/venv/bin/pybabel" --quiet extract --keyword=_ --output-file="$folder/all.pot" "$folder/code"
version=$("$folder/venv/bin/python" -c 'import sys; print(sys.version_info >= (3, 12))')
seen=$(grep -c 'msgid "Inside of an f-string"' "$folder/all.pot" || true)
echo "$("$folder/venv/bin/python" --version): $(grep -c 'msgid "[^"]' "$folder/all.pot") of 2 texts collected"
[ "$version $seen" = "False 0" ] || [ "$version $seen" = "True 1" ] || { echo "Babel behaves otherwise now"; exit 1; }
