"""What was archived can be read again: topics, posts, texts over time, words, numbers."""

import json
import random
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from string import ascii_letters
from typing import Any
from urllib.parse import urlsplit

import pytest
from click import Command, Context
from click.testing import CliRunner
from sqlalchemy import insert, select, text

from koweb_sync.archive.read.model import Amount, ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store
from koweb_sync.archive.store.views import VIEWS
from koweb_sync.cli.archive.command import archive
from koweb_sync.cli.archive.filters import edge
from koweb_sync.errors import InputError
from tests.archive.exhibits import DAY, START, URL, crowd, friendly, hostile, keep, post, topic


@pytest.fixture
def reader(store: Store) -> Iterator[Reader]:
    """The friendly forum, in either kind of store."""
    forum = friendly(store)
    with store.read() as connection:
        yield Reader(connection, forum)


class Commands:
    """Runs the commands on an archive in a file."""

    def __init__(self, store: Path) -> None:
        self.store = store

    def run(self, name: str, *words: str) -> str:
        """What a command prints."""
        done = CliRunner().invoke(command(name), [*words, "--store", str(self.store)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    def said(self, name: str, *words: str) -> str:
        """What a command says about its work."""
        done = CliRunner().invoke(command(name), [*words, "--store", str(self.store)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stderr

    def data(self, name: str, *words: str) -> Any:
        """What a command prints for programs."""
        return json.loads(self.run(name, *words, "--format", "json"))


def command(name: str) -> Command:
    """A command of `koweb archive`."""
    found = archive.get_command(Context(archive), name)
    assert found is not None
    return found


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    """The friendly forum in a file, and koweb.toml in the current folder."""
    place = tmp_path / "archive.sqlite"
    with Store.open(str(place)) as store:
        friendly(store)
    return beside(place, monkeypatch)


def beside(place: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    """The commands in a folder that knows the forum."""
    (place.parent / "koweb.toml").write_text(f'[forum.kafe]\nurl = "{URL}"\nusername = "admin"\n', encoding="utf-8")
    monkeypatch.chdir(place.parent)
    return Commands(place)


# ---- reading


@pytest.mark.parametrize("length", [100, 2_000, 5_000, 200_000])
def test_a_picture_with_an_address_of_any_length_is_kept_under_a_name_of_its_own(store: Store, length: int) -> None:
    noise = random.Random(length)  # what does not repeat cannot be compressed by an index
    addresses = [
        f"https://ailleurs.example.org/é/{''.join(noise.choices(ascii_letters, k=length))}.png" for _n in range(2)
    ]
    shown = "".join(f'<img src="{address}">' for address in addresses)
    forum = keep(store, [topic(1, "Des images")], [post(1, 1, 1, "Deux images.", cooked=shown)])
    with store.read() as connection:
        (only,) = Reader(connection, forum).posts(1)
    assert {urlsplit(one.source).path for one in only.files} == {urlsplit(address).path for address in addresses}
    assert len({one.url for one in only.files}) == 2


def test_a_topic_is_read_with_all_its_posts_in_order(reader: Reader) -> None:
    walked = {topic.id: [post.number for post in posts] for topic, posts in reader.walk()}
    assert walked == {10: [1, 2, 3, 4, 5], 11: [1, 2], 12: [1]}


def test_a_post_brings_its_people_likes_files_and_texts(reader: Reader) -> None:
    first, second, third, fourth, fifth = reader.posts(10)
    assert first.polls[0].options[0].people[0].name == "Claire Moreau"
    assert [one.person.username for one in second.liked] == ["claire", "bilal"]
    assert second.unnamed == (("like", 1),)
    assert second.files[0].sha256
    assert {one.kind for one in second.pointers} == {"reply", "link", "mention"}
    assert [one.raw for one in third.versions] == ["Merci !", "Merci à tous !"]
    assert (third.raw, [one.raw for one in third.earlier]) == ("Merci à tous !", ["Merci !"])
    assert (fourth.author, fourth.gone, fourth.raw) == (None, "deleted", "Une erreur.")
    assert fifth.gone == "whisper"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (ArchiveFilter(tags=frozenset(["outils"])), {10: 5}),
        (ArchiveFilter(categories=frozenset([2])), {11: 2}),
        (ArchiveFilter(topics=frozenset([11, 12])), {11: 2, 12: 1}),
        (ArchiveFilter(author=8), {10: 1, 11: 1, 12: 1}),
        (ArchiveFilter(since=START + 6 * 3_600_000_000), {11: 2, 12: 1}),
        (ArchiveFilter(until=START + 3 * 3_600_000_000), {10: 2}),
        (ArchiveFilter(public=True), {10: 3}),
        (ArchiveFilter(tags=frozenset(["nulle part"])), {}),
    ],
)
def test_only_what_is_wanted_is_read(reader: Reader, wanted: ArchiveFilter, found: dict[int, int]) -> None:
    assert {topic.id: len(list(posts)) for topic, posts in reader.walk(wanted)} == found
    assert reader.count(wanted) == Amount(len(found), sum(found.values()))
    assert len(list(reader.by_time(wanted))) == sum(found.values())
    assert {topic.id for topic in reader.by_creation(wanted)} == set(found)


def test_a_post_whose_topic_nobody_tells_of_is_not_lost(store: Store) -> None:
    forum = keep(store, [], [post(1, 99, 4, "Seul au monde.")])
    with store.read() as connection:
        reader = Reader(connection, forum)
        assert [(one.id, one.known) for one in reader.topics()] == [(99, False)]
        assert [one.raw for one in reader.posts(99)] == ["Seul au monde."]


def test_posts_come_page_by_page_without_gap_or_repetition(store: Store) -> None:
    forum = crowd(store, 1_300, each=650)
    with store.read() as connection:
        reader = Reader(connection, forum)
        assert [one.number for one in reader.posts(2)] == list(range(1, 651))
        assert [one.id for one in reader.by_time()] == list(range(1, 1_301))


def test_a_category_is_found_by_all_its_names_with_those_in_it(reader: Reader) -> None:
    assert reader.category("Salon") == reader.category("salon") == reader.category("1") == {1, 2}
    assert reader.category("salon/equipe") == reader.category("équipe") == {2}
    assert reader.category("ailleurs") == frozenset()


# ---- commands


def test_show_prints_who_when_likes_and_what_is_gone(commands: Commands) -> None:
    out = commands.run("show", "10")
    assert "Choisir un outil à plusieurs" in out
    assert "#2 · Bilal Meziane · November 14, 2023" in out or "#2 · Bilal Meziane · November 15, 2023" in out
    assert "in reply to Claire Moreau (#1)" in out
    assert "♥ 3 likes: Claire Moreau, Bilal Meziane" in out
    assert "somebody whose account is gone" in out
    assert "deleted on the forum" in out
    assert "only for the team" in out


@pytest.mark.parametrize("what", ["10/3", f"{URL}/t/choisir/10/3", f"{URL}/t/10/3", f"{URL}/p/3"])
def test_show_finds_a_post_by_number_and_address(commands: Commands, what: str) -> None:
    assert commands.data("show", what, "--versions")["post"]["raw"] == "Merci à tous !"
    assert "in reply to Bilal Meziane (#2)" in commands.run("show", what)


def test_show_tells_texts_apart(commands: Commands) -> None:
    assert commands.run("show", "10/3", "--version", "1") == "Merci !\n"
    out = commands.run("show", "10/3", "--versions")
    assert "-Merci !\n+Merci à tous !" in out
    assert "this one counts" in out


def test_posts_with_earlier_texts_are_listed(commands: Commands) -> None:
    out = commands.run("list", "--edited")
    assert "10/3" in out
    assert "1 earlier text" in out
    posts = commands.data("list", "--edited")["posts"]
    assert {"topic": 10, "number": 3, "earlier_texts": 1}.items() <= posts[0].items()
    times = [one["edited"] for one in posts]
    assert times == sorted(times, reverse=True)
    for one in posts:
        shown = commands.data("show", f"{one['topic']}/{one['number']}", "--versions")["post"]["versions"]
        assert len([each for each in shown if not each["placeholder"]]) == one["earlier_texts"] + 1
    assert commands.data("list", "--edited", "--limit", "1")["posts"] == posts[:1]
    assert "No earlier text" in commands.run("list", "--edited", "--until", "2001")
    both = ["--edited", "--deleted", "--store", str(commands.store)]
    assert "do not go together" in CliRunner().invoke(command("list"), both).output


@pytest.mark.parametrize("what", ["999", "10/99", "10/0", "https://evil.example/t/x/10", "bonjour"])
def test_show_says_what_is_not_there(commands: Commands, what: str) -> None:
    with pytest.raises(InputError) as error:
        commands.run("show", what)
    assert error.value.remedy


def test_show_prints_nothing_that_a_terminal_obeys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(str(tmp_path / "a.sqlite")) as store:
        keep(store, [topic(1, "\x1b[31mrouge")], [post(1, 1, 1, "avant\x1b]0;titre\x07après\x9b1m\rfin\tok")])
    commands = beside(tmp_path / "a.sqlite", monkeypatch)
    for out in (commands.run("show", "1"), commands.run("list"), commands.run("search", "avant")):
        assert re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", out) is None
        assert "rouge" in out


def test_search_finds_and_marks_words(commands: Commands) -> None:
    out = commands.run("search", "CARNET", "ete")
    assert "10/1" in out
    assert "*carnet*" in out
    assert "*été*" in out
    found = commands.data("search", "pad", "--author", "BILAL")["posts"]
    assert [(one["topic"], one["number"]) for one in found] == [(10, 2)]
    start, end = found[0]["marks"][0]
    assert found[0]["snippet"][start:end] == "pad"
    assert commands.data("search", "pad", "--author", "claire")["posts"] == []
    assert commands.data("search", "formule", "--category", "equipe", "--since", "2023-11", "--until", "2023")["posts"]
    assert commands.data("search", "formule", "--since", "2024")["posts"] == []
    for back in ("1d", "30j", "4w", "4s"):  # as reports and letters take it
        assert commands.data("search", "formule", "--category", "equipe", "--since", back)["posts"] == []
    assert commands.data("search", "formule", "--category", "equipe", "--since", "99999w")["posts"]
    assert "No post" in commands.run("search", "hippopotame")


def test_list_sorts_and_filters(commands: Commands) -> None:
    assert [one["id"] for one in commands.data("list")["topics"]] == [10, 12, 11]
    assert [one["id"] for one in commands.data("list", "--sort", "replies")["topics"]] == [10, 12, 11]
    assert [one["id"] for one in commands.data("list", "--sort", "created")["topics"]] == [12, 11, 10]
    assert [one["id"] for one in commands.data("list", "--deleted")["topics"]] == [12]
    assert [one["id"] for one in commands.data("list", "--tag", "outils", "--author", "bilal")["topics"]] == [10]
    assert len(commands.data("list", "--limit", "2")["topics"]) == 2
    assert "deleted on the forum" in commands.run("list")


@pytest.mark.parametrize(
    ("name", "option"), [("list", "--limit"), ("search", "--limit"), ("purge", "--days"), ("export", "--topic")]
)
def test_a_number_that_no_database_holds_is_refused(commands: Commands, name: str, option: str) -> None:
    words = {"search": ["pad"], "export": ["--to", "out", "--format", "md"]}.get(name, [])
    done = CliRunner().invoke(command(name), [*words, option, "9" * 20, "--store", str(commands.store)])
    assert (done.exit_code, "is not in the range" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    "words",
    [
        *(("--since", "hier"), ("--until", "2026-13"), ("--author", "personne")),
        *(("--category", "nulle-part"), ("--tag", "nulle-part")),
    ],
)
def test_a_filter_that_means_nothing_is_refused(commands: Commands, words: tuple[str, ...]) -> None:
    with pytest.raises(InputError):
        commands.run("list", *words)


@pytest.mark.parametrize(
    ("words", "meant"), [(("--tag", "autil"), "outils"), (("--tag", "ETE"), ""), (("--author", "bilall"), "bilal")]
)
def test_a_name_that_is_nearly_written_so_is_offered(commands: Commands, words: tuple[str, ...], meant: str) -> None:
    if not meant:  # without capitals and accents it is the same
        assert commands.run("list", *words) == commands.run("list", "--tag", "été")
        return
    with pytest.raises(InputError) as raised:
        commands.run("list", *words)
    assert raised.value.remedy == f"Did you mean “{meant}”?"


def test_what_was_read_after_the_last_run_is_no_run(commands: Commands) -> None:
    row = {"forum": 1, "n": 2, "started": START + 2 * DAY, "ended": START + 3 * DAY, "via": "due", "outcome": "part"}
    with Store.open(str(commands.store)) as store, store.begin() as connection:
        connection.execute(insert(schema.RUNS).values(row))
    held = commands.data("stats")
    assert (held["runs"], held["last_run"]["outcome"], held["last_run"]["n"]) == (1, "done", 1)
    assert held["heard"] is not None
    assert "not finished" not in commands.run("stats")
    assert "Kept up to date until" in commands.run("stats")


def test_stats_counts_what_is_held(commands: Commands) -> None:
    held = commands.data("stats")
    counted = {name: held[name] for name in ("topics", "posts", "texts", "likes", "gone_topics", "gone_posts", "runs")}
    assert counted == {
        "topics": 3, "posts": 8, "texts": 9, "likes": 2, "gone_topics": 1, "gone_posts": 2, "runs": 1,
    }  # fmt: skip
    assert held["files"]["contents"] == 1
    assert held["last_run"]["requests"] == {"keyed": 3, "anonymous": 40}
    assert held["ledger"] is None
    out = commands.run("stats")
    assert "43 requests, of which 3 with the key" in out
    assert "never compared" in out


def test_stats_counts_files_as_runs_and_comparisons_do(commands: Commands) -> None:
    """Two files may have the same content, which is kept once."""
    with Store.open(str(commands.store)) as store, store.begin() as connection:
        row = dict(connection.execute(select(schema.UPLOADS).where(schema.UPLOADS.c.status == "held")).mappings().one())
        connection.execute(insert(schema.UPLOADS).values({**row, "url": f"{row['url']}?again"}))
    held = commands.data("stats")["files"]
    assert (held["contents"], held["by_state"]["held"]) == (1, 2)
    assert re.search(r"\nFiles +2, ", commands.run("stats"))


def test_a148_times_are_those_of_whoever_reads_and_never_raw(
    commands: Commands, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data = commands.data("show", "10")
    assert "November 14, 2023, 23:13 UTC" in commands.run("show", "10/1")
    site = tmp_path / "site"
    try:
        monkeypatch.setenv("TZ", "Pacific/Auckland")
        time.tzset()
        assert "November 15, 2023, 12:13" in commands.run("show", "10/1")
        assert "UTC" not in commands.run("show", "10")
        assert commands.data("show", "10") == data
        assert commands.data("search", "carnet", "--since", "2023-11-15")["posts"]
        assert not re.search(r"\dT\d|\dZ", commands.run("stats"))
        toml = Path("koweb.toml")
        toml.write_text(toml.read_text() + 'time_zone = "Asia/Kathmandu"\n')
        assert f"Open {site}/index.html" in commands.said("export", "--format", "site", "--to", str(site))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert "November 15, 2023, 04:58</time>" in (site / "topic" / "10.html").read_text()


def test_the_export_command_says_what_it_does(commands: Commands) -> None:
    out = commands.store.parent / "out"
    words = ("export", "--format", "md", "--to", str(out))
    assert "3 topics, 8 posts." in commands.said(*words, "--dry-run")
    assert not out.exists()
    assert "5 new or changed, 0 removed" in commands.said(*words)
    assert "0 new or changed, 0 removed" in commands.said(*words)
    said = commands.said(*words, "--category", "equipe", "--since", "2023", "--public-only")
    assert "0 topics, 0 posts." in said
    assert "4 removed" in said
    (out / "lettre.txt").write_text("à moi")
    with pytest.raises(InputError, match="another export"):
        commands.said("export", "--format", "site", "--to", str(out))
    commands.said("export", "--format", "site", "--to", str(out), "--force")
    assert (out / "index.html").is_file()
    assert (out / "lettre.txt").is_file()


def test_what_changes_an_archive_takes_no_other_forum(commands: Commands) -> None:
    (commands.store.parent / "koweb.toml").write_text('[forum.x]\nurl = "https://x.example"\nusername = "a"\n')
    with pytest.raises(InputError, match="holds nothing of"):
        commands.run("purge")


# ---- views


def test_views_give_the_same_in_both_stores(both: tuple[Store, Store]) -> None:
    answers = []
    for store in both:
        friendly(store)
        with store.read() as connection:
            rows = {
                name: sorted(tuple(map(str, row)) for row in connection.execute(text(f"SELECT * FROM {name}")))  # noqa: S608
                for name in VIEWS
            }
            answers.append(rows)
    assert answers[0] == answers[1]
    assert all(answers[0].values())


@pytest.mark.every
def test_datasette_opens_the_file(tmp_path: Path) -> None:
    place = tmp_path / "archive.sqlite"
    with Store.open(str(place)) as store:
        friendly(store)
    with sqlite3.connect(place) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    rows = datasette(place, "/archive/v_posts.json?_shape=array&_sort=post")
    assert [(row["author"], row["created"]) for row in rows][:2] == [
        ("Claire Moreau", "2023-11-14T23:13:20Z"),
        ("Bilal Meziane", "2023-11-15T00:13:20Z"),
    ]
    assert rows[1]["url"] == f"{URL}/t/10/2"
    assert rows[3]["gone"] == "deleted"
    assert {row["person"] for row in datasette(place, "/archive/v_likes.json?_shape=array")} == {
        "Claire Moreau",
        "Bilal Meziane",
    }
    assert datasette(place, "/archive/v_people.json?_shape=array")
    assert {row["title"] for row in datasette(place, "/archive/v_topics.json?_shape=array")} >= {"Le compte rendu"}
    known = datasette(place, "/archive.json")
    assert set(VIEWS) <= set(
        known["views"] if isinstance(known["views"][0], str) else {v["name"] for v in known["views"]}
    )
    for table in ("posts", "topics", "people", "reactions", "edges", "post_versions", "uploads"):
        assert datasette(place, f"/archive/{table}.json?_shape=array")


def datasette(place: Path, path: str) -> Any:
    """What Datasette answers, in a process of its own: its libraries warn."""
    words = [sys.executable, "-W", "ignore", "-m", "datasette", str(place), "--get", path]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_hostile_texts_can_be_read(store: Store) -> None:
    forum = hostile(store)
    with store.read() as connection:
        assert sum(1 for _topic, posts in Reader(connection, forum).walk() for _post in posts) > 100


def test_days_are_whole() -> None:
    first, after = edge("2023-11-14", "--since", UTC)
    assert first is not None
    assert after is not None
    assert after - first == DAY
    year = edge("2024", "x", UTC)[0]
    assert edge("2023-12", "x", UTC)[1] == edge("2024-01-01", "x", UTC)[0] == year == edge("2023", "x", UTC)[1]
