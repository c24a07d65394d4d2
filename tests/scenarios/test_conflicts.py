"""Both sides change: what somebody wrote on the forum is never overwritten, and a person learns where to look."""

import json
import subprocess
from collections.abc import Callable

import pytest

from koweb_sync.sandbox import Fault, Sandbox
from tests.workspace import TEXT, Clone, forget_forum

pytestmark = pytest.mark.server("2022")

THEIRS = "Claire a réécrit ce texte sur le forum, avec soin."


def publish(here: Clone, *idents: str) -> None:
    """Publish a post for each id."""
    for ident in idents:
        here.post(ident)
    here.commit()
    here.push()


def test_both_sides_changed_so_push_refuses_that_post_alone(here: Clone, box: Sandbox) -> None:
    publish(here, "un", "deux")
    topic = box.by_id("un")
    box.edit(topic.id, THEIRS, username="claire", reason="Plus clair")
    here.reword("un", "Un texte", "Mon texte")
    here.reword("deux", "Un texte", "Mon texte")
    run = here.push(code=3)
    assert here.raw("un") == THEIRS
    assert here.raw("deux").startswith("Mon texte")
    for word in ("posts/un.md", "Claire Moreau", f"{box.url}/t/-/{topic.id}", "koweb pull"):
        assert word in run.err


def test_p10_an_edit_in_the_last_moment_is_never_overwritten(here: Clone, box: Sandbox) -> None:
    publish(here, "un")
    here.reword("un", "Un texte", "Mon texte")
    topic = box.by_id("un").id
    box.fail(Fault("call", "PUT", r"^/posts/", before=lambda: box.edit(topic, THEIRS)))
    run = here.push(code=3)
    assert here.raw("un") == THEIRS
    assert 409 in [one.status for one in box.requests("PUT", "^/posts/")]
    assert "Claire Moreau" in run.err


def test_p37_what_was_seen_is_not_agreed(here: Clone, box: Sandbox) -> None:
    publish(here, "un")
    box.edit(box.by_id("un").id, THEIRS)
    here.reword("un", "Un texte", "Mon texte")
    before = here.agreed()
    for _again in range(3):
        here.push(code=3)
        assert here.raw("un") == THEIRS
    assert here.agreed()["topics/0/10"] == before["topics/0/10"]


def test_p8_an_edit_that_git_holds_already_is_no_conflict(here: Clone, box: Sandbox) -> None:
    publish(here, "un")
    topic = box.by_id("un").id
    box.edit(topic, here.raw("un").replace("Un texte", "Le texte"))
    here.reword("un", "Un texte assez long", "Le texte très long")
    here.push(code=3)
    publish_text = here.raw("un")
    assert "Le texte assez long" in publish_text
    here.write("posts/un.md", here.read("posts/un.md").replace("très long", "assez long"))
    here.commit("Take over what Claire wrote")
    here.push()
    assert here.raw("un") == publish_text
    here.reword("un", "Le texte", "Mon texte")
    here.push()
    assert here.raw("un").startswith("Mon texte")


@pytest.mark.parametrize("policy", ["leave", "recover"])
def test_p11_a_deleted_topic_is_left_or_recovered_and_never_made_twice(here: Clone, box: Sandbox, policy: str) -> None:
    here.configure(f'deleted = "{policy}"')
    publish(here, "un", "deux")
    topic = box.by_id("un").id
    box.delete(topic)
    here.reword("un", "Un texte", "Mon texte")
    here.reword("deux", "Un texte", "Mon texte")
    run = here.push(code=3 if policy == "leave" else 0)
    assert len(box.requests("POST", r"^/posts")) == 2
    assert here.raw("deux").startswith("Mon texte")
    if policy == "leave":
        assert "posts/un.md" in run.err
        assert str(topic) in run.err
        assert box.topic(topic).deleted_at
        here.push(code=3)
        box.recover(topic)
        here.push()
    assert here.raw("un").startswith("Mon texte")
    assert box.by_id("un").id == topic


