#!/usr/bin/env bash
# Libraries that keep what is new of an answer by mail, on French ones. mail-parser-reply 1.36 (told that it is French)
# and email-reply-parser 2.3.7 for JavaScript take a sentence that begins with “Le” and ends with « a écrit : » for the
# head of a quotation, and leave out all that its author says from there on. Of an answer below what it quotes
# mail-parser-reply keeps the word “Le”. The other one drops a postscript below « Cordialement, ». email-reply-parser
# 0.5.12 for Python knows no French head, and keeps it as words of the one who answers.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install mail-parser-reply==1.36 email-reply-parser==0.5.12
npm install --silent --no-audit --no-fund email-reply-parser@2.3.7 >/dev/null
cat >mails.json <<'JSON'
{
  "sentence": "Bonjour,\n\nLe compte rendu que Léa a écrit :\n- les dates\n- les lieux\n\nQui le relit ?\n",
  "below": "Le mar. 3 mars 2026 à 10:12, Léa <lea@example.org> a écrit :\n\n> Viens-tu ?\n\nOui.\n",
  "postscript": "Je viens.\n\nCordialement,\nAli\n\nPS : j’apporte les clés.\n"
}
JSON
cat >answers.py <<'PY'
import json
from pathlib import Path

import email_reply_parser
import mailparser_reply

for name, text in json.loads(Path("mails.json").read_text()).items():
    ways = {
        "mail-parser-reply": mailparser_reply.EmailReplyParser(languages=["fr"]).parse_reply(text),
        "for Python": email_reply_parser.EmailReplyParser.parse_reply(text),
    }
    for way, kept in ways.items():
        print(f"{name}, {way}: {' '.join(kept.split())}")
PY
cat >answers.mjs <<'JS'
import { readFileSync } from "node:fs";
import EmailReplyParser from "email-reply-parser";
for (const [name, text] of Object.entries(JSON.parse(readFileSync("mails.json", "utf8")))) {
  const kept = new EmailReplyParser().read(text).getVisibleText();
  console.log(`${name}, for JavaScript: ${kept.trim().replace(/\s+/g, " ")}`);
}
JS
{
  venv/bin/python answers.py
  node answers.mjs
} | tee said
cat >right <<'TXT'
sentence, mail-parser-reply: Bonjour,
sentence, for Python: Bonjour, Le compte rendu que Léa a écrit : - les dates - les lieux Qui le relit ?
below, mail-parser-reply: Le
below, for Python: Le mar. 3 mars 2026 à 10:12, Léa <lea@example.org> a écrit : Oui.
postscript, mail-parser-reply: Je viens. Cordialement, Ali PS : j’apporte les clés.
postscript, for Python: Je viens. Cordialement, Ali PS : j’apporte les clés.
sentence, for JavaScript: Bonjour,
below, for JavaScript: Oui.
postscript, for JavaScript: Je viens.
TXT
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
