#!/usr/bin/env bash
# resvg-py 0.5.0: an SVG with text becomes a picture without any letters where no font is found, and no error says so.
# Pillow 13.0.0: the font that it brings draws the same box for é, à, – and no-break spaces, though it has « and ».
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install resvg-py==0.5.0 pillow==13.0.0
"$folder/venv/bin/python" - <<'PY'
from PIL import ImageFont
from resvg_py import svg_to_bytes

root = '<svg xmlns="http://www.w3.org/2000/svg" width="99" height="30">'
with_text = svg_to_bytes(svg_string=f'{root}<text x="9" y="20" font-family="sans-serif">words</text></svg>', skip_system_fonts=True)
without = svg_to_bytes(svg_string=f"{root}</svg>", skip_system_fonts=True)
print(f"resvg: {len(with_text)} bytes with a text, {len(without)} without")
assert bytes(with_text) == bytes(without), "resvg-py behaves otherwise now"

font = ImageFont.load_default(24)
box = bytes(font.getmask("\uffff"))
missing = [sign for sign in "eéà«»–\u00a0" if bytes(font.getmask(sign)) == box]
print(f"Pillow: {font.getname()[0]} has no {missing}")
assert missing == ["é", "à", "–", "\u00a0"], "Pillow behaves otherwise now"
PY
