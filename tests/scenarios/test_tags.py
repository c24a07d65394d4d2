"""Tags as the forum stores them, changes of the category, and edits that nobody made."""

from typing import Literal

import pytest
import requests

from koweb_sync.sandbox import Fault, Sandbox
from tests.gate import in_turn
from tests.workspace import TEXT, Clone

pytestmark = pytest.mark.server("2022")


def news(here: Clone) -> list[str]:
    """What a fetch finds: path and editor."""
    return [f"{one['path']} {one['editor']}" for one in here.run("fetch", "--format", "json").data["edits"]]


def last(here: Clone) -> str:
    """Author and subject of the last commit."""
    return here.git("log", "-1", "--format=%an %s")


@pytest.mark.parametrize(
    ("tags", "there"),
    [(["C++"], ["c"]), (["node.js", "l'été"], ["lété", "nodejs"]), (["Outils Libres"], ["outils-libres"]), ([], [])],
)
def test_p71_tags_are_agreed_on_as_the_forum_stored_them(
    here: Clone, box: Sandbox, tags: list[str], there: list[str]
) -> None:
    here.post("un", tags=tags)
    here.commit()
    here.push()
    assert sorted(box.by_id("un").tags) == there
    before = here.git("rev-parse", "HEAD")
    assert news(here) == []
    here.run("pull")
    assert here.git("rev-parse", "HEAD") == before
    box.forget()
    here.push()
    assert box.log == []


@pytest.mark.parametrize("count", [1, 40])
def test_p71_what_was_a_synonym_or_watched_before_is_no_edit(here: Clone, box: Sandbox, count: int) -> None:
    box.meddle_with_tags("atelier", "ateliers")
    box.watch("compost", "tag", "jardin")
    for number in range(count):
        here.post(f"sujet-{number}", f"{TEXT} Le compost du jardin.", tags=["ateliers", "choix"])
    here.commit()
    here.push()
    assert sorted(box.by_id("sujet-0").tags) == ["atelier", "choix", "jardin"]
    before = here.git("rev-parse", "HEAD")
    assert news(here) == []
    here.run("pull")
    assert here.git("rev-parse", "HEAD") == before
    box.forget()
    here.push()
    assert box.log == []


def test_what_the_forum_made_of_new_tags_costs_one_request(here: Clone, box: Sandbox) -> None:
    here.run("push")
    for number in range(40):
        here.post(f"sujet-{number}", tags=["outils", f"thème-{number % 7}"])
    here.commit()
    here.push()
    reads = [one.path for one in box.requests("GET") if "latest" in one.path]
    assert len(reads) == 1
    assert len(box.log) - 40 <= 5


@pytest.mark.parametrize("title", ["2026-11-27", "12345678901234567", "27/11/2026 – 28/11/2026", "1er mai 2026 ?!?!"])
def test_p71_a_title_of_dates_or_numbers_is_no_edit(here: Clone, box: Sandbox, title: str) -> None:
    box.set(min_topic_title_length=5, title_min_entropy=1)
    here.write("posts/un.md", f"---\ntitle: {title}\nid: un\n---\n{TEXT}\n")
    here.commit()
    here.push()
    assert news(here) == []
    here.run("pull")
    box.forget()
    here.push()
    assert box.log == []


def test_an_edit_of_a_number_in_a_title_is_one(here: Clone, box: Sandbox) -> None:
    here.post("un", title="Réunion du 12/05, version 1.5!!")
    here.commit()
    here.push()
    assert news(here) == []
    box.edit(box.by_id("un").id, title="Réunion du 1/205, version 15!", username="claire")
    assert news(here) == ["posts/un.md Claire Moreau"]


