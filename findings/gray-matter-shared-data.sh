#!/usr/bin/env bash
# gray-matter 4.0.3 (front matter in Eleventy, Docusaurus and others): two files with the same text get the same object;
# what is set for one of them is set for the other, and for each that is read later. With options, if empty, it is not so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund gray-matter@4.0.3
said=$(node - <<'JS'
const matter = require("gray-matter")
const text = "---\ntags: [welcome]\n---\nHello\n"
matter(text).data.url = "/first/"
matter(text, {}).data.url = "/third/"
console.log(matter(text).data.url, matter(text, {}).data.url)
JS
)
echo "what another reading of the same text has: $said"
[ "$said" = "/first/ undefined" ] || { echo "gray-matter behaves otherwise now"; exit 1; }
