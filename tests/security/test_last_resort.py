"""Nothing that happens in a command reaches a person as a traceback: it is told in words, with where and what next."""

import errno
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import pytest
from sqlalchemy.exc import OperationalError

from koweb_sync.cli import last_resort
from koweb_sync.errors import HumanNeeded
from koweb_sync.redaction import begin
from tests.workspace import TEXT, Clone

pytestmark = pytest.mark.server("2022")

UNFORESEEN = "koweb met something that it did not expect"
KEY = "c0ffee" * 10


def deep(turn: int = 0) -> int:
    """Recursion without an end."""
    return deep(turn + 1) + 1


def raising(error: BaseException) -> Callable[[], int]:
    """A command that fails."""

    def command() -> int:
        raise error

    return command


ENDS: Sequence[tuple[BaseException | Callable[[], int], int, str]] = [
    (HumanNeeded("Look.", where="a.md:3", remedy="Do."), 3, "Error: a.md:3: Look. Do."),
    (OSError(errno.ENOSPC, "No space left on device", "/x/y"), 1, "/x/y: The disk is full."),
    (OSError(errno.EROFS, "Read-only file system", b"/x/\xe9"), 1, "/x/\\udce9: This can only be read."),
    (PermissionError(errno.EACCES, "Permission denied", "a", None, "b"), 1, "a → b: You may not"),
    (OSError(errno.ETXTBSY, "Text file busy"), 1, "The computer refuses: Text file busy."),
    (MemoryError(), 1, "The memory of this computer is full."),
    (sqlite3.OperationalError("database or disk is full"), 1, "The database cannot be used: database or disk is full."),
    (OperationalError("SELECT", {}, sqlite3.DatabaseError("malformed")), 1, "The database cannot be used: malformed."),
    (json.JSONDecodeError("Expecting value", "", 0), 1, f"{UNFORESEEN}: JSONDecodeError: Expecting value"),
    (UnicodeEncodeError("ascii", "é", 0, 1, "no"), 1, f"{UNFORESEEN}: UnicodeEncodeError"),
    (subprocess.CalledProcessError(3, ["git"]), 1, f"{UNFORESEEN}: CalledProcessError"),
    (AssertionError(), 1, f"{UNFORESEEN}: AssertionError (tests"[:50]),
    (KeyError("title\x1b[31m"), 1, f"{UNFORESEEN}: KeyError"),
    (RuntimeError("Titre \x9b\u202e"), 1, "RuntimeError: Titre \\x9b\\u202e ("),
    (deep, 1, f"{UNFORESEEN}: RecursionError"),
    (ExceptionGroup("several", [ValueError("x")]), 1, f"{UNFORESEEN}: ExceptionGroup"),
    (KeyboardInterrupt(), 1, "Aborted!"),
    (click.Abort(), 1, "Aborted!"),
    (click.UsageError("Wrong \x9b31m"), 2, "Error: Wrong \\x9b31m"),
    (BrokenPipeError(errno.EPIPE, "Broken pipe"), 1, ""),
    (SystemExit(3), 3, ""),
]


