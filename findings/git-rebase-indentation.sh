#!/usr/bin/env bash
# git 2.39.5 compares changes without their white space when it rebases: a commit that adds indented lines counts as
# already there once upstream has the same words at the margin, and is skipped with a warning. In Markdown (and YAML)
# these are two texts, a block of code and a paragraph. A merge of the same two branches stops at a conflict.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HOME="$folder" GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
git --version
git init --quiet --initial-branch=main "$folder/texts"
cd "$folder/texts"
written() { # the text, the message
  printf '%s\n' "$1" >post.md
  git add post.md
  git commit --quiet --message "$2"
}
written $'First.\n\nLast.' begun
git switch --quiet --create side
written $'First.\n\n    koweb push\n\nLast.' indented
git switch --quiet main
written $'First.\n\nkoweb push\n\nLast.' plain
merged=clean
git merge --quiet side >/dev/null 2>&1 || { merged=conflict; git merge --abort; }
cherry=$(git cherry main side)
git rebase main side 2>said
kept=$(git show side:post.md | grep push)
echo "merge: $merged; cherry: ${cherry%% *}; rebase: $(grep "^warning" said); the line is now: $kept"
[ "$merged" = conflict ] && [ "${cherry%% *}" = - ] && [ "$kept" = "koweb push" ] ||
    { echo "git behaves otherwise now"; exit 1; }
