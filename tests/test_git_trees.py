"""What is read of git's own files and objects is what git itself says of them."""

import os
import subprocess
import zlib
from pathlib import Path

import pytest

from koweb_sync.errors import GitError
from koweb_sync.git import plain_refs
from koweb_sync.git.leftovers import clear
from koweb_sync.git.repo import NEW, Repo, Sha
from tests.workspace import Clone

NOW = 1_700_000_000.0
NAMES = ("a.md", "a/b.md", "a/é ü\t.md", "a-b/c", "été/\udcff.md", " x", "ab", "z/y/x/w.md", 'q"uote\nline')


def ask(folder: Path, *words: str, given: bytes = b"") -> bytes:
    """What git prints."""
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, input=given).stdout


def listed(repo: Repo, commit: str) -> list[tuple[str, str, str]]:
    """A commit's files, as git lists them."""
    rows = ask(repo.root, "ls-tree", "-r", "-z", "--full-tree", commit).decode("utf-8", "surrogateescape").split("\0")
    facts = [row.partition("\t") for row in rows if row]
    return [(path, words.split()[0], words.split()[2]) for words, _tab, path in facts]


def read(repo: Repo, commit: str) -> list[tuple[str, str, str]]:
    """The same, as we read it."""
    return [(one.path, one.mode, one.sha) for one in repo.tree(Sha(commit))]


