#!/usr/bin/env bash
# What a forum talks of, as a cloud of words: « Réunion dans deux mois. Bilan dans un mois. » has “mois” twice in
# wordcloud 1.9.6, and once somebody adds « Pour moi, oui. » it has “moi” three times and no “mois”. A word that ends in
# s is the plural of the one without it as soon as both are there: a son (fils) is a thread (fil) then, a course (cours)
# a yard (cour). And « l'été » is a word of its own; with the typographic apostrophe it is « été ».
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install wordcloud==1.9.6
venv/bin/python - <<'PY' | tee said
from wordcloud import WordCloud

words = "mois moi fils fil cours cour l'été été".split()
for text in (
    "Réunion dans deux mois. Bilan dans un mois.",
    "Réunion dans deux mois. Bilan dans un mois. Pour moi, oui.",
    "Le fils de Léa, le fils d’Ali. Un fil de discussion.",
    "Cours du soir, cours du matin. La cour est ouverte.",
    "Vive l'été, dit-il. Vive l’été !",
):
    found = {word.lower(): n for word, n in WordCloud(collocations=False).process_text(text).items()}
    print(text, *(f"{word} {found[word]}" for word in words if word in found))
PY
cat >right <<'TXT'
Réunion dans deux mois. Bilan dans un mois. mois 2
Réunion dans deux mois. Bilan dans un mois. Pour moi, oui. moi 3
Le fils de Léa, le fils d’Ali. Un fil de discussion. fil 3
Cours du soir, cours du matin. La cour est ouverte. cour 3
Vive l'été, dit-il. Vive l’été ! l'été 1 été 1
TXT
cmp -s said right || { echo "it behaves otherwise now"; exit 1; }
