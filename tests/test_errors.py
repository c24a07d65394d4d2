"""Errors are sentences in the reader's language: none runs into the next, and no library says its English in them."""

import errno
import os
import shlex
import sqlite3
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync import config_file, errors, i18n
from koweb_sync.errors import ConfigError, KowebError, PostFileError
from koweb_sync.foreign_words import known_words, reason

KINDS = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, KowebError)]

# What is wrong in a koweb.toml, and in which line.
BROKEN_TOML = {
    "[forum.kafe]\nurl\n": 2,
    "url: x\n": 1,
    "[forum.kafe]\nurl = https://kafe.example.org\n": 2,
    '[forum.kafe]\nurl = "https://kafe.example.org\nusername = "admin"\n': 2,
    "[forum.kafe]\nurl = 'x\n": 2,
    '[forum.kafe]\nurl = """x\n': 2,
    "[forum.kafe]\nprotected = [1 2]\n": 2,
    "[forum.kafe]\nprotected = [\n": 2,
    "[forum.kafe]\ncategories = {a = 1 b = 2}\n": 2,
    "[forum.kafe\nurl = 1\n": 1,
    "[[forum.kafe]\n": 1,
    "url = 1\nurl = 2\nposts = 3\n": 2,
    "[a]\n[a]\n": 2,
    "a = {b = 1, b = 2}\n": 1,
    "a.b = 1\na = 2\n": 2,
    "a = {b = 1}\n[a.c]\n": 2,
    'url = "x" y\n': 1,
    "é = 1\n": 1,
    "[a.]\n": 1,
    'posts = "C:\\posts"\n': 1,
    'posts = "\\uZZZZ"\n': 1,
    'posts = "\\ud800"\n': 1,
    "# \x01\n": 1,
    "a = \u201cx\u201d\n": 1,
    f"a = {'[' * 3000}": 1,
    f"a = {'1' * 5000}": 1,
}


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    """Every test begins in English, and leaves it so."""
    i18n.activate("en")
    yield
    i18n.activate("en")


def made(kind: type[KowebError], message: str, remedy: str = "") -> str:
    """An error of a kind, as it is read."""
    if issubclass(kind, PostFileError):
        return str(kind("a.md", 1, message, remedy))
    return str(kind(message, where="a.md:1", remedy=remedy))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_sentence_ends_before_what_to_do_follows(kind: type[KowebError]) -> None:
    assert made(kind, "git says no", "Do it.") == "a.md:1: git says no. Do it."
    for whole in ("No.", "No?", "No!", "It goes on…", "He says “No.”", "(It does not.)", "So:", "Sûr\u00a0?\u00a0»"):
        assert made(kind, whole, "Do it.") == f"a.md:1: {whole} Do it."
    assert made(kind, "git says no") == "a.md:1: git says no"
    address = "https://kafe.example.org/t/-/10"
    assert made(kind, f"Claire edited it. {address}", "Look.") == f"a.md:1: Claire edited it. {address} Look."
    assert made(kind, f"Claire edited it: {address}", "Look.") == f"a.md:1: Claire edited it: {address}. Look."
    assert made(kind, f"It is none of {address}", "Look.") == f"a.md:1: It is none of {address}. Look."


@pytest.mark.parametrize("text", BROKEN_TOML, ids=lambda text: ascii(text[:30]))
def test_what_is_wrong_in_koweb_toml_is_said_in_the_readers_language_and_with_its_line(text: str) -> None:
    said = []
    for language in ("en", "fr"):
        i18n.activate(language)
        with pytest.raises(ConfigError) as raised:
            config_file.parse(text, "koweb.toml")
        assert raised.value.where == f"koweb.toml:{BROKEN_TOML[text]}"
        assert str(raised.value.__cause__).partition(" (at")[0] not in str(raised.value)
        said.append(raised.value)
    assert said[0].message != said[1].message
    assert said[0].remedy != said[1].remedy


def test_each_kind_of_mistake_in_toml_has_words_of_its_own() -> None:
    general = 0
    for text in BROKEN_TOML:
        with pytest.raises(ConfigError) as raised:
            config_file.parse(text, "koweb.toml")
        general += raised.value.message == "This line cannot be read."
        if isinstance(raised.value.__cause__, tomllib.TOMLDecodeError):
            assert raised.value.message != "This line cannot be read."
    assert general == 2  # what no person writes


def test_what_computers_and_databases_say_is_said_in_the_readers_language(tmp_path: Path) -> None:
    i18n.activate("fr")
    numbers = ("ENOSPC", "EROFS", "EACCES", "EPERM", "ENOENT", "ENOTDIR", "EISDIR", "EIO", "EADDRINUSE", "ENAMETOOLONG")
    faults: list[BaseException] = [OSError(getattr(errno, name), os.strerror(getattr(errno, name))) for name in numbers]
    (tmp_path / "none").write_text("x" * 2000)
    for place in (tmp_path, tmp_path / "none"):
        with pytest.raises(sqlite3.Error) as database:
            sqlite3.connect(place).execute("SELECT * FROM t")
        faults.append(database.value)
    with pytest.raises(ValueError) as words:
        shlex.split("'x")
    for fault in (*faults, words.value):
        said = reason(fault)
        assert said in known_words().values(), fault
        assert said not in known_words()
        assert not said.endswith(".")


def test_what_nobody_knows_is_quoted_as_english() -> None:
    assert reason(OSError(999, "Level 3 reset")) == "Level 3 reset"
    i18n.activate("fr")
    assert "«\u00a0Level 3 reset\u00a0»" in reason(OSError(999, "Level 3 reset"))
