"""What a Discourse makes of what people write, restated in small: the facts that the rest of the project relies on."""

from typing import Any

import pytest

from koweb_sync.sandbox import Sandbox
from tests.sandbox.asking import TITLE, Ask, Topic, new, on_all
from tests.workspace import TEXT

pytestmark = pytest.mark.server("2022")

# ---- creating


def test_an_identical_create_gets_the_same_answer_for_two_minutes(topic: Topic, ask: Ask) -> None:
    first = topic()
    assert topic()["id"] == first["id"]
    assert topic(typing_duration_msecs=7)["errors"], "another request: now the title is taken"
    ask("DELETE", f"/t/{first['topic_id']}.json")
    assert topic()["id"] == first["id"], "the answer of a topic that is gone"


def test_a_title_is_stored_as_discourse_stores_it(topic: Topic, ask: Ask) -> None:
    for sent, stored in [
        ("qu'est-ce que la facilitation ?", "Qu'est-ce que la facilitation?"),
        ("Un  titre   avec  espaces.", "Un titre avec espaces"),
        ("TOUT EN MAJUSCULES ICI", "Tout en majuscules ici"),
        ("Titre!!! avec??? ponctuation", "Titre! avec? ponctuation"),
    ]:
        made = topic(title=sent)
        assert ask("GET", f"/t/{made['topic_id']}.json").json()["title"] == stored


def test_a_body_loses_its_end_and_its_special_spaces(topic: Topic) -> None:
    made = topic(raw="  Déjà\u00a0! Voilà\u202f: un texte\r\nassez e\u0301trange.\u200b  \n\n")
    assert made["raw"] == "  Déjà ! Voilà : un texte\r\nassez e\u0301trange.\u200b"


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"title": "Court", "as_": "amina"}, 2),
        ({"title": ""}, 2),
        ({"raw": "court"}, 2),
        ({"raw": "a" * 40_000}, 1),
        ({"external_id": "avec espace"}, 1),
        ({"external_id": "x" * 51}, 1),
        ({"title": "Bienvenue au Koweb Kafé, présentez-vous", "raw": "x" * 30}, 1),
    ],
)
def test_what_is_refused_is_named(topic: Topic, given: dict[str, Any], errors: int) -> None:
    answer = topic(**given)
    assert answer["action"] == "create_post"
    assert len(answer["errors"]) >= errors


def test_an_external_id_is_taken_whatever_its_case_and_even_by_the_dead(topic: Topic, ask: Ask) -> None:
    made = topic(external_id="Koweb-Un")
    there = ask("GET", "/t/external_id/Koweb-Un.json", allow_redirects=False)
    assert (there.status_code, f"/{made['topic_id']}.json" in there.headers["Location"]) == (301, True)
    assert ask("GET", "/t/external_id/koweb-un.json").status_code == 404, "the look-up sees the case"
    assert topic(title="Un tout autre sujet", external_id="koweb-UN")["errors"]
    ask("DELETE", f"/t/{made['topic_id']}.json")
    assert ask("GET", "/t/external_id/Koweb-Un.json").status_code == 404
    assert topic(title="Encore un autre sujet", external_id="Koweb-Un")["errors"]


@on_all
def test_tags_are_cleaned_and_surplus_ones_cut_or_refused(topic: Topic, ask: Ask, box: Sandbox) -> None:
    made = topic(tags=["Été 2026", "a/b?", "x" * 30])
    shown = ask("GET", f"/t/{made['topic_id']}.json").json()["tags"]
    names = {tag["name"] if isinstance(tag, dict) else tag for tag in shown}
    assert names == {"été-2026", "ab", "x" * 20}
    assert all(isinstance(tag, dict) == box.state.flavour.tags_as_objects for tag in shown)
    many = topic(title="Beaucoup trop d'étiquettes ici", tags=[f"e{n}" for n in range(9)])
    assert ("errors" in many) != box.state.flavour.cuts_tags
    if box.state.flavour.cuts_tags:
        assert len(ask("GET", f"/t/{many['topic_id']}.json").json()["tags"]) == 5


def test_only_digits_name_a_category(topic: Topic, ask: Ask) -> None:
    for wrong in ("koweb-kafe", "9999", "2.0", True):
        assert ask("POST", "/posts.json", json={"title": TITLE, "raw": TEXT, "category": wrong}).status_code == 400
    assert topic(category="2")["topic_id"]


# ---- editing


