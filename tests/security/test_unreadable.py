"""Addresses that nobody can read: named where they stand, and read in one place alone."""

import re
from pathlib import Path

import pytest

from koweb_sync import config
from koweb_sync.archive.exports.formats.mbox import domain
from koweb_sync.archive.exports.history import full
from koweb_sync.archive.exports.remote import Remote, mark_at
from koweb_sync.archive.place import named_host
from koweb_sync.archive.read.model import ArchivedForum
from koweb_sync.errors import ConfigError, InputError
from koweb_sync.forum.machine import machine_folder
from koweb_sync.trusted import origin
from tests.workspace import Clone

CODE = Path(config.__file__).parent
UNREADABLE = ("://[::1", "://[", "://a]b", "://[x]:1/", "://forum.example.org:70000", "://x:abc", "://x:0", "://℀.org")
READERS = {"urlsplit": "posts/paths.py", "urljoin": "forum/addresses.py"}  # the one door of each
FORUM = '[forum.kafe]\nusername = "admin"\n'


@pytest.mark.parametrize("text", UNREADABLE)
def test_an_address_in_koweb_toml_that_cannot_be_read_is_named_with_its_line(text: str) -> None:
    """Before: an unforeseen ValueError from “https://[::1”, and a port of 70000 was taken until a key was bound."""
    with pytest.raises(ConfigError) as caught:
        config.from_text(f'{FORUM}url = "https{text}"\n', "kafe")
    assert caught.value.where == "koweb.toml:3"
    store = f'url = "https://forum.example.org"\n[forum.kafe.archive]\nstore = "postgresql{text}"\n'
    with pytest.raises(ConfigError) as caught:
        config.from_text(f"{FORUM}{store}", "kafe")
    assert caught.value.where == "koweb.toml:5"


@pytest.mark.parametrize("text", UNREADABLE)
def test_an_address_elsewhere_that_cannot_be_read_is_an_error_in_words(text: str) -> None:
    with pytest.raises(InputError):
        mark_at(f"s3{text}")
    with pytest.raises(InputError):
        Remote(f"s3{text}", "site", "https://forum.example.org")
    assert full(f"memory{text}") == f"memory{text}"
    assert named_host(f"postgresql{text}")  # what cannot be read is no name on this computer
    assert domain(ArchivedForum(1, "Kafé", f"https{text}", "", "fr", 0)).endswith("invalid")
    assert machine_folder(f"https{text}").name
    assert origin(f"https{text}") != origin("https://forum.example.org")


def test_every_command_names_it(here: Clone) -> None:
    text = here.read("koweb.toml").replace(here.box.url, "https://[::1")
    here.write("koweb.toml", text)
    for words in (("check",), ("status",), ("plan",), ("doctor",), ("archive",), ("archive", "list"), ("report",)):
        run = here.run(*words, code=2)
        assert "koweb.toml:" in run.err, words
    assert "--url" in here.run("archive", "--url", "https://[::1", code=2).err


def test_addresses_are_read_in_one_place() -> None:
    """Whatever goes around the door fails here. The sandbox fetches nothing: it reads addresses as a forum would."""
    found = {
        (name, file.relative_to(CODE).as_posix())
        for file in CODE.rglob("*.py")
        if CODE / "sandbox" not in file.parents
        for name in re.findall(r"\b(urlsplit|urlparse|urljoin|parse_url)\b", file.read_text(encoding="utf-8"))
    }
    assert found == set(READERS.items())
