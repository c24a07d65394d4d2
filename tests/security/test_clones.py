"""A repository that somebody else wrote: what lies in it runs nothing, names nothing outside, and loses no sentence."""

import ast
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import koweb_sync
from koweb_sync import config
from koweb_sync.errors import ConfigError
from koweb_sync.sandbox import Sandbox
from tests.workspace import TEXT, Clone

pytestmark = pytest.mark.server("2022")

SIGNS = ("<<<<<<<", "=======", ">>>>>>>")
LONG = f"{TEXT}\n\nUn deuxième paragraphe, qui parle d'autre chose.\n\nEt un troisième, pour finir en beauté."
GITS, FORUMS = "nouveau paragraphe", "second paragraphe"

# What a repository may say about how its files are merged, stored and laid out: all of it comes with a clone.
ATTRIBUTES = (
    "*.md binary",
    "*.md -merge",
    "*.md merge=union",
    "*.md merge=ours",
    "*.md merge=binary",
    "*.md conflict-marker-size=3",
    "*.md text eol=crlf",
    "*.md -text -diff",
    "*.md working-tree-encoding=UTF-16LE",
    "*.md ident filter=lfs-like diff=thing",
    "*.md export-subst merge=koweb",
)
# What Python looks for in the folder that it was started in, if it looks there.
MODULES = ("click", "random", "gettext", "json", "requests", "sitecustomize", "usercustomize", "tomllib", "rich")


def clash(here: Clone, box: Sandbox) -> None:
    """The same sentence changed on both sides, in git and on the forum."""
    here.post("un", LONG)
    here.commit()
    here.push()
    box.edit(box.by_id("un").id, LONG.replace("deuxième", "second"), username="claire")
    here.reword("un", "deuxième", "nouveau")


def stored(here: Clone, path: str = "posts/un.md") -> str:
    """A file of the work tree as git would store it, whatever the work tree's encoding and line ends are."""
    return here.git("cat-file", "blob", here.git("hash-object", "-w", path))


def hostile_modules(folder: Path, marks: Path) -> None:
    """Programs under the names of well-known modules, which leave a mark with what they see of the key."""
    for name in MODULES:
        mark = marks / name
        folder.joinpath(f"{name}.py").write_text(
            f"import os, sys\nopen({str(mark)!r}, 'w').write(str(os.environ))\nsys.exit(0)\n",
            encoding="utf-8",
        )


# ---- no sentence is lost


@pytest.mark.parametrize("attributes", ATTRIBUTES)
def test_what_attributes_say_loses_no_sentence(here: Clone, box: Sandbox, attributes: str) -> None:
    clash(here, box)
    here.write(".gitattributes", f"{attributes}\n")
    here.git("add", ".gitattributes")
    here.git("commit", "--quiet", "--message", "Attributes")
    here.git("rm", "--quiet", "--cached", "posts/un.md")
    here.git("reset", "--quiet", "--hard")  # the work tree, as the attributes want it
    here.run("pull", code=3)
    text = stored(here)
    assert text.count("<<<<<<< git\n") == 1
    assert GITS in text
    assert FORUMS in text
    assert here.git("diff", "--name-only", "--diff-filter=U") == "posts/un.md"
    assert "posts/un.md" in here.run("pull", "--continue", code=3).err
    here.push(code=3)
    assert FORUMS in here.raw("un")
    resolved = "".join(line for line in text.splitlines(keepends=True) if not line.startswith(SIGNS))
    here.write("posts/un.md", resolved.encode("utf-16-le" if "UTF-16" in attributes else "utf-8"))
    here.run("pull", "--continue")
    here.push()
    assert GITS in here.raw("un")
    assert FORUMS in here.raw("un")
    assert here.git("status", "--porcelain") == ""


@pytest.mark.parametrize("attributes", ["*.md merge=union", "*.md binary"])
def test_what_attributes_say_decides_nothing_on_a_branch(here: Clone, box: Sandbox, attributes: str) -> None:
    clash(here, box)
    here.write(".gitattributes", f"{attributes}\n")
    here.commit()
    assert "left out" in here.run("pull", "--branch", "forum", code=3).out
    assert here.git("log", "--all", "--format=%s", "--", "posts/un.md", "refs/heads/forum").count("Forum") == 0


def test_the_programs_of_a_repository_never_run(here: Clone, box: Sandbox, tmp_path: Path) -> None:
    clash(here, box)
    marks = tmp_path / "marks"
    marks.mkdir()
    hostile_modules(here.folder, marks)
    here.commit()
    for words, code in ((("pull",), 3), (("pull", "--continue"), 3), (("push",), 3)):
        here.alone(*words, code=code)
        assert [mark.name for mark in marks.iterdir()] == [], words
    assert FORUMS in here.raw("un")


