#!/usr/bin/env bash
# A recorded meeting, written down as WebVTT, with who speaks in its voice tags (`<v Léa>`). pysubs2 1.8.1 has a field
# for the name of whoever speaks, and leaves it empty: the names are gone, also from what it writes as WebVTT again.
# webvtt-py 0.6.0 knows one name for each caption, so that where two people share one, both lines are the first one's,
# and none in SRT; there subsrt-ts 2.1.2 loses them as well. In SRT, which has no such signs, all three leave `&amp;`
# as it is. pycaption 2.3.14 writes “Léa: ” before what she says, and &. None of them says a word.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install pysubs2==1.8.1 webvtt-py==0.6.0 pycaption==2.3.14
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts subsrt-ts@2.1.2
cat >meeting.vtt <<'TXT'
WEBVTT

00:00:01.000 --> 00:00:03.000
<v Léa>Questions &amp; réponses

00:00:03.000 --> 00:00:05.000
<v Ali>Salut
<v Zoé>Bonjour
TXT
cat >see.py <<'PY'
import io
from pathlib import Path

import pysubs2
import webvtt
from pycaption import SRTWriter, WebVTTReader

text = Path("meeting.vtt").read_text(encoding="utf-8")


def words(subtitles):
    """Without numbers and times."""
    lines = subtitles.strip().splitlines()
    return " / ".join(line for line in lines if line and "-->" not in line and not line.isdigit() and line != "WEBVTT")


read = pysubs2.SSAFile.from_string(text)
captions = webvtt.read("meeting.vtt")
captions.write(srt := io.StringIO(), format="srt")
print("pysubs2, names:", [event.name for event in read])
print("pysubs2, vtt:", words(read.to_string("vtt")))
print("pysubs2, srt:", words(read.to_string("srt")))
print("webvtt-py, voices:", [(caption.voice, caption.text) for caption in captions])
print("webvtt-py, srt:", words(srt.getvalue()))
print("pycaption, srt:", words(SRTWriter().write(WebVTTReader().read(text))))
PY
cat >see.mjs <<'JS'
import { readFileSync } from "node:fs";
import subsrt from "subsrt-ts";
const lines = subsrt.convert(readFileSync("meeting.vtt", "utf8"), { format: "srt" }).split(/\r?\n/);
console.log(`subsrt-ts, srt: ${lines.filter((line) => line && !/^\d+$|-->/.test(line)).join(" / ")}`);
JS
{ venv/bin/python see.py && node see.mjs; } | tee said
cat >right <<'TXT'
pysubs2, names: ['', '']
pysubs2, vtt: Questions &amp; réponses / Salut / Bonjour
pysubs2, srt: Questions &amp; réponses / Salut / Bonjour
webvtt-py, voices: [('Léa', 'Questions &amp; réponses'), ('Ali', 'Salut\nBonjour')]
webvtt-py, srt: Questions &amp; réponses / Salut / Bonjour
pycaption, srt: Léa: Questions & réponses / Ali: Salut / Zoé: Bonjour
subsrt-ts, srt: Questions &amp; réponses / Salut / Bonjour
TXT
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
