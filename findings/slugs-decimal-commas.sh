#!/usr/bin/env bash
# « Atelier de 3,5 heures » gets the address of a workshop of 35 hours: python-slugify 9.2.0 takes out a comma between
# digits (it is one of thousands to it, “1,000”), and so « les 10,12 et 14 mai » are “1012” and 14; slugify 1.6.9 and
# github-slugger 2.0.0 of npm leave signs out without a hyphen, and come to the same. @sindresorhus/slugify 3.0.1,
# speakingurl 14.0.1 and limax 4.2.3 put a hyphen there. The full stop, the thousands of others: python-slugify writes
# “1-000”, github-slugger “1000”, slugify “1.000”.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install python-slugify==9.2.0
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts slugify@1.6.9 @sindresorhus/slugify@3.0.1 \
    github-slugger@2.0.0 speakingurl@14.0.1 limax@4.2.3
printf '%s\n' "Atelier de 3,5 heures" "les 10,12 et 14 mai" "1.000 cartes" >titles
venv/bin/python -c 'import slugify; [print("python-slugify:", slugify.slugify(one)) for one in open("titles")]' >said
cat >see.mjs <<'JS'
import { readFileSync } from "node:fs";
import sindresorhus from "@sindresorhus/slugify";
import { slug as github } from "github-slugger";
import limax from "limax";
import slugify from "slugify";
import speakingurl from "speakingurl";

const lang = "fr";
const tools = {
  slugify: (title) => slugify(title),
  "github-slugger": (title) => github(title),
  "@sindresorhus/slugify": (title) => sindresorhus(title),
  speakingurl: (title) => speakingurl(title, { lang }),
  limax: (title) => limax(title, { lang }),
};
const titles = readFileSync("titles", "utf8").trim().split("\n");
for (const [name, tool] of Object.entries(tools)) for (const title of titles) console.log(`${name}: ${tool(title)}`);
JS
node see.mjs >>said
cat said
cat >right <<'TXT'
python-slugify: atelier-de-35-heures
python-slugify: les-1012-et-14-mai
python-slugify: 1-000-cartes
slugify: Atelier-de-35-heures
slugify: les-1012-et-14-mai
slugify: 1.000-cartes
github-slugger: atelier-de-35-heures
github-slugger: les-1012-et-14-mai
github-slugger: 1000-cartes
@sindresorhus/slugify: atelier-de-3-5-heures
@sindresorhus/slugify: les-10-12-et-14-mai
@sindresorhus/slugify: 1-000-cartes
speakingurl: atelier-de-3-5-heures
speakingurl: les-10-12-et-14-mai
speakingurl: 1-000-cartes
limax: atelier-de-3-5-heures
limax: les-10-12-et-14-mai
limax: 1-000-cartes
TXT
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
