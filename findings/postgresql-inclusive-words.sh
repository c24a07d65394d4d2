#!/usr/bin/env bash
# PostgreSQL 18.7 (by PGlite 0.5.17), text search in French: what is written in inclusive French with a point or a slash
# is no words to its parser. « participant.e.s » and « facilitateurs/facilitatrices » are names of files,
# « participant.es » is a host in Spain; each is kept whole and unstemmed, so that “participant” and “facilitatrices” do
# not find them, nor does « auteur » find « auteur/autrice ». With the middle dot (« participant·e·s ») all is well.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund @electric-sql/pglite@0.5.17 >/dev/null
cat >find.mjs <<'JS'
import { PGlite } from "@electric-sql/pglite";
const base = new PGlite();
const asked = [
  ["Les participant.e.s viennent", "participant"],
  ["Les participant.es viennent", "participants"],
  ["Un mot des facilitateurs/facilitatrices", "facilitatrices"],
  ["Pour chaque auteur/autrice", "auteur"],
  ["Les participant·e·s viennent", "participants"],
  ["Les participants et participantes viennent", "participant"],
];
const question = `SELECT to_tsvector('french', $1) @@ websearch_to_tsquery('french', $2) AS met,
  (SELECT string_agg(alias, ' ') FROM ts_debug('french', $1) WHERE alias IN ('file', 'host')) AS kinds`;
for (const [text, word] of asked) {
  const { met, kinds } = (await base.query(question, [text, word])).rows[0];
  console.log(`${text} | ${word}: ${met ? "found" : "not found"}${kinds ? `, ${kinds}` : ""}`);
}
JS
node find.mjs | tee said
cat >right <<'TXT'
Les participant.e.s viennent | participant: not found, file
Les participant.es viennent | participants: not found, host
Un mot des facilitateurs/facilitatrices | facilitatrices: not found, file
Pour chaque auteur/autrice | auteur: not found, file
Les participant·e·s viennent | participants: found
Les participants et participantes viennent | participant: found
TXT
cmp -s said right || { echo "PostgreSQL behaves otherwise now"; exit 1; }
