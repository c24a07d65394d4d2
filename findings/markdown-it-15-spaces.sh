#!/usr/bin/env bash
# markdown-it 15.0.3 keeps a no-break space at the beginning and end of a paragraph (CommonMark takes off spaces and tabs
# alone); 14.1.0 and markdown-it-py 4.3.0 take it off. A forum's update changes what is cooked.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install markdown-it-py==4.3.0
for version in 14.1.0 15.0.3; do
    npm install --silent --no-audit --no-fund --prefix "$version" "markdown-it@$version"
    node - "$version" <<'JS'
const module = require(`./${process.argv[2]}/node_modules/markdown-it`)
const shown = JSON.stringify(new (module.default || module)().render("\u00a0Bonjour !\u00a0\n"))
console.log("markdown-it", process.argv[2], shown)
JS
done | tee said
venv/bin/python -c '
import json
from markdown_it import MarkdownIt

print("markdown-it-py", json.dumps(MarkdownIt().render("\u00a0Bonjour !\u00a0\n"), ensure_ascii=False))' | tee -a said
printf '%s\n' 'markdown-it 14.1.0 "<p>Bonjour !</p>\n"' $'markdown-it 15.0.3 "<p>\u00a0Bonjour !\u00a0</p>\\n"' \
    'markdown-it-py "<p>Bonjour !</p>\n"' | diff - said || { echo "they behave otherwise now"; exit 1; }
