#!/usr/bin/env bash
# Notes that a text keeps for those who write it: Markdown has no comments, so a definition of a link that nothing uses
# is taken for one, `[//]: # (…)` or `[comment]: # (…)`; and a footnote may wait for its place. mdformat 1.0.0 (with
# mdformat-footnote 0.1.3) takes all of them out of the file, without a word: it looks whether a page stays the same,
# and they are on none. markdownlint-cli2 0.22.1 takes them out where it may mend, all but `[//]`. Prettier 3.10.1 keeps
# them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install mdformat==1.0.0 mdformat-footnote==0.1.3
npm install --silent --no-audit --no-fund markdownlint-cli2@0.22.1 prettier@3.10.1 >/dev/null
cat >post.md <<'MD'
# Atelier

[//]: # (Salle à confirmer par Léa)

[comment]: # (Le 14 ou le 15 ?)

Venez à Lyon.[^lieu]

[^lieu]: Place du marché.

[^prix]: Prix libre, dit Ali.
MD
for tool in mdformat markdownlint Prettier; do cp post.md "$tool.md"; done
venv/bin/mdformat mdformat.md
node_modules/.bin/markdownlint-cli2 --fix markdownlint.md >/dev/null 2>&1 || true
node_modules/.bin/prettier --log-level silent --write Prettier.md
for tool in mdformat markdownlint Prettier; do
  for words in 'Salle à confirmer' 'Le 14 ou le 15' 'Place du marché' 'Prix libre'; do
    grep -q "$words" "$tool.md" && echo "$tool keeps: $words" || echo "$tool takes out: $words"
  done
done | tee said
cat >right <<'TXT'
mdformat takes out: Salle à confirmer
mdformat takes out: Le 14 ou le 15
mdformat keeps: Place du marché
mdformat takes out: Prix libre
markdownlint keeps: Salle à confirmer
markdownlint takes out: Le 14 ou le 15
markdownlint keeps: Place du marché
markdownlint takes out: Prix libre
Prettier keeps: Salle à confirmer
Prettier keeps: Le 14 ou le 15
Prettier keeps: Place du marché
Prettier keeps: Prix libre
TXT
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