def test_what_a_filter_took_away_is_not_taken_for_resolved(here: Clone, box: Sandbox) -> None:
    clash(here, box)
    here.git("config", "filter.cut.smudge", "sed -e '/^<<<<<<< /,/^=======/d' -e '/^>>>>>>> /d'")
    here.write(".gitattributes", "*.md filter=cut\n")
    here.commit()
    here.run("pull", code=3)
    assert GITS not in stored(here)
    assert "<<<<<<<" not in stored(here)
    assert GITS in here.run("pull", "--continue", code=3).err
    here.push(code=3)
    here.write("posts/un.md", stored(here).replace(FORUMS, f"{FORUMS} et un {GITS}"))
    here.run("pull", "--continue")
    here.push()
    assert GITS in here.raw("un")


@pytest.mark.parametrize("name", ["CHERRY_PICK_HEAD", "MERGE_HEAD", "REVERT_HEAD"])
def test_a_tag_named_as_gits_own_notes_stops_no_pull(here: Clone, box: Sandbox, name: str) -> None:
    clash(here, box)
    here.git("tag", name)
    here.git("update-ref", f"refs/heads/{name}", "HEAD")
    here.run("pull", code=3)
    assert "posts/un.md" in here.run("pull", "--continue", code=3).err
    here.run("pull", "--abort")
    assert here.git("status", "--porcelain") == ""


# ---- nothing is named outside


@pytest.mark.parametrize("folder", ["*", ":", "[a-z.]*", "post?", ":(top)"])
def test_the_folder_of_the_posts_names_no_other_files(here: Clone, box: Sandbox, folder: str) -> None:
    """Before: `push -m` gave the name to git as a pattern, and committed every file that lay around."""
    here.configure(f'posts = "{folder}"\n')
    here.post("un", path=f"{folder}/un.md")
    here.git("add", "koweb.toml")
    here.git("commit", "--quiet", "--message", "Hostile")
    for path in (".env", "posts/private.txt"):
        here.write(path, "secret\n")
    here.run("push", "-m", "Mine")
    assert here.git("show", "--format=", "--name-only") == f"{folder}/un.md"
    assert box.by_id("un").deleted_at is None


@pytest.mark.parametrize("more", ["*.md merge=union", "*.md binary", "un.md -merge merge=koweb"])
def test_attributes_in_a_folder_of_posts_lose_no_sentence(here: Clone, box: Sandbox, more: str) -> None:
    clash(here, box)
    here.write("posts/.gitattributes", f"{more}\n")
    here.commit()
    here.run("pull", code=3)
    assert GITS in stored(here)
    assert FORUMS in stored(here)
    here.run("pull", "--continue", code=3)
    here.push(code=3)
    assert FORUMS in here.raw("un")


def test_an_encoding_that_git_does_not_know_stops_a_pull_and_loses_nothing(here: Clone, box: Sandbox) -> None:
    clash(here, box)
    here.write("posts/.gitattributes", "*.md text working-tree-encoding=x\n")
    here.git("add", "posts/.gitattributes")
    here.git("commit", "--quiet", "--message", "Hostile")
    assert "posts/un.md" in here.run("pull", code=1).err
    assert GITS in here.git("show", "HEAD:posts/un.md")
    assert FORUMS in here.raw("un")


UNREADABLE = ["https://[::1", "https://x:99999", "https://x:abc", "https://x:-1", "https://a\u2100b.org", "https://x:0"]


@pytest.mark.parametrize("address", UNREADABLE)
@pytest.mark.parametrize(
    ("lines", "number"), [('url = "{}"', 3), ('url = "https://a.org"\n[forum.kafe.archive]\nstore = "{}"', 5)]
)
def test_an_address_that_nobody_can_read_is_an_error_with_its_line(address: str, lines: str, number: int) -> None:
    """Before: Python's ValueError went through."""
    text = f'[forum.kafe]\nusername = "admin"\n{lines.format(address)}\n'
    with pytest.raises(ConfigError, match=rf"koweb\.toml:{number}"):
        config.from_text(text, "kafe")


@pytest.mark.parametrize("key", ["branch", "remote", "bookmark"])
@pytest.mark.parametrize(
    "value",
    [
        *("--upload-pack=touch x", "-x", "ext::sh -c touch% x", "file:///etc", "a b", "a\\u0009b", "../up", "a/../b"),
        *("HEAD~1", "@{-1}", "a.lock", ".hidden", "x/", "https://example.org/x.git", "a:b", "^a", "refs//heads"),
    ],
)
def test_no_name_in_koweb_toml_is_an_option_or_an_address(key: str, value: str) -> None:
    text = f'[forum.kafe]\nurl = "https://forum.example.org"\nusername = "admin"\n{key} = "{value}"\n'
    with pytest.raises(ConfigError, match=r"koweb\.toml:4"):
        config.from_text(text, "kafe")


@pytest.mark.parametrize("value", ["main", "upstream", "feature/été", "koweb/kafe"])
def test_a_plain_name_is_one(value: str) -> None:
    text = f'[forum.kafe]\nurl = "https://forum.example.org"\nusername = "admin"\nbranch = "{value}"\n'
    assert config.from_text(text, "kafe").branch == value


