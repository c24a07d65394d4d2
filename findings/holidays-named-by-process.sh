#!/usr/bin/env bash
# The holidays of France have French names by default, says holidays 0.109 (`default_language` is "fr"); but where nothing
# is asked for, the process's own language comes first: “Labor Day” in a container with LANG=C.UTF-8, “День праці” on a
# Ukrainian’s computer, « Fête du Travail » on a French one, and where LANG is not set at all. And a day given as a text
# is read as in the United States where it can be: 01/05/2026 is no holiday of France, 05/01/2026 is,
# and so is 14/05/2026.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install holidays==0.109
cat >see.py <<'PY'
import os
from datetime import date

import holidays

france = holidays.country_holidays("FR", years=2026)
names = [france[day] for day in (date(2026, 5, 1), date(2026, 5, 14))]
asked = holidays.country_holidays("FR", years=2026, language="fr")
said = [asked[date(2026, 5, 1)], *(day for day in ("01/05/2026", "05/01/2026", "14/05/2026") if day in france)]
print(os.environ.get("LANG"), *names, france.default_language, *said, sep=", ")
PY
for lang in '' LANG=C.UTF-8 LANG=en_US.UTF-8 LANG=uk_UA.UTF-8 LANG=fr_FR.UTF-8 LANG=de_DE.UTF-8; do
  env -i PYTHONUTF8=1 ${lang:+"$lang"} venv/bin/python see.py
done | tee said
cat >right <<'TXT'
None, Fête du Travail, Ascension, fr, Fête du Travail, 05/01/2026, 14/05/2026
C.UTF-8, Labor Day, Ascension Day, fr, Fête du Travail, 05/01/2026, 14/05/2026
en_US.UTF-8, Labor Day, Ascension Day, fr, Fête du Travail, 05/01/2026, 14/05/2026
uk_UA.UTF-8, День праці, Вознесіння Господнє, fr, Fête du Travail, 05/01/2026, 14/05/2026
fr_FR.UTF-8, Fête du Travail, Ascension, fr, Fête du Travail, 05/01/2026, 14/05/2026
de_DE.UTF-8, Fête du Travail, Ascension, fr, Fête du Travail, 05/01/2026, 14/05/2026
TXT
cmp -s said right || { echo "it behaves otherwise now"; exit 1; }
