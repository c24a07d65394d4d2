#!/usr/bin/env bash
# pandoc 3.9 (pypandoc_binary 1.17): in its own Markdown, a line with a colon between two rules is metadata anywhere in a
# text, and is left out of what it makes. To every other Markdown it is a rule and a heading; so it is to `-f gfm`, which
# still takes the front matter of a file for what it is.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install pypandoc_binary==1.17
"$folder/venv/bin/python" - <<'PY'
import pypandoc

text = "---\ntitle: Meeting\n---\n\nFirst.\n\n---\nStart: ten o'clock\n---\n\nLast.\n"
seen = {form: pypandoc.convert_text(text, "plain", form).split() for form in ("markdown", "gfm")}
print(pypandoc.get_pandoc_version(), seen)
assert seen["markdown"] == ["First.", "Last."], "pandoc behaves otherwise now"
assert "Start:" in seen["gfm"] and "Meeting" not in seen["gfm"], "pandoc behaves otherwise now"
PY
