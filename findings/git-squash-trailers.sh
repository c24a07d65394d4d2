#!/usr/bin/env bash
# git 2.39.5: commits that are squashed keep the trailers of the last one alone. “rebase -i” writes all messages one below
# the other, so that every line is still there to read and for `--grep`, but `%(trailers)` and `interpret-trailers`
# look at the last paragraph only.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HOME="$folder" GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
git --version
git init --quiet "$folder/texts"
cd "$folder/texts"
git commit --quiet --allow-empty --message begun
for number in 1 2; do
  echo words >"$number.md"
  git add "$number.md"
  git commit --quiet --message "Text $number" --message "Topic: $number"
done
GIT_SEQUENCE_EDITOR='sed -i 2s/pick/squash/' GIT_EDITOR=true git rebase --quiet --interactive HEAD~2 >/dev/null
lines=$(git log -1 --format=%B | grep '^Topic' | paste -sd' ')
read_back=$(git log -1 --format='%(trailers:key=Topic,separator=%x20)')
echo "lines in the message: $lines; trailers: $read_back"
[ "$lines" = "Topic: 1 Topic: 2" ] && [ "$read_back" = "Topic: 2" ] || { echo "git behaves otherwise now"; exit 1; }
