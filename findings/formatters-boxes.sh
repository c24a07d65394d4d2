#!/usr/bin/env bash
# Prettier 3.10.1 and mdformat 1.0.0 (with mdformat-gfm 1.0.0) format Markdown so that it means the same – to
# CommonMark, which takes a line right below a list for a part of its last item. So the end of a box, `:::` or
# `[/details]`, is moved into the list: below a list in a list by four spaces, and by Prettier below tasks (`- [ ]`) by
# six. From four spaces on it is no end any more, neither to markdown-it-container 4.0.0 (seen here), where all that
# follows is inside then, nor to Discourse’s own rule for boxes. mdformat compares the HTML before and after, and finds
# it equal. With an empty line above the end nothing happens.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install mdformat==1.0.0 mdformat-gfm==1.0.0
npm install --silent --no-audit --no-fund prettier@3.10.1 markdown-it@15.0.3 markdown-it-container@4.0.0 >/dev/null
cat >show.mjs <<'JS'
import { readFileSync } from "node:fs";
import MarkdownIt from "markdown-it";
import container from "markdown-it-container";
const html = new MarkdownIt().use(container, "info").render(readFileSync(process.argv[2], "utf8"));
console.log(html.endsWith("</div>\n<p>Après</p>\n") ? "the box ends" : "all that follows is inside");
JS
each() { # a formatter's name, and how it is run on files; where the ends of boxes stand then, and what is inside
  printf ':::info\n- un\n  - deux\n:::\n\nAprès\n' >lists.md
  printf ':::info\n- [ ] un\n- [ ] deux\n:::\n\nAprès\n' >tasks.md
  printf ':::info\n- un\n  - deux\n\n:::\n\nAprès\n' >apart.md
  printf '[details="Liste"]\n- [ ] un\n- [ ] deux\n[/details]\n\nAprès\n' >details.md
  "${@:2}" lists.md tasks.md apart.md details.md >/dev/null
  for file in lists tasks apart; do
    echo "$1, $file: '$(grep -E '^ *:::$' "$file.md")', $(node show.mjs "$file.md")"
  done
  echo "$1, details: '$(grep '/details' details.md)'"
}
{
  each Prettier npx prettier --write
  each mdformat venv/bin/mdformat
} | tee said
cat >right <<'TXT'
Prettier, lists: '    :::', all that follows is inside
Prettier, tasks: '      :::', all that follows is inside
Prettier, apart: ':::', the box ends
Prettier, details: '      [/details]'
mdformat, lists: '    :::', all that follows is inside
mdformat, tasks: '  :::', the box ends
mdformat, apart: ':::', the box ends
mdformat, details: '  [/details]'
TXT
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