def test_p41_a_write_to_a_deleted_topic_does_not_count(here: Clone, box: Sandbox) -> None:
    publish(here, "un")
    topic = box.by_id("un").id
    here.reword("un", "Un texte", "Mon texte")
    box.fail(Fault("call", "PUT", r"^/posts/", before=lambda: box.delete(topic)))
    run = here.push(code=3)
    assert "updated" not in run.out
    assert "posts/un.md" in run.err
    here.push(code=3)


def test_p41_the_id_of_a_dead_topic_is_not_taken_for_a_new_one(here: Clone, box: Sandbox) -> None:
    publish(here, "un")
    topic = box.by_id("un").id
    box.delete(topic)
    here.git("push", "--quiet", "origin", ":refs/koweb/kafe")
    here.git("update-ref", "-d", "refs/koweb/kafe")
    run = here.push(code=2)
    assert "created" not in run.out
    assert "posts/un.md" in run.err
    assert here.published() == []


def test_p42_a_topic_that_was_merged_away_is_left_alone(here: Clone, box: Sandbox) -> None:
    publish(here, "un", "deux")
    target = box.new_topic("Un sujet qui rassemble tout", TEXT, category=2).id
    topic = box.by_id("un").id
    box.merge(topic, target)
    here.reword("un", "Un texte", "Mon texte")
    here.reword("deux", "Un texte", "Mon texte")
    # The state of topics is looked at once a day; this is the next day.
    here.git("push", "--quiet", "origin", f"{yesterday(here)}:refs/koweb/kafe", "--force")
    run = here.push(code=3)
    assert "posts/un.md" in run.err
    assert f"{box.url}/t/-/{topic}" in run.err
    assert here.raw("deux").startswith("Mon texte")
    assert "Mon texte" not in box.first_post(topic).raw
    assert all("Mon texte" not in box.post(number).raw for number in box.topic(target).post_ids)


def yesterday(here: Clone) -> str:
    """The bookmark with the last look at the topics a day ago, on both sides."""
    here.git("fetch", "--quiet", "origin", "+refs/koweb/kafe:refs/koweb/kafe")
    server = json.loads(here.git("show", "refs/koweb/kafe:server"))
    here.write("server.tmp", json.dumps({**server, "looked": server["looked"] - 90_000}))
    blob = here.git("hash-object", "-w", "server.tmp")
    (here.folder / "server.tmp").unlink()
    lines = here.git("ls-tree", "refs/koweb/kafe").splitlines()
    kept = [line for line in lines if not line.endswith("\tserver")]
    tree = "\n".join([*kept, f"100644 blob {blob}\tserver"]) + "\n"
    done = subprocess.run(["git", "mktree"], cwd=here.folder, input=tree.encode(), capture_output=True, check=True)
    commit = here.git("commit-tree", done.stdout.decode().strip(), "-p", "refs/koweb/kafe", "-m", "Yesterday")
    here.git("update-ref", "refs/koweb/kafe", commit)
    return commit


@pytest.mark.parametrize("how", ["hide", "remove_text"])
def test_p43_a_placeholder_of_moderation_reaches_no_file_and_no_agreement(here: Clone, box: Sandbox, how: str) -> None:
    publish(here, "un")
    agreed = here.agreed()["topics/0/10"]
    happen: Callable[[int], None] = getattr(box, how)
    happen(box.by_id("un").id)
    before = here.read("posts/un.md").replace("Un texte", "Mon texte")
    here.reword("un", "Un texte", "Mon texte")
    for _again in range(2):
        run = here.push(code=3)
        assert "posts/un.md" in run.err
        assert f"{box.url}/t/-/{box.by_id('un').id}" in run.err
    assert here.read("posts/un.md") == before
    assert here.agreed()["topics/0/10"] == agreed


def test_p13_a_title_that_somebody_has_already_is_named_with_its_url(here: Clone, box: Sandbox) -> None:
    theirs = box.new_topic("Comment accueillir les nouveaux ?", TEXT, category=2)
    here.post("accueil", title="comment accueillir les nouveaux ?")
    here.post("autre")
    here.commit()
    run = here.push(code=3)
    assert "posts/accueil.md:2" in run.err
    assert f"{box.url}/t/-/{theirs.id}" in run.err
    assert here.published() == ["autre"]


