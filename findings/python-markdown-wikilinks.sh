#!/usr/bin/env bash
# Python-Markdown 3.11.3: its wikilinks extension knows letters, digits, blanks, _ and - between the brackets. A name with
# an apostrophe, a folder, another text after | or a heading after # stays on the page as it was typed: of five links that
# Obsidian follows it makes one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install markdown==3.11.3
"$folder/venv/bin/python" - <<'PY'
import markdown

links = ["[[Réunion]]", "[[L'équipe]]", "[[notes/Réunion]]", "[[Réunion|la réunion]]", "[[Réunion#Qui vient]]"]
made = {link: "<a " in markdown.markdown(link, extensions=["wikilinks"]) for link in links}
for link, linked in made.items():
    print(link, "a link" if linked else "left as it is")
assert [linked for linked in made.values()] == [True, False, False, False, False], "Python-Markdown behaves otherwise now"
PY
