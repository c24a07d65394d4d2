"""A create whose answer is lost, then people go on: what was sent is ours, what a member wrote since is an edit."""

import json
import os
import shutil
import signal

import pytest

from koweb_sync.bookmark import Lock
from koweb_sync.sandbox import Fault, Sandbox
from koweb_sync.sync.lock import hold
from koweb_sync.sync.lock.jobs import job
from tests.forks import Forked
from tests.workspace import PNG, TEXT, Clone, forget_forum

pytestmark = pytest.mark.server("2022")

LONG = f"{TEXT}\n\nUn deuxième paragraphe, qui parle d'autre chose.\n\nEt un troisième, pour finir en beauté."
ADDED = "Une phrase de Claire, à laquelle elle tient."


def create_and_die(here: Clone, box: Sandbox, env: dict[str, str] | None = None) -> None:
    """A push that dies once the forum has made the topic of the first post, before its answer comes."""
    process = Forked(here.folder, here.verb, env=env)
    box.fail(Fault("call", "POST", r"^/posts", after_work=process.kill))
    assert process.run() == -signal.SIGKILL, process.text()
    box.front.faults.waiting.clear()


def member_edits(box: Sandbox, ident: str = "un") -> None:
    """Claire adds a sentence at the end."""
    topic = box.by_id(ident).id
    box.edit(topic, f"{box.first_post(topic).raw}\n\n{ADDED}", username="claire")


def fresh(here: Clone, name: str = "fresh") -> Clone:
    """A clone that knows nothing of what the other one did; whose machine neither does."""
    forget_forum()
    return here.clone(name)


def settled(here: Clone, box: Sandbox, *idents: str) -> None:
    """Nothing is left to do anywhere: no topic twice, nothing intended, no lock, and another push does nothing."""
    assert here.published() == sorted(idents)
    agreed = here.agreed()
    assert [name for name in agreed if name == "lock" or "intended/" in name] == []
    box.forget()
    before = here.git("ls-remote", "origin", "refs/koweb/kafe")
    here.push()
    assert box.log == []
    assert here.git("ls-remote", "origin", "refs/koweb/kafe") == before


@pytest.fixture
def one(here: Clone) -> Clone:
    """One post to publish."""
    here.post("un", LONG)
    here.commit()
    here.share()
    return here


@pytest.mark.parametrize("where", ["the same clone", "another clone"])
def test_what_a_member_wrote_into_a_create_whose_answer_was_lost_is_an_edit(
    one: Clone, box: Sandbox, where: str
) -> None:
    create_and_die(one, box)
    member_edits(box)
    clone = one if where == "the same clone" else fresh(one)
    clone.push()
    clone.run("pull")
    assert ADDED in clone.read("posts/un.md")
    assert clone.git("log", "-1", "--format=%an") == "Claire Moreau"
    clone.push()
    settled(clone, box, "un")
    assert ADDED in clone.raw("un")


def test_ones_own_text_never_conflicts_with_what_git_says_since(one: Clone, box: Sandbox) -> None:
    create_and_die(one, box)
    clone = fresh(one)
    clone.reword("un", "deuxième", "second")
    clone.push()
    assert clone.raw("un") == LONG.replace("deuxième", "second")
    clone.run("sync")
    assert "Administration" not in clone.git("log", "--format=%an")
    settled(clone, box, "un")


def test_git_and_a_member_go_on_after_a_lost_answer(one: Clone, box: Sandbox) -> None:
    create_and_die(one, box)
    member_edits(box)
    clone = fresh(one)
    clone.reword("un", "deuxième", "second")
    assert "Claire" in clone.push(code=3).err or "claire" in clone.push(code=3).err
    clone.run("pull")
    clone.push()
    for words in ("second", ADDED):
        assert words in clone.raw("un")
        assert words in clone.read("posts/un.md")
    settled(clone, box, "un")


