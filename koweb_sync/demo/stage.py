"""Where the demonstration plays: a repository with the guide, a git remote beside it, and a forum full of people.

Nothing is left behind: the posts are cloned into a temporary folder, the forum lives in memory, and every command that
runs is one that a user could type.
"""

import os
import secrets
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from koweb_sync import safe_files
from koweb_sync.demo.month import Month, living
from koweb_sync.errors import KowebError
from koweb_sync.i18n import _, active
from koweb_sync.processes import ourselves
from koweb_sync.sandbox import Sandbox

Say = Callable[[str], None]

CONFIG = """\
[forum.demo]
url = "{url}"
username = "admin"
posts = "posts"
branch = "main"
locale = "{locale}"

[forum.demo.categories]
"bases" = "facilitation-numerique"
"outils" = "facilitation-numerique/outils-libres"
"annonces" = "annonces"
"rapports" = "koweb-kafe"
"lettres" = "koweb-kafe"

# This forum is on this computer: nobody else waits for it.
[forum.demo.limits]
key_per_minute = 0
anonymous_per_minute = 0
anonymous_per_10_seconds = 0
"""


@dataclass(frozen=True, slots=True)
class Demo:
    """A repository with the guide's posts, a git remote beside it, and a forum. `env` holds the forum's key.

    `month`: who lives on that forum, and what is true of them.
    """

    folder: Path
    box: Sandbox
    env: Mapping[str, str]
    say: Say
    month: Month

    def run(self, *words: str, ok: tuple[int, ...] = (0,)) -> int:
        """Run a command as a user would, and show it first. Raises KowebError if its exit code is not expected."""
        self.say(f"$ {shlex.join(words)}")
        command = [*ourselves(), *words[1:]] if words[0] == "koweb" else list(words)
        code = subprocess.run(command, cwd=self.folder, env=dict(self.env), check=False).returncode
        if code not in ok:
            raise KowebError(
                _("“{command}” ended with {code}; {expected} was expected.").format(
                    command=shlex.join(words), code=code, expected=ok[0]
                )
            )
        return code

    @contextmanager
    def beside(self, *words: str) -> Iterator["subprocess.Popen[bytes]"]:
        """Start a command that goes on while others run, and show it first. It is told to end with the context."""
        self.say(f"$ {shlex.join(words)} &")
        command = [*ourselves(), *words[1:]]
        with subprocess.Popen(command, cwd=self.folder, env=dict(self.env), stderr=subprocess.PIPE) as process:
            try:
                yield process
            finally:
                process.terminate()

    @property
    def page(self) -> Path:
        """Where the report for facilitators is written: beside the repository, for it names people."""
        return self.folder.parent / "report.html"

    def published(self) -> int:
        """How many topics of the forum come from the repository."""
        return sum((topic.external_id or "").startswith("koweb-") for topic in self.box.topics())


def guide() -> Path:
    """The French guide: in a clone of the project its `posts` folder, in an installed package a copy of it."""
    package = Path(__file__).parent.parent
    beside = package.parent / "posts"
    return beside if beside.is_dir() else package / "guide"


@contextmanager
def stage(say: Say, port: int) -> Iterator[Demo]:
    """A repository and a forum for the time of the demonstration."""
    month = living(active())
    with (
        tempfile.TemporaryDirectory(prefix="koweb-demo-") as name,
        Sandbox.start(month.seed, port=port, webhooks=True) as box,
    ):
        top = Path(name)
        demo = Demo(top / "guide", box, environment(box, top), say, month)
        shutil.copytree(guide(), demo.folder / "posts")
        safe_files.write(demo.folder, "koweb.toml", CONFIG.format(url=box.url, locale=active()))
        for words in (
            ("init", "--quiet", "--initial-branch=main"),
            ("init", "--quiet", "--bare", "--initial-branch=main", str(top / "guide.git")),
            ("remote", "add", "origin", str(top / "guide.git")),
            ("add", "--all"),
            ("commit", "--quiet", "--message", _("The guide, as it stands today")),
            ("push", "--quiet", "origin", "main"),
        ):
            subprocess.run(["git", *words], cwd=demo.folder, env=dict(demo.env), check=True, capture_output=True)
        yield demo


def environment(box: Sandbox, home: Path) -> dict[str, str]:
    """What the commands of the demonstration see: the forum's key, a name for git, and no settings of the user."""
    person = {"NAME": "Frédéric", "EMAIL": "frederic@example.org"}
    names = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in person.items()}
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("KOWEB_")},
        **names,
        "KOWEB_DEMO_API_KEY": box.keys["all_users"],
        "KOWEB_DEMO_WEBHOOK_SECRET": secrets.token_hex(16),
        "KOWEB_FORUM": "demo",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_DATA_HOME": str(home / "data"),
        "LANGUAGE": active(),
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent.parent.parent), os.environ.get("PYTHONPATH", "")]),
    }
