"""Git remotes that refuse, repositories that came without the bookmark, and what a killed git leaves behind."""

import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from koweb_sync.errors import GitError
from koweb_sync.git import leftovers as git_leftovers
from koweb_sync.git.repo import Repo
from koweb_sync.sandbox import Sandbox
from tests.workspace import Clone

pytestmark = pytest.mark.server("below")

SAID = "Les refs koweb demandent un ticket [rejected] (stale info)"


@pytest.mark.parametrize("how", ["hook", "hidden"])
def test_why_the_git_remote_does_not_take_the_bookmark_is_said(here: Clone, how: str) -> None:
    remote = here.folder.parent / "remote.git"
    if how == "hook":
        hook = remote / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\necho '{SAID}' >&2\nexit 1\n", encoding="utf-8")
        hook.chmod(0o755)
    else:
        here.git("--git-dir", str(remote), "config", "receive.hideRefs", "refs/koweb")
    here.post("un")
    here.commit()
    run = here.push(code=1)
    reason = ("pre-receive hook declined", SAID) if how == "hook" else ("deny updating a hidden ref",)
    for word in (*reason, "refs/koweb/kafe", 'bookmark = "koweb/NAME"'):
        assert word in run.err
    assert here.writes() == []


def test_a_fork_without_the_bookmark_is_told_how_to_find_it_again(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    here.push()
    here.share()
    box.edit(box.by_id("un").id, "Claire a tout réécrit, et personne ne doit recopier son texte.", username="claire")
    here.git("push", "--quiet", "origin", ":refs/koweb/kafe")
    fork = here.clone("fork")
    fork.git("checkout", "--quiet", "--orphan", "imported")
    fork.reword("un", "Un texte", "Mon texte")
    run = fork.push("--branch-ok", code=3)
    assert "koweb fetch --rebuild" in run.err
    assert "copy" not in run.err
    assert "Claire a tout" in here.raw("un")


def test_a_commit_that_git_cannot_make_leaves_no_report(here: Clone) -> None:
    repo = Repo.find(here.folder)
    with pytest.raises(GitError, match="fast-import"):
        repo.write_commit("f" * 40, {"a": b"x"}, "x", 0.0)
    assert list(repo.own.glob("fast_import_crash_*")) == []


def test_threads_make_their_commits_at_once(here: Clone) -> None:
    repo = Repo.find(here.folder)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: repo.write_commit("HEAD", {"a": b"%d" % (n % 4)}, "x", 0.0), range(40)))
    assert len(set(made)) == 4
    assert here.git("for-each-ref", "refs/koweb-new") == ""


def test_what_a_kill_left_behind_does_not_stay(here: Clone) -> None:
    repo = Repo.find(here.folder)
    dead = subprocess.Popen(["git", "fast-import", "--quiet", "--done"], cwd=here.folder, stdin=-1, stderr=-3)
    dead.communicate(f"commit refs/koweb-new/{dead.pid}\ncommitter a <a@b> 1 +0000\ndata 0\n".encode())
    here.git("update-ref", f"refs/koweb-new/{dead.pid}", "HEAD")
    here.git("update-ref", f"refs/koweb-new/{dead.pid}-7", "HEAD")
    here.git("update-ref", f"refs/koweb-new/{os.getpid()}-7", "HEAD")
    other = here.write(".git/fast_import_crash_1", "fast-import crash report:\n  commit refs/heads/somebody\n")
    packs = [here.write(f".git/objects/pack/tmp_pack_{name}", "x") for name in ("old", "new")]
    os.utime(packs[0], (time.time() - 90_000, time.time() - 90_000))
    assert len(list(repo.own.glob("fast_import_crash_*"))) == 2
    git_leftovers.clear(repo, time.time())
    assert list(repo.own.glob("fast_import_crash_*")) == [other]
    assert [Path(pack).exists() for pack in packs] == [False, True]
    assert here.git("for-each-ref", "--format=%(refname)", "refs/koweb-new") == f"refs/koweb-new/{os.getpid()}-7"


def test_a_push_clears_what_a_kill_left_behind(here: Clone) -> None:
    here.write(".git/fast_import_crash_7", "  commit refs/koweb-new/7\n")
    here.post("un")
    here.commit()
    here.push()
    assert list((here.folder / ".git").glob("fast_import_crash_*")) == []