def test_what_nobody_shared_is_known_from_the_lock(here: Clone, box: Sandbox) -> None:
    """The commit that was published is nowhere but in the clone that is gone."""
    clone = fresh(here)
    here.post("un", LONG)
    here.commit()
    create_and_die(here, box)
    member_edits(box)
    clone.post("un", LONG.replace("deuxième", "second"))
    clone.commit()
    assert "not in your branch's history" in clone.push(code=3).err
    assert clone.published() == ["un"]
    clone.git("fetch", "--quiet", str(here.folder), "main")
    clone.git("merge", "--quiet", "--strategy-option=ours", "--no-edit", "FETCH_HEAD", "--allow-unrelated-histories")
    clone.run("pull", code=None)
    clone.push()
    assert "second" in clone.raw("un")
    assert ADDED in clone.raw("un")
    settled(clone, box, "un")


def test_a_file_that_is_gone_meanwhile_is_withdrawn(here: Clone, box: Sandbox) -> None:
    here.configure('withdraw = "unlist"')
    here.post("un", LONG)
    here.commit()
    here.share()
    create_and_die(here, box)
    clone = fresh(here)
    clone.git("rm", "--quiet", "posts/un.md")
    clone.commit("Remove")
    clone.push()
    assert not box.by_id("un").visible
    settled(clone, box, "un")


def test_links_and_images_of_a_lost_create_are_known_again(here: Clone, box: Sandbox) -> None:
    here.write("posts/schema.png", PNG)
    here.post("un", f"{LONG} ![un schéma](schema.png) [la suite](deux.md)")
    here.post("deux", f"{LONG} [retour](un.md)")
    here.commit()
    here.share()
    create_and_die(here, box)
    first = here.published()[0]
    member_edits(box, first)
    clone = fresh(here)
    clone.push(code=None)
    clone.run("sync", code=None)
    clone.run("sync")
    assert ADDED in clone.read(f"posts/{first}.md")
    assert f"({box.at('/t/-')}/{box.by_id('un').id}" in clone.raw("deux")
    assert f"({box.at('/t/-')}/{box.by_id('deux').id}" in clone.raw("un")
    settled(clone, box, "deux", "un")


def test_what_was_intended_and_not_sent_stays_until_somebody_sends_it(here: Clone, box: Sandbox) -> None:
    for ident in ("un", "deux", "trois"):
        here.post(ident)
    here.commit()
    here.share()
    create_and_die(here, box)
    clone = fresh(here)
    box.fail(Fault("status", "POST", r"^/posts", status=500, times=9))
    clone.push(code=1)
    box.front.faults.waiting.clear()
    assert {name.split("/")[2] for name in here.agreed() if name.startswith("intended/")} == {"trois", "un"}
    other = fresh(here, "other")
    shutil.rmtree(clone.folder / ".git" / "koweb")
    box.forget()
    other.push()
    assert other.writes() == ["POST /posts"] * 2
    assert box.requests("GET", "external_id") == []
    settled(other, box, "deux", "trois", "un")


def test_without_a_git_remote_the_bookmark_here_says_it_too(here: Clone, box: Sandbox) -> None:
    here.git("remote", "remove", "origin")
    here.post("un", LONG)
    here.commit()
    create_and_die(here, box)
    shutil.rmtree(here.folder / ".git" / "koweb")
    member_edits(box)
    here.push()
    here.run("pull")
    assert ADDED in here.read("posts/un.md")
    here.push()
    assert here.published() == ["un"]
    assert "intended" not in here.git("ls-tree", "-r", "--name-only", "refs/koweb/kafe")


def test_somebody_elses_topic_of_that_name_is_not_taken(one: Clone, box: Sandbox) -> None:
    create_and_die(one, box)
    topic = box.by_id("un").id
    box.first_post(topic).user_id = box.state.user("claire").id
    box.topic(topic).user_id = box.state.user("claire").id
    member_edits(box)
    clone = fresh(one)
    assert box.state.users[box.first_post(topic).user_id].username == "claire"
    assert "with another text or author" in clone.push(code=3).err
    assert ADDED in clone.raw("un")


