#!/usr/bin/env bash
# A page tells of three meetings in the same words. Somebody moves Lyon’s from 18 to 19 o'clock; meanwhile somebody else
# took Lyon out. Given as a patch, the change is no error: git 2.39.5 (`git apply`), GNU patch 2.7.6, patch-ng 1.19.1,
# jsdiff 9.0.0 and diff-match-patch 20241021 all move Metz’s meeting and report success, for the lines around it are
# those of Lyon, and it stands where Lyon stood. git's merge of three texts (`git merge-file`) calls it a conflict. And
# a line that both sides added is there twice after diff-match-patch.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install patch-ng==1.19.1 diff-match-patch==20241021
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts diff@9.0.0
git --version
patch --version | head -n 1
meeting() {
  printf '## %s\n\nNous nous retrouvons chaque mois.\n\n- accueil : %s h\n- fin : 21 h\n- salle : mairie\n' "$1" "$2"
  printf -- '- contact : par messagerie\n\n'
}
{ meeting Lille 18; meeting Lyon 18; meeting Metz 18; } >base.md
{ meeting Lille 18; meeting Lyon 19; meeting Metz 18; } >theirs.md
{ meeting Lille 18; meeting Metz 18; } >ours.md
{ meeting Lille 18; meeting Metz 19; } >metz.md
diff -u --label a/page.md --label b/page.md base.md theirs.md >change.patch || true
cat change.patch
by_git() { git apply change.patch; }
by_patch() { patch --silent --strip=1 <change.patch; }
by_patch_ng() {
  venv/bin/python -c 'import patch_ng, sys; sys.exit(not patch_ng.fromfile("change.patch").apply(strip=1))'
}
by_jsdiff() {
  node --input-type=module <<'JS'
import { applyPatch } from "diff";
import { readFileSync, writeFileSync } from "node:fs";
const made = applyPatch(readFileSync("page.md", "utf8"), readFileSync("change.patch", "utf8"));
if (made === false) process.exit(1);
writeFileSync("page.md", made);
JS
}
by_dmp() {
  venv/bin/python - <<'PY'
import sys
from pathlib import Path

from diff_match_patch import diff_match_patch

base, theirs, page = (Path(name).read_text() for name in ("base.md", "theirs.md", "page.md"))
text, done = diff_match_patch().patch_apply(diff_match_patch().patch_make(base, theirs), page)
Path("page.md").write_text(text)
sys.exit(not all(done))
PY
}
for way in by_git by_patch by_patch_ng by_jsdiff by_dmp; do
  cp ours.md page.md
  code=0
  $way || code=$?
  echo "$way: exit code $code, $(paste -sd ' ' <(grep -oE '^## .*|accueil : [0-9]+' page.md))"
  { [ "$code" = 0 ] && cmp -s page.md metz.md; } || { echo "$way behaves otherwise now"; exit 1; }
done
code=0
git merge-file -p ours.md base.md theirs.md >merged.md || code=$?
echo "git merge-file: conflicts $code"
[ "$code" = 1 ] || { echo "git merge-file behaves otherwise now"; exit 1; }
printf '%s\n' Lille Metz >base.md
printf '%s\n' Lille Lyon Metz | tee theirs.md >page.md
git merge-file -p page.md base.md theirs.md >merged.md
by_dmp
echo "both added Lyon: $(paste -sd ' ' merged.md) by git, $(paste -sd ' ' page.md) by diff-match-patch"
[ "$(cat merged.md page.md | paste -sd ' ')" = 'Lille Lyon Metz Lille Lyon Lyon Metz' ] ||
  { echo "one of them behaves otherwise now"; exit 1; }