def raw_tree(repo: Repo, *entries: tuple[bytes, bytes, str]) -> str:
    """A tree of entries that today's git would not write itself."""
    content = b"".join(b"%s %s\0%s" % (mode, name, bytes.fromhex(sha)) for mode, name, sha in entries)
    return ask(repo.root, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", given=content).decode().strip()


@pytest.mark.parametrize("form", ["sha1", "sha256"])
def test_a_commits_files_are_those_that_git_lists(tmp_path: Path, form: str) -> None:
    ask(tmp_path, "init", "--quiet", f"--object-format={form}")
    repo = Repo.find(tmp_path)
    first = repo.write_commit(None, {name: name.encode("utf-8", "replace") for name in NAMES}, "Un", NOW)
    assert read(repo, first) == listed(repo, first)
    assert len(repo.tree(first)) == len(NAMES)
    blob = repo.tree(first)[0].sha
    deep = raw_tree(repo, (b"100644", b"f", blob))
    for _folder in range(1200):
        deep = raw_tree(repo, (b"40000", b"d", deep))
    modes = (b"100664", b"100755", b"100744", b"120000", b"160000", b"100600")
    several = [(mode, b"m%d" % nth, blob) for nth, mode in enumerate(modes)]
    tree = raw_tree(repo, (b"40000", b"deep", deep), *several, (b"40000", b"same", deep))
    for top in (tree, raw_tree(repo)):
        commit = (
            ask(tmp_path, "-c", "user.name=a", "-c", "user.email=b", "commit-tree", "-m", "x", top).decode().strip()
        )
        assert read(repo, commit) == listed(repo, commit)


def test_a_tree_that_is_missing_or_damaged_is_said(tmp_path: Path) -> None:
    ask(tmp_path, "init", "--quiet")
    repo = Repo.find(tmp_path)
    blob = repo.write_blob(b"x")
    cut = b"100644 a\0" + bytes.fromhex(blob)[:-1]
    broken = ask(tmp_path, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", given=cut).decode().strip()
    for bad in (
        broken,
        "1" * 40,
        blob,
        raw_tree(repo, (b"40000", b"a", "1" * 40)),
        raw_tree(repo, (b"40000", b"a", blob)),
    ):
        with pytest.raises(GitError):
            repo.tree(Sha(bad))
    rotten = tmp_path / ".git" / "objects" / "ab" / ("c" * 38)
    rotten.parent.mkdir()
    rotten.write_bytes(zlib.compress(b"tree 5\0abc"))
    with pytest.raises(GitError):
        repo.tree(Sha("ab" + "c" * 38))
    assert repo.blob(blob) == b"x"


def test_a_replaced_commit_shows_what_git_shows(here: Clone) -> None:
    here.post("un")
    old = here.commit()
    here.post("deux")
    new = here.commit()
    here.git("replace", old, new)
    repo = Repo.find(here.folder)
    assert read(repo, old) == listed(repo, old) == read(repo, new)


def test_the_name_of_a_content_is_gits(tmp_path: Path) -> None:
    for form in ("sha1", "sha256"):
        folder = tmp_path / form
        ask(tmp_path, "init", "--quiet", f"--object-format={form}", str(folder))
        repo = Repo.find(folder)
        assert [repo.name_of(data) for data in (b"", b"\0a\n")] == [repo.write_blob(data) for data in (b"", b"\0a\n")]


def test_a_branch_that_leads_on_to_another_is_the_other(here: Clone) -> None:
    repo = Repo.find(here.folder)
    here.git("symbolic-ref", "refs/heads/autre", "refs/heads/main")
    (here.folder / ".git" / "HEAD").write_text("ref: refs/heads/autre\n")
    assert plain_refs.branch(repo.shared, repo.own) is None
    assert repo.branch() == "main"
    here.git("pack-refs", "--all")
    here.git("switch", "--quiet", "-c", "un/deux.trois-4")
    assert plain_refs.branch(repo.shared, repo.own) == repo.branch() == "un/deux.trois-4"


def test_files_of_another_kind_of_repository_say_nothing(here: Clone) -> None:
    """As reftable, and what keeps refs elsewhere, leave them (gitrepository-layout)."""
    repo = Repo.find(here.folder)
    assert plain_refs.has_none_below(repo.shared, NEW)
    head = here.folder / ".git" / "HEAD"
    for told in ("ref: refs/heads/.invalid\n", "ref: refs/heads/a..b\n", "ref: refs/heads/../x\n", "ref: refs/x\n", ""):
        head.write_text(told)
        assert plain_refs.branch(repo.shared, repo.own) is None
    head.write_text("ref: refs/heads/main\n")
    assert plain_refs.branch(repo.shared, repo.own) == "main"
    heads = here.folder / ".git" / "refs" / "heads"
    heads.rename(heads.with_name("kept"))
    heads.write_text("this repository uses the reftable format\n")
    assert plain_refs.branch(repo.shared, repo.own) is None
    assert not plain_refs.has_none_below(repo.shared, NEW)


@pytest.mark.parametrize("packed", [False, True])
def test_a_ref_that_a_kill_left_is_found_however_git_keeps_it(here: Clone, packed: bool) -> None:
    repo = Repo.find(here.folder)
    child = subprocess.Popen(["true"])
    child.wait()
    repo.set_ref(f"{NEW}{child.pid}-1", repo.head(), None)
    repo.set_ref(f"{NEW}{os.getpid()}-1", repo.head(), None)
    if packed:
        here.git("pack-refs", "--all")
    clear(repo, NOW)
    assert here.git("for-each-ref", "--format=%(refname)", NEW).split() == [f"{NEW}{os.getpid()}-1"]
    repo.drop_ref(f"{NEW}{os.getpid()}-1")
    assert plain_refs.has_none_below(repo.shared, NEW)


def test_whoever_publishes_is_called_as_git_calls_them(here: Clone) -> None:
    def person() -> str:
        return Repo.find(here.folder).person

    here.git("config", "user.name", "Ana")
    here.git("config", "--add", "user.name", " Zoé ")
    assert person() == here.git("config", "--get", "user.name").strip() == "Zoé"
    here.git("config", "remote.user.name.url", "/x")
    assert person() == "Zoé"
    config = here.folder / ".git" / "config"
    config.write_bytes(config.read_bytes() + b"[user]\n\tname = \xff\n")
    assert person() == "\ufffd"
    here.git("config", "--unset-all", "user.name")
    assert person() == here.git("config", "--get", "user.name", ok=(0, 1))