# ---- the lock of an automation job


GITHUB = {
    "GITHUB_SERVER_URL": "https://git.example.org",
    "GITHUB_WORKFLOW_REF": "kafe/textes/.github/workflows/koweb.yml@refs/heads/main",
    "GITHUB_JOB": "publish",
    "GITHUB_RUN_ID": "1",
    "GITHUB_RUN_ATTEMPT": "1",
}
GITLAB = {"CI_SERVER_URL": "https://git.example.org", "CI_PROJECT_ID": "7", "CI_JOB_NAME": "publish", "CI_JOB_ID": "1"}


@pytest.mark.parametrize(
    ("first", "then", "free"),
    [
        (GITHUB, {**GITHUB, "GITHUB_RUN_ID": "2"}, True),
        (GITHUB, {**GITHUB, "GITHUB_RUN_ATTEMPT": "2"}, True),
        (GITHUB, {**GITHUB, "GITHUB_RUN_ID": "2", "GITHUB_JOB": "other"}, False),
        (GITHUB, GITHUB, False),
        (GITHUB, {}, False),
        ({}, GITHUB, False),
        ({}, {}, False),
        (GITLAB, {**GITLAB, "CI_JOB_ID": "2"}, True),
        (GITLAB, {**GITLAB, "CI_JOB_ID": "2", "CI_PROJECT_ID": "8"}, False),
        (GITLAB, GITHUB, False),
    ],
)
def test_only_another_run_of_the_same_job_is_a_later_one(
    monkeypatch: pytest.MonkeyPatch, first: dict[str, str], then: dict[str, str], free: bool
) -> None:
    held = Lock("ci", "runner", "", 1, 0.0, "a run", 0, *job(first))
    for name, value in then.items():
        monkeypatch.setenv(name, value)
    assert hold.is_earlier_run(held) is free


@pytest.mark.parametrize("free", [True, False])
def test_the_next_run_of_a_job_takes_over_the_lock_of_a_dead_one(
    one: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch, free: bool
) -> None:
    create_and_die(one, box, env=GITHUB)
    for name, value in ({**GITHUB, "GITHUB_RUN_ID": "2"} if free else GITLAB).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(hold, "machine", lambda: "another runner")
    clone = fresh(one)
    clone.reword("un", "deuxième", "second")
    run = clone.push(code=0 if free else 3)
    assert ("--break-lock" in run.err) is not free
    assert ("second" in clone.raw("un")) is free


# ---- what it costs


def test_what_is_intended_costs_no_request_and_is_gone_at_the_end(here: Clone, box: Sandbox) -> None:
    for number in range(3):
        here.post(f"sujet-{number}")
    here.commit()
    seen: list[dict[str, bytes]] = []
    box.fail(Fault("call", "POST", r"^/posts", before=lambda: seen.append(here.agreed())))
    here.push()
    assert len(box.log) == 3 + 3
    (agreed,) = seen
    intended = [content for name, content in agreed.items() if name.startswith("intended/")]
    assert sorted(json.loads(content.split(b"\n")[1])["id"] for content in intended) == [
        "sujet-0",
        "sujet-1",
        "sujet-2",
    ]
    assert all(content.endswith(TEXT.encode()) for content in intended)
    assert {json.loads(content.split(b"\n")[0])["author"] for content in intended} == {"admin"}
    settled(here, box, "sujet-0", "sujet-1", "sujet-2")
    assert os.environ["KOWEB_KAFE_API_KEY"] not in here.git("cat-file", "--batch-all-objects", "--batch")


# ---- what else is found again


def lose_bookmark(here: Clone) -> None:
    """As in a fork, or where somebody removed it."""
    here.git("push", "--quiet", "origin", ":refs/koweb/kafe")
    here.git("update-ref", "-d", "refs/koweb/kafe")


