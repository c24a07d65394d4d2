"""`koweb report`, as a facilitator runs it."""

import csv
import io
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from koweb_sync.archive.store.store import Store
from koweb_sync.report.data.as_json import published_schema
from koweb_sync.sandbox import Sandbox
from tests.report.forums import DAY, Forum
from tests.report.living import FIRST_NAMES, LEFT_ASIDE, USERNAMES, month
from tests.workspace import Clone, new_workspace

NONSENSE = re.compile(r"\bNaN\b|\bNone\b|\bInfinity\b|\binf\b|\bnan\b|Traceback")
OCTOBER = ("--since", "2026-10-01", "--until", "2026-10-30")


@pytest.fixture(scope="module")
def box() -> Sandbox:  # type: ignore[misc] # a generator
    """A forum, for its address."""
    with Sandbox.start(flavour="2025") as running:
        yield running


def kept(clone: Clone, forum: Forum) -> Clone:
    """A repository whose archive holds a forum that was written down by hand."""
    with Store.open(str(clone.folder / "koweb-archive.sqlite")) as store:
        forum.save(store, clone.box.url)
    return clone


@pytest.fixture
def here(box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    """A repository."""
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.keys["all_users"])
    return new_workspace(tmp_path / "work", box)


@pytest.fixture
def living(here: Clone) -> Clone:
    """A repository with the archive of a living community."""
    return kept(here, month())


