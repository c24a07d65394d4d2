#!/usr/bin/env bash
# « Rendez-vous ~~mardi~~ jeudi. » What is struck out is <del> to marked 18.2.1, <s> to markdown-it 15.0.3.
# sanitize-html 2.17.5 keeps <s>, and takes the tags of <del> off, so that the old day stands there like the new one;
# <strike> and <ins> go as well, and of <details> it makes “SalleMairie”, its heading and its text in one word. insane
# 2.6.2 keeps <del>, and takes <s> away with the words in it. xss 1.0.17 and DOMPurify 3.5.0 keep both. turndown 7.2.5
# writes either without tildes. All as they are without options.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts marked@18.2.1 markdown-it@15.0.3 sanitize-html@2.17.5 \
    insane@2.6.2 xss@1.0.17 dompurify@3.5.0 jsdom@29.1.1 turndown@7.2.5
cat >see.mjs <<'JS'
import createDOMPurify from "dompurify";
import insane from "insane";
import { JSDOM } from "jsdom";
import MarkdownIt from "markdown-it";
import { marked } from "marked";
import sanitizeHtml from "sanitize-html";
import Turndown from "turndown";
import xss from "xss";

const text = "Rendez-vous ~~mardi~~ jeudi.";
const purify = createDOMPurify(new JSDOM("").window);
const tools = {
  "sanitize-html": (html) => sanitizeHtml(html),
  insane: (html) => insane(html),
  xss: (html) => xss(html),
  DOMPurify: (html) => purify.sanitize(html),
  turndown: (html) => new Turndown().turndown(html),
};
const inline = { marked: marked.parseInline(text), "markdown-it": new MarkdownIt().renderInline(text) };
for (const [writer, html] of Object.entries(inline)) {
  console.log(`${writer}: ${html}`);
  for (const [name, tool] of Object.entries(tools)) console.log(`${writer}, ${name}: ${tool(html)}`);
}
const box = "<details><summary>Salle</summary>Mairie</details>";
console.log(`sanitize-html: ${sanitizeHtml(`<strike>lundi</strike> <ins>jeudi</ins> ${box}`)}`);
JS
node see.mjs | tee said
cat >right <<'TXT'
marked: Rendez-vous <del>mardi</del> jeudi.
marked, sanitize-html: Rendez-vous mardi jeudi.
marked, insane: Rendez-vous <del>mardi</del> jeudi.
marked, xss: Rendez-vous <del>mardi</del> jeudi.
marked, DOMPurify: Rendez-vous <del>mardi</del> jeudi.
marked, turndown: Rendez-vous mardi jeudi.
markdown-it: Rendez-vous <s>mardi</s> jeudi.
markdown-it, sanitize-html: Rendez-vous <s>mardi</s> jeudi.
markdown-it, insane: Rendez-vous  jeudi.
markdown-it, xss: Rendez-vous <s>mardi</s> jeudi.
markdown-it, DOMPurify: Rendez-vous <s>mardi</s> jeudi.
markdown-it, turndown: Rendez-vous mardi jeudi.
sanitize-html: lundi jeudi SalleMairie
TXT
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
