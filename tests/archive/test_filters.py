"""The options that choose a part of an archive mean the same in every command; what chooses nothing is said."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.archive.read.model import ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.read.topic_list import topics
from koweb_sync.archive.store.store import Store
from koweb_sync.errors import InputError
from koweb_sync.forum import models
from tests.archive.exhibits import DAY, START, friendly, keep, post, topic
from tests.archive.test_read import Commands, beside

HOUR = DAY // 24


@pytest.fixture
def reader(store: Store) -> Iterator[Reader]:
    """The friendly forum, in either kind of store."""
    forum = friendly(store)
    with store.read() as connection:
        yield Reader(connection, forum)


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    """The friendly forum in a file, with two people of one name."""
    place = tmp_path / "archive.sqlite"
    with Store.open(str(place)) as store:
        friendly(store)
        twins = [models.User(20 + n, name, "Dominique Petit") for n, name in enumerate(("dom", "petit.d"))]
        said = [
            post(20 + n, 20, 1 + n, "Bonjour", author=one, created=START + 30 * n * DAY) for n, one in enumerate(twins)
        ]
        keep(store, [topic(20, "Deux")], said)
    return beside(place, monkeypatch)


@pytest.mark.parametrize("author", [None, 7, 8, -1])
@pytest.mark.parametrize("since", [None, START + 2 * HOUR, START + 8 * HOUR])
@pytest.mark.parametrize("until", [None, START + 3 * HOUR])
def test_a_list_has_the_topics_of_the_posts_that_a_search_or_an_export_takes(
    reader: Reader, author: int | None, since: int | None, until: int | None
) -> None:
    wanted = ArchiveFilter(author=author, since=since, until=until)
    listed = {one.id for one in topics(reader, wanted, "last", None, deleted=False)}
    assert listed == {one.topic for one in reader.by_time(wanted)} == {one.id for one in reader.topics(wanted)}


def test_list_gives_the_topics_in_which_somebody_wrote(commands: Commands) -> None:
    for words, wanted in ((["bilal"], [10, 12, 11]), (["CLAIRE"], [10]), (["bilal", "--until", "2023-11-14"], [])):
        assert [one["id"] for one in commands.data("list", "--author", *words)["topics"]] == wanted, words


@pytest.mark.parametrize("typed", ["clair", "Dominique Petit", "hippopotame", "#99"])
def test_who_is_not_clear_is_said_with_whom_the_name_may_mean(commands: Commands, typed: str) -> None:
    meant = {"clair": "Did you mean “claire”?", "Dominique Petit": "petit.d (#"}.get(typed, "or the number as in “#7”")
    for words in (("list", "--author", typed), ("search", "pad", "--author", typed), ("subject", typed)):
        with pytest.raises(InputError) as raised:
            commands.run(*words)
        assert meant in str(raised.value), words
        assert ("Did you mean" in str(raised.value)) == (typed == "clair"), words


@pytest.mark.parametrize("typed", ["Bilal Meziane", "bilal méziane", "BILAL", "@bilal", "#8"])
def test_a_person_is_named_as_people_see_them_too(commands: Commands, typed: str) -> None:
    assert [one["id"] for one in commands.data("list", "--author", typed)["topics"]] == [10, 12, 11]
    assert commands.data("search", "pad", "--author", typed)["posts"]
    assert "Bilal Meziane" in commands.run("subject", typed)


@pytest.mark.parametrize(
    ("typed", "options"),
    [
        ("pad --since 2027", "--since 2027"),
        ("pad --author claire --since 2023", "--author claire"),
        ("pad --in en", "--in en"),
        ("formule --category Salon --tag outils --tag ÉTÉ --author claire", "--author claire"),
        ("merci --category Équipe --category 2", "--category 'Équipe' --category 2"),
        ("bonjour --author dom --since 2023-12", "--author dom --since 2023-12"),
        ("bonjour --author dom --since 2023-12 --category salon", "--author dom --since 2023-12 --category salon"),
        ("pad --tag été --tag outils --until 2023-11-14", "--until 2023-11-14"),
        ("bonjour --author dom --category équipe", "--category 'équipe'"),
    ],
)
def test_options_that_leave_nothing_are_named(commands: Commands, typed: str, options: str) -> None:
    said = commands.run("search", *shlex.split(typed)).strip()
    assert said == f"No post was found with {options}; without, there are some."


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("hippopotame", "No post was found."),
        ("hippopotame --since 2027", "No post was found."),
        ("'\"carnet notes\"'", "No post was found."),
        ("carnet pad", "No post has all these words."),
        ("bonj", "No post was found. Posts with longer words are there: “bonj*”"),
        ("'*'", "There is no word in what you look for."),
    ],
)
def test_words_that_no_post_has_are_said_to_be_one_or_several(commands: Commands, typed: str, said: str) -> None:
    assert commands.run("search", *shlex.split(typed)).strip() == said


def test_a_period_that_ends_before_it_begins_is_refused(commands: Commands) -> None:
    for words in (("list",), ("search", "pad"), ("export", "--format", "md", "--to", "out")):
        with pytest.raises(InputError, match="end before it begins"):
            commands.run(*words, "--since", "2024", "--until", "2023")


def test_an_export_of_nothing_is_announced(commands: Commands, tmp_path: Path) -> None:
    for more in (("--dry-run",), ()):
        to = ("--format", "site", "--to", str(tmp_path / "site"), *more)
        assert "the export is empty" in commands.said("export", *to, "--since", "2027")
        assert "the export is empty" not in commands.said("export", *to)
