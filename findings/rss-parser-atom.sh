#!/usr/bin/env bash
# rss-parser 3.13.0 on an entry of Atom: with content of type xhtml, words in bold (or in links) move to the end of
# their paragraph; and where the entry's own link has no `rel`, which means alternate, the first link is taken, here
# the one to its replies. Content of type html and links that say rel="alternate" come through.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund rss-parser@3.13.0 >/dev/null
cat >read.cjs <<'JS'
const Parser = require("rss-parser");
const entry = (rel, content) => `<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:a</id><title>a</title>
<updated>2026-01-02T03:04:05Z</updated><entry><id>urn:b</id><title>b</title><updated>2026-01-02T03:04:05Z</updated>
<link rel="replies" href="https://example.org/replies"/>
<link ${rel} href="https://example.org/entry"/>${content}</entry></feed>`;
const words = "<p>Come <b>not</b> today</p>";
const xhtml = `<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">${words}</div></content>`;
const html = `<content type="html">${words.replaceAll("<", "&lt;")}</content>`;
(async () => {
  for (const feed of [entry("", xhtml), entry(`rel="alternate"`, html)]) {
    const [{ link, contentSnippet }] = (await new Parser().parseString(feed)).items;
    console.log(link, contentSnippet);
  }
})();
JS
node read.cjs | tee said
printf '%s\n' 'https://example.org/replies Come  todaynot' 'https://example.org/entry Come not today' | cmp -s - said ||
    { echo "rss-parser behaves otherwise now"; exit 1; }
