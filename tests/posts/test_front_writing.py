"""What is written into a front matter differs only in the key that changed, and there only in what changed."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koweb_sync.posts.document import parse, with_key
from koweb_sync.posts.front import read_front
from koweb_sync.posts.merge_files import combine

WORDS = st.sampled_from(["outils", "c’est libre", "a-b", "node.js", "été", "a: b", "#x", "true", "12", "l'eau"])
COMMENTS = st.sampled_from(["", "   # la nôtre", " # à revoir: oui"])
LINES = st.sampled_from(["", "# Une ligne à part\n", "  # une autre\n", "\n"])
OTHERS = {
    "title": 'title: "Un titre, assez long" # à relire\n',
    "id": "id: 'un-titre'\n",
    "draft": "draft: # rien\n",
    "note": "note: |  # gardée\n  # pas un commentaire\n  fin\n\n",
    "suite": "suite:\n  a: 1 # x\n  b: [1,\n    2]\n",
    "long": "long: une phrase\n  sur deux lignes # oui\n",
}


def quoted(word: str) -> str:
    """A word as somebody may write it."""
    return word if re.fullmatch(r"[\wé’ -]+", word) and word not in ("true", "12") else f'"{word}"'


@st.composite
def lists(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A key `tags` in any form that YAML has for it, and its items."""
    words = draw(st.lists(WORDS, max_size=4, unique=True))
    form = draw(st.sampled_from(["block", "same column", "flow", "lines", "alone"]))
    if form == "flow" or not words:
        return f"tags: [{', '.join(map(quoted, words))}]{draw(COMMENTS)}\n", words
    if form == "alone":
        return f"tags: {quoted(words[0])}{draw(COMMENTS)}\n", words[:1]
    if form == "lines":
        inner = "".join(f"  {quoted(word)},{draw(COMMENTS)}\n" for word in words)
        return f"tags: [{draw(COMMENTS)}\n{inner}  ]\n", words
    indent = "  " if form == "block" else ""
    items = [f"{indent}- {quoted(word)}{draw(COMMENTS)}\n{draw(LINES)}" for word in words]
    return f"tags:{draw(COMMENTS)}\n{''.join(items)}", words


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, list[str]]:
    """A post file, and its tags."""
    tags, words = draw(lists())
    names = draw(st.permutations(sorted(OTHERS)))
    entries = [OTHERS[name] for name in names]
    entries.insert(draw(st.integers(0, len(entries))), tags)
    text = "---\n" + "".join(draw(LINES) + entry for entry in entries) + draw(LINES) + "---\nUn texte.\n"
    return (text.replace("\n", "\r\n") if draw(st.booleans()) else text).encode(), words


def apart(data: bytes) -> list[str]:
    """The lines that do not belong to the key `tags`; comments between its items do not."""
    front = read_front("a.md", data)
    held = front.keys["tags"]
    lines = front.yaml.splitlines()
    rest = [line for line in lines[: held.first] + lines[held.last :] if line.strip()]
    comments = [line for line in lines[held.first : held.last] if line.lstrip()[:1] == "#" and held.block]
    return sorted([*rest, *comments, front.rest])


@pytest.mark.parametrize("line", ["tags: outils", 'tags: "outils" # un seul', "tags: [outils]", "tags:\n- outils"])
def test_p124_a_list_that_says_the_same_is_not_touched(line: str) -> None:
    data = f"---\ntitle: Un titre\nid: un\n{line}\n---\nUn texte.\n".encode()
    assert with_key("a.md", data, "tags", ["outils"]) == data


@settings(deadline=None, max_examples=30)
@given(files(), st.lists(WORDS, max_size=3, unique=True), st.data())
def test_p124_a_list_that_changes_keeps_its_form_its_order_and_its_comments(
    file: tuple[bytes, list[str]], more: list[str], choice: st.DataObject
) -> None:
    data, words = file
    kept = [word for word in words if choice.draw(st.booleans())]
    wanted = [*kept, *(word for word in more if word not in kept)]
    new = with_key("a.md", data, "tags", wanted)
    assert list(parse("a.md", new).front.tags or ()) == wanted
    assert apart(new) == apart(data)
    if wanted == words:
        assert new == data
    before, after = read_front("a.md", data), read_front("a.md", new)
    if wanted and before.keys["tags"].block and words:
        assert after.keys["tags"].block
        mine = [line for line in data.decode().splitlines() if any(f"- {quoted(word)}" in line for word in kept)]
        assert [line for line in new.decode().splitlines() if line in mine] == mine


@settings(deadline=None, max_examples=20)
@given(files(), st.sampled_from(["title", "id", "draft", "long", "note", "suite"]), WORDS)
def test_a_text_that_changes_leaves_every_other_line_alone(file: tuple[bytes, list[str]], key: str, word: str) -> None:
    data, _words = file
    new = with_key("a.md", data, key, word)
    front, old = read_front("a.md", new), read_front("a.md", data)
    value = front.keys[key].value
    assert not isinstance(value, tuple)
    assert value is not None
    assert value.text == word
    for name in (*OTHERS, "tags"):
        if name != key:
            was, now = old.keys[name], front.keys[name]
            assert front.yaml[now.colon : now.end] == old.yaml[was.colon : was.end]
    assert front.rest == old.rest
    comments = [re.findall(r"# (?:à relire|rien|oui|gardée)", one.yaml) for one in (front, old)]
    assert sorted(comments[0]) == sorted(comments[1])
    assert with_key("a.md", new, key, word) == new


FILE = """---
title: Un titre # le vrai
id: un
tags:
  - outils   # les nôtres
  # le reste
  - "c’est libre"
# fin
closed: false
---
Un texte.
"""


@pytest.mark.parametrize("ending", ["---", "..."])
def test_what_the_forum_changed_comes_into_what_git_changed_with_the_comments_of_both(ending: str) -> None:
    base = FILE.replace("---\nUn texte", f"{ending}\nUn texte").encode()
    forum = with_key("a.md", with_key("a.md", base, "tags", ["outils", "forum"]), "title", "Un autre titre")
    git = base.decode().replace("# le vrai", "# le bon").replace("closed: false", "closed: true # oui").encode()
    merged = combine("a.md", (base, git, forum), lambda _base, ours, _theirs: (ours, False))
    assert not merged.conflicts
    assert merged.data.decode() == (
        "---\ntitle: Un autre titre # le bon\nid: un\ntags:\n"
        "  - outils   # les nôtres\n  - forum\n  # le reste\n# fin\n"
        f"closed: true # oui\n{ending}\nUn texte.\n"
    )
