#!/usr/bin/env bash
# prometheus-client 0.26.0: its parser of the text format gives a counter another name than the text has: `requests 3`
# of `# TYPE requests counter` is read as a sample called requests_total, so that a search for the name on the page
# finds nothing. A gauge keeps its name, and so does a counter that ends in _total already.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install prometheus-client==0.26.0
"$folder/venv/bin/python" - <<'PY'
from prometheus_client.parser import text_string_to_metric_families

page = "# TYPE requests counter\nrequests 3\n# TYPE posts_total counter\nposts_total 4\n# TYPE users gauge\nusers 5\n"
names = [sample.name for family in text_string_to_metric_families(page) for sample in family.samples]
print("on the page: requests, posts_total, users; read:", names)
assert names == ["requests_total", "posts_total", "users"], "prometheus-client behaves otherwise now"
PY
