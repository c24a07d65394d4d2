#!/usr/bin/env bash
# A quiet group's export from WhatsApp, in French: one reminder on the 5th of each month, 05/03/2026 to 05/06/2026. Of
# these four months whatstk 0.9.1 and whatsapp-chat-parser 4.0.2 make four days in May: they take for days the numbers
# that change more, without a warning. One message more, of the 25th, and all of them are right. chat-miner 0.6.0 takes
# the first number for the day where nothing tells, and says so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install whatstk==0.9.1 chat-miner==0.6.0
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts whatsapp-chat-parser@4.0.2
for month in 03 04 05 06; do echo "05/$month/2026, 14:05 - Léa: Réunion jeudi"; done >quiet.txt
{ cat quiet.txt; echo "25/06/2026, 9:12 - Ali: Merci"; } >longer.txt
cat >see.py <<'PY'
import logging

from chatminer.chatparsers import WhatsAppParser
from whatstk import WhatsAppChat

logging.disable()
for name in "quiet.txt", "longer.txt":
    print("whatstk", name, *(f"{time:%d/%m}" for time in WhatsAppChat.from_source(name).df["date"]))
for name in "quiet.txt", "longer.txt":
    parser = WhatsAppParser(name)
    parser.parse_file()
    times = parser.parsed_messages.get_df()["timestamp"].to_list()
    print("chat-miner", name, *(f"{time:%d/%m}" for time in sorted(times)))
PY
cat >see.mjs <<'JS'
import { readFileSync } from "node:fs";
import { parseString } from "whatsapp-chat-parser";

const day = (time) => time.toLocaleDateString("fr", { day: "2-digit", month: "2-digit" });
for (const name of ["quiet.txt", "longer.txt"]) {
  const days = parseString(readFileSync(name, "utf8")).map(({ date }) => day(date));
  console.log("whatsapp-chat-parser", name, ...days);
}
JS
venv/bin/python see.py 2>/dev/null | tee said
node see.mjs | tee -a said
cat >right <<'TXT'
whatstk quiet.txt 03/05 04/05 05/05 06/05
whatstk longer.txt 05/03 05/04 05/05 05/06 25/06
chat-miner quiet.txt 05/03 05/04 05/05 05/06
chat-miner longer.txt 05/03 05/04 05/05 05/06 25/06
whatsapp-chat-parser quiet.txt 03/05 04/05 05/05 06/05
whatsapp-chat-parser longer.txt 05/03 05/04 05/05 05/06 25/06
TXT
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
