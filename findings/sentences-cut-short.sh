#!/usr/bin/env bash
# Where a French sentence ends, by tools that are told that it is French; only sbd 1.0.19 cannot be told. Each of four
# is wrong about one of these or more: pySBD 0.3.4 ends a sentence within « participant.e.s », so that the next one
# begins with “s”, and behind “p.”; sentencex 1.0.32 behind “M.”, though it knows “p.”; sentence-splitter 1.4 ends none
# behind « 14 h. »; sbd is wrong about « participant.e.s » and « 14 h. », and begins a sentence with “»”.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install pysbd==0.3.4 sentencex==1.0.32 sentence-splitter==1.4
npm install --silent --no-audit --no-fund --ignore-scripts sbd@1.0.19
cat >texts.json <<'JSON'
[
  "Les participant.e.s votent.",
  "M. Martin vient.",
  "Le vote est à la p. 12.",
  "« Venez ! » dit Léa.",
  "Repas à 14 h. Venez !"
]
JSON
cat >cut.py <<'PY'
import json

import pysbd
import sentencex
from sentence_splitter import SentenceSplitter

with open("texts.json", encoding="utf-8") as file:
    texts = json.load(file)
tools = {
    "pySBD": pysbd.Segmenter(language="fr", clean=False).segment,
    "sentencex": lambda text: sentencex.segment("fr", text),
    "sentence-splitter": SentenceSplitter(language="fr").split,
}
for name, cut in tools.items():
    for text in texts:
        print(f"{name}:", " | ".join(part.strip() for part in cut(text)))
PY
cat >cut.cjs <<'JS'
const { sentences } = require("sbd");
for (const text of require("./texts.json")) console.log(`sbd: ${sentences(text).join(" | ")}`);
JS
{
  venv/bin/python -W ignore cut.py
  node cut.cjs
} | tee said
cat >right <<'TXT'
pySBD: Les participant.e. | s votent.
pySBD: M. Martin vient.
pySBD: Le vote est à la p. | 12.
pySBD: « Venez ! » dit Léa.
pySBD: Repas à 14 h. | Venez !
sentencex: Les participant.e.s votent.
sentencex: M. | Martin vient.
sentencex: Le vote est à la p. 12.
sentencex: « Venez ! » dit Léa.
sentencex: Repas à 14 h. | Venez !
sentence-splitter: Les participant.e.s votent.
sentence-splitter: M. Martin vient.
sentence-splitter: Le vote est à la p. 12.
sentence-splitter: « Venez ! » dit Léa.
sentence-splitter: Repas à 14 h. Venez !
sbd: Les participant | e.s votent.
sbd: M. Martin vient.
sbd: Le vote est à la p. 12.
sbd: « Venez ! | » dit Léa.
sbd: Repas à 14 h. Venez !
TXT
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
