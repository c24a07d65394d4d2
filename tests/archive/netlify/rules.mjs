// Where Netlify's own programs say that each address leads: node rules.mjs FILE, the addresses as JSON on its input.
import { readFileSync } from "node:fs";
import { parseAllRedirects } from "netlify-redirect-parser";
import { parsePlain } from "netlify-redirector";

const file = process.argv[2];
const read = { redirectsFiles: [file], configRedirects: [], minimal: true };
const { redirects, errors } = await parseAllRedirects(read);
const rules = await parsePlain(readFileSync(file, "utf8"), { jwtSecret: "", jwtRoleClaim: "" });
const leads = {};
for (const address of JSON.parse(readFileSync(0, "utf8"))) {
  // Behind "=" stands a path as it is compared, whatever a browser would make of it.
  const { hostname, pathname, search } = new URL(address.replace(/^=/, ""), "https://kafe.example.org");
  const path = address.startsWith("=") ? address.slice(1) : pathname;
  const asked = { scheme: "https", host: hostname, path, query: search.slice(1) };
  const found = rules.match({ ...asked, headers: {}, cookieValues: {}, getHeader: () => "", getCookie: () => "" });
  leads[address] = found ? [found.status, found.to] : null;
}
console.log(JSON.stringify({ errors: errors.map(String), count: redirects.length, leads }));
