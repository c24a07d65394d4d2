"""Every command that the documentation names exists, with its options; and every session goes as it is shown."""

import re
import socket
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import click
import pytest

from koweb_sync import i18n
from koweb_sync.cli.root import koweb
from koweb_sync.sandbox import Sandbox
from tests.docs.blocks import ROOT, Block, commands, pages, read
from tests.workspace import Clone, new_workspace, served, translating

# What a reader types beside koweb and git. The tests only look whether they know the word.
OTHERS = {
    *(
        "$EDITOR",
        "bash",
        "cat",
        "cd",
        "chmod",
        "cp",
        "crontab",
        "curl",
        "eval",
        "export",
        "journalctl",
        "loginctl",
        "ls",
        "mkdir",
        "uv",
        "podman",
        "buildah",
    ),
    *("mv", "pip", "pipx", "pg_dump", "pre-commit", "python3", "rm", "rsync", "sqlite3", "sudo", "systemctl", "tar"),
}
SHELL = ("cat", "cp", "echo", "git", "ls", "mkdir", "mv", "rm", "sleep")  # run as they stand
PORT = "4400"  # where the pages let “koweb listen” serve
PLACE = "https://kafe.example.org"  # what the pages call the forum


def wrong(words: list[str]) -> Iterator[str]:
    """What does not fit koweb's commands in the words after “koweb”."""
    command: click.Command = koweb
    context = click.Context(koweb, info_name="koweb")
    known = {"-h", "--help", "--lang", "--debug"}
    for word in words:
        if isinstance(command, click.Group) and re.fullmatch("[a-z][a-z-]*", word):
            below = command.get_command(context, word)
            if below is None:
                yield f"no command {word}"
                return
            command, context = below, click.Context(below, info_name=word, parent=context)
        elif word.startswith("-") and word.rstrip("…") not in ("-", "--"):
            options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)} | known
            if word.partition("=")[0].rstrip("…,") not in options:
                yield f"no option {word} of {context.command_path}"


def mistakes(words: list[str]) -> Iterator[str]:
    """What does not fit in a command of any program."""
    match words:
        case ["uv", "run", *rest]:
            yield from mistakes(rest[rest.index("poe") :] if "poe" in rest else rest[-2:] if "koweb" in rest else rest)
        case [program, *rest] if Path(program).name in ("koweb", "koweb-sync"):
            yield from wrong(rest)
        case ["poe", task, *_rest] if not task.startswith("-"):
            settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
            if task not in settings["tool"]["poe"]["tasks"]:
                yield f"no task {task}"
        case ["pytest", *rest]:
            yield from (f"no file {one}" for one in rest if one.startswith("tests/") and not (ROOT / one).exists())
        case [program, *_rest]:
            if program not in (*OTHERS, *SHELL, "poe") and not program.startswith((".", "~")):
                yield f"“{program}” is no command that the tests know"


def test_every_command_exists_with_its_options() -> None:
    typed = []
    for page in map(read, pages()):
        typed += [(block.where, text) for block in page.blocks for text, _shown in block.typed()]
        typed += [(f"{page.path}:{number}", text) for number, text in page.spans]
    faults = [
        f"{where}: {text}: {fault}" for where, text in typed for words in commands(text) for fault in mistakes(words)
    ]
    assert not faults, "\n".join(faults)


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clone]:
    with served("2025", webhooks=True) as box:
        monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.keys["all_users"])
        monkeypatch.setenv("KOWEB_KAFE_WEBHOOK_SECRET", "un secret à vous, assez long")
        yield new_workspace(tmp_path / "work", box)


@pytest.mark.parametrize("path", [one for one in pages() if read(one).runs])
def test_every_session_goes_as_it_is_shown(path: str, clone: Clone) -> None:
    """A page is one session, from its first block to its last, in a repository of its own on a sandbox."""
    i18n.activate("fr" if path.startswith(("README.fr", "docs/index", "docs/fr/")) else "en")
    with socket.socket() as free, ExitStack() as stack:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
        free.close()
        go(path, clone, port, stack)


