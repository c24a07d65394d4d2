#!/usr/bin/env bash
# markdown-it 15.0.3 (linkify-it 6.1.0) with `linkify: true`: www.example.org is no link any more, and an address ends
# at a typographic apostrophe or a dash, which stand in many an address of the French Wikipedia: it is cut, and leads
# elsewhere. 14.1.0 and markdown-it-py 4.3.0 (linkify-it-py 2.2.0) take all of it; 15 no longer swallows » and ….
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install markdown-it-py==4.3.0 linkify-it-py==2.2.0
cat >texts <<'TXT'
www.example.org
https://fr.wikipedia.org/wiki/1789–1799
https://example.org/l’a
https://example.org/a»
TXT
for version in 14.1.0 15.0.3; do
    npm install --silent --no-audit --no-fund --prefix "$version" "markdown-it@$version" >/dev/null
    cat >render.cjs <<JS
const module_ = require("./$version/node_modules/markdown-it");
const reader = new (module_.default || module_)({ linkify: true });
for (const line of require("fs").readFileSync("texts", "utf8").trim().split("\n")) {
  const shown = reader.render(line);
  console.log(/<a [^>]*>(.*)<\/a>/.exec(shown)?.[1] ?? "no link");
}
JS
    echo "$version: $(node render.cjs | paste -sd' ')"
done | tee said
venv/bin/python - <<'PY' | tee -a said
import re
from pathlib import Path

from markdown_it import MarkdownIt

reader = MarkdownIt("commonmark", {"linkify": True}).enable("linkify")
lines = Path("texts").read_text(encoding="utf-8").splitlines()
shown = [re.search("<a [^>]*>(.*)</a>", reader.render(line)) for line in lines]
print("markdown-it-py:", *(found[1] if found else "no link" for found in shown))
PY
cat >right <<'TXT'
14.1.0: www.example.org https://fr.wikipedia.org/wiki/1789–1799 https://example.org/l’a https://example.org/a»
15.0.3: no link https://fr.wikipedia.org/wiki/1789 https://example.org/l https://example.org/a
markdown-it-py: www.example.org https://fr.wikipedia.org/wiki/1789–1799 https://example.org/l’a https://example.org/a»
TXT
diff said right || { echo "one of them behaves otherwise now"; exit 1; }
