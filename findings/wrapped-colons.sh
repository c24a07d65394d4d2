#!/usr/bin/env bash
# French puts a space before a colon, and where lines are wrapped at 80 columns one of them may begin with it: mdformat
# 1.0.0 (`--wrap 80`) and Prettier 3.10.1 (`--prose-wrap always`) write it there. Where a site has lists of definitions,
# a line that begins with a colon is one: Python-Markdown 3.11.3 (def_list), markdown-it-deflist 4.0.0 and pandoc 3.9
# (pypandoc_binary 1.17) make the first half of the sentence the term, the second its definition. Of a “+” at
# that place they take care: the one escapes it, the other breaks the line elsewhere. A no-break space keeps the colon.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install mdformat==1.0.0 markdown==3.11.3 pypandoc_binary==1.17
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts prettier@3.10.1 markdown-it@15.0.3 \
    markdown-it-deflist@4.0.0
first="Nous avons demandé à chacune et chacun ce qui compte le plus pour nos rencontres"
printf '%s : du temps.\n' "$first" >space.md
printf '%s\u00a0: du temps.\n' "$first" >no-break.md
printf '%s + du temps.\n' "$first" >plus.md
for name in space no-break plus; do
  venv/bin/mdformat --wrap 80 - <$name.md >$name.mdformat
  node_modules/.bin/prettier --prose-wrap always --print-width 80 $name.md >$name.prettier
done
cmp space.mdformat space.prettier && cmp no-break.mdformat no-break.prettier
cat >see.py <<'PY'
from pathlib import Path

import markdown
import pypandoc

for name in "space.md", "space.mdformat", "no-break.mdformat":
    text = Path(name).read_text()
    print("Python-Markdown", name, markdown.markdown(text, extensions=["def_list"])[:4].strip())
    print("pandoc", name, pypandoc.convert_text(text, "html", format="markdown")[:4].strip())
PY
cat >see.mjs <<'JS'
import { readFileSync } from "node:fs";
import markdownIt from "markdown-it";
import deflist from "markdown-it-deflist";

for (const name of ["space.md", "space.mdformat", "no-break.mdformat"]) {
  const html = markdownIt().use(deflist).render(readFileSync(name, "utf8"));
  console.log("markdown-it", name, html.slice(0, 4).trim());
}
JS
{
  tail -qn 1 space.mdformat plus.mdformat plus.prettier
  venv/bin/python see.py
  node see.mjs
} | tee said
cat >right <<'TXT'
: du temps.
\+ du temps.
rencontres + du temps.
Python-Markdown space.md <p>N
pandoc space.md <p>N
Python-Markdown space.mdformat <dl>
pandoc space.mdformat <dl>
Python-Markdown no-break.mdformat <p>N
pandoc no-break.mdformat <p>N
markdown-it space.md <p>N
markdown-it space.mdformat <dl>
markdown-it no-break.mdformat <p>N
TXT
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
