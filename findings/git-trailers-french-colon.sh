#!/usr/bin/env bash
# git 2.39.5: a last line such as “Note : la salle change.” is a trailer to git, though a space stands before its
# colon, as French wants it: `%(trailers)` lists it among the machine's lines, and a trailer that is added is stuck to
# it without a blank line; `interpret-trailers` and `commit --trailer` even write the sentence anew, without its
# space. With a no-break space before the colon, or an accent in the word (“Équipe”), it stays a sentence.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HOME="$folder" GIT_CONFIG_NOSYSTEM=1
git --version
added() { # the last line of a message; what becomes of it
  printf 'Subject\n\nText.\n\n%s\n' "$1" | git interpret-trailers --trailer 'Seen: yes' | tail -n +5 | paste -sd'|'
}
plain=$(added 'Note : la salle change.')
unbroken=$(added $'Note\u00a0: la salle change.')
accent=$(added 'Équipe : la salle change.')
listed=$(printf 'Subject\n\nText.\n\nNote : la salle change.\n' | git interpret-trailers --parse)
printf '%s\n' "space: $plain" "no-break space: $unbroken" "accent: $accent" "taken for a trailer: $listed"
[ "$plain" = "Note: la salle change.|Seen: yes" ] && [ "$listed" = "Note: la salle change." ] &&
    [ "$unbroken" = $'Note\u00a0: la salle change.||Seen: yes' ] &&
    [ "$accent" = "Équipe : la salle change.||Seen: yes" ] || { echo "git behaves otherwise now"; exit 1; }
