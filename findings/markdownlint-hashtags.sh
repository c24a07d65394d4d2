#!/usr/bin/env bash
# A line that begins with a hashtag of the forum, `#animation:lyon`, is a plain paragraph to CommonMark. To
# markdownlint-cli2 0.22.1 and rumdl 0.3.0 it is a heading that lacks its space: what is asked to mend small things
# (`--fix`; rumdl also as a formatter) puts one in, and the line becomes a title without a link; so does a sentence that
# begins with `#12`. rumdl takes the sentence’s full stop away as well. PyMarkdown 0.9.41 names such lines and leaves
# them, Prettier 3.10.1 and mdformat 1.0.0 see nothing in them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install rumdl==0.3.0 pymarkdownlnt==0.9.41 mdformat==1.0.0
npm install --silent --no-audit --no-fund markdownlint-cli2@0.22.1 prettier@3.10.1 >/dev/null
by() { # a tool's name, and how it mends or formats a file; what the two lines are then
  printf '# Mars\n\n#animation:lyon Qui vient ?\n\n#12 est clos.\n' >"$1.md"
  "${@:2}" "$1.md" >/dev/null 2>&1 || true # they also end so where they mended all that they found
  echo "$1: $(grep animation "$1.md") / $(grep 12 "$1.md")"
}
{
  by markdownlint npx markdownlint-cli2 --fix
  by rumdl venv/bin/rumdl fmt --no-cache
  by PyMarkdown venv/bin/pymarkdown fix
  by Prettier npx prettier --write
  by mdformat venv/bin/mdformat
} | tee said
cat >right <<'TXT'
markdownlint: # animation:lyon Qui vient ? / # 12 est clos.
rumdl: ## animation:lyon Qui vient ? / ## 12 est clos
PyMarkdown: #animation:lyon Qui vient ? / #12 est clos.
Prettier: #animation:lyon Qui vient ? / #12 est clos.
mdformat: #animation:lyon Qui vient ? / #12 est clos.
TXT
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
