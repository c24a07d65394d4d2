"""Repositories of every shape: the user's index and work tree are never touched, whatever the shape."""

from pathlib import Path

import pytest

from koweb_sync.git.repo import Repo
from koweb_sync.sandbox import Sandbox
from tests.workspace import TEXT, Clone, new_workspace

pytestmark = pytest.mark.server("below")


def test_a_detached_head_and_a_worktree(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    here.git("switch", "--quiet", "--detach")
    here.push()
    assert here.published() == ["un"]
    here.git("switch", "--quiet", "main")
    here.git("worktree", "add", "--quiet", "--detach", "../autre", "main")
    other = Clone(here.folder.parent / "autre", box)
    box.forget()
    other.push()
    assert box.log == []
    other.post("deux")
    other.commit()
    other.push("--branch-ok")
    assert here.published() == ["deux", "un"]


def test_posts_in_a_sub_folder_with_accents(here: Clone, box: Sandbox) -> None:
    here.git("mv", "koweb.toml", "été.toml")
    (here.folder / "site été").mkdir()
    here.git("mv", "été.toml", "site été/koweb.toml")
    here.post("un", path="site été/posts/bases/où ça.md")
    here.post("deux", f"{TEXT} [là](<où ça.md>)", path="site été/posts/bases/deux.md")
    here.post("dehors", path="posts/dehors.md")
    here.commit()
    inside = Clone(here.folder / "site été", box)
    inside.push()
    assert here.published() == ["deux", "un"]
    assert box.by_id("un").category_id == 3
    assert f"({box.at('/t/-')}/{box.by_id('un').id}" in here.raw("deux")


@pytest.mark.parametrize("deep", [True, False])
def test_a_shallow_clone_is_deepened_or_says_what_it_lacks(here: Clone, box: Sandbox, deep: bool) -> None:
    here.post("un")
    here.post("deux")
    here.commit()
    here.push()
    here.share()
    for number in range(3):
        here.reword("un", "Un texte" if not number else f"Mon texte {number - 1}", f"Mon texte {number}")
    here.share()
    shallow = here.clone("shallow", "--depth", "1")
    if not deep:
        shallow.git("remote", "set-url", "origin", str(here.folder.parent / "other.git"))
        here.git(
            "clone", "--quiet", "--bare", "--depth", "1", (here.folder.parent / "remote.git").as_uri(), "../other.git"
        )
        here.git("push", "--quiet", "../other.git", "refs/koweb/kafe:refs/koweb/kafe")
    run = shallow.push(code=0 if deep else 3)
    assert here.raw("un").startswith("Mon texte 2" if deep else "Un texte")
    if not deep:
        assert "shallow" in run.err


def test_index_and_work_tree_stay_as_they_are(here: Clone) -> None:
    here.post("un")
    here.commit()
    here.post("deux")
    here.git("add", "posts/deux.md")
    here.write("posts/un.md", here.read("posts/un.md") + "\nPas encore enregistré.\n")
    here.write("ailleurs.txt", "x")
    before = (here.git("status", "--porcelain"), here.git("diff"), here.git("diff", "--cached"))
    run = here.push()
    assert (here.git("status", "--porcelain"), here.git("diff"), here.git("diff", "--cached")) == before
    assert "posts/un.md" in run.err
    assert "Pas encore" not in here.raw("un")
    assert here.published() == ["un"]


def test_without_a_git_remote(here: Clone, box: Sandbox) -> None:
    here.git("remote", "remove", "origin")
    here.post("un")
    here.commit()
    here.push()
    box.forget()
    here.push()
    assert box.log == []
    here.git("remote", "add", "origin", (here.folder.parent / "remote.git").as_uri())
    here.push()
    assert "topics/0/10" in here.agreed()
    assert box.log == []


def test_a_bookmark_on_a_branch(here: Clone, box: Sandbox) -> None:
    here.configure('bookmark = "koweb/kafe"')
    here.post("un")
    here.commit()
    here.push()
    assert "koweb/kafe" in here.git("ls-remote", "--heads", "origin")
    here.share()
    other = here.clone("other")
    box.forget()
    other.push()
    assert box.log == []


def test_files_that_git_ignores_and_submodules_are_no_posts(here: Clone) -> None:
    here.write(".gitignore", "posts/prive.md\n")
    here.post("prive")
    here.post("un")
    here.commit()
    here.push()
    assert here.published() == ["un"]


def test_an_empty_repository_says_what_to_do(here: Clone) -> None:
    empty = Clone(here.folder.parent / "empty", here.box)
    empty.folder.mkdir()
    empty.git("init", "--quiet", "--initial-branch=main")
    empty.configure()
    assert "commit" in empty.push(code=2).err


def test_hooks_and_settings_of_the_user_do_not_interfere(here: Clone) -> None:
    here.write(".git/hooks/pre-push", "#!/bin/sh\nexit 1\n").chmod(0o755)
    here.write(".git/hooks/pre-commit", "#!/bin/sh\nexit 1\n").chmod(0o755)
    here.git("config", "core.quotePath", "true")
    here.git("config", "core.autocrlf", "true")
    here.git("config", "color.ui", "always")
    here.git("config", "push.default", "nothing")
    here.post("été")
    here.post("un", path="posts/où.md")
    here.git("add", "--all")
    here.git("commit", "--quiet", "--no-verify", "--message", "Write")
    run = here.push(code=2)  # the id of the first one has an accent
    assert "posts/été.md" in run.err
    assert here.published() == ["un"]


@pytest.mark.parametrize("how", ["sha1", "sha256"])
def test_a_conflict_is_resolved_whatever_names_git_gives(
    box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setenv("GIT_DEFAULT_HASH", how)
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.keys["all_users"])
    here = new_workspace(tmp_path / "work", box)
    assert here.git("rev-parse", "--show-object-format") == how
    here.post("un")
    here.commit()
    here.push()
    box.edit(box.by_id("un").id, "Claire a tout récrit.", username="claire")
    here.reword("un", "Un texte", "Mon texte")
    here.run("pull", code=3)
    assert here.git("ls-files", "--unmerged").count("posts/un.md") == 3
    text = here.read("posts/un.md")
    assert "<<<<<<<" in text
    here.write("posts/un.md", text.split("<<<<<<<")[0] + "Claire et moi avons tout récrit.\n")
    here.git("add", "posts/un.md")
    here.run("pull", "--continue")
    here.push()
    assert here.raw("un") == "Claire et moi avons tout récrit."


def test_the_branch_is_known_however_head_says_it(here: Clone) -> None:
    repo = Repo.find(here.folder)
    for name in ("été/neuf", "heads", "main"):
        here.git("switch", "--quiet", "--force-create", name)
        assert repo.branch() == name
    here.git("tag", "main")
    assert repo.branch() == "main"
    head = here.folder / ".git" / "HEAD"
    head.unlink()
    head.symlink_to("refs/heads/heads")  # core.preferSymlinkRefs
    assert repo.branch() == "heads"
    here.git("switch", "--quiet", "--detach")
    assert repo.branch() is None
    here.git("worktree", "add", "--quiet", "../autre", "main")
    assert Repo.find(here.folder.parent / "autre").branch() == "main"
    assert repo.branch() is None
    here.git("switch", "--quiet", "--orphan", "vide")
    assert repo.branch() == "vide"


def test_git_remotes_are_known_as_git_knows_them(here: Clone) -> None:
    here.git("remote", "add", "le.mien", "/a")
    here.git("config", "--add", "remote.le.mien.url", "/b")
    here.git("config", "remote.pushDefault", "origin")
    here.git("config", "remote.sans-adresse.prune", "true")
    for name, value in (("a", "yes"), ("b", "1"), ("c", "no")):
        here.git("config", f"remote.{name}.promisor", value)
    with (here.folder / ".git" / "config").open("a", encoding="utf-8") as file:
        file.write('[remote "d"]\n\tpromisor\n')
    repo = Repo.find(here.folder)
    assert set(repo.remotes) == {*here.git("remote").split(), "sans-adresse"}
    assert repo.promisors == ("a", "b", "d")
    assert (repo.remote_address("le.mien"), repo.remote_address("nulle-part")) == ("/b", "")


@pytest.mark.parametrize(
    ("line", "promises"),
    [("=true", True), ("=True", True), ("= on ", True), ("", True), ("=false", False), ("=", False)],
)
def test_what_a_remote_promises_is_read_as_git_reads_it(here: Clone, line: str, promises: bool) -> None:
    config = here.folder / ".git" / "config"
    config.write_text(f'{config.read_text()}[remote "whole"]\n\turl = ../whole\n\tpromisor{line}\n')
    told = Repo.find(here.folder).remotes["whole"]
    asked = here.git("config", "--type=bool", "remote.whole.promisor")
    assert (told.promises, asked) == (promises, "true" if promises else "false")
    assert told.address == "../whole"
