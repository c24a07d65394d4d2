#!/usr/bin/env bash
# python-frontmatter 1.3.0 reads JSON front matter only where the outer braces stand alone on their lines: on one line it
# is taken for text, without a word, and a nested object whose brace begins a line ends the front matter early.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install python-frontmatter==1.3.0
"$folder/venv/bin/python" - <<'PY'
import frontmatter

spread = frontmatter.loads('{\n"title": "Page"\n}\n\nText')
line = frontmatter.loads('{"title": "Page"}\n\nText')
print("spread over lines:", spread.metadata)
print("on one line:", line.metadata, repr(line.content))
try:
    nested = repr(frontmatter.loads('{\n"title": "Page",\n"menu": {\n"weight": 1\n}\n}\n\nText').metadata)
except ValueError as error:
    nested = type(error).__name__
print("nested, braces at the left:", nested)
assert spread.metadata == {"title": "Page"} and nested == "JSONDecodeError"
assert not line.metadata and line.content.startswith("{"), "python-frontmatter behaves otherwise now"
PY
