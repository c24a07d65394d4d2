#!/usr/bin/env bash
# The space that French has before ? ! ; : and %. Typograf 7.8.0 with French for its language takes a plain one away, as
# if it were a mistake, and the one before the forum’s :smile:, too, which it puts into the smiley instead; no-break
# spaces of both kinds stay. pofilter of translate-toolkit 3.20.4, told that a translation is French, has nothing
# against a plain space or U+00A0 there, and says of U+202F, the narrow one of French typographers, that the
# translation ends with another punctuation than its original.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts typograf@7.8.0
python3 -m venv venv
venv/bin/pip --quiet install translate-toolkit==3.20.4
cat >mend.mjs <<'JS'
import Typograf from "typograf";

const seen = (text) => text.replaceAll("\u00a0", "{00A0}").replaceAll("\u202f", "{202F}");
const typograf = new Typograf({ locale: ["fr"] });
for (const text of [
  "Qui vient ? Venez !",
  "Dix heures ; puis repas : soupe.",
  "Pour : 75 %",
  "Merci :smile:",
  "Qui vient\u00a0? Venez\u00a0!",
  "Qui vient\u202f? Venez\u202f!",
]) {
  console.log(`Typograf: ${seen(text)} -> ${seen(typograf.execute(text))}`);
}
JS
cat >write.py <<'PY'
for name, space in (("plain", " "), ("00A0", "\u00a0"), ("202F", "\u202f")):
    with open(f"{name}.po", "w", encoding="utf-8") as file:
        file.write('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: fr\\n"\n\n')
        file.write(f'msgid "Who comes?"\nmsgstr "Qui vient{space}?"\n')
PY
python3 write.py
{
  node mend.mjs
  for name in plain 00A0 202F; do
    venv/bin/pofilter --progress=none --language=fr "$name.po" "$name.said"
    [ -e "$name.said" ] || echo '(pofilter) nothing' >"$name.said"
    grep -o '(pofilter).*' "$name.said" | sed "s/^/$name: /"
  done
} | tee said
cat >right <<'TXT'
Typograf: Qui vient ? Venez ! -> Qui vient? Venez!
Typograf: Dix heures ; puis repas : soupe. -> Dix heures; puis repas: soupe.
Typograf: Pour : 75 % -> Pour: 75%
Typograf: Merci :smile: -> Merci: smile:
Typograf: Qui vient{00A0}? Venez{00A0}! -> Qui vient{00A0}? Venez{00A0}!
Typograf: Qui vient{202F}? Venez{202F}! -> Qui vient{202F}? Venez{202F}!
plain: (pofilter) nothing
00A0: (pofilter) nothing
202F: (pofilter) endpunc: Different punctuation at the end
TXT
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