def test_a_member_adds_a_tag_beside_a_synonym(here: Clone, box: Sandbox) -> None:
    box.meddle_with_tags("atelier", "ateliers")
    here.post("un", tags=["Ateliers"])
    here.commit()
    here.push()
    box.edit(box.by_id("un").id, tags=["atelier", "bilan"], username="claire")
    assert news(here) == ["posts/un.md Claire Moreau"]
    here.run("pull")
    assert 'tags: ["Ateliers", bilan]' in here.read("posts/un.md")
    box.forget()
    here.push()
    assert box.log == []
    here.post("un", tags=["bilan"])  # what the tag became goes with it
    here.commit()
    here.push()
    assert box.by_id("un").tags == ["bilan"]


# ---- a change of the category


def closed(box: Sandbox, *tags: str) -> int:
    """The category that only takes these tags from now on."""
    rules = box.state.categories[6].tag_rules
    rules.allowed = set(tags)
    for tag in tags:
        box.state.tags.setdefault(tag, len(box.state.tags) + 1)
    return 6


def test_p72_category_and_tags_change_together(here: Clone, box: Sandbox) -> None:
    """The category takes none of the old tags, and no other one the new ones."""
    there = closed(box, "budget")
    here.post("un", tags=["choix"])
    here.commit()
    here.push()
    here.post("un", f"{TEXT} Autrement.", tags=["budget"], category="salon")
    here.commit()
    box.forget()
    run = here.push()
    assert box.by_id("un").category_id == there
    assert box.by_id("un").tags == ["budget"]
    assert here.raw("un") == f"{TEXT} Autrement."
    assert len(box.log) <= 4, run.text
    box.forget()
    here.push()
    assert box.log == []
    assert news(here) == []


@pytest.mark.parametrize("body", [TEXT, f"{TEXT} Autrement."])
def test_p72_push_never_says_updated_where_the_category_stayed(here: Clone, box: Sandbox, body: str) -> None:
    closed(box, "budget")
    here.post("un", tags=["choix"])
    here.post("deux", tags=["choix"])
    here.commit()
    here.push()
    here.post("un", body, tags=["choix"], category="salon")
    here.post("deux", f"{TEXT} Autre chose.", tags=["choix"])
    here.commit()
    run = here.push(code=2)
    assert box.by_id("un").category_id == 2
    assert box.by_id("deux").category_id == 2
    assert here.raw("deux") == f"{TEXT} Autre chose."
    done = [line for line in run.text.splitlines() if "posts/un.md" in line and "updated" in line]
    assert done == []
    assert news(here) == []  # nobody moved anything
    here.run("pull")
    assert 'category: "salon"' in here.read("posts/un.md")
    closed(box)
    here.push()
    assert box.by_id("un").category_id == 6


def test_what_the_forum_answers_with_success_and_does_not_do_is_told(here: Clone, box: Sandbox) -> None:
    """Whatever a server makes of it: the field is looked at afterwards."""
    here.post("un", tags=["choix"])
    here.commit()
    here.push()
    here.post("un", tags=["choix"], category="salon")
    here.commit()
    topic, rules = box.by_id("un"), box.services.editor

    def ignored(*_args: object, **_more: object) -> None:
        """A server that says yes and does nothing."""

    box.services.editor.update_topic = ignored  # type: ignore[method-assign]
    run = here.push(code=3)
    assert "koweb-kafe" in run.text
    del rules.update_topic
    assert topic.category_id == 2
    here.push()
    assert topic.category_id == 6


@pytest.mark.parametrize(("lost", "verb"), in_turn(["drop", "refuse", "status"], ["PUT", "GET"]))
def test_category_and_tags_of_which_the_answer_was_lost_are_settled(
    here: Clone, box: Sandbox, verb: str, lost: Literal["drop", "refuse", "status"]
) -> None:
    """Of the change itself, or of the look at what became of it."""
    there = closed(box, "budget")
    here.post("un", tags=["choix"])
    here.commit()
    here.push()
    here.post("un", tags=["budget"], category="salon", title="Un tout autre titre pour lui")
    here.commit()
    box.fail(Fault(lost, verb, r"^/t/", nth=1 if verb == "PUT" else 2, times=9))
    here.push(code=1)
    box.front.faults.waiting.clear()
    here.push()
    topic = box.by_id("un")
    assert (topic.category_id, topic.tags, topic.title) == (there, ["budget"], "Un tout autre titre pour lui")
    box.forget()
    here.push()
    assert box.log == []
    assert news(here) == []


