#!/usr/bin/env bash
# French puts a space before a colon, and `title: Atelier : mars` is no YAML. MkDocs 1.6.1 does not say so, not even
# with --strict: the lines of the front matter stand on the page as its first words, and none of them counts.
# gray-matter 4.0.3 raises an error for it once; asked for the same text again, as a server that renews its pages does,
# it returns the whole file as text and no metadata. python-frontmatter 1.3.0 raises each time.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install mkdocs==1.6.1 python-frontmatter==1.3.0
npm install --silent --no-audit --no-fund gray-matter@4.0.3 >/dev/null
mkdir docs
printf -- '---\ntitle: Atelier : mars\nsearch: {exclude: true}\n---\n\nBonjour.\n' >docs/index.md
echo 'site_name: Animation' >mkdocs.yml
cat >read.py <<'PY'
import frontmatter

for _ in range(2):
    try:
        print("python-frontmatter", frontmatter.load("docs/index.md").metadata)
    except Exception as error:
        print("python-frontmatter", type(error).__name__)
PY
cat >read.mjs <<'JS'
import fs from "fs";
import matter from "gray-matter";
const text = fs.readFileSync("docs/index.md", "utf8");
for (const _ of [1, 2]) {
  try {
    const file = matter(text);
    console.log("gray-matter", JSON.stringify(file.data), file.content === text ? "and the whole file" : "");
  } catch (error) {
    console.log("gray-matter", error.name);
  }
}
JS
{
  venv/bin/mkdocs build --strict --quiet 2>&1 && echo "MkDocs is content, and its page begins:"
  grep -A2 '<p>title' site/index.html || true
  node read.mjs
  venv/bin/python read.py
} | tee said
cat >right <<'TXT'
MkDocs is content, and its page begins:
<p>title: Atelier : mars
search: {exclude: true}</p>
<hr />
gray-matter YAMLException
gray-matter {} and the whole file
python-frontmatter ScannerError
python-frontmatter ScannerError
TXT
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
