#!/usr/bin/env bash
# Python's email package (seen with 3.11): a French subject that is too long for one line comes back, from the package
# that wrote it, with words grown together: « l’année écoulée » becomes « l’annéeécoulée ». And an In-Reply-To of one
# long name is written as an encoded word, which no mail program resolves there, so that the answer leaves its thread;
# a Message-ID of the same length stays as it is.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 - <<'PY'
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage

print("Python", sys.version.split()[0])
title = "Rencontre des facilitateurs et des facilitatrices : bilan de l’année écoulée et perspectives"
name = f"<{'topic-and-post-' * 5}@forum.example.org>"
letter = EmailMessage(policy=policy.SMTP)
letter["Subject"], letter["Message-ID"], letter["In-Reply-To"] = title, name, name
letter.set_content("Text.")
sent = letter.as_bytes()
back = str(message_from_bytes(sent, policy=policy.default)["Subject"])
lines = sent.decode().replace("\r\n ", " ").split("\r\n")
above = next(line for line in lines if line.startswith("In-Reply-To"))
print("subject:", back)
print(above[:40], "…")
assert back != title and "l’annéeécoulée" in back, "subjects come back as they were now"
assert f"Message-ID: {name}" in lines, "Message-ID is written otherwise now"
assert above.startswith("In-Reply-To: =?utf-8?q?"), "In-Reply-To is written otherwise now"
PY
