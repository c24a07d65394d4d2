"""A facilitator's repository beside a forum, and the commands as they would type them."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from click.testing import CliRunner

from koweb_sync.cli.root import koweb
from koweb_sync.i18n import LANGUAGES, catalog
from koweb_sync.sandbox import Sandbox
from tests.announced import announced
from tests.forks import Forked

UNFORESEEN = "koweb met something that it did not expect: {what} ({where})."
FLAVOURS = ("2022", "2025")  # of forums, as recorded
BELOW = "/Communs/forum"  # the path of a forum that shares its host with a site
SERVERS = (*FLAVOURS, "below")  # kinds of forums: of either flavour, and one below a path
GUESSED = "2026"  # 2025 with what sources of 2026 say: for tests of what differs there
CONFIG = """\
[forum.kafe]
url = "{url}"
username = "{username}"
locale = "fr"
{more}
[forum.kafe.categories]
"." = "koweb-kafe"
"bases" = "facilitation-numerique"
"outils" = "facilitation-numerique/outils-libres"

[forum.kafe.limits]
key_per_minute = 0
anonymous_per_minute = 0
anonymous_per_10_seconds = 0
login_per_minute = 0
login_per_day = 0
"""
ORIGIN = """\
[remote "origin"]
	url = {url}
	fetch = +refs/heads/*:refs/remotes/origin/*
[branch "main"]
	remote = origin
	merge = refs/heads/main
"""
TEXT = "Un texte assez long pour que le forum l'accepte sans discuter."
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000003000000020802000000121674"
    "5b0000001349444154789c63f8cfc0c0f09f818181e13f0305000c8e03fd0d7d0d5b0000000049454e44ae426082"
)


@dataclass(frozen=True, slots=True)
class Run:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Everything that was printed."""
        return self.out + self.err

    @property
    def unforeseen(self) -> bool:
        """Whether it met an error that nobody foresaw."""
        signs = ("Traceback", *(catalog(language).gettext(UNFORESEEN).partition("{")[0] for language in LANGUAGES))
        return any(sign in self.text for sign in signs)

    @property
    def data(self) -> Any:
        """Standard output, as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Clone:
    """A clone of the repository of a community's posts. Every command sees only its environment."""

    folder: Path
    box: Sandbox
    verb: ClassVar[str] = "push"

    # ---- files and git

    def git(self, *words: str, ok: tuple[int, ...] = (0,)) -> str:
        """What git prints, without the last line end."""
        done = subprocess.run(["git", *words], cwd=self.folder, capture_output=True, check=False)
        assert done.returncode in ok, done.stderr.decode()
        return done.stdout.decode("utf-8", "replace").rstrip("\n")

    def write(self, path: str, content: str | bytes) -> Path:
        """A file of the work tree."""
        full = self.folder / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(content.encode() if isinstance(content, str) else content)
        return full

    def read(self, path: str) -> str:
        """A file of the work tree, its line ends as they are."""
        return (self.folder / path).read_bytes().decode()

    def post(self, ident: str, body: str = TEXT, *, path: str = "", **front: object) -> str:
        """A post file; its path. `front` is the rest of the front matter; a `title` comes by itself."""
        where = path or f"posts/{ident}.md"
        keys = {"title": f"Un sujet nommé {ident}", "id": ident, **front}
        lines = "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in keys.items())
        self.write(where, f"---\n{lines}---\n{body}\n")
        return where

    def reword(self, ident: str, old: str, new: str, *, path: str = "") -> None:
        """Replace words of a post file, and commit."""
        where = path or f"posts/{ident}.md"
        before = self.read(where)
        assert old in before
        self.write(where, before.replace(old, new))
        self.commit(f"Reword {ident}")

    def commit(self, message: str = "Write") -> str:
        """Commit everything; the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.head()

    def head(self) -> str:
        """The commit that is checked out, out of git's files where there are some: starting git takes longer."""
        files = self.folder / ".git"
        if not files.is_dir():
            return self.git("rev-parse", "HEAD")
        told = (files / "HEAD").read_text(encoding="utf-8").strip()
        return (files / told.removeprefix("ref: ")).read_text(encoding="ascii").strip() if ":" in told else told

    def configure(self, more: str = "", *, username: str = "admin") -> None:
        """Write koweb.toml."""
        self.write("koweb.toml", CONFIG.format(url=self.box.url, username=username, more=more))

    def clone(self, name: str, *options: str) -> "Clone":
        """Another clone of the git remote."""
        folder = self.folder.parent / name
        url = (self.folder.parent / "remote.git").as_uri()
        subprocess.run(["git", "clone", "--quiet", *options, url, str(folder)], check=True, capture_output=True)
        return type(self)(folder, self.box)

    def share(self) -> None:
        """Push the branch to the git remote."""
        self.git("push", "--quiet", "--force", "origin", "HEAD:main")

    # ---- commands

    def run(self, *words: str, code: int | None = 0, text: str | None = None) -> Run:
        """Run a command in this process. `code` is the exit code that is expected, None for any."""
        with contextlib.chdir(self.folder), announced(self.box) as told:
            done = CliRunner().invoke(koweb, words, prog_name="koweb", input=text)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        run = Run(done.exit_code, done.stdout, done.stderr)
        assert code is None or run.code == code, f"exit {run.code}\n{run.text}"
        assert not run.unforeseen, run.text
        told.check(run.text, done=run.code == 0)
        return run

    def push(self, *words: str, code: int | None = 0) -> Run:
        """`koweb push`, or what a kind of clone does in its place."""
        return self.run(self.verb, *words, code=code)

    def start(self, *words: str, env: Mapping[str, str] | None = None) -> "subprocess.Popen[bytes]":
        """Start a command in a process of its own."""
        command = [sys.executable, "-m", "koweb_sync", *words]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=self.folder, stdout=pipe, stderr=pipe, env={**os.environ, **(env or {})})

    def forked(self, *words: str, env: Mapping[str, str] | None = None, code: int | None = 0) -> Run:
        """Run a command in a process of its own that has loaded the program already."""
        process = Forked(self.folder, *words, env=env)
        run = Run(process.run(), process.out(), process.err())
        assert code is None or run.code == code, f"exit {run.code}\n{run.text}"
        return run

    def alone(
        self, *words: str, env: Mapping[str, str] | None = None, code: int | None = 0, seconds: float = 120
    ) -> Run:
        """Run a command in a process of its own, from the start of Python on."""
        process = self.start(*words, env=env)
        out, err = process.communicate(timeout=seconds)
        run = Run(process.returncode, out.decode(), err.decode())
        assert code is None or run.code == code, f"exit {run.code}\n{run.text}"
        return run

    # ---- what the forum shows

    def raw(self, ident: str) -> str:
        """The text of a published post, as the forum stores it."""
        return self.box.first_post(self.box.by_id(ident).id).raw

    def published(self) -> list[str]:
        """The ids that the forum has topics for, one for each topic, sorted."""
        ids = [(topic.external_id or "").removeprefix("koweb-") for topic in self.box.topics() if not topic.deleted_at]
        return sorted(one for one in ids if one)

    def writes(self) -> list[str]:
        """Requests that may change the forum: verb and path."""
        return [f"{one.verb} {one.path}" for one in self.box.log if one.verb != "GET"]

    def agreed(self) -> dict[str, bytes]:
        """The agreements in the bookmark of the git remote: path in its tree -> content."""
        remote = ["git", "--git-dir", str(self.folder.parent / "remote.git")]
        listed = subprocess.run([*remote, "ls-tree", "-r", "refs/koweb/kafe"], capture_output=True, check=True).stdout
        names = {
            name: line.split()[2] for line, _tab, name in (one.partition("\t") for one in listed.decode().splitlines())
        }
        asked = "".join(f"{one}\n" for one in names.values()).encode()
        told = subprocess.run([*remote, "cat-file", "--batch"], input=asked, capture_output=True, check=True).stdout
        found: dict[str, bytes] = {}
        for name in names:
            head, _end, told = told.partition(b"\n")
            size = int(head.split()[2])
            found[name], told = told[:size], told[size + 1 :]
        return found


def served(
    kind: str, seed: Path | Mapping[str, Any] | None = None, sort: type[Sandbox] = Sandbox, **how: Any
) -> Sandbox:
    """A forum of a kind: of a flavour, or below a path, then of the newest recorded one."""
    below = kind == "below"
    return sort.start(seed, flavour=FLAVOURS[-1] if below else kind, base_path=BELOW if below else "", **how)


def new_workspace(top: Path, box: Sandbox) -> Clone:
    """A repository with koweb.toml and one commit, and a bare git remote beside it."""
    folder, remote = top / "texts", top / "remote.git"
    initialise(folder / ".git")
    mine = Clone(folder, box)
    mine.configure()
    settings = folder / ".git" / "config"
    settings.write_text(settings.read_text(encoding="utf-8") + ORIGIN.format(url=remote.as_uri()), encoding="utf-8")
    mine.commit("Begin")
    pushed = folder / ".git" / "refs" / "remotes" / "origin"
    pushed.mkdir(parents=True)
    shutil.copy(folder / ".git" / "refs" / "heads" / "main", pushed)
    initialise(remote, "--bare")
    for part in ("objects", "refs/heads"):
        shutil.copytree(folder / ".git" / part, remote / part, dirs_exist_ok=True)
    return mine


@cache
def empty_repository(*words: str) -> dict[str, bytes | None]:
    """What git keeps of a repository without a commit, None for folders: starting git for each takes longer."""
    with tempfile.TemporaryDirectory() as made:
        command = ["git", "init", "--quiet", "--initial-branch=main", *words, made]
        subprocess.run(command, check=True, capture_output=True)
        top = Path(made) if "--bare" in words else Path(made) / ".git"
        every = sorted(top.rglob("*"))
        return {str(one.relative_to(top)): one.read_bytes() if one.is_file() else None for one in every}


def initialise(folder: Path, *words: str) -> None:
    """Make what `git init` makes, for `--bare` in the folder itself."""
    folder.mkdir(parents=True)
    form = os.environ.get("GIT_DEFAULT_HASH", "sha1")
    for name, content in empty_repository(f"--object-format={form}", *words).items():
        if content is None:
            (folder / name).mkdir()
        else:
            (folder / name).write_bytes(content)


def translating(box: Sandbox) -> None:
    """Let the forum show texts in the reader's language, which people choose, and browsers ask for."""
    box.set(
        allow_user_locale=True,
        set_locale_from_accept_language_header=True,
        content_localization_enabled=True,
        content_localization_supported_locales="fr|en",
    )


def forget_forum() -> None:
    """Forget what this machine knows about forums, as a fresh machine does."""
    shutil.rmtree(os.environ["XDG_CACHE_HOME"], ignore_errors=True)
