"""Tags and watched words as real forums treat them: what is stored is not always what was sent."""

import pytest

from koweb_sync.sandbox import Sandbox
from tests.sandbox.asking import Ask, Topic, new
from tests.workspace import TEXT

pytestmark = pytest.mark.server("2022")


def of(ask: Ask, number: int, as_: str = "admin") -> list[str]:
    """The tags that a topic shows."""
    found: list[str] = ask("GET", f"/t/{number}.json", as_).json()["tags"]
    return sorted(found)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (["Choix", "CHOIX"], ["choix"]),
        (["c++"], ["c"]),
        (["node.js", "l'été", "l’hiver"], ["lété", "l’hiver", "nodejs"]),
        (["Outils  libres", "✨joie"], ["joie", "outils-libres"]),
    ],
)
def test_a_tag_is_stored_cleaned(ask: Ask, topic: Topic, sent: list[str], stored: list[str]) -> None:
    assert of(ask, topic(tags=sent)["topic_id"]) == stored


def test_a_synonym_is_stored_as_its_tag_and_leads_to_it(ask: Ask, topic: Topic, box: Sandbox) -> None:
    old = topic(tags=["ateliers"], title="Un sujet qui avait déjà cette étiquette")["topic_id"]
    before = ask("GET", f"/t/{old}.json").json()["post_stream"]["posts"][0]
    topic(tags=["atelier"], title="Un sujet avec la bonne étiquette dès le début")
    made = ask("POST", "/tag/atelier/synonyms.json", json={"synonyms": ["ateliers", "Rencontre"]})
    assert made.json() == {"success": "OK"}
    after = ask("GET", f"/t/{old}.json").json()
    assert after["tags"] == ["atelier"]
    assert [after["post_stream"]["posts"][0][name] for name in ("version", "updated_at")] == [
        before["version"],
        before["updated_at"],
    ]  # nobody edited it
    ask("PUT", f"/t/-/{old}.json", json={"tags": ["rencontre", "bilan"]})
    assert of(ask, old) == ["atelier", "bilan"]
    moved = ask("GET", "/tag/ateliers.json", allow_redirects=False)
    assert (moved.status_code, moved.headers["Location"]) == (302, f"{box.url}/tag/atelier.json")
    info = ask("GET", "/tag/atelier/info.json").json()["tag_info"]
    assert {one["text"]: one["target_tag"] for one in info["synonyms"]} == {
        "ateliers": "atelier",
        "rencontre": "atelier",
    }
    known = {tag["text"] for tag in ask("GET", "/tags.json").json()["tags"]}
    assert "atelier" in known
    assert not {"ateliers", "rencontre"} & known
    assert ask("POST", "/tag/atelier/synonyms.json", "bilal", json={"synonyms": ["x"]}).status_code == 403


def test_a_renamed_tag_changes_topics_without_a_revision(ask: Ask, topic: Topic) -> None:
    one = topic(tags=["bilan", "choix"])
    done = ask("PUT", "/tag/bilan.json", json={"tag": {"id": "Compte rendu", "description": "Ce qui s'est dit"}})
    assert done.json() == {"tag": {"id": "compte-rendu", "description": "Ce qui s'est dit"}}
    assert of(ask, one["topic_id"]) == ["choix", "compte-rendu"]
    assert ask("GET", f"/posts/{one['id']}.json").json()["version"] == 1
    assert ask("PUT", "/tag/choix.json", json={"tag": {"id": "compte-rendu"}}).status_code == 422
    assert ask("GET", "/tag/bilan.json").status_code == 404


def test_newer_servers_list_tags_by_name_with_their_synonyms(ask: Ask, topic: Topic, box: Sandbox) -> None:
    topic(tags=["atelier"])
    ask("POST", "/tag/atelier/synonyms.json", json={"synonyms": ["ateliers"]})
    found = ask("GET", "/tags/list.json?filter=atelier")
    if not new(box):
        assert found.status_code == 404
        return
    assert [(tag["name"], tag["topic_count"]) for tag in found.json()["list_tags"]] == [("atelier", 1), ("ateliers", 0)]


def test_a_guard_of_tags_compares_names_and_an_empty_one_is_none(ask: Ask, topic: Topic, box: Sandbox) -> None:
    one = topic(tags=["bilan", "choix"])["topic_id"]
    wrong = ask("PUT", f"/t/-/{one}.json", json={"tags": ["wiki"], "original_tags": ["bilan"]})
    assert wrong.status_code == (409 if new(box) else 200)
    right = ask("PUT", f"/t/-/{one}.json", json={"tags": ["wiki"], "original_tags": ["choix", "bilan"]})
    assert right.status_code == 200
    assert ask("PUT", f"/t/-/{one}.json", json={"tags": ["outils"], "original_tags": []}).status_code == 200


