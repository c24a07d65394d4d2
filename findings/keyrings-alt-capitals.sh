#!/usr/bin/env bash
# keyrings.alt 5.0.2: where the keyring is a plain file (what a server without a desktop has), “Lea” and “lea” are one
# person: the password that was kept last is given for both, for the names are keys of an INI file, which Python
# writes in small letters. The names of services are told apart.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install keyring==25.7.0 keyrings.alt==5.0.2
"$folder/venv/bin/python" - "$folder/keys.cfg" <<'PY'
import sys

from keyrings.alt.file import PlaintextKeyring

keys = PlaintextKeyring()
keys.file_path = sys.argv[1]
for service, person, word in (("forum", "Lea", "first"), ("forum", "lea", "second"), ("Forum", "lea", "third")):
    keys.set_password(service, person, word)
found = [keys.get_password(*names) for names in (("forum", "Lea"), ("forum", "lea"), ("Forum", "lea"))]
print("forum/Lea, forum/lea, Forum/lea:", found)
assert found == ["second", "second", "third"], "keyrings.alt behaves otherwise now"
PY
