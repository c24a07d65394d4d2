#!/usr/bin/env bash
# Pelican 4.12.0, MkDocs 1.6.1 and Eleventy 3.1.8 publish a page whose front matter says `draft: true`, each without a
# word: Pelican wants `Status: draft`, Eleventy `permalink: false`, MkDocs has nothing of the kind for a page. Who moves
# a folder from a generator that keeps drafts back shows them all at once.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install pelican==4.12.0 mkdocs==1.6.1
(cd "$folder" && npm install --silent --no-fund --no-audit --prefix "$folder/node" @11ty/eleventy@3.1.8 >/dev/null)
mkdir -p "$folder/content" "$folder/docs"
cd "$folder"
printf 'Title: Page\nDate: 2024-01-01\ndraft: true\n\nText\n' >content/page.md
printf -- '---\ntitle: Page\ndraft: true\n---\nText\n' >docs/page.md
printf '# Start\n' >docs/index.md
printf 'site_name: x\n' >mkdocs.yml
printf 'PATH = "content"\nTIMEZONE = "UTC"\nSITEURL = "https://example.org"\n' >settings.py
venv/bin/pelican content -o pelican -s settings.py >/dev/null 2>&1
venv/bin/mkdocs build --quiet --site-dir mkdocs >/dev/null 2>&1
node/node_modules/.bin/eleventy --quiet --input=docs --output=eleventy >/dev/null
for page in pelican/page.html mkdocs/page/index.html eleventy/page/index.html; do
  grep -q Text "$page" && echo "$page: published" || { echo "$page: kept back now"; exit 1; }
done
