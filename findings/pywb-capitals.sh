#!/usr/bin/env bash
# pywb 2.10.0 (surt 0.3.1, warcio 1.8.1) looks pages of a web archive up by keys in small letters, and shows what it
# finds by a key without comparing the address: of the pads /p/Lyon and /p/lyon, which are two on a server of pads, it
# shows one for both, the one that was kept last, or the one that is nearer to the time asked for. The records and the
# index have both addresses in full.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install pywb==2.10.0 surt==0.3.1 warcio==1.8.1
cat >keep.py <<'PY'
from io import BytesIO

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

with open("pads.warc.gz", "wb") as file:
    writer = WARCWriter(file, gzip=True)
    for hour, (pad, words) in enumerate({"Lyon": b"Reunion a Lyon", "lyon": b"Essai"}.items(), start=10):
        answer = StatusAndHeaders("200 OK", [("Content-Type", "text/plain")], protocol="HTTP/1.1")
        day = {"WARC-Date": f"2026-03-01T{hour}:00:00Z"}
        address = f"https://pads.example.org/p/{pad}"
        writer.write_record(
            writer.create_warc_record(address, "response", BytesIO(words), http_headers=answer, warc_headers_dict=day)
        )
PY
cat >show.py <<'PY'
from pywb.apps.frontendapp import FrontEndApp
from werkzeug.test import Client

reader = Client(FrontEndApp())
for pad in ("Lyon", "lyon"):
    for day in ("", "20260301100000"):
        page = reader.get(f"/pads/{day}id_/https://pads.example.org/p/{pad}")
        print(f"{pad}, {day or 'the last one'}: {page.text}")
PY
{
  venv/bin/python keep.py
  venv/bin/wb-manager init pads
  venv/bin/wb-manager add pads pads.warc.gz
} >/dev/null 2>&1
{
  grep -oE '^[^ ]+|https:[^"]+' collections/pads/indexes/index.cdxj
  venv/bin/python show.py 2>/dev/null | grep -i '^lyon' # pywb prints words of its own between
} | tee said
cat >right <<'TXT'
org,example,pads)/p/lyon
https://pads.example.org/p/Lyon
org,example,pads)/p/lyon
https://pads.example.org/p/lyon
Lyon, the last one: Essai
Lyon, 20260301100000: Reunion a Lyon
lyon, the last one: Essai
lyon, 20260301100000: Reunion a Lyon
TXT
cmp -s said right || { echo "pywb behaves otherwise now"; exit 1; }
