#!/usr/bin/env bash
# linkify-it-py 2.2.0: a French closing quote or an ellipsis that follows an address becomes part of it, while ; ! ) do
# not; and a file name such as README.md or script.py is an address, for .md and .py are countries.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install linkify-it-py==2.2.0
"$folder/venv/bin/python" - <<'PY'
from linkify_it import LinkifyIt

texts = ["https://example.org/a»", "https://example.org/a…", "https://example.org/a;", "(https://example.org/a)", "README.md", "script.py"]
found = [LinkifyIt().match(text)[0].url for text in texts]
for text, url in zip(texts, found):
    print(f"{text:26} {url}")
assert found == [
    "https://example.org/a»",
    "https://example.org/a…",
    "https://example.org/a",
    "https://example.org/a",
    "http://README.md",
    "http://script.py",
], "linkify-it-py behaves otherwise now"
PY
