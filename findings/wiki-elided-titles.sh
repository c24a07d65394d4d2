#!/usr/bin/env bash
# A French wiki says « l'''Odyssée'' »: the apostrophe of an elision, then a title in italics, which MediaWiki tells
# from bold by the single letter before it. pandoc 3.9 (pypandoc_binary 1.17) and wtf_wikipedia 10.4.2 take the
# apostrophe for the first sign of the title. pandoc's Markdown of it, `l*'Odyssée*`, is no emphasis to CommonMark, for
# a star before such a sign must not follow a letter: the stars stay on the page, in pandoc's own reading, too. So with
# « l''''équipe''' » in bold. mwparserfromhell 0.7.2 and wikitextparser 3.0.0 read both as MediaWiki does; with the
# typographic apostrophe all is well everywhere.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install pypandoc_binary==1.17 mwparserfromhell==0.7.2 wikitextparser==3.0.0
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts wtf_wikipedia@10.4.2
cat >see.py <<'PY'
import sys

import mwparserfromhell
import pypandoc
import wikitextparser

text = sys.argv[1]
markdown = pypandoc.convert_text(text, "gfm", "mediawiki").strip()
again = pypandoc.convert_text(markdown, "html", "gfm").strip()
marked = [str(tag.contents) for tag in mwparserfromhell.parse(text).filter_tags()]
read = wikitextparser.parse(text)
print(f"{text} pandoc: {markdown} and again: {again}")
print(f"{text} mwparserfromhell: {marked}")
print(f"{text} wikitextparser: {[one.text for one in (*read.get_italics(), *read.get_bolds(recursive=False))]}")
PY
cat >see.mjs <<'JS'
import wtf from "wtf_wikipedia";
const text = process.argv[2];
const { italic = [], bold = [] } = wtf(text).sentences()[0].json().formatting;
console.log(`${text} wtf_wikipedia: ${JSON.stringify([...italic, ...bold])}`);
JS
for text in "Lire l'''Odyssée'' ici." "Lire l’''Odyssée'' ici." "Voici l''''équipe''' entière."; do
  venv/bin/python see.py "$text"
  node see.mjs "$text"
done | tee said
cat >right <<'TXT'
Lire l'''Odyssée'' ici. pandoc: Lire l*'Odyssée* ici. and again: <p>Lire l*'Odyssée* ici.</p>
Lire l'''Odyssée'' ici. mwparserfromhell: ['Odyssée']
Lire l'''Odyssée'' ici. wikitextparser: ['Odyssée']
Lire l'''Odyssée'' ici. wtf_wikipedia: ["'Odyssée"]
Lire l’''Odyssée'' ici. pandoc: Lire l’*Odyssée* ici. and again: <p>Lire l’<em>Odyssée</em> ici.</p>
Lire l’''Odyssée'' ici. mwparserfromhell: ['Odyssée']
Lire l’''Odyssée'' ici. wikitextparser: ['Odyssée']
Lire l’''Odyssée'' ici. wtf_wikipedia: ["Odyssée"]
Voici l''''équipe''' entière. pandoc: Voici l**'équipe** entière. and again: <p>Voici l**'équipe** entière.</p>
Voici l''''équipe''' entière. mwparserfromhell: ['équipe']
Voici l''''équipe''' entière. wikitextparser: ['équipe']
Voici l''''équipe''' entière. wtf_wikipedia: ["'équipe"]
TXT
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
