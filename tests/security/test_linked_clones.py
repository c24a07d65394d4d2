"""What a hostile repository holds: links in every place that a command writes to or publishes from."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from koweb_sync import safe_files
from koweb_sync.config import load
from koweb_sync.errors import ConfigError
from koweb_sync.sandbox import Sandbox
from tests.workspace import PNG, TEXT, Clone

pytestmark = pytest.mark.server("below")

SECRET = b"-----BEGIN OPENSSH PRIVATE KEY-----\n"


@pytest.fixture
def outside(here: Clone) -> Path:
    """A folder of the user's, beside the repository, with a secret."""
    folder = here.folder.parent / "outside"
    folder.mkdir()
    (folder / "id_rsa").write_bytes(SECRET)
    return folder


def untouched(outside: Path) -> bool:
    """Whether the user's folder is as it was."""
    return [one.name for one in outside.iterdir()] == ["id_rsa"] and (outside / "id_rsa").read_bytes() == SECRET


def link(here: Clone, path: str, target: Path) -> None:
    """A link in the repository, instead of what is there."""
    full = here.folder / path
    full.parent.mkdir(parents=True, exist_ok=True)
    if full.is_dir() and not full.is_symlink():
        shutil.rmtree(full)
    full.unlink(missing_ok=True)
    full.symlink_to(os.path.relpath(target, full.parent))


def test_check_writes_an_id_beside_no_link(here: Clone, outside: Path) -> None:
    here.write("posts/x.md", f"---\ntitle: Un sujet sans identifiant\n---\n{TEXT}\n")
    link(here, "posts/.x.md.koweb", outside / "id_rsa")
    link(here, "posts/y.md", outside / "id_rsa")
    here.run("check", "--fix", code=2)
    assert "\nid: " in here.read("posts/x.md")
    assert untouched(outside)


PINNED = ("--package", f"git+https://git.example.org/k@{'a' * 40}")
INTO = [
    ("posts", ("new", "Un sujet tout neuf")),
    ("posts/bases", ("new", "Un sujet tout neuf", "--folder", "posts/bases")),
    (".gitlab", ("init", "--ci", "gitlab", *PINNED)),
    (".github", ("init", "--ci", "github", *PINNED)),
    ("out", ("plan", "-o", "out/plan.json")),
    ("out", ("archive", "export", "--format", "md", "--to", "out")),
    ("out", ("archive", "export", "--format", "md", "--to", "out/export")),
    ("out", ("archive", "subject", "claire", "--output", "out/claire.html")),
    ("out", ("report", "--format", "json", "--output", "out/report.json")),
    ("posts", ("report", "--into", "posts")),
]
THROUGH = [
    (".gitignore", ("archive",)),
    (".gitlab-ci.yml", ("init", "--ci", "gitlab", *PINNED)),
    ("plan.json", ("plan", "-o", "plan.json")),
    ("claire.html", ("archive", "subject", "claire", "--output", "claire.html")),
    ("r.json", ("report", "--format", "json", "--output", "r.json")),
    ("koweb-archive.sqlite.lock", ("archive",)),
    ("koweb-archive.sqlite", ("archive",)),
]


@pytest.mark.parametrize("box", ["2022"], indirect=True)
def test_no_command_writes_through_a_link(here: Clone, outside: Path) -> None:
    """With a whole archive, so that every command gets as far as writing."""
    here.run("archive", "--no-images")
    kept = here.folder / "koweb-archive.sqlite"
    for at, words, target in (
        *((at, words, "") for at, words in INTO),
        *((at, words, target) for at, words in THROUGH for target in ("id_rsa", "new")),
    ):
        moved = kept.rename(kept.parent / "moved") if at == kept.name else None
        link(here, at, outside / target)
        run = here.run(*words, code=None)
        assert run.code == 2, (words, run.text)
        assert "This is a link to" in run.err or "outside of the repository" in run.err, words
        assert untouched(outside), words
        (here.folder / at).unlink()
        if moved:
            moved.rename(kept)


def test_init_writes_through_no_link(here: Clone, outside: Path) -> None:
    for target in ("new", "id_rsa"):
        link(here, "koweb.toml", outside / target)
        asked = ("--url", here.box.url, "--username", "admin", "--yes", "--offline", "--posts", "texts")
        assert here.run("init", *asked, code=2).err
        assert untouched(outside)
    (here.folder / "koweb.toml").unlink()
    link(here, "texts", outside)
    here.run("init", *asked, code=2)
    assert untouched(outside)


