#!/usr/bin/env bash
# git 2.39.5: a Markdown heading with a line of seven equal signs below it, as wide as “Archive” or “Accueil”, is a
# “leftover conflict marker” to `git diff --check`, with exit code 2, though nothing was merged and no other mark is
# there; six or eight signs are none. The hook that git brings as pre-commit.sample asks the same question, so that
# such a text cannot be committed where it is switched on. `conflict-marker-size=8` in .gitattributes makes it right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HOME="$folder" GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=Léa GIT_AUTHOR_EMAIL=lea@example.org
export GIT_COMMITTER_NAME=Léa GIT_COMMITTER_EMAIL=lea@example.org
git --version
git init --quiet --initial-branch=main "$folder/posts"
cd "$folder/posts"
git commit --quiet --allow-empty --message=Start
checked() { # a heading; the answer to it
  printf '%s\n%s\n\nTexte.\n' "$1" "${1//?/=}" >page.md
  git add page.md
  local said code=0
  said=$(git diff --cached --check) || code=$?
  echo "${said:-nothing} ($code)"
}
seven=$(checked Archive)
six=$(checked Agenda)
eight=$(checked Archives)
checked Archive >/dev/null
cp .git/hooks/pre-commit.sample .git/hooks/pre-commit
chmod +x .git/hooks/pre-commit
if git commit --quiet --message=Archive >/dev/null 2>&1; then committed=yes; else committed=no; fi
echo '*.md conflict-marker-size=8' >.gitattributes
told=$(checked Archive)
printf '%s\n' "Archive: $seven" "Agenda: $six; Archives: $eight" "committed with the sample hook: $committed" \
    "Archive, marks of eight signs: $told"
[ "$seven" = "page.md:2: leftover conflict marker (2)" ] && [ "$committed" = no ] &&
    [ "$six$eight$told" = "nothing (0)nothing (0)nothing (0)" ] || { echo "git behaves otherwise now"; exit 1; }
