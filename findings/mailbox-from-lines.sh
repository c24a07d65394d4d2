#!/usr/bin/env bash
# Python's mailbox module (seen with 3.11): a line that begins with “From ” is written as “>From ” and read back so: a
# mailbox does not return the text that was put into it, although the same module wrote it and reads it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 - "$folder/archive.mbox" <<'PY'
import mailbox
import sys

print("Python", sys.version.split()[0])
text = "From here on we write together.\n>From there, too.\n"
box = mailbox.mbox(sys.argv[1])
message = mailbox.mboxMessage()
message.set_payload(text)
box.add(message)
box.close()
back = mailbox.mbox(sys.argv[1])[0].get_payload()
print("written:", repr(text), "- read:", repr(back))
assert back == ">" + text, "the mailbox module behaves otherwise now"
PY
