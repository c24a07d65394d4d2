#!/usr/bin/env bash
# Rich 15.0.0 breaks lines at spaces that forbid it: a question mark or a closing » stands alone on the next line, and
# « 1 234 » is cut between its thousands, for U+00A0 and U+202F are white space to it like any other. Python's
# textwrap, and so click 8.5.1, keeps them together.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install rich==15.0.0 click==8.5.1
"$folder/venv/bin/python" - <<'PY'
from io import StringIO

import click
from rich.console import Console

texts = ["Voulez-vous publier\u00a0?", "Le nombre est 1\u202f234"]
rich, wrapped = [], []
for text in texts:
    console = Console(width=len(text) - 1, file=StringIO())
    console.print(text)
    rich.append(console.file.getvalue().splitlines())
    wrapped.append(click.wrap_text(text, len(text) - 1).splitlines())
print("Rich:", rich, "- click:", wrapped)
assert rich == [["Voulez-vous publier\u00a0", "?"], ["Le nombre est 1\u202f", "234"]], "Rich behaves otherwise now"
assert wrapped == [["Voulez-vous", "publier\u00a0?"], ["Le nombre est", "1\u202f234"]], "click behaves otherwise now"
PY