@pytest.mark.parametrize("body", [TEXT, f"{TEXT} Autrement."])
def test_push_never_says_updated_where_the_title_stayed(here: Clone, box: Sandbox, body: str) -> None:
    """The answer tells the title's slug: another request is only sent where that stayed, too."""
    here.post("un")
    here.commit()
    here.push()
    here.post("un", body, title="Un tout autre titre pour lui")
    here.commit()
    title = box.services.editor.title
    box.services.editor.title = lambda given: box.by_id("un").title or given  # type: ignore[method-assign]
    run = here.push(code=3)
    assert "Un sujet nommé un" in run.text
    assert here.raw("un") == body
    box.services.editor.title = title  # type: ignore[method-assign]
    box.forget()
    here.push()
    assert box.by_id("un").title == "Un tout autre titre pour lui"
    assert len(box.log) <= 2


def test_a_title_goes_with_the_category_where_the_text_stays(here: Clone, box: Sandbox) -> None:
    here.post("un", tags=["choix"])
    here.commit()
    here.push()
    box.forget()
    here.post("un", tags=["choix", "bilan"], category="salon", title="Un tout autre titre pour lui")
    here.commit()
    here.push()
    assert [one.verb for one in box.log if "/t/" in one.path or "/posts" in one.path] == ["GET", "PUT", "GET"]
    topic = box.by_id("un")
    assert (topic.title, topic.category_id, sorted(topic.tags)) == (
        "Un tout autre titre pour lui",
        6,
        ["bilan", "choix"],
    )
    box.forget()
    here.push()
    assert box.log == []
    assert news(here) == []


@pytest.mark.parametrize("synonym", ["ateliers", "atelier"])
def test_push_says_under_which_names_the_forum_keeps_tags(here: Clone, box: Sandbox, synonym: str) -> None:
    box.meddle_with_tags("atelier", "ateliers")
    here.post("un", tags=["choix"])
    here.commit()
    here.push()
    here.post("un", tags=["choix", synonym])
    here.commit()
    run = here.push()
    assert ("atelier" in run.text) == (synonym == "ateliers")
    assert sorted(box.by_id("un").tags) == ["atelier", "choix"]
    box.forget()
    here.push()
    assert box.log == []
    assert news(here) == []


# ---- edits that nobody made


@pytest.mark.parametrize("queried", [False, True])
def test_p73_what_the_forum_changes_by_itself_comes_in_one_commit_of_its_own(
    here: Clone, box: Sandbox, queried: bool
) -> None:
    """Whether topics are read one by one, or by a query of Data Explorer."""
    if queried:
        here.run("doctor", "--save-query")
    here.post("un", f"{TEXT} Merci @amina, c'est grâce à toi.", tags=["ateliers"], author="claire")
    here.post("deux", f'{TEXT} [quote="amina"]\nC\'est dit.\n[/quote]', tags=["choix"])
    here.post("trois", tags=["bilan"])
    here.post("quatre", f"{TEXT}\n\n![photo](https://example.org/a.png)")
    here.post("cinq", tags=["choix"])
    here.post("six", tags=["choix"])
    here.commit()
    here.push()
    box.edit(box.by_id("cinq").id, f"{TEXT} Une phrase de Claire.", username="claire")
    box.meddle_with_tags("atelier", "ateliers")
    box.meddle_with_tags("bilan", name="compte-rendu")
    box.rename("amina", "amina.b")
    box.fetch_pictures(box.by_id("quatre").id, "https://example.org/a.png", "upload://abcdefghijk.png")
    before = here.git("rev-parse", "HEAD")
    here.run("pull")
    made = here.git("log", "--format=%an %ae", f"{before}..HEAD").splitlines()
    assert sorted(one.split()[0] for one in made) == ["Claire", "system"]
    files = here.git("log", "--author=system", "--name-only", "--format=", f"{before}..HEAD").split()
    assert sorted(files) == [f"posts/{name}.md" for name in ("deux", "quatre", "trois", "un")]
    assert "@amina.b" in here.read("posts/un.md")
    assert "atelier" in here.read("posts/un.md")
    box.forget()
    here.push()
    assert here.writes() == []


