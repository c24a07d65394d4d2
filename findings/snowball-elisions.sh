#!/usr/bin/env bash
# snowballstemmer 3.1.1, French: an elided article is taken off where the apostrophe is straight (l'été: été), and is part
# of the word where it is the typographic one of all printed French (l’été: l’et, which is not found by été). 2.2.0 took
# off neither, so that an index made with it no longer fits the queries of 3.1.1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for version in 2.2.0 3.1.1; do
    python3 -m venv "$folder/$version"
    "$folder/$version/bin/pip" --quiet install "snowballstemmer==$version"
    "$folder/$version/bin/python" - "$version" <<'PY'
import sys

from snowballstemmer import stemmer

stems = stemmer("french").stemWords(["l'été", "l’été", "été", "qu'on", "qu’on"])
print(sys.argv[1], stems)
expected = {
    "2.2.0": ["l'et", "l’et", "été", "qu'on", "qu’on"],
    "3.1.1": ["été", "l’et", "été", "on", "qu’on"],
}
assert stems == expected[sys.argv[1]], "snowballstemmer behaves otherwise now"
PY
done
