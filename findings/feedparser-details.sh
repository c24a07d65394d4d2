#!/usr/bin/env bash
# feedparser 6.0.14 keeps <details> of a feed's entry and takes <summary> out of it: what was the line to click on
# becomes part of what is hidden, and a reader made with it shows a box that is called “Details” in everybody's
# language. <mark> goes as well, <aside> stays.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install feedparser==6.0.14
"$folder/venv/bin/python" - <<'PY'
from html import escape

import feedparser

html = "<aside>a</aside><details><summary>Agenda</summary>Who <mark>comes</mark>?</details>"
when = "<updated>2026-01-02T03:04:05Z</updated>"
feed = f"""<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:a</id><title>a</title>{when}
<entry><id>urn:b</id><title>b</title>{when}<content type="html">{escape(html)}</content></entry></feed>"""
read = feedparser.parse(feed).entries[0].content[0].value
print(read)
assert read == "<aside>a</aside><details>AgendaWho comes?</details>", "feedparser behaves otherwise now"
PY