@pytest.mark.parametrize("same", [True, False])
def test_p35_an_id_that_another_repository_published_is_not_taken_over(here: Clone, box: Sandbox, same: bool) -> None:
    publish(here, "un")
    here.git("push", "--quiet", "origin", ":refs/koweb/kafe")
    here.git("update-ref", "-d", "refs/koweb/kafe")
    if not same:
        here.git("update-ref", "-d", "HEAD")  # another history, in which the forum's text never was
        here.reword("un", "Un texte", "Un tout autre texte")
    before = here.raw("un")
    run = here.push(code=0 if same else 3)
    assert here.raw("un") == before
    assert here.published() == ["un"]
    if not same:
        assert f"{box.url}/t/-/{box.by_id('un').id}" in run.err
    box.forget()
    here.push(code=0 if same else 3)
    assert [one for one in here.writes() if "PUT" in one] == []


def test_p38_a_stale_clone_is_refused_and_a_branch_that_was_merged_is_not(here: Clone, box: Sandbox) -> None:
    publish(here, "un", "deux")
    here.share()
    stale = here.clone("stale")
    here.reword("un", "Un texte", "Le nouveau texte")
    here.push()
    here.share()
    stale.reword("un", "Un texte", "Un vieux texte")
    stale.reword("deux", "Un texte", "Un autre texte")
    run = stale.push(code=3)
    assert "posts/un.md" in run.err
    assert here.raw("un").startswith("Le nouveau texte")
    assert here.raw("deux").startswith("Un autre texte")
    stale.git("fetch", "--quiet", "origin")
    stale.git("merge", "--quiet", "-X", "ours", "origin/main", "-m", "Merge")
    stale.push()
    assert here.raw("un").startswith("Un vieux texte")


def test_p40_fields_changed_on_the_forum_stay_when_git_changes_the_text(here: Clone, box: Sandbox) -> None:
    here.post("un", tags=["outils"])
    here.commit()
    here.push()
    topic = box.by_id("un").id
    box.edit(topic, title="Un titre choisi par Claire", tags=["outils", "accueil"])
    here.reword("un", "Un texte", "Mon texte")
    box.forget()
    here.push()
    assert len(box.log) == 1
    now = box.topic(topic)
    assert (now.title, sorted(now.tags)) == ("Un titre choisi par Claire", ["accueil", "outils"])
    assert here.raw("un").startswith("Mon texte")


def test_tags_changed_on_both_sides_are_merged_as_sets(here: Clone, box: Sandbox) -> None:
    here.post("un", tags=["outils", "choix"])
    here.commit()
    here.push()
    topic = box.by_id("un").id
    box.edit(topic, tags=["outils", "choix", "accueil"])
    here.post("un", tags=["outils", "nouveau"])
    here.commit()
    here.push()
    assert sorted(box.topic(topic).tags) == ["accueil", "nouveau", "outils"]


@pytest.mark.parametrize("all_gone", [True, False])
def test_p23_many_missing_files_want_a_yes(here: Clone, box: Sandbox, all_gone: bool) -> None:
    here.configure('withdraw = "delete"')
    publish(here, *(f"sujet-{n}" for n in range(10)))
    for number in range(10 if all_gone else 3):
        here.git("rm", "--quiet", f"posts/sujet-{number}.md")
    here.commit()
    box.forget()
    assert "nothing to do" not in here.push(code=3).err
    assert box.log == []
    assert len(here.published()) == 10
    here.push("--yes")
    assert len(here.published()) == (0 if all_gone else 7)


@pytest.mark.parametrize("why", ["reply", "edit", "untouched"])
def test_p44_a_topic_that_others_worked_on_is_unlisted_not_deleted(here: Clone, box: Sandbox, why: str) -> None:
    here.configure('withdraw = "delete"')
    publish(here, "un", "deux", "trois")
    topic = box.by_id("un").id
    if why == "reply":
        box.reply(topic, "Merci beaucoup pour ce texte, il m'a aidée.")
    if why == "edit":
        box.edit(topic, THEIRS)
    here.git("rm", "--quiet", "posts/un.md")
    here.commit()
    run = here.push()
    gone = box.topic(topic)
    assert bool(gone.deleted_at) == (why == "untouched")
    assert gone.visible == (why == "untouched")
    assert ("unlisted" in run.err) == (why != "untouched")
    box.forget()
    here.push()
    assert box.log == []


