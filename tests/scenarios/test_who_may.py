"""Who may write, with which key, and by which settings: each refusal in its own words. See legend.md."""

import json

import pytest
import responses

from koweb_sync.sandbox import Sandbox
from tests.workspace import TEXT, Clone

pytestmark = pytest.mark.server("2022")

GRANULAR = (
    *("topics:read", "topics:write", "topics:update", "topics:status", "topics:delete", "posts:edit"),
    *("revisions:read", "uploads:create", "search:show", "search:query"),
)
README = ("global:read", "topics:recover", *GRANULAR)


def by(here: Clone, author: str, count: int = 6) -> None:
    """Posts of one author, and one of nobody else than the key's user."""
    for number in range(count):
        here.post(f"de-lui-{number}", f"{TEXT} {number}", author=author)
    here.post("de-nous")
    here.commit()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("suspended", "is suspended"),
        ("silenced", "is silenced"),
        ("inactive", "is deactivated"),
        ("staged", "never made an account"),
        ("unknown", "has no user"),
    ],
)
def test_p61_authors_who_may_not_write_are_found_once_each_in_their_own_words(
    here: Clone, box: Sandbox, state: str, words: str
) -> None:
    bilal = box.state.user("bilal")
    if state == "inactive":
        bilal.active = False
    elif state == "staged":
        bilal.active, bilal.staged = False, True
    elif state != "unknown":
        setattr(bilal, state, True)
    by(here, "personne" if state == "unknown" else "bilal")
    plan = here.run("plan", "--format", "json").data
    assert (plan["requests_in_doubt"], plan["requests"]) == (4, len(plan["actions"]))
    assert f"{plan['requests']} requests, and up to 4 more" in here.run("plan").text
    before = len(box.log)
    run = here.push(code=2)
    assert len(box.log) - before <= plan["requests"] + plan["requests_in_doubt"]
    assert words in run.err
    assert "key" not in run.err.replace("koweb", "")
    assert here.published() == ["de-nous"]
    assert len(box.requests("POST", r"^/posts")) == 2
    asked = [one for one in box.log if one.verb == "GET" and not one.path.startswith(("/site", "/session/current"))]
    assert len(asked) <= 4


@pytest.mark.parametrize("state", ["suspended", "silenced", "active"])
def test_a_refused_author_is_asked_about_no_more_by_later_pushes(here: Clone, box: Sandbox, state: str) -> None:
    """The forum said no: nobody has to look for what came of it."""
    setattr(box.state.user("bilal"), state, state != "active")
    by(here, "bilal")
    here.push(code=2)
    first = [one.path for one in box.log if one.path not in ("/site.json", "/site/settings.json")]
    box.forget()
    here.push(code=2)
    assert len(box.requests("POST")) == 1
    assert len(box.log) < len(first), "one post less"
    assert box.requests("GET", "external_id|pending|review") == []


def test_p62_a_category_closed_to_an_author_leaves_their_other_posts(here: Clone, box: Sandbox) -> None:
    here.post("la", TEXT, author="bilal", category="annonces")
    here.post("la-aussi", f"{TEXT} Deux.", author="bilal", category="annonces")
    here.post("ici", f"{TEXT} Trois.", author="bilal")
    here.commit()
    run = here.push(code=2)
    assert "“bilal” may not start topics in the category “annonces”" in run.err
    assert here.published() == ["ici"]
    assert len(box.requests("POST", r"^/posts")) == 2


def test_p63_an_author_who_was_renamed_is_named_as_they_are_called_now(here: Clone, box: Sandbox) -> None:
    by(here, "bilal", 1)
    here.push()
    box.rename("bilal", "bilal.h")
    here.post("encore", f"{TEXT} Encore.", author="bilal")
    here.commit()
    run = here.push(code=2)
    assert "“bilal” is called “bilal.h”" in run.err


