#!/usr/bin/env bash
# A letter whose style says: larger letters on a phone, light ones on a dark screen. Mail programs want styles in the
# tags, and three tools put them there. css-inline 0.24.0 drops the rules for phones and dark screens without a word,
# unless it is told `keep_at_rules`; premailer 3.10.0 and juice 11.1.1 keep them. But no tool adds `!important`: the
# style that now stands in the tag wins against the rules that were kept, which never apply again.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install premailer==3.10.0 css-inline==0.24.0
npm install --silent --no-audit --no-fund juice@11.1.1 >/dev/null
cat >letter.html <<'HTML'
<html><head><style>
p { font-size: 14px; color: #111 }
@media (max-width: 600px) { p { font-size: 20px } }
@media (prefers-color-scheme: dark) { p { color: #eee } }
</style></head><body><p>Bonjour</p></body></html>
HTML
cat >inline.py <<'PY'
import css_inline
import premailer

letter = open("letter.html").read()
made = {
    "css-inline": css_inline.inline(letter),
    "css-inline, told to keep": css_inline.CSSInliner(keep_at_rules=True).inline(letter),
    "premailer": premailer.transform(letter),
}
for name, html in made.items():
    with open(f"{name}.html", "w") as file:
        file.write(html)
PY
venv/bin/python inline.py
node -e 'process.stdout.write(require("juice")(require("fs").readFileSync("letter.html", "utf8")))' >juice.html
count() { # how often a text stands in a file
  { grep -o -- "$1" "$2" || true; } | wc -l
}
for name in css-inline "css-inline, told to keep" premailer juice; do
  in_tag=$(count '<p style="font-size: *14px; *color: *#111;*"' "$name.html")
  rules=$(count @media "$name.html")
  echo "$name: in the tag $in_tag, rules kept $rules, important $(count '!important' "$name.html")"
done | tee said
cat >right <<'TXT'
css-inline: in the tag 1, rules kept 0, important 0
css-inline, told to keep: in the tag 1, rules kept 2, important 0
premailer: in the tag 1, rules kept 2, important 0
juice: in the tag 1, rules kept 2, important 0
TXT
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
