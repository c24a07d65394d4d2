#!/usr/bin/env bash
# What a link to the heading « Où l'été » has to end with: three tools, three answers. Python-Markdown 3.11.3 (so MkDocs)
# takes the accents off, github-slugger 2.0.0 keeps them and drops the apostrophe, markdown-it-anchor 9.2.0 writes them as
# percent signs and keeps the apostrophe. A link that works in one preview is dead in the next, and only in languages
# with accents.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install markdown==3.11.3
(cd "$folder" && npm install --silent --no-fund --no-audit github-slugger@2.0.0 markdown-it@14.1.0 markdown-it-anchor@9.2.0 >/dev/null)
cd "$folder"
cat >slugs.mjs <<'JS'
import { slug } from "github-slugger";
import MarkdownIt from "markdown-it";
import anchor from "markdown-it-anchor";
const heading = "Où l'été";
console.log("github-slugger: " + slug(heading));
console.log("markdown-it-anchor: " + /id="([^"]*)"/.exec(new MarkdownIt().use(anchor).render("# " + heading))[1]);
JS
{
  "$folder/venv/bin/python" -c 'import markdown, re
print("Python-Markdown:", re.search("id=\"(.*?)\"", markdown.markdown("# Où l’été".replace("’", chr(39)), extensions=["toc"]))[1])'
  node slugs.mjs
} | tee seen.txt
cat >right.txt <<'TXT'
Python-Markdown: ou-lete
github-slugger: où-lété
markdown-it-anchor: o%C3%B9-l'%C3%A9t%C3%A9
TXT
cmp -s seen.txt right.txt || { echo "One of them behaves otherwise now"; exit 1; }