def everything(folder: Path) -> dict[str, bytes]:
    """What a command wrote, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git/" not in path.as_posix() and "koweb-archive" not in path.name
    }


# ---- who is named


def names(text: str) -> list[str]:
    """Whoever of the forum a text names."""
    return [name for name in (*USERNAMES, *(f"{one} Duval" for one in FIRST_NAMES)) if name in text]


def test_nothing_for_the_community_names_anybody_and_facilitators_see_who_is_left_aside(living: Clone) -> None:
    for language, style in (("en", "html"), ("en", "json"), ("en", "csv"), ("fr", "html"), ("fr", "md")):
        output = f"out/community-{language}.{style}"
        living.run("--lang", language, "report", *OCTOBER, "--format", style, "--output", output)
    written = everything(living.folder / "out")
    assert len(written) >= 5 + 4
    for path, content in written.items():
        assert not names(content.decode("utf-8", "replace")), path
        assert not names(content.decode("latin-1")), path
    for style in ("html", "json", "csv"):
        living.run("report", *OCTOBER, "--format", style, "--audience", "facilitators", "--output", f"named.{style}")
        full = living.folder / f"named.{style}"
        assert set(LEFT_ASIDE) <= set(names(full.read_text(encoding="utf-8")))
        assert full.stat().st_mode & 0o077 == 0


def test_pseudonyms_stand_in_place_of_names_and_are_always_the_same(living: Clone) -> None:
    given = ("report", *OCTOBER, "--audience", "facilitators", "--pseudonyms", "--format", "json")
    one, two = (living.run(*given).out for _time in range(2))
    assert one == two
    assert not names(one)
    people = json.loads(one)["aside"]["people"]
    assert len({person["username"] for person in people}) == len(people) >= len(LEFT_ASIDE)
    assert not any(person["url"] or person["person"] for person in people)


def test_who_asked_not_to_be_counted_is_on_no_list(living: Clone) -> None:
    living.run("archive", "consent", LEFT_ASIDE[0], "--not-counted")
    # The wish is of now, and the report of what the archive knew in October: a new run would make it current.
    with Store.open(str(living.folder / "koweb-archive.sqlite")) as store, store.begin() as connection:
        connection.exec_driver_sql("update consents set since = 1")
    found = living.run("report", *OCTOBER, "--watch-list", code=3)
    assert names(found.out)
    assert LEFT_ASIDE[0] not in found.out


# ---- who waits


def test_the_watch_list_names_who_waits_and_exits_with_3(living: Clone) -> None:
    found = living.run("report", "--watch-list", code=3)
    assert set(LEFT_ASIDE) <= set(names(found.out))
    assert "October 31, 2026" in found.out
    assert "up to date" in found.out  # that is long ago
    data = living.run("report", "--watch-list", "--format", "json", code=3).data
    assert {person["username"] for person in data["people"]} >= set(LEFT_ASIDE)
    assert data["seen"] == "2026-10-31T00:00:00.000000Z"
    assert data["archive_age_hours"] > 24


def test_a140_the_watch_list_is_silent_when_nobody_waits_and_names_closed_topics_apart(here: Clone) -> None:
    forum = Forum()
    forum.people_named("ana bob")
    forum.rows["people"][0]["name"] = "Ana Duval"
    forum.post(forum.topic("ana", 0), "bob", 1)
    forum.post(100, "ana", 2, to=2)
    closed = forum.topic("ana", 3, closed=1)
    forum.run(20 * DAY)
    kept(here, forum)
    nobody, apart = here.run("report", "--watch-list").out.split("Closed without an answer")
    assert "Nobody is waiting, of those who wrote between " in nobody
    assert f"/t/-/{closed}" not in nobody
    assert "Ana Duval (@ana)" in apart
    assert here.run("report", "--watch-list", "--format", "json").data["topics"][0]["closed"] is True
    here.run("report", "--audience", "facilitators", "--output", "page.html")
    page = (here.folder / "page.html").read_text()
    assert 'id="closed-topics"' in page
    assert 'id="waiting-topics"' not in page
    assert "Ana Duval" not in here.run("report", "--watch-list", "--pseudonyms").out


def test_a141_a_period_in_the_future_is_refused_or_ends_now(living: Clone) -> None:
    found = living.run("report", "--since", "2999-01-01", "--dry-run", code=2)
    assert "in the future" in found.err
    found = living.run("report", "--since", "2026-10-01", "--until", "2999-12", "--dry-run")
    assert "in the future" in found.err
    assert "2999" not in found.out


def test_the_watch_list_is_for_facilitators(living: Clone) -> None:
    for more in (("--audience", "community"), ("--format", "html"), ("--into", "posts"), ("--output", "x")):
        found = living.run("report", "--watch-list", *more, code=2)
        assert not names(found.text)


# ---- little, or nothing


def test_without_an_archive_it_says_how_to_make_one(here: Clone) -> None:
    found = here.run("report", code=2)
    assert "koweb archive" in found.err
    with Store.open(str(here.folder / "koweb-archive.sqlite")) as store:
        Forum().save(store, "https://elsewhere.example")
    assert "koweb archive" in here.run("report", code=2).err


@pytest.mark.every
def test_a_forum_of_the_future_and_a_window_before_everything(here: Clone) -> None:
    forum = Forum()
    forum.people_named("ana bob")
    forum.post(forum.topic("ana", 400_000), "bob", 400_001)
    forum.run(400_100)
    kept(here, forum)
    for more in ((), ("--since", "1970-01-01", "--until", "1970-01-02"), ("--since", "36500d")):
        assert not NONSENSE.search(here.run("report", "--format", "json", *more).text)


# ---- what it takes and gives


def test_json_fits_its_schema_and_csv_is_one_tidy_table(living: Clone) -> None:
    for audience in ("community", "facilitators"):
        data = living.run("report", *OCTOBER, "--format", "json", "--audience", audience).data
        Draft202012Validator(published_schema(), format_checker=FormatChecker()).validate(data)
        assert (data["audience"], data["version"]) == (audience, 1)
    table = list(csv.DictReader(io.StringIO(living.run("report", *OCTOBER, "--format", "csv").out)))
    found = {(row["figure"], row["part"]): row for row in table}
    assert len(found) == len(table)
    assert float(found["posts", "now"]["value"]) == data["voices"]["posts"]["value"]
    assert found["answered-within-72h", "now"]["unit"] == "topic"


def test_no_cell_of_the_table_is_a_formula(here: Clone) -> None:
    forum = month(people=12, left=())
    forum.rows["people"][0].update(username="=cmd", folded="=cmd")
    forum.topic(USERNAMES[0], 5 * DAY)
    forum.rows["topics"][-1]["title"] = "@SUM(1)"
    kept(here, forum)
    table = here.run("report", *OCTOBER, "--format", "csv", "--audience", "facilitators").out
    cells = [cell for row in csv.reader(io.StringIO(table)) for cell in row]
    assert any("'=cmd" in cell for cell in cells)
    assert not [cell for cell in cells if cell[:1] in "=+@\t\r" and cell]
    assert all(float(cell) for cell in cells if cell[:1] == "-")


def test_a_page_is_written_whole_and_its_place_is_said(living: Clone) -> None:
    assert living.run("report", *OCTOBER).out.strip() == "koweb-report.html"
    assert (living.folder / "koweb-report.html").read_text(encoding="utf-8").endswith("</html>\n")
    assert living.run("report", *OCTOBER, "--audience", "facilitators").out.strip() == "koweb-report-facilitators.html"
    assert not [path for path in living.folder.iterdir() if path.name.startswith(".koweb-report")]
    (living.folder / "folder").mkdir()
    living.run("report", "--output", "folder", code=2)
    assert "koweb.toml: A folder should be here" in living.run("report", "--output", "koweb.toml/x.html", code=2).err


def test_a_dry_run_writes_nothing_and_says_where(living: Clone) -> None:
    before = everything(living.folder)
    said = living.run("report", *OCTOBER, "--dry-run").out
    assert "From October 1 to October 30, 2026" in said
    assert "koweb-report.html" in said
    assert "second" not in said
    living.run("report", *OCTOBER, "--into", "posts/rapports", "--dry-run")
    assert everything(living.folder) == before


@pytest.mark.every
def test_days_are_those_of_the_time_zone_that_is_asked_for_or_set(living: Clone) -> None:
    def window(*more: str) -> tuple[str, str]:
        data = living.run("report", *OCTOBER, "--watch-list", "--format", "json", *more, code=3).data
        return data["zone"], data["window"]["since"]

    assert window() == ("UTC", "2026-10-01T00:00:00.000000Z")
    file = living.folder / "koweb.toml"
    file.write_text('time_zone = "Europe/Paris"\n' + file.read_text(encoding="utf-8"), encoding="utf-8")
    assert window() == ("Europe/Paris", "2026-09-30T22:00:00.000000Z")
    assert window("--time-zone", "Pacific/Kiritimati") == ("Pacific/Kiritimati", "2026-09-30T10:00:00.000000Z")
    assert "Europe/Paris" in living.run("report", *OCTOBER, "--dry-run").out
    living.run("report", *OCTOBER, "--output", "page.html")
    assert "Europe/Paris" in (living.folder / "page.html").read_text(encoding="utf-8")
    refused = living.run("report", "--time-zone", "Europe/Pari", code=2).err
    assert "--time-zone" in refused
    assert "Europe/Paris" in refused
    file.write_text(file.read_text(encoding="utf-8").replace("Paris", "Pari"), encoding="utf-8")
    assert "koweb.toml:1" in living.run("report", code=2).err


def test_a_day_that_has_only_begun_elsewhere_is_said_in_the_days_of_the_zone(living: Clone) -> None:
    # The archive ends on 31 October, 00:00 UTC: on Kiritimati that is two in the afternoon of the same day.
    early = living.run("report", "--since", "2026-10-31", "--time-zone", "Pacific/Kiritimati", "--format", "json").data
    assert early["window"]["since"] == "2026-10-30T10:00:00.000000Z"
    late = living.run("report", "--since", "2026-11-01", "--time-zone", "Pacific/Kiritimati", code=2).err
    assert "2026-11-01 – 2026-10-31" in late


def test_the_table_leads_to_the_posts_and_says_how_many_there_are(living: Clone) -> None:
    for audience in ("facilitators", "community"):
        given = ("report", *OCTOBER, "--format", "csv", "--audience", audience)
        table = {(row["figure"], row["part"]): row for row in csv.DictReader(io.StringIO(living.run(*given).out))}
        topics, aside = table["answered", "now"], table["unanswered", "now"]
        assert all("/t/-/" in link for link in topics["links"].split())
        assert bool(aside["links"]) is (audience == "facilitators")
        assert aside["behind"] == (str(len(aside["links"].split())) if audience == "facilitators" else "")
        assert int(topics["behind"]) == float(topics["value"]) >= len(topics["links"].split())


IMPOSSIBLE = (
    ("--time-zone", "nowhere"),
    ("--since", "yesterday"),
    ("--since", "0d"),
    ("--since", "99999w"),
    ("--until", "2026-13-01"),
    ("--since", "2026-10-05", "--until", "2026-10-01"),
    ("--category", "no/such"),
    ("--tag", "nosuch"),
    ("--horizon", "0"),
    ("--engine", "postgres"),
    ("--into", "elsewhere"),
    ("--into", "../out"),
    ("--into", "posts", "--format", "html"),
    ("--into", "posts", "--audience", "facilitators"),
    ("--format", "md", "--audience", "facilitators"),
    ("--into", "posts", "--output", "x.md"),
    ("--into-category", "outils"),
    ("--into-tag", "bilan"),
)


def test_what_cannot_be_done_is_said_and_nothing_is_written(living: Clone) -> None:
    before = everything(living.folder)
    for words in IMPOSSIBLE:
        found = living.run("report", *words, code=2)
        assert found.err, words
        assert not NONSENSE.search(found.text), words
        assert everything(living.folder) == before, words


# ---- a report is a post


def test_a_report_becomes_a_post_that_check_accepts_and_push_publishes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox.start(flavour="2025") as forum:
        monkeypatch.setenv("KOWEB_KAFE_API_KEY", forum.keys["all_users"])
        clone = kept(new_workspace(tmp_path / "work", forum), month())
        path = clone.run("report", *OCTOBER, "--into", "posts/rapports").out.strip()
        text = (clone.folder / path).read_text(encoding="utf-8")
        assert "octobre" in text  # in the forum's language, whatever the person's is
        pictures = re.findall(r"!\[[^\]]+\]\((img/[^)]+\.png)\)", text)
        assert len(pictures) >= 5
        assert not names(text)
        checked = clone.run("check", "--format", "json")
        assert [one for one in json.loads(checked.out) if path in str(one)] == []
        clone.git("add", "-A")
        clone.git("commit", "-qm", "Report")
        clone.run("push")
        topic = max(forum.state.topics)
        cooked = next(post.cooked for post in forum.state.posts.values() if post.topic_id == topic)
        assert cooked.count("<img") == len(pictures)
        assert "<table" in cooked
        assert 'class="mention' not in cooked


def test_a_report_that_is_there_is_not_written_over(living: Clone) -> None:
    path = living.run("report", *OCTOBER, "--into", "posts/rapports").out.strip()
    living.run("report", *OCTOBER, "--into", "posts/rapports")
    full = living.folder / path
    mine = full.read_text(encoding="utf-8") + "\nCe que j’en pense.\n"
    full.write_text(mine, encoding="utf-8")
    assert "--force" in living.run("report", *OCTOBER, "--into", "posts/rapports", code=2).err
    assert full.read_text(encoding="utf-8") == mine
    tags = ("--into-tag", "bilan", "--into-tag", "vie-du-lieu")
    living.run("report", *OCTOBER, "--into", "posts/rapports", "--force", *tags)
    assert "\ntags:\n- bilan\n- vie-du-lieu\n---\n" in full.read_text(encoding="utf-8")
    assert "Ce que j’en pense" not in full.read_text(encoding="utf-8")


def test_postgresql_writes_the_same(here: Clone, database: Callable[[], str]) -> None:
    place = database()
    with Store.open(place) as store:
        few().save(store, here.box.url)
    small = ("report", "--format", "json", *OCTOBER)
    told = json.loads(kept(here, few()).run(*small).out)
    assert json.loads(here.run(*small, "--engine", "postgres", "--store", place).out) == told
    assert "PostgreSQL cannot read it" in here.run(*small, "--engine", "postgres", code=2).err


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # sockets that py4j leaves open
def test_spark_writes_the_same(here: Clone) -> None:
    pytest.importorskip("pyspark", reason="pyspark, the extra “spark”, is not installed")
    if not shutil.which("java") and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java, which is not here")
    small = ("report", "--format", "json", *OCTOBER)
    told = json.loads(kept(here, few()).run(*small).out)
    assert json.loads(here.run(*small, "--engine", "spark").out) == told


def few() -> Forum:
    """A small forum in October: some are answered, some are not."""
    forum = Forum()
    forum.people_named("a b c d e f")
    for n in range(24):
        topic = forum.topic("abcdef"[n % 6], n * 20 - 20 * DAY)
        if n % 3:
            forum.like(forum.post(topic, "fabcde"[n % 6], n * 20 - 20 * DAY + n), "abcdef"[n % 6], n * 20)
    forum.run(40 * DAY)
    return forum