def test_p64_a_key_of_one_user_says_so_for_each_author_once_and_goes_on(
    here: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.keys["admin_only"])
    by(here, "bilal", 3)
    here.post("de-elle", f"{TEXT} Encore.", author="amina")
    here.commit()
    run = here.push(code=2)
    assert "may not act as “bilal”" in run.err
    assert "may not act as “amina”" in run.err
    assert here.published() == ["de-nous"]


@pytest.mark.parametrize("scopes", [README, GRANULAR], ids=["all that README names", "without global:read"])
def test_p65_init_doctor_and_push_work_with_a_granular_key(
    here: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch, scopes: tuple[str, ...]
) -> None:
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.key("etroite", *scopes))
    (here.folder / "koweb.toml").unlink()
    here.run("init", "--url", box.url, "--username", "admin", "--name", "kafe", "--locale", "fr", "--yes")
    assert (here.folder / "koweb.toml").exists()
    here.configure()
    here.run("doctor")
    by(here, "bilal", 2)
    here.push()
    here.reword("de-nous", "Un texte", "Mon texte")
    here.push()
    assert here.raw("de-nous").startswith("Mon texte")


def test_p66_limits_that_are_remembered_are_read_once_before_a_post_is_refused(here: Clone, box: Sandbox) -> None:
    here.post("un", title="Un titre long comme un autre")
    here.commit()
    here.push()
    here.post("deux", title="Court")
    here.post("trois", title="Bref")
    here.commit()
    box.forget()
    run = here.push(code=2)
    assert [f"{one.verb} {one.path}" for one in box.log] == ["GET /site/settings.json"]
    assert "min_topic_title_length stands at 15" in run.err
    assert f"{box.url}/admin/site_settings?filter=min_topic_title_length" in run.err
    box.set(min_topic_title_length=4)
    here.push()
    assert here.published() == ["deux", "trois", "un"]


def test_p67_a_category_made_since_is_found_before_a_post_is_refused(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    here.push()
    here.post("deux", category="nouvelle")
    here.commit()
    here.push(code=2)
    with box.state.lock:
        box.state.categories[99] = type(box.state.categories[2])(99, "Nouvelle", "nouvelle")
    here.push()
    assert box.by_id("deux").category_id == 99


def test_p68_adopting_a_category_leaves_out_what_says_what_it_is_for(here: Clone, box: Sandbox) -> None:
    about = box.new_topic("À propos de la catégorie, en quelques mots", TEXT, category=3)
    box.state.categories[3].topic_id = about.id
    ours = box.new_topic("Un vrai sujet de cette catégorie", TEXT, category=3)
    run = here.run("adopt", "--category", "facilitation-numerique")
    files = here.git("ls-files", "posts")
    assert "un-vrai-sujet" in files
    assert "a-propos" not in files
    assert str(ours.id) in run.text
    run = here.run("adopt", str(about.id))
    assert "a-propos" in here.git("ls-files", "posts"), "who names it gets it"


@responses.activate
@pytest.mark.parametrize("body", [{}, [], {"errors": []}])
def test_p69_a_server_that_says_nothing_is_no_forum(here: Clone, body: object) -> None:
    responses.add_passthru("https://pypi.org")
    for path in ("site", "site/settings", "session/current", "session/scopes", "tags", "about"):
        responses.get(f"{here.box.url}/{path}.json", body=json.dumps(body), content_type="application/json")
    responses.get(f"{here.box.url}/srv/status", body="ok")
    run = here.run("doctor", code=1)
    assert "✗" in run.text


def test_p70_during_an_unfinished_pull_a_push_says_how_it_goes_on(here: Clone, box: Sandbox) -> None:
    here.post("un", f"{TEXT}\n\nUne ligne.")
    here.commit()
    here.push()
    box.edit(box.by_id("un").id, f"{TEXT}\n\nUne ligne de Claire.")
    here.reword("un", "Une ligne.", "Une ligne de nous.")
    here.run("pull", code=3)
    run = here.push(code=3)
    assert "koweb pull --continue" in run.err
