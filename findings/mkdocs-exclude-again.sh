#!/usr/bin/env bash
# `drafts/` and below it `!drafts/README.md`: to git the file stays ignored, for nothing comes back from a folder that
# is ignored itself. MkDocs 1.6.1, whose `exclude_docs` takes patterns in the format of .gitignore (by pathspec 1.1.1),
# publishes the file; and with `*` and `!*.md` all pages of all folders, where git stops at the folders. A list that was
# tried with git lets out more when a site is built by it. The package `ignore` 7.0.17 of npm answers as git does.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HOME="$folder" GIT_CONFIG_NOSYSTEM=1
cd "$folder"
git --version
python3 -m venv venv
venv/bin/pip --quiet install mkdocs==1.6.1 pathspec==1.1.1
npm install --silent --no-audit --no-fund ignore@7.0.17 >/dev/null
mkdir -p docs/drafts
echo '# Accueil' >docs/index.md
echo '# Pas encore' | tee docs/drafts/idea.md >docs/drafts/README.md
git init --quiet docs
cat >left.mjs <<'JS'
import { readFileSync } from "node:fs";
import ignore from "ignore";
const list = ignore().add(readFileSync("docs/.gitignore", "utf8"));
console.log(list.filter(["drafts/README.md", "drafts/idea.md", "index.md"]).join(" "));
JS
shown() { # the patterns; what each lets through
  printf '%s\n' "$@" >docs/.gitignore
  { printf 'site_name: Site\nexclude_docs: |\n'; printf '  %s\n' "$@"; } >mkdocs.yml
  venv/bin/mkdocs --quiet build --clean
  echo "$*"
  echo "  git: $(cd docs && git ls-files --others --exclude-standard '*.md' | paste -sd' ')"
  echo "  ignore: $(node left.mjs)"
  echo "  MkDocs: $(cd site && find . -name index.html | sort | paste -sd' ')"
}
{
  shown drafts/ '!drafts/README.md'
  shown '*' '!*.md'
} | tee said
cat >right <<'TXT'
drafts/ !drafts/README.md
  git: index.md
  ignore: index.md
  MkDocs: ./drafts/index.html ./index.html
* !*.md
  git: index.md
  ignore: index.md
  MkDocs: ./drafts/idea/index.html ./drafts/index.html ./index.html
TXT
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
