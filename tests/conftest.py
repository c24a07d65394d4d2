"""Every test starts in a home of its own, with an environment that says nothing about the person who runs it."""

import gc
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from koweb_sync import i18n
from koweb_sync.sandbox import Sandbox
from tests.browsing import browser
from tests.gate import GATE, RUN, mark_other_servers
from tests.held_keyring import ring
from tests.postgres import database, postgres
from tests.workspace import SERVERS, Clone, new_workspace, served

__all__ = ["browser", "database", "postgres", "ring"]

# A job in the background ignores Ctrl-C, and so would every command that a test stops by it.
signal.signal(signal.SIGINT, signal.default_int_handler)

gc.set_threshold(10_000, 10, 10)  # as `koweb` itself does (koweb_sync/__main__.py)

# Nearly the same examples each time, so that a change is judged by what it changes: which of our modules are imported
# by then still moves them. KOWEB_EXAMPLES=N looks at N others of each law, where a law does not say how many it wants.
EXAMPLES = int(os.environ.get("KOWEB_EXAMPLES", "0"))
IN_GATE, IN_EVERY = 30, 100
GIT_SETTINGS = """\
[core]
    fsync = none
[fastimport]
    unpackLimit = 1
[gc]
    auto = 0
[init]
    templateDir =
[maintenance]
    auto = false
[receive]
    autogc = false
"""


def pytest_configure(config: pytest.Config) -> None:
    """Fewer examples of each law in the gate than in the long run, before a law is read that says otherwise."""
    RUN.gate = GATE in config.option.markexpr
    usual = IN_GATE if RUN.gate else IN_EVERY
    settings.register_profile(
        "koweb", deadline=None, print_blob=True, derandomize=not EXAMPLES, max_examples=EXAMPLES or usual
    )
    settings.load_profile("koweb")


@pytest.fixture(scope="session")
def git_settings(tmp_path_factory: pytest.TempPathFactory) -> str:
    """git without what only costs time here: samples of hooks, clearing up, waiting for the disk, a process that takes
    each small pack apart.
    """
    file = tmp_path_factory.mktemp("git") / "settings"
    file.write_text(GIT_SETTINGS, encoding="ascii")
    return str(file)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to the long run what the gate does not try, before pytest chooses by marks."""
    mark_other_servers(items)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was collected stays to the end: looking through it for garbage takes a tenth of all the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def surroundings(git_settings: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, no git settings of this machine, no language but what a test sets."""
    for name in list(os.environ):
        if name.startswith(("KOWEB_", "GIT_", "LC_", "GITHUB_", "GITLAB_")):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    person = {"NAME": "Frédéric", "EMAIL": "frederic@example.org"}
    names = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in person.items()}
    surrounding = {
        **names,
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_DATA_HOME": str(home / "data"),
        "GIT_CONFIG_GLOBAL": git_settings,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "TZ": "UTC",
        "LANG": "C.UTF-8",
        "LANGUAGE": "en",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    for name, value in surrounding.items():
        monkeypatch.setenv(name, value)
    i18n.activate("en")


@pytest.fixture(params=SERVERS)
def box(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A forum, of either flavour, or below a path."""
    with served(request.param) as forum:
        yield forum


@pytest.fixture
def here(box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    """A repository for that forum, with a git remote, and the forum's key in the environment."""
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.keys["all_users"])
    return new_workspace(tmp_path / "work", box)
