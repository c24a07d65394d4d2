#!/usr/bin/env bash
# minify-html 0.18.1: a space between two elements is taken out where they stand in a div, a quotation, an article or
# another box, and stays in a paragraph or in a point of a list. “Léa a répondu”, the name in bold and the rest in
# italics, is shown as “Léaa répondu”, and no option keeps the space. html-minifier-terser 7.2.0 keeps one everywhere,
# also where it is told to collapse them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install minify-html==0.18.1
npm install --silent --no-audit --no-fund html-minifier-terser@7.2.0 >/dev/null
cat >page.html <<'HTML'
<blockquote><b>Léa</b> <i>a répondu</i></blockquote>
<p><b>Un</b> <b>deux</b></p>
<div><b>Un</b> <b>deux</b></div>
HTML
{
  venv/bin/python -c 'import minify_html; print(minify_html.minify(open("page.html").read(), keep_closing_tags=True))'
  npx html-minifier-terser --collapse-whitespace page.html
  echo
} | tee said
cat >right <<'HTML'
<blockquote><b>Léa</b><i>a répondu</i></blockquote><p><b>Un</b> <b>deux</b></p><div><b>Un</b><b>deux</b></div>
<blockquote><b>Léa</b> <i>a répondu</i></blockquote><p><b>Un</b> <b>deux</b></p><div><b>Un</b> <b>deux</b></div>
HTML
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
