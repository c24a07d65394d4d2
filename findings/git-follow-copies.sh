#!/usr/bin/env bash
# git 2.39.5: by its documentation `git log --follow` goes on “beyond renames”; it goes on beyond copies as well, also
# of a file that stays where it is, which `git log` alone looks for only with `-C -C`. Minutes that were begun as a
# copy of a template have the template's history behind them: its date, its author, its earlier texts. And the commit
# that made them is no addition to it (`--diff-filter=A` passes it over). mkdocs-git-revision-date-localized-plugin
# 1.6.3 therefore says of such a page that it was made on the template's day.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HOME="$folder" GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_EMAIL=team@example.org GIT_COMMITTER_EMAIL=team@example.org
cd "$folder"
git --version
python3 -m venv venv
venv/bin/pip --quiet install mkdocs==1.6.1 mkdocs-git-revision-date-localized-plugin==1.6.3
git init --quiet --initial-branch=main site
cd site
mkdir docs
commit() { # who, on which day
  export GIT_AUTHOR_NAME=$1 GIT_COMMITTER_NAME=$1 GIT_AUTHOR_DATE=$2T12:00Z GIT_COMMITTER_DATE=$2T12:00Z
  git add .
  git commit --quiet --message="$1 writes"
}
printf '# Modèle\n\nDate de la réunion.\n\nPersonnes présentes.\n\nDécisions prises.\n' >docs/modele.md
cat >mkdocs.yml <<'YML'
site_name: Comptes rendus
plugins: [{git-revision-date-localized: {enable_creation_date: true, type: iso_date}}]
YML
commit Léa 2024-01-15
sed 's/Modèle/Réunion de mars/' docs/modele.md >docs/mars.md
printf '\nPage du {{ git_creation_date_localized }}.\n' >>docs/mars.md
commit Ali 2026-03-02
history=$(git log --follow --format='%as %an' -- docs/mars.md | paste -sd',')
added=$(git log --follow --diff-filter=A --format='%as %an' -- docs/mars.md)
alone=$(git log --diff-filter=A --format='%as %an' -- docs/mars.md)
../venv/bin/mkdocs --quiet build
page=$(grep -o 'Page du .*' site/mars/index.html | grep -o '20[0-9]*-[0-9]*-[0-9]*' | head -n 1)
printf '%s\n' "mars.md with --follow: $history" "added, with --follow: $added; without: $alone" "its page says: $page"
[ "$history" = "2026-03-02 Ali,2024-01-15 Léa" ] && [ "$added" = "2024-01-15 Léa" ] &&
    [ "$alone" = "2026-03-02 Ali" ] && [ "$page" = 2024-01-15 ] || { echo "one of them behaves otherwise now"; exit 1; }
