#!/usr/bin/env bash
# python-frontmatter 1.3.0: loads() strips white space from both ends of the text, so that a code block at its beginning
# becomes a paragraph; dumps() sorts the keys by the alphabet; metadata that is a list vanishes without a word.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install python-frontmatter==1.3.0 markdown-it-py==4.3.0
"$folder/venv/bin/python" - <<'PY'
import frontmatter
from markdown_it import MarkdownIt

body = "    first line of code\n    second line\n\nText.\n"
post = frontmatter.loads(f"---\ntitle: A title\nid: a-title\nauthor: claire\n---\n{body}")
before, after = MarkdownIt().render(body), MarkdownIt().render(post.content)
print("before:", before.split("\n")[0], "- after loads():", after.split("\n")[0])
keys = [line.split(":")[0] for line in frontmatter.dumps(post).split("\n")[1:4]]
print("keys after dumps():", keys)
listed = frontmatter.loads("---\n- title: A title\n- id: a-title\n---\nText.\n")
print("metadata of a list:", listed.metadata)
assert before.startswith("<pre>") and after.startswith("<p>"), "the indentation is kept now"
assert keys == ["author", "id", "title"], "the keys keep their order now"
assert listed.metadata == {} and listed.content == "Text.", "a list is not dropped any more"
PY
