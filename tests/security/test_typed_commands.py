"""A command that is told to be typed means one thing to a shell, whatever an archive, a path or a forum is called."""

import shlex
from pathlib import Path

from koweb_sync.archive.closing import kit
from koweb_sync.archive.privacy.copies import commands
from koweb_sync.archive.store.store import Store
from koweb_sync.errors import InputError
from koweb_sync.posts.front import way_in

ODD = "nos notes; echo $(id) 'été'"


def typed(text: str) -> list[str]:
    """The words of the command in a sentence, as a shell takes them."""
    return shlex.split(text.partition("“")[2].rpartition("”")[0])


def test_a_path_stays_one_word() -> None:
    assert typed(way_in(f"{ODD}/un.md")) == ["koweb", "import", ODD, "--in-place"]
    assert typed(way_in("posts/un.md")) == ["koweb", "import", "posts", "--in-place"]


def test_a_kit_and_its_archive_stay_one_word(tmp_path: Path) -> None:
    root = tmp_path / ODD
    (root / kit.ARCHIVE).parent.mkdir(parents=True)
    (root / kit.ARCHIVE).touch()
    try:
        kit.exports_in(root)
    except InputError as error:
        assert shlex.split(error.remedy.partition("--store ")[2]) == [str(root / kit.ARCHIVE)]
    else:
        raise AssertionError


def test_what_forgets_somebody_in_a_copy_names_one_archive_and_one_forum(tmp_path: Path) -> None:
    place, url = str(tmp_path / f"{ODD}.sqlite"), "https://kafe.example.org/$(id)"
    with Store.open(place) as store:
        number = store.enter(url, "kafe", 1)
        store.enter("https://pad.example.org", "pad", 2)
        with store.read() as connection:
            (told,) = commands(connection, number, place, {7: "remove"})
    words = ["koweb", "archive", "forget", "#7", "--text", "remove", "--forum", url, "--store", place]
    assert shlex.split(told) == words