@pytest.mark.parametrize("edited", [True, False])
def test_adopting_a_topic_that_one_of_our_files_published_binds_it_to_that_file(
    one: Clone, box: Sandbox, edited: bool
) -> None:
    one.push()
    lose_bookmark(one)
    if edited:
        member_edits(box)
        one.reword("un", "deuxième", "second")
    head = one.git("rev-parse", "HEAD")
    run = one.run("adopt", str(box.by_id("un").id))
    assert "posts/un.md" in run.text
    assert one.git("rev-parse", "HEAD") == head
    assert one.git("ls-files", "posts") == "posts/un.md"
    one.run("sync")
    assert (ADDED in one.raw("un"), "second" in one.raw("un")) == (edited, edited)
    assert one.raw("un").strip() in one.read("posts/un.md")
    settled(one, box, "un")


def test_adopting_a_topic_of_ours_with_a_text_that_git_never_had_leaves_it_to_a_person(
    one: Clone, box: Sandbox
) -> None:
    one.push()
    lose_bookmark(one)
    one.git("update-ref", "-d", "HEAD")
    one.reword("un", "deuxième", "second")
    run = one.run("adopt", str(box.by_id("un").id), code=3)
    assert "posts/un.md" in run.text
    assert "--rebuild" in run.text
    assert one.git("ls-files", "posts") == "posts/un.md"


def test_an_approved_post_is_found_although_its_topic_has_no_external_id(here: Clone, box: Sandbox) -> None:
    here.post("un", LONG, author="bilal")
    here.commit()
    box.hold("bilal")
    here.push(code=3)
    here.push(code=3)
    topic = box.approve()
    assert topic.external_id is None
    here.reword("un", "deuxième", "second")
    here.push()
    assert "second" in box.first_post(topic.id).raw
    assert len(box.requests("POST", r"^/posts")) == 1


def die_after_an_edit(here: Clone, box: Sandbox) -> None:
    """A push that dies once the forum has taken an edit."""
    process = Forked(here.folder, here.verb)
    box.fail(Fault("call", "PUT", r"^/posts", after_work=process.kill))
    assert process.run() == -signal.SIGKILL, process.text()


@pytest.mark.parametrize("first", ["push", "pull"])
def test_ones_own_edit_never_conflicts_with_what_git_says_since(one: Clone, box: Sandbox, first: str) -> None:
    one.push()
    one.reword("un", "deuxième", "second")
    die_after_an_edit(one, box)
    shutil.rmtree(one.folder / ".git" / "koweb")
    assert "second" in one.raw("un")
    one.reword("un", "second", "nouveau")
    one.run(first)
    one.run("sync")
    assert one.raw("un") == LONG.replace("deuxième", "nouveau")
    assert "Administration" not in one.git("log", "--format=%an")
    settled(one, box, "un")


@pytest.mark.parametrize("back", [True, False])
def test_what_a_member_wrote_over_an_edit_whose_answer_was_lost_is_an_edit(
    one: Clone, box: Sandbox, back: bool
) -> None:
    one.push()
    one.reword("un", "deuxième", "second")
    die_after_an_edit(one, box)
    sent = one.raw("un")
    assert "second" in sent
    theirs = LONG if back else sent.replace("second paragraphe", "second paragraphe de Claire")
    box.edit(box.by_id("un").id, theirs, username="claire")
    one.push(code=None)
    assert one.raw("un") == theirs
    one.run("sync")
    assert one.raw("un") == theirs
    assert one.read("posts/un.md").endswith(f"{theirs}\n")
    assert one.git("log", "-1", "--format=%an") == "Claire Moreau"
    settled(one, box, "un")


def test_a_text_of_ours_that_a_member_brought_back_is_theirs(one: Clone, box: Sandbox) -> None:
    one.push()
    one.reword("un", "deuxième", "second")
    one.push()
    box.edit(box.by_id("un").id, LONG, username="claire")
    one.reword("un", "second", "nouveau")
    one.push(code=3)
    assert one.raw("un") == LONG
    one.run("pull", code=3)
