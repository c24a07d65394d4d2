"""A repository comes from somebody else: nothing is written, and nothing secret is read, through a link in it."""

import os
import resource
import signal
import stat
from pathlib import Path

import pytest

from koweb_sync import safe_files
from koweb_sync.errors import InputError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder, beside which lies what must not be touched."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "precious").write_bytes(b"mine")
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


@pytest.fixture(params=["handles", "names"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the handles of folders, and without, as on Windows."""
    monkeypatch.setattr(safe_files, "HANDLES", request.param == "handles")


def untouched(root: Path) -> bool:
    """Whether what lies outside is as it was, and nothing half-written stayed inside."""
    outside = root.parent / "outside"
    parts = [one for one in root.parent.rglob("*") if one.name.startswith(safe_files.PART)]
    return [one.name for one in outside.iterdir()] == ["precious"] and not parts and precious(root) == b"mine"


def precious(root: Path) -> bytes:
    """What must not be touched."""
    return (root.parent / "outside" / "precious").read_bytes()


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("target", ["../outside/precious", "../outside/new", "inside", "/dev/full"])
def test_no_file_is_written_or_read_through_a_link(root: Path, target: str) -> None:
    (root / "inside").write_bytes(b"also mine")
    (root / "file").symlink_to(target)
    for door in (
        lambda: safe_files.write(root, "file", b"x"),
        lambda: safe_files.write(root, "file", b"x", fresh=True),
        lambda: safe_files.append(root, "file", b"x"),
        lambda: safe_files.add_line(root, "file", "x"),
        lambda: safe_files.read(root, "file"),
    ):
        with pytest.raises(InputError, match="link to") as raised:
            door()
        assert raised.value.where == str(root / "file")
        assert Path(target).name in str(raised.value)
    assert untouched(root)
    assert (root / "inside").read_bytes() == b"also mine"
    assert (root / "file").is_symlink()


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("target", ["../outside", "deep", "nowhere"])
@pytest.mark.parametrize("path", ["link/file", "link/more/file", "deep/link/file"])
def test_no_folder_on_the_way_is_a_link(root: Path, target: str, path: str) -> None:
    (root / "deep").mkdir()
    at = root / Path(path).parts[0] if path.startswith("link") else root / "deep" / "link"
    at.symlink_to(f"../{target}" if path.startswith("deep") else target)
    for door in (
        lambda: safe_files.write(root, path, b"x"),
        lambda: safe_files.append(root, path, b"x"),
        lambda: safe_files.read(root, path),
        lambda: safe_files.folder(root, Path(path).parent / "more"),
        lambda: safe_files.remove(root, path),
    ):
        with pytest.raises(InputError, match="link to"):
            door()
    assert untouched(root)
    assert sorted(one.name for one in root.rglob("*")) == sorted({"deep", "link"})


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize(
    "path",
    ["../outside/precious", "a/../../outside/precious", "", "/etc/passwd", ".git/config", "a/.GIT/hooks/x", "a\0b"],
)
def test_no_path_leads_out_of_its_folder_or_into_git(root: Path, path: str) -> None:
    for door in (safe_files.write, safe_files.append):
        with pytest.raises(InputError):
            door(root, path, b"x")
    assert untouched(root)
    assert list(root.iterdir()) == []


@pytest.mark.usefixtures("_way")
def test_a_folder_that_becomes_a_link_meanwhile_leads_nowhere(root: Path) -> None:
    (root / "a").mkdir()
    with safe_files.writing(root, "a/file") as out:
        out.write(b"x")
        (root / "a").rename(root / "b")
        (root / "a").symlink_to("../outside")
        if not safe_files.HANDLES:
            out.drop()  # without handles only what was there before is seen
    assert precious(root) == b"mine"
    assert not (root.parent / "outside" / "file").exists()


@pytest.mark.usefixtures("_way")
def test_a_file_keeps_its_permissions_and_a_new_one_gets_the_usual_ones(root: Path) -> None:
    (root / "script").write_bytes(b"old")
    (root / "script").chmod(0o750)
    safe_files.write(root, "script", b"new")
    safe_files.write(root, "a/b/new", b"new")
    safe_files.write(root, "secret", b"new", mode=0o600)
    before = os.umask(0o077)
    try:
        safe_files.write(root, "mine", b"new")
    finally:
        os.umask(before)
    modes = {name: stat.S_IMODE((root / name).stat().st_mode) for name in ("script", "a/b/new", "secret", "mine")}
    assert modes == {"script": 0o750, "a/b/new": 0o666 & ~before, "secret": 0o600, "mine": 0o600}
    assert (root / "script").read_bytes() == b"new"
    assert untouched(root)


@pytest.mark.usefixtures("_way")
def test_a_failure_leaves_what_was_there_and_nothing_half(root: Path) -> None:
    (root / "file").write_bytes(b"old")
    with pytest.raises(RuntimeError), safe_files.writing(root, "file") as out:
        out.write(b"half")
        raise RuntimeError
    with pytest.raises(InputError, match="there already"):
        safe_files.write(root, "file", b"new", fresh=True)
    (root / "folder").mkdir()
    with pytest.raises(InputError, match="A file should be here"):
        safe_files.write(root, "folder", b"new")
    with pytest.raises(InputError, match="A folder should be here"):
        safe_files.write(root, "file/below", b"new")
    os.mkfifo(root / "pipe")
    with pytest.raises(InputError, match="A file should be here"):
        safe_files.append(root, "pipe", b"new")
    assert (root / "file").read_bytes() == b"old"
    assert untouched(root)


def test_a_full_disk_is_said_in_words(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left") as raised:
        safe_files.write(root, "file", b"x")
    assert raised.value.where == str(root / "file")
    assert untouched(root)
    assert list(root.iterdir()) == []


def test_a_disk_that_is_full_as_a_file_grows_is_said_with_the_file(root: Path) -> None:
    """Closing the file complained once more, of no file, and that was what its user read."""
    said, told = os.pipe()

    def write() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
        try:
            with safe_files.writing(root, "file") as out:
                out.write(b"x" * 1_000)
        except InputError as error:
            os.write(told, error.where.encode())

    child = os.fork()
    if child == 0:
        try:
            write()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(told)
    with os.fdopen(said) as answer:
        assert answer.read() == str(root / "file")


@pytest.mark.parametrize("line", ["/a*\nrm -rf /", "a\rb", "a\x1b[2J", "a\u2028b", ""])
def test_a_line_is_one_line(root: Path, line: str) -> None:
    (root / ".gitignore").write_bytes(b"b")
    with pytest.raises(InputError):
        safe_files.add_line(root, ".gitignore", line)
    assert safe_files.add_line(root, ".gitignore", "/a*")
    assert not safe_files.add_line(root, ".gitignore", "/a*")
    assert (root / ".gitignore").read_bytes() == b"b\n/a*\n"