def test_a_guard_is_exact_and_an_empty_one_is_none(topic: Topic, ask: Ask, box: Sandbox) -> None:
    made = topic()
    path = f"/posts/{made['id']}.json"

    def edit(text: str, **guard: str) -> int:
        return ask("PUT", path, "claire", json={"post": {"raw": f"{TEXT} {text}", **guard}}).status_code

    assert edit("un", raw_old=f"{TEXT}\n") == 409
    assert edit("un", raw_old=TEXT) == 200
    assert edit("deux", raw_old=TEXT) == 409
    assert edit("trois", raw_old="") == 200
    assert edit("quatre", original_text=TEXT) == (409 if new(box) else 200)


def test_an_edit_without_a_text_is_an_empty_text(topic: Topic, ask: Ask) -> None:
    made = topic()
    answer = ask(
        "PUT", f"/posts/{made['id']}.json", json={"title": "Un titre tout neuf ici", "post": {"edit_reason": "x"}}
    )
    assert answer.status_code == 422
    assert ask("GET", f"/posts/{made['id']}.json").json()["raw"] == TEXT


def test_versions_rise_stand_still_and_fall(topic: Topic, ask: Ask, box: Sandbox) -> None:
    made = topic(as_="amina")

    def edit(text: str, as_: str = "amina", **more: str) -> int:
        answer = ask("PUT", f"/posts/{made['id']}.json", as_, json={"post": {"raw": text, **more}})
        version: int = answer.json()["post"]["version"]
        return version

    assert edit(f"{TEXT} Un.") == 1, "the same editor, soon after: no version"
    assert edit(f"{TEXT} Deux.", "claire") == 2, "another editor"
    assert edit(f"{TEXT} Deux, bien.", "claire") == 2
    assert edit(f"{TEXT} Un.", "claire") == 1, "what was there before: the version goes"
    assert edit(f"{TEXT} Trois.", edit_reason="parce que") == 2, "a reason"
    assert edit(f"{TEXT} Trois." + " mot" * 200) == 3, "a large change"
    latest = ask("GET", f"/posts/{made['id']}/revisions/latest.json").json()
    assert (latest["current_revision"], latest["previous_revision"], latest["username"]) == (3, 2, "amina")
    assert ask("GET", f"/posts/{made['id']}/revisions/1.json").status_code == 400
    old = ask("GET", f"/posts/{made['id']}.json?version=1").json()["raw"]
    assert old == f"{TEXT} Un."
    assert box.first_post(made["topic_id"]).raw.endswith("mot"), "reading an old version changes nothing"


def test_a_revision_shows_what_changed_and_nothing_that_runs(topic: Topic, ask: Ask) -> None:
    made = topic()
    ask("PUT", f"/posts/{made['id']}.json", "claire", json={"post": {"raw": f"{TEXT} <script>alert(1)</script> Fin."}})
    shown = ask("GET", f"/posts/{made['id']}/revisions/2.json").json()["body_changes"]
    assert "<ins>" in shown["side_by_side_markdown"]
    assert "Fin." in shown["inline"]
    assert not any("<script" in html for html in shown.values())


def test_title_and_category_go_with_the_first_post_and_tags_do_not(topic: Topic, ask: Ask) -> None:
    made = topic()
    data = {"title": "Un autre titre encore", "tags": ["x"], "post": {"raw": f"{TEXT} Et plus.", "category_id": 3}}
    ask("PUT", f"/posts/{made['id']}.json", json=data)
    found = ask("GET", f"/t/{made['topic_id']}.json").json()
    assert (found["title"], found["category_id"], found["tags"]) == ("Un autre titre encore", 3, [])
    ask("PUT", f"/t/-/{made['topic_id']}.json", json={"tags": ["x", "y"]})
    ask("PUT", f"/t/-/{made['topic_id']}.json", data={"tags[]": ["z"]})
    assert len(ask("GET", f"/t/{made['topic_id']}.json").json()["tags"]) == 1, "all tags are replaced"


def test_a_newer_server_guards_titles_and_tags(topic: Topic, ask: Ask, box: Sandbox) -> None:
    made = topic(tags=["a"])
    path = f"/t/-/{made['topic_id']}.json"
    expected = 409 if new(box) else 200
    assert ask("PUT", path, json={"title": "Titre un de ce sujet", "original_title": "Autre"}).status_code == expected
    assert ask("PUT", path, json={"tags": ["b"], "original_tags": [{"id": 1, "name": "c"}]}).status_code == expected
