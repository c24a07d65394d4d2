"""A repository that somebody else wrote: what lies in it runs nothing, names nothing outside, and loses no sentence."""

from pathlib import Path

import pytest

from koweb_sync.sandbox import Sandbox
from tests.workspace import TEXT, Clone

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
