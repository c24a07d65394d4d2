#!/usr/bin/env bash
# git 2.39.5: in a clone without blobs, “git cat-file --batch” fetches each blob that it lacks by a request of its own,
# although it is given all names at once; so does --batch-check, which only tells type and size. “git log -p” of the same
# history fetches by the commit, and one “git fetch --stdin” brings everything that “rev-list --missing=print” names.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HOME="$folder" GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
git --version
git config --global gc.auto 0
git init --quiet "$folder/origin"
git -C "$folder/origin" config uploadpack.allowFilter true
git -C "$folder/origin" config uploadpack.allowAnySHA1InWant true
for version in 1 2 3 4 5; do
  for post in $(seq 20); do echo "post $post, version $version" >"$folder/origin/$post.md"; done
  git -C "$folder/origin" add .
  git -C "$folder/origin" commit --quiet --message "$version"
done

fetches() { # name, git's arguments: prints how many fetches the command makes in a fresh clone; names come from stdin
  git clone --quiet --filter=blob:none --no-checkout "file://$folder/origin" "$folder/$1"
  GIT_TRACE="$folder/$1.trace" git -C "$folder/$1" "${@:2}" >/dev/null
  grep -c 'trace: built-in: git fetch' "$folder/$1.trace"
}

git -C "$folder/origin" rev-list --objects --all | cut -d' ' -f1 |
  git -C "$folder/origin" cat-file --batch-check='%(objecttype) %(objectname)' | sed -n 's/^blob //p' >"$folder/blobs"
batch=$(fetches batch cat-file --batch <"$folder/blobs")
check=$(fetches check cat-file --batch-check <"$folder/blobs")
log=$(fetches log log -p </dev/null)
once=$(fetches once fetch --quiet --no-write-fetch-head --filter=blob:none --stdin origin <"$folder/blobs")
left=$(git -C "$folder/once" rev-list --objects --all --missing=print | grep -c '^?' || true)
echo "100 blobs: cat-file --batch $batch fetches, --batch-check $check, log -p $log, fetch --stdin $once ($left left)"
[ "$batch $check $once $left" = "100 100 1 0" ] && [ "$log" -le 5 ] || { echo "git behaves otherwise now"; exit 1; }
