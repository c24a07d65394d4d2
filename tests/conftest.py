"""Every test starts in a home of its own, with an environment that says nothing about the person who runs it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from koweb_sync import i18n
from koweb_sync.sandbox import Sandbox
from tests.postgres import database, postgres
from tests.workspace import Clone, new_workspace

__all__ = ["database", "postgres"]

settings.register_profile("koweb", deadline=None, print_blob=True)
settings.load_profile("koweb")


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, no git settings, no language but what a test sets."""
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
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "LANG": "C.UTF-8",
        "LANGUAGE": "en",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    for name, value in surrounding.items():
        monkeypatch.setenv(name, value)
    i18n.activate("en")


@pytest.fixture(params=["2022", "2026"])
def box(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A forum, of either flavour."""
    with Sandbox.start(flavour=request.param) as forum:
        yield forum


@pytest.fixture
def here(box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    """A repository for that forum, with a git remote, and the forum's key in the environment."""
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.keys["all_users"])
    return new_workspace(tmp_path / "work", box)