def test_tags_as_objects_break_a_server_that_knows_strings(ask: Ask, topic: Topic) -> None:
    one = topic(tags=["bilan"])["topic_id"]
    broken = ask("PUT", f"/t/-/{one}.json", json={"tags": [{"id": 1, "name": "bilan"}, {"id": 2, "name": "wiki"}]})
    assert (broken.status_code, broken.headers["Content-Type"]) == (500, "text/html; charset=utf-8")
    assert of(ask, one) == ["bilan"]


def test_the_endpoint_of_tags_answers_with_the_topic(ask: Ask, topic: Topic) -> None:
    one = topic(tags=["bilan"])["topic_id"]
    assert ask("PUT", f"/t/{one}/tags.json", json={"tags": ["choix"]}).json()["basic_topic"]["id"] == one
    assert of(ask, one) == ["choix"]


# ---- categories that do not take every tag


@pytest.fixture
def closed(ask: Ask) -> int:
    """A category that takes two tags alone."""
    made = ask("POST", "/categories.json", json={"name": "Entre nous", "allowed_tags": ["bilan", "budget"]})
    return int(made.json()["category"]["id"])


@pytest.fixture
def wanting(ask: Ask) -> int:
    """A category that wants a tag of a group."""
    ask("POST", "/tag_groups.json", json={"tag_group": {"name": "Thèmes", "tag_names": ["animation", "wiki"]}})
    wanted = {"required_tag_groups": [{"name": "Thèmes", "min_count": 1}], "required_tag_group_name": "Thèmes"}
    made = ask("POST", "/categories.json", json={"name": "À thème", **wanted})
    return int(made.json()["category"]["id"])


def test_an_edit_leaves_the_category_where_its_tags_are_not_allowed(ask: Ask, topic: Topic, closed: int) -> None:
    """Administrators too: text and title change, the answer is 200, and the topic stays where it was."""
    one = topic(tags=["choix"])
    fields = {"raw": f"{TEXT} Autrement.", "category_id": closed}
    done = ask("PUT", f"/posts/{one['id']}.json", json={"post": fields, "title": "Un tout autre titre pour ce sujet"})
    shown = ask("GET", f"/t/{one['topic_id']}.json?include_raw=1").json()
    assert done.status_code == 200
    assert (shown["title"], shown["category_id"]) == ("Un tout autre titre pour ce sujet", 2)
    assert shown["post_stream"]["posts"][0]["raw"] == f"{TEXT} Autrement."
    refused = ask("PUT", f"/t/-/{one['topic_id']}.json", json={"category_id": closed})
    assert (refused.status_code, len(refused.json()["errors"])) == (422, 1)
    both = ask("PUT", f"/t/-/{one['topic_id']}.json", json={"category_id": closed, "tags": ["budget"]})
    assert both.status_code == 200
    shown = ask("GET", f"/t/{one['topic_id']}.json").json()
    assert (shown["category_id"], shown["tags"]) == (closed, ["budget"])


def test_a_topic_stays_in_a_category_where_every_topic_needs_one(ask: Ask, topic: Topic, box: Sandbox) -> None:
    one = topic()
    refused = ask("PUT", f"/t/-/{one['topic_id']}.json", json={"category_id": 1})
    assert (refused.status_code, len(refused.json()["errors"])) == (422, 1)
    edit = {"post": {"raw": f"{TEXT} Autrement.", "category_id": 1}}
    assert ask("PUT", f"/posts/{one['id']}.json", json=edit).status_code == 200
    assert ask("GET", f"/t/{one['topic_id']}.json").json()["category_id"] == 2
    box.set(allow_uncategorized_topics=True)
    assert ask("PUT", f"/t/-/{one['topic_id']}.json", json={"category_id": 1}).status_code == 200


def test_an_edit_leaves_the_category_where_tags_are_missing(ask: Ask, topic: Topic, wanting: int) -> None:
    one = topic(tags=["choix"])
    edit = {"post": {"raw": f"{TEXT} Autrement.", "category_id": wanting}}
    assert ask("PUT", f"/posts/{one['id']}.json", "bilal", json=edit).status_code == 403
    mine = topic(as_="bilal", tags=["choix"], title="Un sujet de quelqu'un d'ordinaire")
    assert ask("PUT", f"/posts/{mine['id']}.json", "bilal", json=edit).status_code == 200
    assert ask("GET", f"/t/{mine['topic_id']}.json").json()["category_id"] == 2
    assert ask("PUT", f"/posts/{one['id']}.json", json=edit).status_code == 200  # too few is no reason for staff
    assert ask("GET", f"/t/{one['topic_id']}.json").json()["category_id"] == wanting


