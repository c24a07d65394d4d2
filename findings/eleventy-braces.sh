#!/usr/bin/env bash
# Eleventy 3.1.8: what a Markdown file says in double braces is left out of the page, in code, too, without a word, for
# it is a variable of a template that nobody set. `templateEngineOverride: md` in the front matter keeps it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund @11ty/eleventy@3.1.8 >/dev/null
mkdir texts
printf 'Write `{{ name }}` here.\n' >texts/usual.md
printf -- '---\ntemplateEngineOverride: md\n---\nWrite `{{ name }}` here.\n' >texts/kept.md
npx eleventy --input texts --output site --quiet >/dev/null
usual=$(cat site/usual/index.html)
kept=$(cat site/kept/index.html)
printf 'as usual: %s\nwith the key: %s\n' "$usual" "$kept"
[ "$usual" = '<p>Write `` here.</p>' ] && [ "$kept" = '<p>Write <code>{{ name }}</code> here.</p>' ] ||
    { echo "Eleventy behaves otherwise now"; exit 1; }