@pytest.mark.parametrize(("policy", "field"), [("keep", ""), ("unlist", "visible"), ("close", "closed")])
def test_withdrawn_topics_come_back_with_their_files(here: Clone, box: Sandbox, policy: str, field: str) -> None:
    here.configure(f'withdraw = "{policy}"')
    publish(here, "un", "deux", "trois")
    topic = box.by_id("un").id
    here.git("rm", "--quiet", "posts/un.md")
    here.commit("Remove")
    here.push()
    state = (box.topic(topic).visible, box.topic(topic).closed)
    assert state == {"": (True, False), "visible": (False, False), "closed": (True, True)}[field]
    here.git("revert", "--no-edit", "HEAD")
    here.push()
    assert (box.topic(topic).visible, box.topic(topic).closed) == (True, False)
    assert box.by_id("un").id == topic


def test_p29_a_post_held_for_review_is_pending_and_sent_once(here: Clone, box: Sandbox) -> None:
    here.post("un", author="bilal")
    here.post("deux")
    here.commit()
    box.hold("bilal")
    run = here.push(code=3)
    assert "pending" in run.err
    assert "posts/un.md" in run.err
    assert here.published() == ["deux"]
    here.push(code=3)
    assert len(box.requests("POST", r"^/posts")) == 2
    topic = box.approve()
    here.push()
    box.forget()
    here.push()
    assert box.log == []
    here.reword("un", "Un texte", "Mon texte")
    here.push()
    assert box.first_post(topic.id).raw.startswith("Mon texte")


@pytest.mark.parametrize("moved", ["nothing", "head", "forum", "bookmark"])
def test_p32_a_saved_plan_is_carried_out_only_if_nothing_moved(here: Clone, box: Sandbox, moved: str) -> None:
    publish(here, "un", "deux")
    here.reword("un", "Un texte", "Mon texte")
    here.post("trois")
    here.commit()
    here.run("plan", "-o", "../plan.json")
    if moved == "head":
        here.reword("deux", "Un texte", "Mon texte")
    if moved == "forum":
        box.edit(box.by_id("un").id, THEIRS)
    if moved == "bookmark":
        here.push("--only", "posts/trois.md")
    box.forget()
    run = here.push("../plan.json", code=0 if moved == "nothing" else 3)
    if moved == "nothing":
        assert here.raw("un").startswith("Mon texte")
        assert here.published() == ["deux", "trois", "un"]
    else:
        assert here.writes() == []
        words = {"head": "commit", "forum": f"topic {box.by_id('un').id}", "bookmark": "published"}
        assert words[moved] in run.err


def test_p36_every_text_that_counts_is_read_with_the_key(here: Clone, box: Sandbox) -> None:
    """Pages without a key may be a minute old: taken for the forum's text, they would undo our own edit."""
    publish(here, "un")
    here.reword("un", "Un texte", "Mon texte")
    here.push()
    box.edit(box.by_id("un").id, THEIRS)
    here.reword("un", "Mon texte", "Notre texte")
    here.push(code=3)
    read = box.requests("GET", r"^/(t|posts)/")
    assert read
    assert all(one.keyed for one in read)
    assert here.raw("un") == THEIRS


def test_a_fresh_machine_publishes_an_edit_in_one_request(here: Clone, box: Sandbox) -> None:
    box.set(anchors="post-id")
    here.post("un", f"{TEXT}\n\n## Ici\n\n[ici](#ici)")
    here.commit()
    here.push()
    here.share()
    other = here.clone("other")
    forget_forum()
    other.reword("un", "Un texte", "Mon texte")
    box.forget()
    other.push()
    assert len(box.log) == 1
    post = box.first_post(box.by_id("un").id)
    assert f"(#p-{post.id}-ici-1)" in post.raw