def test_a_push_blames_nobody_for_what_the_forum_changed_by_itself(here: Clone, box: Sandbox) -> None:
    here.post("un", f"{TEXT}\n\nMilieu.\n\nMerci @amina, c'est grâce à toi.", author="claire")
    here.commit()
    here.push()
    box.rename("amina", "amina.b")
    here.reword("un", "Un texte", "Mon texte")
    run = here.push(code=3)
    assert "the forum itself" in run.text
    assert "claire" not in run.text.casefold()
    here.run("pull")
    here.push()
    assert here.raw("un").startswith("Mon texte")
    assert "@amina.b" in here.raw("un")


def test_p74_a_synonym_in_a_file_is_one_hint_and_no_request(here: Clone, box: Sandbox) -> None:
    box.meddle_with_tags("atelier", "ateliers")
    here.post("un", tags=["ateliers", "choix"])
    here.commit()
    here.push()
    box.forget()
    for _time in range(2):
        here.push()
    assert box.log == []
    run = here.run("check")
    assert run.text.count("ateliers") == 1
    assert "“atelier”" in run.text
    here.post("un", tags=["atelier", "choix"])
    here.commit()
    here.push()
    assert here.writes() == []
    assert "ateliers" not in here.run("check").text


@pytest.mark.parametrize(("tag", "there"), [("C++", "c"), ("Choix", "choix"), ("l'été", "lété")])
def test_check_says_what_the_forum_will_make_of_a_tag(here: Clone, tag: str, there: str) -> None:
    here.post("un", tags=[tag])
    text = here.run("check").text
    assert f"“{tag}”" in text
    assert f"“{there}”" in text


def test_where_a_topic_needs_a_tag_the_forum_says_so_and_one_more_tag_publishes(here: Clone, box: Sandbox) -> None:
    def ask(path: str, **given: object) -> None:
        head = {"Api-Key": box.keys["all_users"], "Api-Username": "admin"}
        requests.post(f"{box.url}{path}.json", json=given, headers=head, timeout=30).raise_for_status()

    ask("/tag_groups", tag_group={"name": "Thèmes", "tag_names": ["animation", "wiki"]})
    wanted = {"required_tag_groups": [{"name": "Thèmes", "min_count": 1}], "required_tag_group_name": "Thèmes"}
    ask("/categories", name="À thème", slug="a-theme", **wanted)
    here.post("sans", category="a-theme", author="bilal")
    here.post("avec", f"{TEXT} Avec.", category="a-theme", tags=["wiki"], author="bilal")
    here.post("ailleurs", f"{TEXT} Ailleurs.", tags=["outils"], author="bilal")
    here.commit()
    run = here.push(code=2)
    assert here.published() == ["ailleurs", "avec"]
    assert "posts/sans.md" in run.err
    assert "Thèmes" in run.err, "in the forum's own words"
    here.post("sans", category="a-theme", tags=["animation"], author="bilal")
    here.post("ailleurs", f"{TEXT} Ailleurs.", tags=["outils", "wiki"], category="a-theme", author="bilal")
    here.commit()
    here.push()
    assert here.published() == ["ailleurs", "avec", "sans"]
    assert {box.topic(box.by_id(one).id).category_id for one in here.published()} == {box.by_id("avec").category_id}
    assert sorted(box.by_id("ailleurs").tags) == ["outils", "wiki"]
    box.forget()
    here.push()
    assert box.log == []
