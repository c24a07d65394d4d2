#!/usr/bin/env bash
# `*.md text eol=lf` in .gitattributes says that posts are kept with line feeds, whatever an editor writes on Windows.
# git, pygit2 1.21.0 and Dulwich 1.2.21 do so when a file is added; GitPython 3.2.1 (`repo.index.add`) and
# isomorphic-git 1.44.19, with which Obsidian’s git plugin works on phones, keep the carriage returns without a word:
# git then shows a file as changed that nobody touched since. GitPython also adds what .gitignore names, where git
# refuses.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HOME="$folder" GIT_CONFIG_NOSYSTEM=1
cd "$folder"
git --version
python3 -m venv venv
venv/bin/pip --quiet install pygit2==1.21.0 dulwich==1.2.21 GitPython==3.2.1
npm install --silent --no-audit --no-fund isomorphic-git@1.44.19 >/dev/null
cat >add.py <<'PY'
import sys
from os import getcwd

import git
import pygit2
from dulwich import porcelain


def by_pygit2():
    index = pygit2.Repository(".").index
    index.add("post.md")
    index.write()


ways = {
    "pygit2": by_pygit2,
    "Dulwich": lambda: porcelain.add(".", [f"{getcwd()}/post.md"]),
    "GitPython": lambda: git.Repo(".").index.add(["post.md", "brouillon.md"]),
}
ways[sys.argv[1]]()
PY
cat >add.mjs <<'JS'
import fs from "node:fs";
import git from "isomorphic-git";
await git.add({ fs, dir: ".", filepath: "post.md" });
JS
by() { # a name, and how it adds the post; what is kept then
  git init --quiet --initial-branch=main "$folder/$1"
  cd "$folder/$1"
  echo '*.md text eol=lf' >.gitattributes
  echo 'brouillon*' >.gitignore
  printf 'Bonjour\r\nà tous\r\n' >post.md
  echo 'Pas encore.' >brouillon.md
  "${@:2}"
  kept=$(git ls-files --eol post.md | cut -d' ' -f1)
  echo "$1: $kept$(git ls-files brouillon.md | sed 's/^/, with /')"
}
{
  by git git -c core.safecrlf=false add post.md
  by pygit2 ../venv/bin/python ../add.py pygit2
  by Dulwich ../venv/bin/python ../add.py Dulwich
  by GitPython ../venv/bin/python ../add.py GitPython
  by isomorphic-git node ../add.mjs
} | tee "$folder/said"
cat >"$folder/right" <<'TXT'
git: i/lf
pygit2: i/lf
Dulwich: i/lf
GitPython: i/crlf, with brouillon.md
isomorphic-git: i/crlf
TXT
cmp -s "$folder/said" "$folder/right" || { echo "one of them behaves otherwise now"; exit 1; }
