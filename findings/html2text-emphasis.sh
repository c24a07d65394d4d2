#!/usr/bin/env bash
# html2text 2025.4.15, with which the plain text of a letter is often made of its HTML: it puts a space before emphasis
# that follows the typographic apostrophe, and behind bold that a letter, a comma or … follows, where HTML has none.
# « l’été » becomes « l’ _été_ », « participant**e** s » two words, and in « un mot **gras** , oui » the comma stands
# alone. Behind the apostrophe of a typewriter nothing is added, nor anywhere with `ignore_emphasis`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install html2text==2025.4.15
"$folder/venv/bin/python" - <<'PY'
from html2text import HTML2Text

EXPECTED = {
    "<p>l’<em>été</em></p>": ("l’ _été_", "l’été"),
    "<p>l'<em>été</em></p>": ("l'_été_", "l'été"),
    "<p>participant<b>e</b>s</p>": ("participant**e** s", "participantes"),
    "<p>un mot <b>gras</b>, oui</p>": ("un mot **gras** , oui", "un mot gras, oui"),
    "<p>et <b>ainsi</b>…</p>": ("et **ainsi** …", "et ainsi…"),
}
for html, right in EXPECTED.items():
    found = []
    for ignored in (False, True):
        converter = HTML2Text()
        converter.ignore_emphasis = ignored
        found.append(converter.handle(html).strip())
    print(html, found)
    assert tuple(found) == right, "html2text behaves otherwise now"
PY
