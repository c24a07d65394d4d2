#!/usr/bin/env bash
# Hypothesis 6.170.15: `derandomize=True` does not draw the same examples in every run. Constants of the project's own
# modules are mixed in, and of these only what is imported by then: the same test, unchanged, sees other texts after an
# import elsewhere, so when it is run alone, in another order, or in another worker of a parallel run.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install hypothesis==6.170.15
mkdir "$folder/project"
cd "$folder/project"
echo 'FRUIT = "pamplemousse"' > fruit.py
cat > drawn.py <<'PY'
import hashlib
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

if "with" in sys.argv:
    import fruit  # noqa: F401 - the test below does not use it
drawn = []


@settings(derandomize=True, database=None, max_examples=3000)
@given(st.text())
def law(text):
    drawn.append(text)


law()
print(len(drawn), hashlib.sha256(repr(drawn).encode()).hexdigest()[:12])
PY
alone=$("$folder/venv/bin/python" drawn.py)
again=$("$folder/venv/bin/python" drawn.py)
with=$("$folder/venv/bin/python" drawn.py with)
printf 'alone: %s\nagain: %s\nwith another module of the project: %s\n' "$alone" "$again" "$with"
[ "$alone" = "$again" ]
[ "$alone" != "$with" ] || { echo "Hypothesis behaves otherwise now"; exit 1; }
