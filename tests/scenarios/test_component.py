"""The note under published topics: a theme component that is put on the forum, and that each push keeps up to date."""

import io
import json
import signal
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koweb_sync.bookmark import Component
from koweb_sync.cli.setup import component
from koweb_sync.sandbox import Fault
from koweb_sync.sync.component import in_sight
from koweb_sync.sync.component.bundle import bundle
from koweb_sync.sync.component.repository_page import forge_of, page_of
from tests.forks import Forked
from tests.workspace import Clone, forget_forum

PAGE = "https://codeberg.example/communs/textes"


def there(here: Clone) -> Any:
    """The component on the forum."""
    return next(one for one in here.box.state.themes.values() if one.name == "koweb")


def known(here: Clone) -> dict[str, Any]:
    """What it knows."""
    found: dict[str, Any] = json.loads(there(here).settings["koweb_published"])
    return found


def killing(process: Forked, when: str, verb: str) -> Fault:
    """A process dies `before` a request about the component is done, or `after_work`."""
    before, after = (process.kill if one == when else None for one in ("before", "after_work"))
    return Fault("call", verb, "^/admin/themes", before=before, after_work=after)


def installed(here: Clone, *more: str) -> None:
    """Put the component on the forum."""
    here.run("component", "install", "--yes", "--repository", PAGE, "--forge", "forgejo", *more)


@pytest.mark.every
def test_p418_a_note_says_what_is_published_and_every_push_keeps_it_up_to_date(here: Clone) -> None:
    here.post("un")
    here.commit()
    here.push()
    here.box.forget()
    installed(here)
    assert here.writes() == ["POST /admin/themes/import.json", f"PUT /admin/themes/{there(here).id}.json"]
    assert there(here).parents == [1]
    one = here.box.by_id("un")
    told = known(here)
    assert (told["repository"], told["forge"], told["branch"]) == (PAGE, "forgejo", "main")
    assert [told["topics"][str(one.id)][n] for n in (0, 1)] == ["posts/un.md", 1]
    here.box.forget()
    assert "nothing to do" in here.push().text
    assert not here.box.log
    here.reword("un", "assez long", "bien assez long")
    here.push()
    assert len(here.box.requests(path="/admin/themes")) == 1
    assert known(here)["topics"][str(one.id)][1] == here.box.first_post(one.id).version
    here.run("component", "status")
    here.git("rm", "-q", "posts/un.md")
    here.commit()
    here.push("--yes")
    assert known(here)["topics"] == {}


def test_p419_what_was_brought_back_is_agreed_on_and_costs_the_next_push_one_request(here: Clone) -> None:
    here.post("un")
    here.commit()
    here.push()
    installed(here)
    topic = here.box.by_id("un").id
    here.box.edit(topic, raw="Un tout autre texte, assez long pour le forum.", username="claire")
    here.run("pull")
    here.box.forget()
    here.push()
    assert here.writes() == [f"PUT /admin/themes/{there(here).id}/setting.json"]
    assert known(here)["topics"][str(topic)][1] == here.box.first_post(topic).version
    here.box.forget()
    here.push()
    here.push()
    assert not here.box.log


def test_p420_topics_that_not_everybody_may_read_are_not_named(here: Clone) -> None:
    here.post("ouvert")
    here.post("equipe", category="coulisses")
    here.post("discret", listed=False)
    here.commit()
    here.push()
    installed(here)
    assert [path for path, _version, _day in known(here)["topics"].values()] == ["posts/ouvert.md"]
    told = json.dumps(known(here))
    assert not [one.username for one in here.box.state.users.values() if one.username in told]


def test_p421_where_the_key_may_not_tell_it_the_push_is_done_all_the_same_and_says_so_once(here: Clone) -> None:
    here.post("un")
    here.commit()
    here.push()
    installed(here)
    number = there(here).id
    del here.box.state.themes[number]  # an administrator took it away in the browser
    here.reword("un", "assez long", "bien assez long")
    assert "koweb component install" in here.push().text
    assert "bien assez long" in here.raw("un")
    here.box.forget()
    assert "component" not in here.push().text
    assert not here.box.log
    here.reword("un", "bien assez long", "encore assez long")
    assert "component" not in here.push().text
    here.run("component", "status", code=3)
    here.run("component", "update", "--yes", code=2)
    installed(here)
    here.run("component", "status")
    here.reword("un", "encore assez long", "toujours assez long")
    here.push()
    here.run("component", "status")


def test_p422_it_is_found_again_by_its_name_and_other_components_keep_their_themes(here: Clone) -> None:
    installed(here)
    first = there(here).id
    here.git("update-ref", "-d", "refs/koweb/kafe")
    here.git("push", "--quiet", "origin", ":refs/koweb/kafe", ok=(0, 1))
    there(here).parents = [2]
    installed(here)
    assert (there(here).id > first, there(here).parents) == (True, [2])
    assert len(here.box.state.themes) == 3
    installed(here, "--theme", "kafé")
    assert sorted(there(here).parents) == [1, 2]
    here.run("component", "install", "--yes", "--theme", "Nulle part", code=2)
    here.run("component", "remove", "--yes")
    assert sorted(here.box.state.themes) == [1, 2]
    assert "component" not in here.agreed()
    here.run("component", "remove", "--yes")
    here.run("component", "status", code=3)


