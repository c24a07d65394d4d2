#!/usr/bin/env bash
# Pelican 4.12.0: the order of two keys decides whether a page is there. It takes a front matter of YAML line by line and
# ends it at the first item of a list: `date` above the list makes an article, whose text begins with that list; below
# it the article is skipped, for it has no date. The exit code is 0 either way.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install 'pelican[markdown]==4.12.0'
mkdir "$folder/content"
cd "$folder"
printf -- '---\ntitle: Above\ndate: 2024-01-01\ntags:\n- one\n- two\n---\n\nText\n' >content/above.md
printf -- '---\ntitle: Below\ntags:\n- one\n- two\ndate: 2024-01-01\n---\n\nText\n' >content/below.md
printf 'PATH = "content"\nTIMEZONE = "UTC"\nSITEURL = "https://example.org"\n' >settings.py
venv/bin/pelican content -o out -s settings.py >log.txt 2>&1
echo "exit code: $?"
for page in above below; do
  if [ -e "out/$page.html" ]; then echo "date $page the list: an article"; else echo "date $page the list: skipped"; fi
done
[ -e out/above.html ] && [ ! -e out/below.html ] || { echo "Pelican behaves otherwise now"; exit 1; }
grep -q '<li>one</li>' out/above.html || { echo "Pelican behaves otherwise now"; exit 1; }
echo "the text of the article begins with: <li>one</li>"
