#!/usr/bin/env bash
# A page says « Écrivez <nom> » (&lt;nom&gt; in its HTML). turndown 7.2.5, markdownify 1.2.3 and html2text 2025.4.15
# write <nom> into the Markdown as it is; whoever makes HTML of it again has an element of no known kind, and the word
# is on no page any more. `&amp;nbsp;`, written about, becomes a space likewise. pandoc 3.9 (pypandoc_binary 1.17)
# puts a backslash before the brackets, and loses the second one, too.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install markdownify==1.2.3 html2text==2025.4.15 pypandoc_binary==1.17
venv/bin/pip --quiet install markdown-it-py==4.3.0 selectolax==1.0.2
npm install --silent --no-audit --no-fund turndown@7.2.5 >/dev/null
echo '<p>Écrivez &lt;nom&gt;, puis &amp;nbsp; ici.</p>' >page.html
node -e 'const Turndown = require("turndown");
console.log(new Turndown().turndown(require("fs").readFileSync("page.html", "utf8")))' >turndown.md
venv/bin/python - <<'PY'
from pathlib import Path

import html2text
import pypandoc
from markdown_it import MarkdownIt
from markdownify import markdownify
from selectolax.lexbor import LexborHTMLParser

page = Path("page.html").read_text(encoding="utf-8")
made = {
    "turndown": Path("turndown.md").read_text(encoding="utf-8"),
    "markdownify": markdownify(page),
    "html2text": html2text.html2text(page),
    "pandoc": pypandoc.convert_text(page, "gfm", "html"),
}
kept = {}
for name, text in made.items():
    shown = LexborHTMLParser(MarkdownIt("commonmark").render(text)).body.text().strip()
    kept[name] = ("<nom>" in shown, "&nbsp;" in shown)
    print(f"{name}: {text.strip()} is shown as {shown!r}")
lost = (False, False)
right = {"turndown": lost, "markdownify": lost, "html2text": lost, "pandoc": (True, False)}
assert kept == right, "one of them behaves otherwise now"
PY
