"""A pull that dies at any request, and before or after any step of git's: run again, it gives what it would have given.

So does one that decides for git's side. Every fifteenth step of git by default; `KOWEB_STEPS=1` tries all of them.
"""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.sandbox import Fault
from tests.forks import DeadlyGit, Forked
from tests.gate import spread
from tests.workspace import SERVERS, TEXT, Clone, new_workspace, served

pytestmark = pytest.mark.server("2022")

EVERY = 1 if os.environ.get("KOWEB_STEPS") else 15
PULLS = {("pull",): 3, ("pull", "--ours"): 0}  # how each ends
Result = tuple[str, dict[str, bytes], str]
Wanted = tuple[tuple[str, ...], Result, int]


@pytest.fixture(scope="module", params=SERVERS)
def ready(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, git_settings: str
) -> Iterator[Clone]:
    """Two people edited what git left alone, and one what git changed too."""
    top = tmp_path_factory.mktemp("kills")
    with served(request.param) as box, pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", git_settings)
        patch.setenv("KOWEB_KAFE_API_KEY", box.keys["all_users"])
        patch.setenv("XDG_CACHE_HOME", str(top / "cache"))
        for role in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{role}_NAME", "Frédéric")
            patch.setenv(f"GIT_{role}_EMAIL", "frederic@example.org")
        here = new_workspace(top / "work", box)
        for ident in ("un", "deux", "trois"):
            here.post(ident, f"{TEXT}\n\nUn autre paragraphe.")
        here.commit()
        here.push()
        for ident, who in (("un", "claire"), ("deux", "bilal"), ("trois", "claire")):
            topic = box.by_id(ident).id
            box.first_post(topic).wiki = True
            box.edit(topic, box.first_post(topic).raw.replace("autre", "second"), username=who)
        here.reword("trois", "autre", "nouveau")
        yield here


def again(ready: Clone, name: str) -> Clone:
    """The same clone, as it was before."""
    folder = ready.folder.parent / name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ready.folder, folder, symlinks=True)
    return Clone(folder, ready.box)


def result(here: Clone) -> Result:
    """What a person finds after a pull."""
    files = {file.name: file.read_bytes() for file in (here.folder / "posts").glob("*.md")}
    log = here.git("log", "--format=%an|%ae|%at|%B")
    mine = re.sub(r"(?m)^(Frédéric\|.*\|)\d+", r"\1now", log)  # who decides does so at each try
    return mine, files, here.git("status", "--porcelain")


@pytest.fixture(scope="module", params=PULLS, ids=" ".join)
def wanted(request: pytest.FixtureRequest, ready: Clone) -> Wanted:
    """A pull, what it gives where nothing disturbs it, and how many requests it takes."""
    words = request.param
    here = again(ready, "undisturbed")
    ready.box.forget()
    here.run(*words, code=PULLS[words])
    found = result(here)
    assert ("<<<<<<< git" in found[1]["trois.md"].decode()) == bool(PULLS[words])
    assert "nouveau" in found[1]["trois.md"].decode()
    assert "second" in found[1]["un.md"].decode()
    return words, found, len(ready.box.log)


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("nth", spread(range(1, 13), 3))
def test_a_pull_killed_at_a_request_is_run_again(
    ready: Clone, wanted: Wanted, surroundings: None, monkeypatch: pytest.MonkeyPatch, nth: int, late: bool
) -> None:
    words, found, requests = wanted
    assert requests <= 12
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", ready.box.keys["all_users"])
    here = again(ready, "killed")
    process = Forked(here.folder, *words)
    kill = process.kill
    ready.box.fail(Fault("call", nth=nth, before=None if late else kill, after_answer=kill if late else None))
    process.run()
    ready.box.front.faults.waiting.clear()
    here.run(*words, code=PULLS[words])
    assert result(here) == found


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_pull_killed_at_a_step_of_git_is_run_again(
    ready: Clone, wanted: Wanted, surroundings: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, when: str
) -> None:
    words, found, _requests = wanted
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", ready.box.keys["all_users"])
    git = DeadlyGit(tmp_path)
    step = 1
    while True:
        here = again(ready, "killed")
        Forked(here.folder, *words, env=git.env(step, when)).run()
        reached = git.count()
        run = here.run(*words, code=None)
        assert run.code == PULLS[words], f"step {step}: {run.text}"
        assert result(here) == found, f"step {step}"
        if reached < step:
            break
        step += EVERY
    assert step > 20
