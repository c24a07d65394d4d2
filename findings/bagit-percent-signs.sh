#!/usr/bin/env bash
# bagit 1.9.0: RFC 8493 (2.1.3) wants a percent sign of a file's name written as %25 in a manifest. bagit.py writes it
# as it is, and says that a file is missing of a bag that another tool wrote by the RFC.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install bagit==1.9.0
cd "$folder"
mkdir bag
echo words >"bag/100% sure.txt"
venv/bin/bagit.py --quiet --sha256 bag
line=$(cut -d' ' -f3- bag/manifest-sha256.txt)
echo "bagit.py names the file: $line"
sed -i 's/%/%25/' bag/manifest-sha256.txt
sum=$(sha256sum bag/manifest-sha256.txt | cut -d' ' -f1)
sed -i "s/^[0-9a-f]* manifest-sha256.txt/$sum manifest-sha256.txt/" bag/tagmanifest-sha256.txt
said=$(venv/bin/bagit.py --validate bag 2>&1 || true)
echo "${said##*$'\n'}"
[ "$line" = "data/100% sure.txt" ] && [[ $said == *"100%25 sure.txt exists in manifest but was not found"* ]] ||
    { echo "bagit behaves otherwise now"; exit 1; }
