#!/usr/bin/env bash
# i18next 26.7.2: French has a third plural in CLDR, `many`, for whole millions. A translation with _one and _other is
# complete for years, until something counts exactly 1 000 000 or 2 000 000: then it is not _other that is shown, but
# the English text of the fallback language, and without one the bare key. 1 500 000 is well.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund i18next@26.7.2 >/dev/null
cat >count.mjs <<'JS'
import i18next from "i18next";
const fr = { translation: { topics_one: "{{count}} sujet", topics_other: "{{count}} sujets" } };
const en = { translation: { topics_one: "{{count}} topic", topics_other: "{{count}} topics" } };
const counts = [2, 1500000, 1000000, 2000000];
for (const options of [{ fallbackLng: "en", resources: { fr, en } }, { fallbackLng: false, resources: { fr } }]) {
  const { t } = await (async (one) => (await one.init({ lng: "fr", ...options }), one))(i18next.createInstance());
  console.log(counts.map((count) => t("topics", { count })).join(", "));
}
JS
node count.mjs | tee said
printf '%s\n' '2 sujets, 1500000 sujets, 1000000 topics, 2000000 topics' '2 sujets, 1500000 sujets, topics, topics' |
    cmp -s - said || { echo "i18next behaves otherwise now"; exit 1; }
