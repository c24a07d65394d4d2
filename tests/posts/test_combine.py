"""Merging post files key by key: what one side changed arrives, what both changed differently stands between marks."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koweb_sync.git.repo import Repo
from koweb_sync.posts.document import parse
from koweb_sync.posts.merge_files import Combined, Marks, combine

BASE = """\
---
# en tête
title: "Un titre"   # provisoire
id: un
tags: [outils, choix]
inconnu:
  clé: valeur
---

Premier paragraphe.

Deuxième paragraphe.
"""


PLAIN = Marks()


def merged(repo: Repo, base: str, ours: str, theirs: str, marks: Marks = PLAIN) -> Combined:
    """A merge with git's own for the text."""
    options = (f"--{marks.favour}",) if marks.favour else ("-L", "git", "-L", "base", "-L", "forum")
    sides = (base.encode(), ours.encode(), theirs.encode())
    return combine("a.md", sides, lambda a, b, c: repo.merge(a, b, c, *options), marks)


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A place where git merges texts."""
    (tmp_path / "koweb").mkdir()
    return Repo(tmp_path, tmp_path, tmp_path, tmp_path)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("ours", "theirs", "wanted"),
    [
        ([("Un titre", "Mien")], [("[outils, choix]", "[outils, accueil]")], ["Mien", "[outils, accueil]"]),
        (
            [("[outils, choix]", "[choix, git]")],
            [("[outils, choix]", "[outils, choix, forum]")],
            ["[choix, git, forum]"],
        ),
        (
            [("id: un\n", "id: un\nclosed: true\n")],
            [("id: un\n", "id: un\nlisted: false\n")],
            ["closed: true", "listed: false"],
        ),
        ([("Premier", "Tout premier")], [("Deuxième", "Second")], ["Tout premier", "Second", "# provisoire"]),
        ([("tags: [outils, choix]\n", "")], [("Deuxième", "Second")], ["Second"]),
        ([("Deuxième", "Second")], [("tags: [outils, choix]\n", "")], ["Second"]),
        ([("clé: valeur", "clé: autre")], [("Un titre", "Leur")], ["clé: autre", "Leur"]),
    ],
)
def test_changes_of_different_things_do_not_conflict(
    repo: Repo, ours: list[tuple[str, str]], theirs: list[tuple[str, str]], wanted: list[str], end: str
) -> None:
    sides = []
    for changes in ([], ours, theirs):
        text = BASE
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        sides.append(text.replace("\n", end))
    found = merged(repo, sides[0], sides[1], sides[2])
    assert not found.conflicts
    text = found.data.decode()
    assert all(word in text for word in wanted)
    assert text.count("\r\n") == (text.count("\n") if end == "\r\n" else 0)
    parse("a.md", found.data)


def test_a_key_that_both_sides_changed_stands_between_marks(repo: Repo) -> None:
    found = merged(repo, BASE, BASE.replace("Un titre", "Mien"), BASE.replace("Un titre", "Leur"))
    assert found.conflicts
    block = '<<<<<<< git\ntitle: "Mien"   # provisoire\n=======\ntitle: "Leur"   # provisoire\n>>>>>>> forum\n'
    assert found.data.decode() == BASE.replace('title: "Un titre"   # provisoire\n', block)


@pytest.mark.parametrize(("favour", "word"), [("ours", "Mien"), ("theirs", "Leur")])
def test_a_preferred_side_wins_where_both_changed(repo: Repo, favour: str, word: str) -> None:
    sides = [BASE.replace("Un titre", one).replace("Deuxième", one) for one in ("Mien", "Leur")]
    found = merged(repo, BASE, sides[0], sides[1].replace("choix", "forum"), Marks(favour=favour))
    post = parse("a.md", found.data)
    assert (post.front.title, post.front.tags) == (word, ("outils", "forum"))
    assert f"{word} paragraphe" in post.body


TEXTS = st.sampled_from(["Premier", "Deuxième", "Un titre", "outils", "id: un", "inconnu", "---\n", "[", "\n\n", "é"])
ANY = st.lists(st.tuples(TEXTS, st.sampled_from(["X", "", "a: b\n", "title: y\n", '"', "{", "---\n"])), max_size=3)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(mine=ANY, other=ANY)
def test_whatever_the_sides_are_a_side_that_changed_nothing_gives_the_other(
    repo: Repo, mine: list[tuple[str, str]], other: list[tuple[str, str]]
) -> None:
    ours = theirs = BASE
    for old, new in mine:
        ours = ours.replace(old, new, 1)
    for old, new in other:
        theirs = theirs.replace(old, new, 1)
    assert merged(repo, BASE, ours, BASE) == Combined(ours.encode(), conflicts=False)
    assert merged(repo, BASE, BASE, theirs) == Combined(theirs.encode(), conflicts=False)
    assert merged(repo, BASE, ours, ours) == Combined(ours.encode(), conflicts=False)
    both = merged(repo, BASE, ours, theirs)
    if both.conflicts and ours != theirs:
        assert b"<<<<<<<" in both.data or both.data == ours.encode()
