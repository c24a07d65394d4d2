"""Every test starts in a home of its own, with an environment that says nothing about the person who runs it."""

import os
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from koweb_sync import i18n
from koweb_sync.sandbox import Sandbox
from tests.postgres import database, postgres
from tests.workspace import SERVERS as KINDS
from tests.workspace import Clone, new_workspace, served

__all__ = ["database", "postgres"]

# The same examples each time, so that a change is judged by what it changes; KOWEB_RANDOM looks for others.
settings.register_profile("koweb", deadline=None, print_blob=True, derandomize="KOWEB_RANDOM" not in os.environ)
settings.load_profile("koweb")
GIT_SETTINGS = """\
[core]
    fsync = none
[gc]
    auto = 0
[init]
    templateDir =
[maintenance]
    auto = false
[receive]
    autogc = false
"""


@pytest.fixture(scope="session")
def git_settings(tmp_path_factory: pytest.TempPathFactory) -> str:
    """git without what only costs time here: samples of hooks, clearing up, waiting for the disk."""
    file = tmp_path_factory.mktemp("git") / "settings"
    file.write_text(GIT_SETTINGS, encoding="ascii")
    return str(file)


# Long tests that come in pairs, as on both kinds of server or in both languages: in the gate each runs as one of its
# pair, chosen by its name; all of them do where KOWEB_BOTH is set. A forum below a path is the third kind of server.
SERVERS = (
    "archive/",
    "demo/",
    "importing/",
    "scenarios/",
    "sandbox/",
    "security/",
    "test_",
)  # test_: whatever lies beside this file
LANGUAGES = ("archive/test_export_site", "demo/", "report/", "test_commands")
PAIRS = (
    (SERVERS, re.compile(r"(?<=[\[-])(2022|2025|below)(?=[\]-])"), ("2022", "2025", "below")),
    (LANGUAGES, re.compile(r"(?<=[\[-])(fr|en)(?=[\]-])"), ("fr", "en")),
    (("scenarios/test_kills",), re.compile("same clone|new clone"), ("same clone", "new clone")),
    (("archive/test_kills",), re.compile("rest|data-explorer"), ("rest", "data-explorer")),
    (("scenarios/test_any_sync",), re.compile(r"(?<=-)[0-3](?=\])"), ("0", "1", "2", "3")),
    (("archive/test_export_site", "report/test_page"), re.compile(r"(?<=[\[-])(390|1280)(?=[\]-])"), ("390", "1280")),
    (
        ("report/test_command",),
        re.compile(r"(?<=\[)(empty|silent|one person|one post|renamed)(?=-)"),
        ("empty", "silent", "one person", "one post", "renamed"),
    ),
    (("archive/test_plans",), re.compile("wishes[012]"), ("wishes0", "wishes1", "wishes2")),
)
# Where the gate tries forums below a path, too: elsewhere each test runs there only where KOWEB_BOTH is set.
BELOW = (re.compile(r"(?<=[\[-])below(?=[\]-])"), ("archive/", "scenarios/", "report/", "test_"))
# What tries the laws of other tests once more in another way: of these the gate runs each third.
AGAIN = ("scenarios/test_sync_again",)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the other one of a pair."""
    if os.environ.get("KOWEB_BOTH"):
        return
    names = {item.nodeid for item in items if not astray(item.nodeid)}
    left = {item.nodeid for item in items if item.nodeid not in names or other(item.nodeid, names)}
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in left])
    items[:] = [item for item in items if item.nodeid not in left]


def astray(name: str) -> bool:
    """Whether a test would run on a forum below a path where the gate tries none."""
    return bool(BELOW[0].search(name)) and not any(f"tests/{part}" in name for part in BELOW[1])


def other(name: str, names: set[str]) -> bool:
    """Whether a test is the one of a pair that does not run: of all that differ in such words alone, one does."""
    mine = [pair for pair in PAIRS if any(f"tests/{part}" in name for part in pair[0])]
    bare = name
    for _files, pattern, _kinds in mine:
        bare = pattern.sub("", bare)
    number = zlib.crc32(bare.encode())
    if any(f"tests/{part}" in name for part in AGAIN) and number % 3:
        return True
    for _files, pattern, kinds in mine:
        found = pattern.search(name)
        there = [kind for kind in kinds if not found or pattern.sub(kind, name) in names]
        number, chosen = divmod(number, max(1, len(there)))
        if found and there and found[0] != there[chosen]:
            return True
    return False


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


@pytest.fixture(params=KINDS)
def box(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A forum, of either flavour, or below a path."""
    with served(request.param) as forum:
        yield forum


@pytest.fixture
def here(box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    """A repository for that forum, with a git remote, and the forum's key in the environment."""
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.keys["all_users"])
    return new_workspace(tmp_path / "work", box)
