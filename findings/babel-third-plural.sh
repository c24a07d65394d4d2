#!/usr/bin/env bash
# Babel 2.19.0 begins a French (Italian, Spanish, Portuguese) catalogue with three plural forms, the second one for
# whole millions; 2.18.0 and gettext have two. A catalogue that exists keeps its two. node-gettext 3.0.1 reads the
# same file by a table of its own, not by the file's Plural-Forms: for 2 it shows the form that is meant for millions.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >all.pot <<'POT'
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\n"

msgid "topic"
msgid_plural "topics"
msgstr[0] ""
msgstr[1] ""
POT
for version in 2.18.0 2.19.0; do
    python3 -m venv "$version"
    "$version/bin/pip" --quiet install "babel==$version"
    "$version/bin/pybabel" --quiet init -i all.pot -o "$version.po" -l fr
    forms="${forms:-}$(grep -c '^msgstr\[' "$version.po") "
done
2.19.0/bin/pybabel --quiet update -i all.pot -o 2.18.0.po -l fr
kept=$(grep -c '^msgstr\[' 2.18.0.po)
echo "forms in a new catalogue: $forms; in an older one after the update: $kept"
sed -i 's/^\(msgstr.0. "\)"/\1sujet"/; s/^\(msgstr.1. "\)"/\1de sujets"/; s/^\(msgstr.2. "\)"/\1sujets"/' 2.19.0.po
2.19.0/bin/pybabel --quiet compile --use-fuzzy -i 2.19.0.po -o fr.mo -l fr
python=$(2.19.0/bin/python -c 'import gettext
with open("fr.mo", "rb") as file:
    texts = gettext.GNUTranslations(file)
print([texts.ngettext("topic", "topics", n) for n in (1, 2, 1_000_000)])')
npm install --silent --no-audit --no-fund node-gettext@3.0.1 gettext-parser@10.0.0 >/dev/null
node=$(node --input-type=module -e 'import Gettext from "node-gettext";
import * as parser from "gettext-parser";
import { readFileSync } from "node:fs";
const texts = new Gettext();
texts.addTranslations("fr", "messages", parser.po.parse(readFileSync("2.19.0.po")));
texts.setLocale("fr");
console.log([1, 2, 1000000].map((n) => texts.ngettext("topic", "topics", n)).join(", "))')
printf 'for 1, 2 and a million: Python %s, node-gettext %s\n' "$python" "$node"
[ "$forms$kept" = "2 3 2" ] && [ "$python" = "['sujet', 'sujets', 'de sujets']" ] &&
    [ "$node" = "sujet, de sujets, de sujets" ] || { echo "one of them behaves otherwise now"; exit 1; }