def go(path: str, clone: Clone, port: str, stack: ExitStack) -> None:
    """The session of a page. What it leaves running ends with it."""
    for block in read(path).blocks:
        for what, words in block.comments:
            if what == "run":
                run(clone, words, block)
            elif what == "on the forum":
                happen(clone.box, words)
        if name := block.said("file"):
            path_of = clone.folder / Path(name).expanduser()
            path_of.parent.mkdir(parents=True, exist_ok=True)
            path_of.write_text("\n".join(block.lines) + "\n", encoding="utf-8")
        elif block.said("not run") is None:
            type_in(block, clone, port, stack)


def type_in(block: Block, clone: Clone, port: str, stack: ExitStack) -> None:
    """Type the lines of a block, and look at what is shown."""
    typed = [(text.replace(PORT, port), shown) for text, shown in block.typed()]
    for number, (text, shown) in enumerate(typed, 1):
        code = int(block.said("exit") or 0) if number == len(typed) else 0
        goes_on = text.endswith(" &")
        told = begin(clone, text.removesuffix(" &"), stack) if goes_on else run(clone, text, block, code=code)
        told = told.replace(port, PORT)
        assert not shown or shows(shown, told), f"{block.where}: {text}\n{told}"


def begin(clone: Clone, text: str, stack: ExitStack) -> str:
    """Begin a command that goes on: what it says first."""
    ((_koweb, *words),) = commands(text)
    child = stack.enter_context(clone.start(*words))
    stack.callback(child.terminate)
    assert child.stderr is not None
    return str(child.stderr.readline(), "utf-8").replace(clone.box.url, PLACE).strip("\n")


def run(clone: Clone, text: str, block: Block, *, code: int = 0) -> str:
    """Run a line that a reader types; what it prints, as they would see it. Programs of OTHERS are not run."""
    parts = commands(text)
    if all(words[0] in SHELL for words in parts):
        parts = [["sh", "-c", text]]
    told = ""
    for part in parts:
        words = [str(Path(word).expanduser()) if word.startswith("~") else word for word in part]
        words = words[2:] if words[:3] == ["uv", "run", "koweb"] else words
        if words[0] == "koweb":
            done = clone.run(*words[1:], code=None, text="y\n" * 3)  # who is asked says yes
            said, ended = done.text, done.code
        elif words[0] in (*SHELL, "sh"):
            shell = subprocess.run(words, cwd=clone.folder, capture_output=True, check=False)
            said, ended = (shell.stdout + shell.stderr).decode(), shell.returncode
        else:
            continue
        assert ended == code, f"{block.where}: {text}: exit code {ended}\n{said}"
        told += said
    return told.replace(clone.box.url, PLACE).strip("\n")


def shows(shown: list[str], told: str) -> bool:
    """Whether a page shows what was told: … stands for anything in a line, alone for any lines. A terminal mixes what
    is data and what is said about it, so the order is not looked at.
    """
    lines = [one.rstrip() for one in told.splitlines() if one.strip()]
    wanted = [re.escape(one.rstrip()).replace("…", ".*") for one in shown if one.strip()]
    there = all(any(re.fullmatch(one, line) for line in lines) for one in wanted if one != ".*")
    return there and all(any(re.fullmatch(one, line) for one in wanted) for line in lines)


def happen(box: Sandbox, words: str) -> None:
    """What somebody does on the forum: `claire changes "old" to "new" in ID`, `claire replies "text" to ID`,
    `claire replies "text" in topic 10`, `translations are kept`.
    """
    if found := re.fullmatch(r'(\w+) changes "(.+)" to "(.+)" in ([\w-]+)', words):
        topic = box.by_id(found[4]).id
        box.edit(topic, box.first_post(topic).raw.replace(found[2], found[3]), username=found[1])
    elif found := re.fullmatch(r'(\w+) replies "(.+)" to ([\w-]+)', words):
        box.reply(box.by_id(found[3]).id, found[2], username=found[1])
    elif found := re.fullmatch(r'(\w+) replies "(.+)" in topic (\d+)', words):
        box.reply(int(found[3]), found[2], username=found[1])
    elif words == "translations are kept":
        translating(box)
    else:
        raise AssertionError(words)