@pytest.mark.parametrize(("what", "code", "text"), ENDS, ids=lambda one: type(one).__name__)
def test_every_exception_ends_in_words_and_an_exit_code(
    what: BaseException | Callable[[], int], code: int, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = raising(what) if isinstance(what, BaseException) else what
    assert last_resort.run(command, ["pull"]) == code
    told = capsys.readouterr()
    assert text in told.err
    assert bool(told.err) == bool(text)
    assert "Traceback" not in told.err
    assert told.out == ""


def test_what_was_not_foreseen_says_where_and_how_to_report_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert last_resort.run(lambda: last_resort.flushed() + len(os.fsdecode(3)), []) == 1  # type: ignore[arg-type]
    told = capsys.readouterr().err
    assert re.search(r"\([\w/]+\.py:\d+\)\.", told)
    assert "--debug" in told
    assert re.search(r"koweb-sync \S+, Python 3\.\d+\.\d+, \w+", told)


def test_debug_shows_the_cause_without_the_secrets_of_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    begin({"KOWEB_KAFE_API_KEY": KEY})
    try:
        assert last_resort.run(raising(ValueError(f"Api-Key: {KEY} \x1b[31m")), ["pull", "--debug"]) == 1
    finally:
        begin({})
    told = capsys.readouterr().err
    assert "Traceback" in told
    assert "Api-Key: … \\x1b[31m" in told
    assert KEY not in told


class Full(io.TextIOBase):
    """A terminal that takes nothing any more."""

    def __init__(self, number: int) -> None:
        self.number = number

    def write(self, _text: str) -> int:
        raise OSError(self.number, os.strerror(self.number))

    def flush(self) -> None:
        raise OSError(self.number, os.strerror(self.number))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EPIPE, errno.EIO])
def test_where_nothing_can_be_written_any_more_a_command_ends_with_1(
    number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", Full(number))
    assert last_resort.run(lambda: 0, []) == 1
    assert bool(capsys.readouterr().err) == (number != errno.EPIPE)
    monkeypatch.setattr(sys, "stderr", Full(number))
    assert last_resort.run(raising(ValueError("x")), []) == 1


# ---- whole processes


def process(folder: Path, shell: str, **env: str) -> "subprocess.CompletedProcess[bytes]":
    """A shell's command line with `koweb` in it."""
    command = shell.replace("koweb", f"{sys.executable} -m koweb_sync", 1)
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env={**os.environ, **env}, capture_output=True, check=False, timeout=120
    )


@pytest.mark.parametrize(
    ("shell", "code", "said"),
    [
        ("koweb check --format json >/dev/full", 1, b"The disk is full."),
        ("koweb check 2>/dev/full", 1, b""),
        ("koweb check >&- 2>&-", 2, b""),
        ("koweb check <&- >&-", 2, b""),
        ("koweb check | true; exit ${PIPESTATUS[0]}", None, b""),
        ("mkdir -p /tmp/$$ && cd /tmp/$$ && rmdir /tmp/$$ && koweb status", 1, b""),
    ],
)
def test_streams_that_are_full_closed_or_not_read_show_no_traceback(
    spoilt: Path, shell: str, code: int | None, said: bytes
) -> None:
    done = process(spoilt, shell)
    assert code is None or done.returncode == code, done
    assert done.returncode in (1, 2), done
    assert said in done.stderr
    for sign in (b"Traceback", b"Exception ignored", b"lost sys"):
        assert sign not in done.stdout + done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_knows_few_signs_gets_escapes_for_the_others(spoilt: Path, encoding: str) -> None:
    env = {"PYTHONIOENCODING": encoding, "LANGUAGE": "fr", "PYTHONUTF8": "0"}
    done = process(spoilt, "koweb check", **env)
    assert done.returncode == 2, done
    # Click writes UTF-8 where it is told ASCII, for nearly every terminal that says so knows more.
    assert {"ascii": "l’en-tête".encode(), "latin-1": b"l\\u2019en-t\xeate"}[encoding] in done.stdout
    data = process(spoilt, "koweb check --format json", **env)
    assert "œuvre.md" in {Path(one["path"]).name for one in json.loads(data.stdout.decode(encoding))}


@pytest.mark.parametrize("wish", ["\udce9\udcff", "../../etc", "fr_FR.\x00UTF-8"[:6] + "ISO", "x" * 5000])
def test_a_language_that_is_none_is_english(spoilt: Path, wish: str) -> None:
    done = process(spoilt, "koweb check", LANGUAGE=wish, LC_ALL=wish)
    assert done.returncode == 2, done
    assert b"Traceback" not in done.stderr


