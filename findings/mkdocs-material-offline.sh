#!/usr/bin/env bash
# Material for MkDocs 9.8.2: the built-in plugin "offline" is there so that a site can be opened as files, without a web
# server. Its pages then ask another host for a script, which those of a site built without the plugin do not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install mkdocs==1.6.1 mkdocs-material==9.8.2
mkdir "$folder/docs"
echo "# Accueil" >"$folder/docs/index.md"

foreign() { # the plugins; how many scripts of other hosts the page asks for
  printf 'site_name: Essai\ntheme:\n  name: material\n  font: false\nplugins:\n%s\n' "$1" >"$folder/mkdocs.yml"
  NO_MKDOCS_2_WARNING=1 "$folder/venv/bin/mkdocs" --quiet build -f "$folder/mkdocs.yml" >&2
  { grep -oE '<script[^>]* src="?https?://[^ ">]+' "$folder/site/index.html" || true; } | wc -l
}

plain=$(foreign "  - search")
offline=$(foreign $'  - search\n  - offline')
echo "scripts of other hosts: $plain without the plugin, $offline with it"
[ "$plain" = 0 ] && [ "$offline" = 1 ] || { echo "The theme behaves otherwise now." >&2; exit 1; }
