#!/usr/bin/env bash
# French puts a narrow no-break space (U+202F) before “?” and “!”. Paragraphs of ReportLab 5.1.0 keep U+00A0 where it
# stands; U+202F they take for any space: it becomes one in the PDF, and the line may break there, so that the next one
# begins with the question mark.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install reportlab==5.1.0
venv/bin/python - <<'PY' | tee said
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph

style = getSampleStyleSheet()["Normal"]
for name, space in ("U+00A0", "\u00a0"), ("U+202F", "\u202f"):
    text = Paragraph(f"Qui n’a pas encore parlé{space}? Les autres{space}!", style)
    text.wrap(112, 500)  # points
    for _left, words in text.blPara.lines:
        print(f"{name}: {' '.join(words)!a}")
PY
cat >right <<'TXT'
U+00A0: 'Qui n\u2019a pas encore'
U+00A0: 'parl\xe9\xa0? Les autres\xa0!'
U+202F: 'Qui n\u2019a pas encore parl\xe9'
U+202F: '? Les autres !'
TXT
cmp -s said right || { echo "it behaves otherwise now"; exit 1; }
