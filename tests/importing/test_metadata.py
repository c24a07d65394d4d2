"""What files of other tools say about themselves, in every form."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koweb_sync.importing.metadata import split
from koweb_sync.importing.proposals import Proposal, propose, tags_of
from koweb_sync.importing.titles import LONGEST_WORD, fitting, heading, opening_words, readable
from koweb_sync.importing.written_dates import moment
from koweb_sync.posts.lint import Rules

NOW = datetime(2026, 11, 27, tzinfo=UTC)
BODY = "# Un titre\n\nUn texte.\n"


def said(text: str, path: str = "a.md") -> Proposal:
    """What a file proposes."""
    return propose(path, split(text), NOW)


FORMS = {
    "yaml": "---\ntitle: Le tour\ndate: 2024-05-02\ntags: [outils, choix]\ncategories:\n  - Outils\ndraft: true\n"
    "weight: 3\n---\n",
    "yaml closed by dots": "---\ntitle: Le tour\ndate: 2024-05-02\ntags:\n- outils\n- choix\ncategory: Outils\n"
    "published: false\nweight: 3\n...\n",
    "toml": '+++\ntitle = "Le tour"\ndate = 2024-05-02\ndraft = true\nweight = 3\n'
    '[taxonomies]\ntags = ["outils", "choix"]\ncategories = ["Outils"]\n+++\n',
    "json": '{"title": "Le tour", "date": "2024-05-02", "tags": ["outils", "choix"], "categories": "Outils",\n'
    '"draft": true, "weight": 3}\n',
    "lines": "Title: Le tour\nDate: 2024-05-02\nTags: outils, choix\nCategory: Outils\nStatus: draft\nweight: 3\n\n",
    "obsidian": "---\ntitle: Le tour\ncreated: 2024-05-02\ntags: outils choix\ncategory: Outils\npublish: false\n"
    "weight: 3\n---\n",
    "hash": "---\ntitle: Le tour\ncreated: 2024-05-02\ntags: #outils #choix\ncategory: Outils\npublish: no\n"
    "weight: 3\n---\n",
    "broken": "---\ntitle: Le tour\ndate: 2024-05-02\ntags: outils, choix\ncategory: Outils\ndraft: true\n"
    "weight: 3: 4\n---\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_p131_every_form_of_front_matter_says_the_same(form: str) -> None:
    for ends in ("\n", "\r\n"):
        text = ("\ufeff" + FORMS[form] + BODY).replace("\n", ends)
        found = said(text)
        assert split(text).body == BODY
        assert (found.title, found.created, found.draft) == ("Le tour", "2024-05-02", True)
        assert found.categories == ("Outils",)
        assert tags_of(found.tags, Rules())[0] == ("outils", "choix")
        assert [key for key in found.kept if key != "Status"] == ["weight"]
        assert bool(found.problems) == (form == "broken")


def test_p131_a_text_that_only_looks_like_front_matter_stays_a_text() -> None:
    for text in (
        "---\n\nUne phrase entre deux filets.\n\n---\n",
        "{% include a.html %}\n",
        "---\nun: deux\n",
        "Note: ceci\n\n",
    ):
        assert split(text).body == text.lstrip("\n")
        assert split(text).values == {}


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(["---", "+++", "{", "}", "a: b", "tags: #a", "- x", '"a": 1', "", "é\x00"]), max_size=9)
)
def test_any_text_can_be_taken_apart_and_nothing_of_it_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = split(text)
    whole = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    assert whole.endswith(found.body)
    assert found.body_line == whole.count("\n", 0, len(whole) - len(found.body)) + 1
    propose("a.md", found, NOW)


@settings(max_examples=40)
@given(st.text(max_size=300), st.lists(st.text(max_size=40), max_size=3), st.text(max_size=80))
def test_a_mended_title_is_one_that_the_forum_takes(title: str, folders: list[str], body: str) -> None:
    rules, words = Rules(), " ".join(title.split())
    found = fitting(words, [*folders, opening_words(body)], rules, lambda one: one != words)
    assert len(found) <= rules.title_max or found == words
    if len(found) >= rules.title_min and found != words:
        assert max(map(len, found.split())) <= LONGEST_WORD + 1


def test_p131_dates_are_read_where_only_one_day_can_be_meant() -> None:
    same = ("2024-05-02", "2024/5/2", "02.05.2024", "2 mai 2024", "May 2nd, 2024", "jeudi 2 mai 2024")
    assert {moment(one) for one in same} == {"2024-05-02"}
    assert moment("2024-05-02 9:30:00 +0200") == "2024-05-02T09:30:00+02:00"
    assert moment("Thu, 02 May 2024 09:30:00 +0200") == "2024-05-02T07:30:00+00:00"
    assert [moment(one) for one in ("03/04/2024", "2024-02-31", "demain", "", "9" * 400)] == [""] * 5
    assert said("---\ndate: 2030-01-01\n---\nx").kept == {"date": "2030-01-01"}
    assert said("texte", "_posts/2024-05-02-le-tour.md").created == "2024-05-02"


def test_p131_names_of_files_become_titles() -> None:
    names = {
        "2024-05-02-tour_de_table.md": "Tour de table",
        "GererLesConflits.txt": "Gerer les conflits",
        "outils/index.md": "Outils",
        "Réunion - 3 mai.md": "Réunion - 3 mai",
        "2024-05-02.md": "2024-05-02",
    }
    assert {name: readable(name) for name in names} == names
    opening = "{% include x.html %} [u]Un[/u] jour, {{ a }}nous <% b %>irons"
    assert opening_words(opening) == "Un jour, nous irons"
    found = heading("Une phrase.\n\n## Deuxième\n\nPremier *vrai* `titre`\n===\n")
    assert found is not None
    assert (found.words, found.opens) == ("Premier vrai titre", False)
    assert heading("Une phrase.\n\n## Deuxième\n") is None


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: Une note\ndraft: true\n\nLe texte.\n",
        "---\ntitle: Une note\ndraft: false\ndraft: true\n---\nLe texte.\n",
        '{\n  "title": "Une note",\n  "draft": true,\n}\nLe texte.\n',
        "+++\ntitle = 'Une note'\ndraft = true\n\nLe texte.\n",
        '{"draft": true, "a": "' + "x" * 70_000 + '"}\n\nLe texte.\n',
    ],
)
def test_what_a_broken_front_matter_keeps_back_is_a_draft(text: str) -> None:
    said = split(text)
    assert propose("note.md", said, NOW).draft
    assert said.problems
    assert "Le texte." in said.body


def test_a_text_below_a_rule_is_no_draft() -> None:
    for text in ("---\nNote : un texte.\n", "---\nUn texte.\n\ndraft: true\n", "{ ceci } et *cela*\n"):
        assert not propose("note.md", split(text), NOW).draft