def test_a_create_is_refused_where_its_tags_do_not_fit(ask: Ask, closed: int, wanting: int) -> None:
    def create(as_: str, place: int, tags: list[str]) -> int:
        given = {"title": f"Un sujet de {as_} {len(tags)} {place}", "raw": TEXT, "category": place, "tags": tags}
        return ask("POST", "/posts.json", as_, json=given).status_code

    assert create("admin", closed, ["choix"]) == 422
    assert create("admin", closed, ["budget"]) == 200
    assert create("admin", 2, ["budget"]) == 422  # it belongs to that category alone
    assert create("bilal", wanting, []) == 422
    assert create("bilal", wanting, ["wiki"]) == 200
    assert create("admin", wanting, []) == 200


# ---- watched words


def watch(ask: Ask, box: Sandbox, word: str, action: str, replacement: str | None = None) -> None:
    """Watch a word."""
    named = {"words": [word]} if new(box) else {"word": word}
    given = {**named, "action_key": action, **({"replacement": replacement} if replacement else {})}
    done = ask("POST", "/admin/customize/watched_words.json", json=given)
    assert done.status_code == 200, done.text


def test_watched_words_tag_and_censor_what_is_new(ask: Ask, topic: Topic, box: Sandbox) -> None:
    watch(ask, box, "compost", "tag", "bilan,jardin")
    watch(ask, box, "saperlotte", "censor")
    one = topic(raw="Le compost, saperlotte, demande de la patience ; `saperlotte` en code.", tags=["choix"])
    assert of(ask, one["topic_id"]) == ["bilan", "choix", "jardin"]
    assert "Le compost, ■■■■■■■■■■, demande" in one["cooked"]
    assert "<code>saperlotte</code>" in one["cooked"]
    assert "saperlotte" in ask("GET", f"/posts/{one['id']}.json").json()["raw"]
    plain = topic(title="Un second sujet sans ce mot-là", raw="Des composteurs, rien que des composteurs partout.")
    assert of(ask, plain["topic_id"]) == []


def test_a_blocked_word_is_refused_in_other_words_for_staff(ask: Ask, topic: Topic, box: Sandbox) -> None:
    watch(ask, box, "refusissime", "block")
    one = topic()["topic_id"]
    for who, action in (("bilal", "created_post"), ("admin", "create_post")):
        given = {"topic_id": one, "raw": "Ceci contient refusissime, qui ne passera pas."}
        refused = ask("POST", "/posts.json", who, json=given)
        assert (refused.status_code, refused.json()["action"], len(refused.json()["errors"])) == (422, action, 1)
    listed = ask("GET", "/admin/customize/watched_words.json").json()["words"]
    assert [one["word"] for one in listed] == ["refusissime"]
    assert ask("GET", "/admin/customize/watched_words.json", "bilal").status_code == 404
    ask("DELETE", f"/admin/customize/watched_words/{listed[0]['id']}.json")
    given["raw"] += " Encore une fois."  # the same request would be told the same again
    assert ask("POST", "/posts.json", "bilal", json=given).status_code == 200


def test_a_space_that_does_not_break_stays_in_a_title_as_a_plain_one(ask: Ask, topic: Topic) -> None:
    """The server's white space before a mark is a plain one; sent again, what it stored changes once more."""
    kept = topic(title="Et pourquoi pas celui-ci\u00a0?")
    assert ask("GET", f"/t/{kept['topic_id']}.json").json()["title"] == "Et pourquoi pas celui-ci ?"
    ask("PUT", f"/t/-/{kept['topic_id']}.json", json={"title": "Et pourquoi pas celui-ci  ?"})
    assert ask("GET", f"/t/{kept['topic_id']}.json").json()["title"] == "Et pourquoi pas celui-ci?"


def test_a_watched_word_holds_a_post_for_review(ask: Ask, topic: Topic, box: Sandbox) -> None:
    watch(ask, box, "parpaing", "require_approval")
    one = topic()["topic_id"]
    for who, waits in (("bilal", True), ("admin", False)):
        given = {"topic_id": one, "raw": f"Un parpaing de {who} attend une approbation.", "nested_post": True}
        answer = ask("POST", "/posts.json", who, json=given).json()
        assert answer["action"] == ("enqueued" if waits else "create_post")
    assert len(box.state.pending) == 1
    assert box.state.pending[0].words == ("parpaing",)
