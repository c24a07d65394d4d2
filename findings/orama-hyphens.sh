#!/usr/bin/env bash
# Orama 3.1.18 with `language: "french"`: a hyphen does not part words, so that « Étienne » does not find
# Saint-Étienne, nor « vous » a rendez-vous. An apostrophe of either kind parts them, and what begins a word is found
# all the same (« Saint », « rendez »), which makes the gap hard to notice.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund @orama/orama@3.1.18 >/dev/null
cat >find.mjs <<'JS'
import { create, insert, search } from "@orama/orama";
const base = create({ schema: { text: "string" }, language: "french" });
for (const text of ["Cercle de Saint-Étienne", "Prenez rendez-vous", "L’archive de l'atelier"]) insert(base, { text });
const words = ["Étienne", "vous", "Saint", "rendez", "archive", "atelier"];
console.log(words.map((term) => `${term}: ${search(base, { term }).count}`).join(", "));
JS
said=$(node find.mjs)
echo "$said"
[ "$said" = "Étienne: 0, vous: 0, Saint: 1, rendez: 1, archive: 1, atelier: 1" ] ||
    { echo "Orama behaves otherwise now"; exit 1; }
