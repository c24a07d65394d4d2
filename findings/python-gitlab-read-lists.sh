#!/usr/bin/env bash
# python-gitlab 8.6.0: `save()` sends what was changed, and a list counts as changed once somebody looked at it. With
# `if "forum" in issue.labels:` before it, a new title sends all labels along, as they were when the issue was read, and
# takes away what others added since; the same with its people. Without that line the same code sends the title alone.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install python-gitlab==8.6.0
"$folder/venv/bin/python" - <<'PY'
import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import gitlab

ISSUE = {"id": 1, "iid": 7, "project_id": 1, "title": "Ancien", "labels": ["forum"], "assignees": [{"id": 3}]}
sent = []


class Forge(BaseHTTPRequestHandler):
    def answer(self):
        body = json.dumps(ISSUE).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer()

    def do_PUT(self):
        sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.answer()

    def log_message(self, *_args):
        pass


forge = HTTPServer(("127.0.0.1", 0), Forge)
Thread(target=forge.serve_forever, daemon=True).start()
issues = gitlab.Gitlab(f"http://127.0.0.1:{forge.server_port}").projects.get(1, lazy=True).issues
for looked in (False, True):
    issue = issues.get(7)
    known = looked and "forum" in issue.labels and len(issue.assignees) == 1
    issue.title = "Nouveau"
    issue.save()
    print("lists were looked at:" if known else "nothing was looked at:", sent[-1])
lists = {"labels": ["forum"], "assignees": [{"id": 3}]}
assert sent == [{"title": "Nouveau"}, lists | {"title": "Nouveau"}], "python-gitlab behaves otherwise now"
PY