def test_p423_nothing_is_written_without_being_asked(here: Clone) -> None:
    before = here.git("for-each-ref")
    here.run("component", "install", "--dry-run")
    here.run("component", "install", code=2)
    here.run("component", "remove", "--dry-run")
    assert not here.writes()
    assert here.git("for-each-ref") == before


@pytest.mark.parametrize("who", ["amina", "reader"])
def test_p424_who_is_no_administrator_is_told_what_to_do(
    here: Clone, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.configure(username="amina")
    key = here.box.keys["all_users" if who == "amina" else "read_only_topics"]
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", key)
    run = here.run("component", "install", "--yes", code=None)
    assert run.code in (1, 2)
    assert "administrator" in run.text
    assert "koweb component bundle" in run.text or "scopes" in run.text
    assert not here.writes()


def test_the_bundle_is_the_same_whenever_it_is_made_and_an_administrator_gets_it_as_a_file(here: Clone) -> None:
    here.run("component", "bundle")
    data = (here.folder / "koweb-component.zip").read_bytes()
    assert data == bundle()
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert {"koweb/about.json", "koweb/settings.yml", "koweb/locales/fr.yml", "koweb/common/common.scss"} <= set(names)
    assert not [name for name in names if name.endswith((".html", ".py", ".pyc"))]
    here.run("component", "bundle", code=2)
    here.run("component", "bundle", "--force")


def test_where_a_repository_is_looked_at_is_told_by_its_git_remote_without_keys() -> None:
    page = "https://forge.example.org/communs/textes"
    for remote in (
        "https://forge.example.org/communs/textes.git",
        "https://claire:ghp_secret@forge.example.org/communs/textes.git/",
        "git@forge.example.org:communs/textes.git",
        "ssh://git@forge.example.org:2222/communs/textes",
    ):
        assert page_of(remote) == page
    for remote in ("", "/srv/git/textes.git", "../textes", "file:///srv/textes", "C:/textes", "https://", "git@:x"):
        assert page_of(remote) == ""
    assert [
        forge_of(f"https://{host}/a/b") for host in ("github.com", "gitlab.example.org", "codeberg.org", "a.org")
    ] == [
        "github",
        "gitlab",
        "forgejo",
        "",
    ]


@given(st.text())
def test_any_git_remote_has_a_page_of_the_web_or_none(remote: str) -> None:
    assert page_of(remote) == "" or page_of(remote).startswith("https://")


@pytest.mark.parametrize("verb", ["POST", "PUT"])
@pytest.mark.parametrize("when", ["before", "after_work"])
def test_p425_an_installation_that_is_killed_at_any_request_is_done_again_and_makes_no_second_one(
    here: Clone, verb: str, when: str
) -> None:
    process = Forked(here.folder, "component", "install", "--yes", "--repository", PAGE)
    here.box.fail(killing(process, when, verb))
    assert process.run() == -signal.SIGKILL, process.text()
    here.box.front.faults.waiting.clear()
    installed(here)
    assert [one.name for one in here.box.state.themes.values() if one.component] == ["koweb"]
    here.run("component", "status")


@pytest.mark.parametrize("when", ["before", "after_work"])
def test_p426_a_push_that_is_killed_while_it_tells_the_component_loses_nothing(here: Clone, when: str) -> None:
    installed(here)
    here.post("un")
    here.commit()
    process = Forked(here.folder, "push")
    here.box.fail(killing(process, when, "PUT"))
    assert process.run() == -signal.SIGKILL, process.text()
    here.box.front.faults.waiting.clear()
    here.push()
    assert here.published() == ["un"]
    assert list(known(here)["topics"]) == [str(here.box.by_id("un").id)]
    here.run("component", "status")
    here.box.forget()
    here.push()
    assert not here.box.log


def test_p427_a_forum_that_fails_just_then_is_told_by_the_next_push(here: Clone) -> None:
    installed(here)
    here.post("un")
    here.commit()
    for _try in range(9):
        here.box.fail(Fault("status", "PUT", "^/admin/themes", status=503))
    assert "next push tries again" in here.push().text
    here.box.front.faults.waiting.clear()
    here.push()
    assert list(known(here)["topics"]) == [str(here.box.by_id("un").id)]


def test_p436_a_number_that_went_astray_leads_to_nobody_elses_component(here: Clone) -> None:
    here.post("un")
    here.commit()
    here.push()
    installed(here)
    ours = there(here)
    del here.box.state.themes[ours.id]
    settings = {"published": "theirs", "koweb_published": "theirs"}
    ours.id, others = 77, replace(ours, name="Header links", files={"about.json": "{}"}, settings=settings)
    here.box.state.themes |= {others.id: others, 77: ours}
    here.reword("un", "assez long", "bien assez long")
    here.push()
    assert others.settings == settings
    here.run("component", "update", "--yes")
    assert "bien" not in str(others.settings)
    new = there(here)
    assert f"“koweb” (number {new.id})" in here.run("component", "remove", "--yes").text
    assert others in here.box.state.themes.values()
    assert not {ours.id, new.id} & set(here.box.state.themes)


def test_p437_what_others_published_while_somebody_thought_about_the_question_is_told(
    here: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.post("un")
    here.commit()
    here.push()
    installed(here)
    here.share()
    other = here.clone("other")

    def slowly(*_question: object) -> bool:
        other.post("deux")
        other.commit()
        other.alone("push")
        return True

    monkeypatch.setattr(component, "agreed", slowly)
    here.run("component", "update")
    assert len(known(here)["topics"]) == 2
    here.run("component", "status")


def test_p438_a_forum_that_fails_in_the_middle_is_told_by_the_next_push_and_nobody_is_locked_out(here: Clone) -> None:
    here.post("un")
    here.commit()
    here.push()
    installed(here)
    before = known(here)
    for _try in range(9):
        here.box.fail(Fault("status", "PUT", "^/admin/themes", status=500))
    here.run("component", "update", "--yes", "--repository", "https://github.com/a/b", code=None)
    here.box.front.faults.waiting.clear()
    assert known(here) == before
    here.run("component", "status")
    here.reword("un", "assez long", "bien assez long")
    here.push()
    here.run("component", "status")


@pytest.mark.parametrize("how", ["moved", "unlisted", "deleted", "message"])
def test_p461_a_topic_that_staff_took_out_of_sight_is_not_named_any_more(
    here: Clone, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_sight, "PACE", 1e9)
    here.post("secret")
    here.post("autre")
    here.commit()
    here.push()
    installed(here)
    out_of_sight(here, "secret", how)
    here.run("component", "status", code=3)
    here.reword("autre", "assez long", "bien assez long")
    here.push()
    assert "posts/secret.md" in there(here).settings["koweb_published"]  # nobody looked since
    monkeypatch.setattr(in_sight, "PACE", 0)
    here.reword("autre", "bien assez long", "encore assez long")
    here.push()
    named = [path for path, _version, _day in known(here)["topics"].values()]
    assert named == ["posts/autre.md"]
    here.run("component", "status")
    monkeypatch.setattr(in_sight, "PACE", 1e9)
    here.reword("autre", "encore assez long", "toujours assez long")
    here.push()
    assert [path for path, _version, _day in known(here)["topics"].values()] == named  # that is known now
    here.run("component", "update", "--yes")
    assert [path for path, _version, _day in known(here)["topics"].values()] == named


def out_of_sight(here: Clone, ident: str, how: str) -> None:
    """Somebody of the staff takes a topic away from everybody's eyes."""
    topic = here.box.by_id(ident)
    with here.box.state.lock:
        closed = next(one for one in here.box.state.categories.values() if one.read_restricted)
        if how == "moved":
            topic.category_id = closed.id
        elif how == "unlisted":
            topic.visible = False
        elif how == "message":
            topic.archetype, topic.category_id = "private_message", None
    if how == "deleted":
        here.box.delete(topic.id)


def test_p462_what_a_fetch_saw_out_of_sight_is_not_named_by_the_next_push(here: Clone) -> None:
    here.post("secret")
    here.post("autre")
    here.commit()
    here.push()
    installed(here)
    out_of_sight(here, "secret", "moved")
    here.run("fetch", code=None)
    here.box.forget()
    here.push(code=None)
    assert [path for path, _version, _day in known(here)["topics"].values()] == ["posts/autre.md"]
    here.box.forget()
    here.push(code=None)
    assert not here.box.log


def test_p463_a_clone_that_knows_nothing_of_the_forum_tells_the_note_too(here: Clone) -> None:
    here.post("un")
    here.commit()
    here.push()
    installed(here)
    here.reword("un", "assez long", "bien assez long")
    forget_forum()
    here.push()
    assert (
        known(here)["topics"][str(here.box.by_id("un").id)][1] == here.box.first_post(here.box.by_id("un").id).version
    )


def test_where_topics_are_is_looked_as_often_as_it_costs_little() -> None:
    for topics, seconds in ((1, 120), (30, 120), (31, 240), (3_000, 12_000), (100_000, 86_400)):
        seen = Component(1, looked=1_000_000.0)
        assert in_sight.is_recent(seen, topics, seen.looked + seconds - 1)
        assert not in_sight.is_recent(seen, topics, seen.looked + seconds)
        assert not in_sight.is_recent(seen, topics, seen.looked - 1)


def test_p440_what_was_closed_since_is_not_named_any_more(here: Clone) -> None:
    here.post("un")
    here.commit()
    here.push()
    installed(here)
    category = here.box.state.categories[here.box.state.topics[here.box.by_id("un").id].category_id or 0]
    category.permissions, category.read_restricted = {"staff": 1}, True
    here.run("component", "status", code=3)
    here.run("component", "update", "--yes")
    assert known(here)["topics"] == {}


def test_p441_a_forum_for_members_alone_is_asked_for_on_purpose(here: Clone) -> None:
    here.box.set(login_required=True)
    assert "--members-only" in here.run("component", "install", "--yes", code=2).text
    assert not here.writes()
    installed(here, "--members-only")
