#!/usr/bin/env bash
# feedgen 1.0.0: an entry with a date of publication says in Atom that it was changed at the moment of writing, so that a
# reader shows every entry as new after each run; and what was added first comes last.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install feedgen==1.0.0
"$folder/venv/bin/python" - <<'PY'
from datetime import UTC, datetime
from xml.etree import ElementTree

from feedgen.feed import FeedGenerator

feed = FeedGenerator()
feed.id("urn:example:feed")
feed.title("Letters")
for name, month in (("january", 1), ("february", 2)):
    entry = feed.add_entry()
    entry.id(f"urn:example:{name}")
    entry.title(name)
    entry.content(name)
    entry.published(datetime(2020, month, 1, tzinfo=UTC))
space = "{http://www.w3.org/2005/Atom}"
entries = ElementTree.fromstring(feed.atom_str()).findall(f"{space}entry")
told = [(one.findtext(f"{space}title"), one.findtext(f"{space}published")[:4], one.findtext(f"{space}updated")[:4]) for one in entries]
print("title, published, updated:", told)
now = str(datetime.now(UTC).year)
assert told == [("february", "2020", now), ("january", "2020", now)], "feedgen behaves otherwise now"
PY
