#!/usr/bin/env bash
# MkDocs 1.6.1, search with `lang: fr`: « archive » finds no page that says « l'archive » or « l’archive », since no
# apostrophe parts words; « été » finds nothing in the browser, since it is also a form of « être » and left out;
# yet with `prebuild_index: python` it is found in the same pages. A separator with both apostrophes parts the words.
# (Searched with the lunr that MkDocs copies into the site; needs node. A page counts twice: as a page and a section.)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install mkdocs==1.6.1 lunr==0.8.0
mkdir "$folder/docs"
printf "# Un\n\nNous gardons l\u2019archive, et l'archive reste.\n" >"$folder/docs/elided.md"
printf '# Deux\n\nUn bel été.\n' >"$folder/docs/summer.md"
printf '# Accueil\n' >"$folder/docs/index.md"
cat >"$folder/search.js" <<'JS'
const [, , site] = process.argv
const lunr = require(`${site}/search/lunr.js`)
require(`${site}/search/lunr.stemmer.support.js`)(lunr)
require(`${site}/search/lunr.fr.js`)(lunr)
const { config, docs } = JSON.parse(require("fs").readFileSync(`${site}/search/search_index.json`))
lunr.tokenizer.separator = new RegExp(config.separator)
const index = lunr(function () {
  this.use(lunr.fr)
  this.ref("location")
  this.field("title")
  this.field("text")
  docs.forEach((page) => this.add(page))
})
console.log(["archive", "été"].map((word) => index.search(word).length).join(" "))
JS
build() {
    printf 'site_name: x\nplugins:\n  - search: {lang: fr%s}\n' "$1" >"$folder/mkdocs.yml"
    (cd "$folder" && NO_MKDOCS_2_WARNING=1 venv/bin/mkdocs build --quiet --clean)
}
build ''
usual=$(node "$folder/search.js" "$folder/site")
build ", separator: \"[\\\\s'’-]+\""
parted=$(node "$folder/search.js" "$folder/site")
build ', prebuild_index: python'
prebuilt=$("$folder/venv/bin/python" - "$folder/site/search/search_index.json" <<'PY'
import json, sys
from lunr.index import Index

index = Index.load(json.load(open(sys.argv[1], encoding="utf-8"))["index"])
print(len(index.search("archive")), len(index.search("été")))
PY
)
echo "hits of « archive » and « été »: as usual $usual; with apostrophes as separators $parted; index built by Python $prebuilt"
[ "$usual" = "0 0" ] && [ "$parted" = "2 0" ] && [ "$prebuilt" = "0 2" ] || { echo "MkDocs behaves otherwise now"; exit 1; }
