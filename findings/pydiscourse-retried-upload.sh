#!/usr/bin/env bash
# pydiscourse 1.7.0 (requests 2.34.2): an upload that the forum answers with 429 is sent again from where the file was
# read to, its end. The forum gets an empty file, and upload_image() reports success.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install pydiscourse==1.7.0 requests==2.34.2
"$folder/venv/bin/python" - "$folder/picture.bin" <<'PY'
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pydiscourse import DiscourseClient

lengths = []


class Forum(BaseHTTPRequestHandler):
    """A forum that asks to wait once, then takes the upload."""

    def do_POST(self):
        lengths.append(self.rfile.read(int(self.headers["Content-Length"])).count(b"x"))
        wait = {"errors": ["wait"], "error_type": "rate_limit", "extras": {"wait_seconds": 0}}
        answer = json.dumps({"id": 1} if len(lengths) > 1 else wait).encode()
        self.send_response(200 if len(lengths) > 1 else 429)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_words):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Forum)
threading.Thread(target=server.serve_forever, daemon=True).start()
Path(sys.argv[1]).write_bytes(b"x" * 50_000)
client = DiscourseClient(f"http://127.0.0.1:{server.server_port}", "claire", "key")
answer = client.upload_image(sys.argv[1], "composer", synchronous=True)
server.shutdown()
print("bytes of the file that arrived in each try:", lengths, "- reported:", answer)
assert (lengths, answer) == ([50_000, 0], {"id": 1}), "pydiscourse behaves otherwise now"
PY
