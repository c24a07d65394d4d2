"""Without koweb.toml an archive is brought up to date as it was made, and published again where somebody says."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync import trusted
from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import forum_of
from tests.archive.test_drop import STORE, run

UNUSED = "a-key-that-went-nowhere-yet"


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A small forum, and a folder that is no repository."""
    with Sandbox.start(forum_of(6, 40, likes=10)) as box:
        monkeypatch.chdir(tmp_path)
        yield box


def test_an_archive_goes_on_with_its_own_forum(town: Sandbox) -> None:
    assert run("archive", "--url", town.url).exit_code == 0
    town.reply(town.topics()[0].id, "Un mot de plus, dit après la première fois.", username="admin")
    for words in (("--dry-run",), ()):
        done = run("archive", *words)
        assert done.exit_code == 0, done.stderr
        assert f"The archive is that of {town.url}." in done.stderr
    assert "1/" in run("archive", "search", "après la première fois").stdout
    os.rename(STORE, "memoire.sqlite")  # noqa: PTH104 - in the current folder
    assert run("archive", "--store", "memoire.sqlite").exit_code == 0
    assert [one.name for one in Path().iterdir() if one.suffix in (".sqlite", ".toml")] == ["memoire.sqlite"]


def test_of_several_forums_the_one_that_goes_on_is_named(town: Sandbox) -> None:
    with Sandbox.start(forum_of(3, 6, chance=2)) as other:
        for url in (town.url, other.url):
            assert run("archive", "--url", url).exit_code == 0
        done = run("archive")
        assert done.exit_code == 2
        assert f"Name one with --forum: {town.url}, {other.url}." in " ".join(done.stderr.split())
        before = len(town.log)
        assert run("archive", "--forum", other.url.removeprefix("http://")).exit_code == 0
        assert len(town.log) == before


@pytest.mark.parametrize("store", [(), ("--store", "nowhere.sqlite")])
def test_without_an_archive_both_ways_are_told(town: Sandbox, store: tuple[str, ...]) -> None:
    done = run("archive", *store)
    assert done.exit_code == 2
    assert "“koweb init” writes one; “koweb archive --url https://…” needs none." in " ".join(done.stderr.split())
    assert [one for one in Path().iterdir() if one.suffix == ".sqlite"] == []


def test_a_key_goes_to_no_address_that_only_an_archive_names(town: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("archive", "--url", town.url).exit_code == 0
    before = len(town.log)
    monkeypatch.setenv("KOWEB_API_KEY", UNUSED)
    done = run("archive")
    assert done.exit_code == 2
    assert f"koweb archive --url {town.url}" in " ".join(done.stderr.split())
    assert len(town.log) == before
    monkeypatch.setenv("KOWEB_API_KEY", town.keys["all_users"])
    trusted.bind(town.keys["all_users"], town.url)
    assert run("archive").exit_code == 0
    assert any(one.keyed for one in town.log[before:])


def test_an_archive_is_published_where_somebody_says(town: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("archive", "--url", town.url).exit_code == 0
    assert "--url https://…" in run("archive", "restore", "--dry-run").stderr
    with Sandbox.start(forum_of(0, 0)) as empty:
        assert "There is no API key for the forum" in run("archive", "restore", "--url", empty.url, "--dry-run").stderr
        monkeypatch.setenv("KOWEB_API_KEY", empty.keys["all_users"])
        bare = town.url.removeprefix("http://")
        done = run("archive", "restore", "--url", empty.url, "--from", f"{bare}/latest", "--dry-run")
        assert done.exit_code == 0, done.stderr
        assert "6 topics" in done.stdout
