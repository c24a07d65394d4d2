#!/usr/bin/env bash
# MkDocs 1.6.1: where a page has no front matter, its first lines are metadata if they look like `word: text`, and are
# left out of the page without a word: « Rappel: apportez du pain », and an address on the first line, for `https` is
# a word before a colon. An empty front matter above them keeps them; so does a space before the colon.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install mkdocs==1.6.1
mkdir "$folder/docs"
cd "$folder"
echo 'site_name: x' >mkdocs.yml
printf 'Rappel: apportez du pain.\n\nMerci.\n' >docs/index.md
printf 'https://example.org/pain\n\nMerci.\n' >docs/address.md
printf -- '---\n---\nRappel: apportez du pain.\n\nMerci.\n' >docs/empty.md
printf 'Rappel : apportez du pain.\n\nMerci.\n' >docs/space.md
NO_MKDOCS_2_WARNING=1 venv/bin/mkdocs build --quiet
seen=""
for page in index.html address/index.html empty/index.html space/index.html; do
  grep -q 'Merci' "site/$page"
  if grep -q 'pain' "site/$page"; then word=shown; else word=lost; fi
  echo "$page: first line $word"
  seen="$seen $word"
done
[ "$seen" = " lost lost shown shown" ] || { echo "MkDocs behaves otherwise now"; exit 1; }
