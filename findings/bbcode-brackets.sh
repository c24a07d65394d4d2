#!/usr/bin/env bash
# Posts of an older forum, in BBCode. @bbob/html 4.4.1 (with its own preset for HTML 5) takes any word in brackets for a
# tag and makes an element of it, so that « [Lyon] » and « le [1er] mars » are not on the page any more; it keeps them
# where it is told which tags there are. Of « [quote=Léa] » it and bbcode 1.1.0 keep the words, and drop who said them;
# ya-bbcode 4.0.0 writes the name into an attribute that HTML does not know, where no browser shows it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install bbcode==1.1.0
npm install --silent --no-audit --no-fund @bbob/html@4.4.1 @bbob/preset-html5@4.4.1 ya-bbcode@4.0.0 >/dev/null
cat >read.mjs <<'JS'
import html from "@bbob/html";
import preset from "@bbob/preset-html5";
import ya from "ya-bbcode";
const read = html.default ?? html;
const tags = (preset.default ?? preset)();
const [post, quote] = ["Le [1er] mars, à [Lyon] ou [b]Metz[/b]", "[quote=Léa]Oui[/quote]"];
console.log("@bbob/html:", read(post, tags));
console.log("@bbob/html, told its tags:", read(post, tags, { onlyAllowTags: ["b", "quote"] }));
console.log("@bbob/html:", read(quote, tags));
console.log("ya-bbcode:", new (ya.default ?? ya)().parse(quote));
JS
{
  node read.mjs
  venv/bin/python -c 'import bbcode; print("bbcode:", bbcode.render_html("[quote=Léa]Oui[/quote]"))'
} | tee said
cat >right <<'TXT'
@bbob/html: Le <1er></1er> mars, à <Lyon></Lyon> ou <span style="font-weight: bold;">Metz</span>
@bbob/html, told its tags: Le [1er] mars, à [Lyon] ou <span style="font-weight: bold;">Metz</span>
@bbob/html: <blockquote><p>Oui</p></blockquote>
ya-bbcode: <blockquote author="Léa">Oui</blockquote>
bbcode: <blockquote>Oui</blockquote>
TXT
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
