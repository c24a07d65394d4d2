#!/usr/bin/env bash
# « Publié le 1er mars 2025 » is the first of January to htmldate 1.11.0, and so to trafilatura 2.3.1, which keeps pages
# with its dates. It reads « 2 mars » and « 1 mars »; of « 1er », as French writes each month's first day, and of
# « 12 févr. » it takes the year alone. And where another day is told further down, such as the next meeting's in June,
# the page is of that day. « 1er mars 2025 » without « Publié le » is read as it is.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install htmldate==1.11.0 trafilatura==2.3.1 lxml_html_clean==0.4.6
venv/bin/python - <<'PY' | tee said
from htmldate import find_date
from trafilatura import extract_metadata

PAGE = '<html lang="fr"><head><title>Bilan</title></head><body><article><p>{}</p><p>{}</p></article></body></html>'
for said in (
    "Publié le 2 mars 2025",
    "Publié le 1 mars 2025",
    "Publié le 1er mars 2025",
    "1er mars 2025",
    "Publié le 12 février 2025",
    "Publié le 12 févr. 2025",
):
    pages = [PAGE.format(said, more) for more in ("Nous avons parlé.", "Prochaine réunion le 12 juin 2025.")]
    days = [day for page in pages for day in (find_date(page, original_date=True), extract_metadata(page).date)]
    print(f"{said}:", *days)
PY
cat >right <<'TXT'
Publié le 2 mars 2025: 2025-03-02 2025-03-02 2025-03-02 2025-03-02
Publié le 1 mars 2025: 2025-03-01 2025-03-01 2025-03-01 2025-03-01
Publié le 1er mars 2025: 2025-01-01 2025-01-01 2025-06-12 2025-06-12
1er mars 2025: 2025-03-01 2025-03-01 2025-03-01 2025-03-01
Publié le 12 février 2025: 2025-02-12 2025-02-12 2025-02-12 2025-02-12
Publié le 12 févr. 2025: 2025-01-01 2025-01-01 2025-06-12 2025-06-12
TXT
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
