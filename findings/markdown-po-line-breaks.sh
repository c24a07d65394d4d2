#!/usr/bin/env bash
# Markdown that goes through a PO file of which every text is “translated” by itself: mdpo 2.1.4 and translate-toolkit
# 3.20.4 both make one line of what stands on several, before a translator sees it. On a forum, where each line stays
# a line, an address becomes a sentence, and `[/quote]` no longer stands alone. Both take the escape of a pipe away,
# so that one cell becomes two, and mdpo counts a list from 1 that began with 3. The programs of both are called md2po
# and po2md, so that whichever was installed last answers.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >post.md <<'MD'
Cercle du Nord
12, rue de la Gare
59000 Lille

3. Bilan
4. Budget

| Nom | Rôle |
|-----|------|
| Léa | co\|animation |
MD
cat >same.py <<'PY'
import sys

import polib

texts = polib.pofile(sys.argv[1])
for one in texts:
    one.msgstr = one.msgid
texts.save(sys.argv[1])
PY
for tool in mdpo==2.1.4 translate-toolkit==3.20.4; do
  name=${tool%%=*}
  python3 -m venv "$name"
  "$name/bin/pip" --quiet install "$tool" mistletoe==1.6.0 polib==1.2.0
done
mdpo/bin/md2po post.md --save --quiet --po-filepath mdpo.po
mdpo/bin/python same.py mdpo.po
mdpo/bin/po2md post.md --po-files mdpo.po --save mdpo.md --quiet --wrapwidth inf
translate-toolkit/bin/md2po --progress=none post.md toolkit.po
translate-toolkit/bin/python same.py toolkit.po
translate-toolkit/bin/po2md --progress=none --maxlinelength=-1 --template=post.md toolkit.po toolkit.md
head -n 99 mdpo.md toolkit.md
same() { # a file, and how many lines of it are these
  [ "$(grep -cxF -e 'Cercle du Nord 12, rue de la Gare 59000 Lille' -e '| Léa | co|animation |' -e "$2" "$1")" = 3 ]
}
if ! same mdpo.md '1. Bilan' || ! same toolkit.md '3. Bilan'; then
  echo "one of them behaves otherwise now"
  exit 1
fi
