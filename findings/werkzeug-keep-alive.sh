#!/usr/bin/env bash
# Werkzeug 3.1.9's server: a request handler with protocol_version = "HTTP/1.1" answers as HTTP/1.1, with the length of
# its body, and ends the connection all the same. A client that keeps connections open makes one for each request, and
# nothing that depends on an open connection (one that went stale, its number) can be tried with such a server.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install werkzeug==3.1.9
"$folder/venv/bin/python" - <<'PY'
import threading
from http.client import HTTPConnection

from werkzeug.serving import WSGIRequestHandler, make_server


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_words: object) -> None:
        pass


def app(_environ, start):
    start("200 OK", [("Content-Length", "4"), ("Content-Type", "text/plain")])
    return [b"good"]


server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = HTTPConnection("127.0.0.1", server.port)
client.request("GET", "/", headers={"Connection": "keep-alive"})
answer = client.getresponse()
answer.read()
seen = (answer.version, answer.getheader("Content-Length"), answer.getheader("Connection"), client.sock)
print(f"version, length, Connection, open socket: {seen}")
assert seen == (11, "4", "close", None), "Werkzeug behaves otherwise now"
PY
