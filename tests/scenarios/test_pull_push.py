"""`koweb pull --branch NAME --push`: the branch with the forum's edits is on the git remote, by git alone."""

import subprocess
from pathlib import Path

import pytest

from koweb_sync.config import Settings
from koweb_sync.git.repo import Repo
from koweb_sync.sandbox import Sandbox
from koweb_sync.sync.pull import share_branch
from tests.hosts import RECORD
from tests.workspace import TEXT, Clone

BRANCH = "koweb/forum-edits"
PULL = ("pull", "--branch", BRANCH, "--push")
LONG = f"{TEXT}\n\nUn deuxième paragraphe, qui parle d'autre chose.\n\nEt un troisième, pour finir en beauté."


def remote(here: Clone) -> Path:
    """The git remote's folder."""
    return here.folder.parent / "remote.git"


def there(here: Clone) -> str:
    """Where the branch is on the git remote; "" where it is not."""
    line = here.git("ls-remote", "origin", f"refs/heads/{BRANCH}")
    return line.split("\t")[0]


def edit(box: Sandbox, old: str, new: str) -> None:
    """Somebody changes some words on the forum."""
    topic = box.by_id("un").id
    post = box.first_post(topic)
    assert old in post.raw
    box.edit(topic, post.raw.replace(old, new))


@pytest.fixture
def published(here: Clone) -> Clone:
    """A repository with one post that is published, and shared."""
    here.post("un", LONG)
    here.commit()
    here.push()
    here.share()
    return here


def test_p464_what_the_forum_changed_is_on_a_branch_of_the_git_remote(published: Clone, box: Sandbox) -> None:
    main = published.git("rev-parse", "HEAD")
    published.run(*PULL)
    assert there(published) == ""  # nothing is new
    edit(box, "deuxième", "second")
    assert BRANCH in published.run(*PULL).err
    first = there(published)
    assert "Un second paragraphe" in published.git("show", f"{first}:posts/un.md")
    assert published.git("rev-parse", "HEAD") == main
    assert BRANCH not in published.run(*PULL).err.replace(f"--branch {BRANCH}", "")  # nothing more: nothing is pushed
    edit(box, "troisième", "dernier")
    published.run(*PULL)
    assert published.git("merge-base", first, there(published)).strip() == first


def test_p464_a_branch_that_was_squashed_or_removed_there_begins_anew(published: Clone, box: Sandbox) -> None:
    edit(box, "deuxième", "second")
    published.run(*PULL)
    published.git("merge", "--quiet", BRANCH)
    published.push()
    published.share()
    published.git("push", "--quiet", "origin", f":refs/heads/{BRANCH}")
    published.run(*PULL)
    assert there(published) == ""
    edit(box, "troisième", "dernier")
    published.run(*PULL)
    assert published.git("rev-parse", f"{there(published)}~1").strip() == published.git("rev-parse", "HEAD").strip()


def test_p465_what_somebody_else_pushed_to_that_branch_stays(published: Clone, box: Sandbox) -> None:
    edit(box, "deuxième", "second")
    published.run(*PULL)
    other = published.clone("other")
    other.git("switch", "--quiet", BRANCH)
    other.write("posts/note.txt", "Relu.\n")
    other.git("add", "--all")
    other.git("commit", "--quiet", "--message", "Read over")
    other.git("push", "--quiet", "origin", BRANCH)
    theirs = there(published)
    edit(box, "troisième", "dernier")
    published.run(*PULL)  # builds on it
    assert published.git("merge-base", theirs, there(published)).strip() == theirs
    last = there(published)
    published.git("branch", "--force", BRANCH, f"{last}~1")
    published.git("switch", "--quiet", BRANCH)
    published.write("posts/a.txt", "Autre.\n")
    published.git("add", "--all")
    published.git("commit", "--quiet", "--message", "Here alone")
    assert "checked out" in published.run(*PULL, code=2).err
    published.git("switch", "--quiet", "main")
    assert "other commits" in published.run(*PULL, code=3).err
    assert there(published) == last


def test_p464_gitlab_is_asked_for_a_merge_request(
    published: Clone, box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tmp_path / "asked"
    hook = remote(published) / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(RECORD.format(log=asked))
    hook.chmod(0o755)
    subprocess.run(["git", "config", "receive.advertisePushOptions", "true"], cwd=remote(published), check=True)
    monkeypatch.setattr(share_branch, "page_of", lambda _remote: "https://gitlab.com/asso/textes")
    edit(box, "deuxième", "second")
    published.run(*PULL)
    assert "merge_request.create" in asked.read_text()
    assert "merge_request.target=main" in asked.read_text()


@pytest.mark.parametrize(
    ("address", "asks"),
    [
        ("git@gitlab.com:asso/textes.git", True), ("https://framagit.org/asso/textes", True),
        ("https://github.com/asso/textes.git", False), ("https://git.example.org/asso/textes", False),
        ("../r.git", False),
    ],
)  # fmt: skip
def test_only_gitlab_is_asked_for_anything(address: str, asks: bool, here: Clone) -> None:
    here.git("remote", "set-url", "origin", address)
    options = share_branch.asking(Repo.find(here.folder), Settings("kafe", "https://kafe.example.org", "admin"))
    assert bool(options) == asks


def test_push_without_a_branch_is_a_mistake(here: Clone) -> None:
    assert "--branch" in here.run("pull", "--push", code=2).err
