#!/usr/bin/env bash
# git 2.39.5, run at 14:00: `git log --since=2026-03-01` begins on that day at 14:00, the hour at which it is run, and
# leaves out the morning; with an hour it begins when it says. 05/04/2026, as the French write it, is 5 April for
# most of April, and 4 May from the end of April on: the American reading comes first, unless it is still to come.
# 30 February is 2 March. Words that it does not know, « hier » or « lundi », are now; « 15 juin 2026 » and
# « 3 semaines » are days of this month, and so is `2026-02`. None of these is an error, and `git commit --date` writes
# such a day down; of these it refuses « hier » and « lundi » alone.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HOME="$folder" GIT_CONFIG_NOSYSTEM=1 TZ=UTC0 LC_ALL=C.UTF-8
export GIT_AUTHOR_NAME=Léa GIT_AUTHOR_EMAIL=lea@example.org GIT_COMMITTER_NAME=Léa GIT_COMMITTER_EMAIL=lea@example.org
cd "$folder"
git --version
git init --quiet --initial-branch=main posts
cd posts
GIT_COMMITTER_DATE=2026-03-01T09:00Z git commit --quiet --allow-empty --message='Written in the morning'
GIT_COMMITTER_DATE=2026-03-01T15:00Z git commit --quiet --allow-empty --message='Written in the afternoon'
is() { # what git takes these words for
  local since
  since=$(git rev-parse --since="$1")
  printf '%s is %(%Y-%m-%d %H:%M)T\n' "$1" "${since#--max-age=}"
}
now() { # git's own way to be told what time it is
  GIT_TEST_DATE_NOW=$(date -d "$1" +%s)
  export GIT_TEST_DATE_NOW
  echo "on $1"
}
{
  now '2026-04-06 14:00'
  for day in 2026-03-01 2026-03-01T00:00 2026-02-30 2026-02 05/04/2026 hier lundi '15 juin 2026' '3 semaines'; do
    is "$day"
  done
  git log --since=2026-03-01 --format='since 2026-03-01: %s'
  git commit --quiet --allow-empty --date='15 juin 2026' --message='Written in June'
  git log -1 --format='%s: %as'
  for day in hier lundi; do
    git commit --quiet --allow-empty --date="$day" --message='Written on that day' 2>&1 || true
  done
  now '2026-05-06 14:00'
  is 05/04/2026
} | tee "$folder/said"
cat >"$folder/right" <<'TXT'
on 2026-04-06 14:00
2026-03-01 is 2026-03-01 14:00
2026-03-01T00:00 is 2026-03-01 00:00
2026-02-30 is 2026-03-02 14:00
2026-02 is 2026-04-02 14:00
05/04/2026 is 2026-04-05 14:00
hier is 2026-04-06 14:00
lundi is 2026-04-06 14:00
15 juin 2026 is 2026-04-15 14:00
3 semaines is 2026-04-03 14:00
since 2026-03-01: Written in the afternoon
Written in June: 2026-04-15
fatal: invalid date format: hier
fatal: invalid date format: lundi
on 2026-05-06 14:00
05/04/2026 is 2026-05-04 14:00
TXT
cmp -s "$folder/said" "$folder/right" || { echo "git behaves otherwise now"; exit 1; }
