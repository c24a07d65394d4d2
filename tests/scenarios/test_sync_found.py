"""What the random histories of `test_any_sync.py` found, each as short as it can be."""

from koweb_sync.sandbox import Fault, Sandbox
from tests.scenarios.test_pull import clash, publish, rewrite
from tests.scenarios.test_unfinished import keep_both
from tests.workspace import Clone


def resolve(here: Clone) -> None:
    """Keep what both wrote in the one file that waits."""
    keep_both(here)
    here.run("pull", "--continue", code=None)


def test_an_abort_leaves_on_the_branch_what_a_sync_has_published(here: Clone, box: Sandbox) -> None:
    clash(here, box)
    here.reword("deux", "Un texte", "Mon texte")
    here.run("sync", code=3)
    head = here.git("rev-parse", "HEAD")
    assert "published already" in here.run("pull", "--abort").err
    assert here.git("rev-parse", "HEAD") == head
    assert here.git("status", "--porcelain") == ""
    here.reword("deux", "Mon texte", "Notre texte")
    here.run("sync", code=3)
    assert "Notre texte" in here.raw("deux")
    assert "dernier" in here.raw("deux")


def test_an_abort_leaves_on_the_branch_what_may_be_published(here: Clone, box: Sandbox) -> None:
    clash(here, box)
    here.reword("deux", "Un texte", "Mon texte")
    silent = Fault("refuse", "GET", r"^/t/", times=50)
    box.fail(Fault("drop", "PUT", r"^/posts/", before=lambda: box.fail(silent)))
    here.run("sync", code=1)
    box.front.faults.waiting.clear()
    assert "Mon texte" in here.raw("deux")
    head = here.git("rev-parse", "HEAD")
    here.run("pull", "--abort")
    assert here.git("rev-parse", "HEAD") == head
    here.reword("deux", "Mon texte", "Notre texte")
    here.run("sync", code=3)
    assert "Notre texte" in here.raw("deux")


def test_an_abort_leaves_on_the_branch_what_was_resolved_and_published(here: Clone, box: Sandbox) -> None:
    publish(here, "un", "deux")
    for ident, who in (("un", "claire"), ("deux", "bilal")):
        rewrite(box, ident, "deuxième", "second", username=who)
        here.reword(ident, "deuxième", "nouveau")
    here.run("pull", code=3)
    resolve(here)
    head = here.git("rev-parse", "HEAD")
    here.run("sync", code=3)
    [done] = [ident for ident in ("un", "deux") if "nouveau" in here.raw(ident)]
    here.run("pull", "--abort")
    assert here.git("rev-parse", "HEAD") == head
    assert here.git("status", "--porcelain") == ""
    here.reword(done, "nouveau", "tout nouveau")
    here.run("sync", code=3)
    assert "tout nouveau" in here.raw(done)
    resolve(here)
    here.run("sync")
    assert all(word in here.raw(ident) for ident in ("un", "deux") for word in ("second", "nouveau"))


def test_an_abort_leaves_drafts_and_own_commits_beside_what_a_sync_has_published(here: Clone, box: Sandbox) -> None:
    publish(here, "un", "deux")
    for ident, who in (("un", "claire"), ("deux", "bilal")):
        rewrite(box, ident, "deuxième", "second", username=who)
        here.reword(ident, "deuxième", "nouveau")
    here.run("pull", code=3)
    keep_both(here)
    here.git("commit", "--quiet", "--all", "--no-edit", "--cleanup=strip")
    here.run("sync", code=3)
    [done] = [ident for ident in ("un", "deux") if "nouveau" in here.raw(ident)]
    here.reword(done, "nouveau", "tout nouveau")
    head = here.git("rev-parse", "HEAD")
    here.run("pull", "--continue", code=3)
    here.post("brouillon")
    here.git("add", "posts/brouillon.md")
    assert "still on the branch" in here.run("pull", "--abort").err
    assert here.git("rev-parse", "HEAD") == head
    assert here.git("status", "--porcelain") == "?? posts/brouillon.md"
    here.run("sync", code=3)
    assert "tout nouveau" in here.raw(done)


def test_an_abort_in_another_work_tree_leaves_what_was_published(here: Clone, box: Sandbox) -> None:
    clash(here, box)
    here.reword("deux", "Un texte", "Mon texte")
    here.git("switch", "--quiet", "--detach")
    here.git("worktree", "add", "--quiet", "../beside", "main")
    beside = Clone(here.folder.parent / "beside", box)
    beside.run("sync", code=3)
    head = beside.git("rev-parse", "HEAD")
    here.run("pull", "--abort", code=2)
    assert "published already" in beside.run("pull", "--abort").err
    assert beside.git("rev-parse", "HEAD") == head
    assert beside.git("status", "--porcelain") == ""