def test_a_thread_that_fails_is_told_in_words(tmp_path: Path) -> None:
    script = (
        "import threading; from koweb_sync.cli import last_resort; last_resort.watch([]);"
        "t = threading.Thread(target=lambda: {}['x']); t.start(); t.join()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, timeout=60)
    assert UNFORESEEN.encode() in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("words", [[], ["--debug"]])
def test_what_libraries_log_is_shown_with_debug_only_and_through_the_door(words: list[str]) -> None:
    script = (
        f"import logging, os; from koweb_sync.cli import last_resort; from koweb_sync.redaction import begin;"
        f"last_resort.watch({words}); begin(os.environ); logging.getLogger('sqlalchemy.pool').error("
        "'to %s: \x1b[31m\u202e', os.environ['KOWEB_API_KEY'], "
        "exc_info=ValueError('\x9b' + os.environ['KOWEB_API_KEY']))"
    )
    env = {**os.environ, "KOWEB_API_KEY": KEY, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, timeout=60, env=env)
    said = done.stderr.decode()
    assert KEY not in said
    assert not {*"\x1b\x9b\u202e"} & {*said}
    assert ("\\x1b[31m\\u202e" in said) == bool(words)
    assert bool(said) == bool(words)


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    """A repository whose check has something to say."""
    folder = tmp_path / "depot"
    (folder / "posts").mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    (folder / "koweb.toml").write_text('[forum.kafe]\nurl = "https://forum.example.org"\nusername = "admin"\n')
    (folder / "posts" / "œuvre.md").write_text(f"---\nid: oeuvre\n---\n{TEXT}\n", encoding="utf-8")
    return folder


# ---- a computer that refuses


READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
IN_TURN = """
import json, sys
from click.testing import CliRunner
from koweb_sync.cli.root import koweb
runs = [CliRunner().invoke(koweb, words.split(), prog_name="koweb") for words in sys.argv[1:]]
print(json.dumps([(run.exit_code, run.output, repr(run.exception)) for run in runs]))
"""


def where_nothing_is_written(folder: Path, *command: str, cwd: Path) -> str:
    """What a command prints where a folder is on a disc that can only be read, also for root."""
    words = ("unshare", "-rm", "sh", "-c", READ_ONLY, str(folder))
    if shutil.which("unshare") is None or subprocess.run([*words, "true"], capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    return subprocess.run([*words, *command], cwd=cwd, stdout=subprocess.PIPE, text=True, check=True).stdout


@pytest.mark.parametrize("begun", [True, False])
def test_a_git_folder_that_can_only_be_read_is_told_in_words(here: Clone, begun: bool) -> None:
    here.post("un")
    here.commit()
    here.push()
    here.reword("un", "Un texte", "Un autre texte")
    here.post("deux")
    if not begun:
        shutil.rmtree(here.folder / ".git" / "koweb")
    before = here.writes()
    words = ("status", "fetch", "pull", "push", "push -m Deux")
    said = where_nothing_is_written(here.folder / ".git", sys.executable, "-c", IN_TURN, *words, cwd=here.folder)
    (looked, text, _error), *refused = json.loads(said)
    assert (looked, "posts/un.md" in text) == (0, True)
    for code, text, error in refused:
        assert (code in (1, 2), error) == (True, f"SystemExit({code})"), text
        assert "only be read" in text or "Read-only file system" in text
        assert str(here.folder / ".git") in text
        assert UNFORESEEN not in text
        assert "Traceback" not in text
    assert here.writes() == before
    assert here.git("log", "-1", "--format=%s") == "Reword un"


@pytest.mark.parametrize("rot", [b"not a database at all" * 400, b"SQLite format 3\0" + b"\xff" * 8000])
def test_a_rotten_archive_is_told_in_words(here: Clone, rot: bytes) -> None:
    (here.folder / "koweb-archive.sqlite").write_bytes(rot)
    for words in (
        "archive",
        "archive list",
        "archive search x",
        "archive verify --offline",
        "archive status",
        "report",
    ):
        run = here.run(*words.split(), code=None)
        assert run.code in (1, 2), (words, run.text)
