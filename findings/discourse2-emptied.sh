#!/usr/bin/env bash
# discourse2 1.2.0, the client that is made of Discourse’s own description of its interface, takes what it sends out of
# the object that it was given. Who asks twice with one object asks for something else the second time, and is told
# nothing: for the best topics without “of all time”, for the newest posts instead of those before 4000, for a search
# without words. And it knows what the description knows, which has neither the second page of the latest topics nor the
# tags of a new one: both are refused as unknown. Of a topic’s posts one can be asked for at a time; where the check of
# what is asked is turned off, several become one text with commas.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts discourse2@1.2.0
cat >ask.mjs <<'JS'
import Discourse from "discourse2";
import http from "node:http";

const server = http.createServer((request, response) => {
  console.log(`asked for ${decodeURIComponent(request.url)}`);
  response.setHeader("content-type", "application/json");
  response.end("{}");
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const forum = new Discourse(`http://127.0.0.1:${server.address().port}`, { "Api-Key": "key", "Api-Username": "lea" });

const ask = async (name, parameters, options) => {
  try {
    await forum[name](parameters, options);
  } catch (error) {
    console.log(`refused: ${error.message}`);
  }
};
for (const [name, parameters] of [
  ["listTopTopics", { period: "all" }],
  ["listPosts", { before: "4000" }],
  ["search", { q: "atelier" }],
  ["getTopic", { id: "347" }],
]) {
  await ask(name, parameters);
  await ask(name, parameters);
}
await ask("listLatestTopics", { page: 1 });
await ask("createTopicPostPM", { title: "Atelier de mars", raw: "Venez !", category: 4, tags: ["atelier"] });
await ask("getSpecificPostsFromTopic", { id: "347", "post_ids[]": 21 });
await ask("getSpecificPostsFromTopic", { id: "347", "post_ids[]": [21, 22] });
await ask("getSpecificPostsFromTopic", { id: "347", "post_ids[]": [21, 22] }, { validateParams: false });
server.close();
JS
node ask.mjs | tee said
cat >right <<'TXT'
asked for /top.json?period=all
asked for /top.json
asked for /posts.json?before=4000
asked for /posts.json
asked for /search.json?q=atelier
asked for /search.json
asked for /t/347.json
refused: data/path must have required property 'id'
refused: Unknown parameter(s) for listLatestTopics: page
refused: Unknown parameter(s) for createTopicPostPM: tags
asked for /t/347/posts.json?post_ids[]=21
refused: data/query/post_ids[] must be integer
asked for /t/347/posts.json?post_ids[]=21,22
TXT
cmp -s said right || { echo "it behaves otherwise now"; exit 1; }
