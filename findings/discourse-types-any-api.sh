#!/usr/bin/env bash
# @discourse/types 2026.10.0-a5125163 with typescript 5.9.3 and the settings that the package brings: the `api` that
# `apiInitializer` gives to a theme or plugin is of type `any`, so a method that does not exist is no error. Its
# declaration imports the type from "./plugin-api.gjs", a name that tsc resolves to nothing, and `skipLibCheck` keeps
# that silent. The type itself is there: who names it as "discourse/lib/plugin-api" is told of the same mistake.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts typescript@5.9.3 @discourse/types@2026.10.0-a5125163
cat >tsconfig.json <<'JSON'
{
  "extends": "@discourse/types/tsconfig-plugin",
  "compilerOptions": {
    "checkJs": true, "composite": false, "declaration": false, "noEmit": true, "strict": true,
    "typeRoots": ["./node_modules/@discourse/types/external-types"],
    "paths": {"discourse/*": ["./node_modules/@discourse/types/declarations/app/*"]}
  },
  "files": ["given.js", "named.js"]
}
JSON
cat >given.js <<'JS'
import { apiInitializer } from "discourse/lib/api";
export default apiInitializer((api) => api.noSuchMethod());
JS
cat >named.js <<'JS'
import { apiInitializer } from "discourse/lib/api";
/** @typedef {import("discourse/lib/plugin-api").PluginApi} PluginApi */
export default apiInitializer((/** @type {PluginApi} */ api) => api.noSuchMethod());
JS
told=$(npx tsc --project tsconfig.json || true)
echo "$told"
[ "$(grep -c 'error TS' <<<"$told")" = 1 ] && grep -q "^named.js.*TS2339.*noSuchMethod" <<<"$told" || {
  echo "the published types behave otherwise now" >&2
  exit 1
}