def test_a_link_to_the_terminal_or_to_nothing_is_no_file(here: Clone) -> None:
    here.run("plan", "-o", "/dev/null")
    here.run("plan", "-o", "/dev/stdout")


MEMORY = "/dev/shm"  # noqa: S108 - a folder of a name that nobody can guess is made in it


@pytest.mark.skipif(not os.access(MEMORY, os.W_OK), reason="no memory is mounted below /dev")
def test_a_file_in_memory_is_replaced_as_any_other() -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        file = Path(folder) / "report.md"
        safe_files.output(file, "a long text")
        safe_files.output(file, "short")
        assert file.read_text(encoding="utf-8") == "short"


# ---- what a push publishes


@pytest.mark.parametrize("file", ["image.png", "data.pdf", "folder/id_rsa"])
def test_no_file_behind_a_link_is_published(here: Clone, box: Sandbox, outside: Path, file: str) -> None:
    (outside / "image.png").write_bytes(PNG)
    here.run("doctor")  # the forum's limits are known, so that nothing else keeps the post back
    if "/" in file:
        link(here, "posts/folder", outside)
    else:
        link(here, f"posts/{file}", outside / ("image.png" if file == "image.png" else "id_rsa"))
    here.post("un", f"{TEXT}\n\n![Une image]({file})\n\n[Un fichier]({file})")
    link(here, "posts/deux.md", outside / "id_rsa")
    here.commit()
    before = len(here.writes())
    assert here.run("check", code=2).out
    here.push(code=2)
    assert here.published() == []
    assert here.writes()[before:] == []


def test_a_tracked_folder_that_became_a_link_is_not_read(here: Clone, outside: Path) -> None:
    """As after unpacking a repository with its index: git lists what it tracks, whatever the folder is now."""
    here.post("secret", path="posts/a/secret.md")
    here.commit()
    (outside / "secret.md").write_bytes(b"---\ntitle: Un secret bien gard\xc3\xa9\n---\n" + SECRET)
    (here.folder / "posts/a/secret.md").unlink()
    (here.folder / "posts/a").rmdir()
    link(here, "posts/a", outside)
    run = here.run("check", "--fix", "--format", "json", code=2)
    assert "posts/a/secret.md" in [one["path"] for one in json.loads(run.out)]
    assert (outside / "secret.md").read_bytes().endswith(SECRET)
    assert b"\nid:" not in (outside / "secret.md").read_bytes()


# ---- koweb.toml


@pytest.mark.parametrize("target", ["outside/id_rsa", "outside/koweb.toml", "texts/other.toml", "texts/.git/config"])
def test_koweb_toml_is_no_link(here: Clone, outside: Path, target: str) -> None:
    """Before: it was read wherever it led, and an error quoted what stood there."""
    if target.endswith("toml"):
        shutil.copy(here.folder / "koweb.toml", here.folder.parent / target)
    link(here, "koweb.toml", here.folder.parent / target)
    for words in (("check",), ("push",), ("archive",), ("init", "--ci", "github", *PINNED)):
        run = here.run(*words, code=2)
        assert "This is a link to" in run.err
        assert "OPENSSH" not in run.text
    assert here.box.log == []


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ('store = "a\\nrm -rf ~"', 6),
        ('store = "a\\u001b[2Jb"', 6),
        ('store = """a\nb"""', 7),
        ('store = "a\\tb"', 6),
        ('"a\\u0000b" = "c"', 6),
        ('store = "a\\u2028b"', 6),
    ],
)
def test_a_control_character_in_koweb_toml_is_an_error_with_its_line(tmp_path: Path, line: str, number: int) -> None:
    text = f'[forum.kafe]\nurl = "https://kafe.example.org"\nusername = "admin"\n\n[forum.kafe.archive]\n{line}\n'
    (tmp_path / "koweb.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="control character") as raised:
        load(tmp_path, start=tmp_path)
    assert raised.value.where == f"koweb.toml:{number}"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('username = "admin"', 'username = "ad\\nmin"'),
        lambda text: text.replace('"bases" =', '"ba\\nses" ='),
        lambda text: text + '\n[forum.kafe.archive]\nstore = "a\\n/b"\n',
    ],
)
def test_no_command_goes_on_with_a_control_character_in_koweb_toml(here: Clone, change: Callable[[str], str]) -> None:
    here.write("koweb.toml", change(here.read("koweb.toml")))
    for words in (("check",), ("archive",), ("status",), ("new", "Un sujet tout neuf"), ("init", "--ci", "github")):
        assert "control character" in here.run(*words, code=2).err
    assert not (here.folder / ".gitignore").exists()
    assert here.box.log == []