def test_a_tree_with_paths_that_lead_elsewhere_writes_nothing_there(here: Clone, box: Sandbox) -> None:
    clash(here, box)
    blob = here.git("rev-parse", "HEAD:posts/un.md")
    names = ("..", ".git", ".GIT", "git~1")
    rows = "".join(f"040000 tree {made(here, f'100644 blob {blob}', 'hooks.md')}\t{name}\n" for name in sorted(names))
    posts = tree(here, f"{rows}100644 blob {blob}\tun.md\n")
    toml = here.git("rev-parse", "HEAD:koweb.toml")
    top = tree(here, f"100644 blob {toml}\tkoweb.toml\n040000 tree {posts}\tposts\n")
    commit = here.git("commit-tree", "-p", "HEAD", "-m", "Hostile", top)
    here.git("update-ref", "HEAD", commit)
    before = everything(here.folder.parent)
    for words in (("status",), ("plan",), ("fetch",), ("pull",), ("push",), ("check",)):
        here.run(*words, code=None)
    assert not [path for path in everything(here.folder.parent) - before if path.name == "hooks.md"]
    assert FORUMS in here.raw("un")


def tree(here: Clone, rows: str) -> str:
    """A tree of git's, whatever its names are."""
    done = subprocess.run(["git", "mktree"], cwd=here.folder, input=rows.encode(), capture_output=True, check=True)
    return done.stdout.decode().strip()


def made(here: Clone, what: str, name: str) -> str:
    """A tree with one entry."""
    return tree(here, f"{what}\t{name}\n")


def everything(folder: Path) -> set[Path]:
    """Every file below a folder."""
    return {Path(top, name) for top, _folders, names in os.walk(folder) for name in names}


# ---- git is asked about what is git's

# What koweb keeps in git's folder, and what git cannot be asked about: reports of crashes.
OWN = {("shared", "koweb"), ("own", "koweb")}
PSEUDO = (".git/", "CHERRY_PICK_HEAD", "MERGE_HEAD", "MERGE_MSG", "ORIG_HEAD", "FETCH_HEAD", "sequencer", "rebase-")


def paths_in_git(module: ast.AST) -> Iterator[str]:
    """Paths that are built below git's folder, and are none of our own."""
    for node in ast.walk(module):
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Div):
            continue
        right = node.right.value if isinstance(node.right, ast.Constant) else ""
        left = node.left.attr if isinstance(node.left, ast.Attribute) else ""
        foreign = left in ("own", "shared") and (left, right) not in OWN
        inside = isinstance(node.left, ast.BinOp) and getattr(node.left.right, "value", "") == ".git"
        if foreign or inside or str(right).startswith(PSEUDO):
            yield ast.unparse(node)


def test_git_alone_looks_into_its_folder() -> None:
    root = Path(koweb_sync.__file__).parent
    found = {
        f"{file.relative_to(root)}: {one}"
        for file in root.rglob("*.py")
        if "sandbox" not in file.parts
        for one in paths_in_git(ast.parse(file.read_text(encoding="utf-8")))
    }
    assert found == set()


def test_a_linked_work_tree_waits_and_ends_as_any_other(here: Clone, box: Sandbox) -> None:
    clash(here, box)
    here.git("worktree", "add", "--quiet", "../linked", "-b", "linked")
    linked = Clone(here.folder.parent / "linked", box)
    linked.run("pull", code=3)
    assert "A pull waits" in linked.run("pull", code=3).err
    linked.run("pull", "--abort")
    assert linked.git("status", "--porcelain") == ""
    linked.run("pull", code=3)
    text = linked.read("posts/un.md")
    linked.write("posts/un.md", "".join(line for line in text.splitlines(keepends=True) if not line.startswith(SIGNS)))
    linked.run("pull", "--continue")
    assert "Claire" in linked.git("log", "-1", "--format=%an")


def reftables() -> bool:
    """Whether this git knows repositories whose refs are no files (2.45)."""
    done = subprocess.run(["git", "init", "-h"], capture_output=True, check=False)
    return b"--ref-format" in done.stdout + done.stderr


@pytest.mark.skipif(not reftables(), reason="this git is older than 2.45 and has no reftable")
def test_a_conflict_in_a_repository_with_reftables(here: Clone, box: Sandbox) -> None:
    clash(here, box)
    here.share()
    (here.folder.parent / "tables").mkdir()
    new = Clone(here.folder.parent / "tables" / "clone", box)
    url = (here.folder.parent / "remote.git").as_uri()
    subprocess.run(["git", "clone", "--quiet", "--ref-format=reftable", url, str(new.folder)], check=True)
    assert new.git("rev-parse", "--show-ref-format") == "reftable"
    new.run("pull", code=3)
    assert "A pull waits" in new.run("pull", code=3).err
    new.run("pull", "--abort")
    assert new.git("status", "--porcelain") == ""
    new.run("pull", code=3)
    text = new.read("posts/un.md")
    new.write("posts/un.md", "".join(line for line in text.splitlines(keepends=True) if not line.startswith(SIGNS)))
    new.run("pull", "--continue")
    new.push()
    assert all(word in new.raw("un") for word in (GITS, FORUMS))
