"""Files on servers that are gone: each server is asked once a run, remembered, and asked ever more rarely."""

import socket
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from koweb_sync import dates
from koweb_sync.archive.crawl import lost_files
from koweb_sync.archive.store import checksums, schema
from koweb_sync.archive.store.store import Store, put
from koweb_sync.archive.store.views import drop_views
from koweb_sync.errors import ForumUnreachable
from koweb_sync.forum.addresses import read
from koweb_sync.forum.budget import SystemClock
from koweb_sync.forum.hosts import Hosts
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.gateway.faults import Fault
from koweb_sync.times import DAY
from tests.answers import amend
from tests.archive.crawling import Archive, Result, archive_of, forum_of
from tests.archive.test_beside import PICTURE, upload
from tests.security.servers import Storage
from tests.workspace import Clone

DEAD = "127.0.0.2"
FILES = 12


@pytest.fixture(params=["2022", "2025"])
def town(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A forum that takes any file."""
    with Sandbox.start(forum_of(3, 10, authorized_extensions="*"), flavour=request.param) as box:
        yield box


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses between tries take no time."""
    monkeypatch.setattr(SystemClock, "sleep", lambda _self, _seconds: None)


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each host was asked for a connection, or its name for an address."""
    found: Counter[str] = Counter()
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def counted(self: socket.socket, address: Any) -> None:
        found[str(address[0])] += 1
        connect(self, address)

    def looked_up(host: Any, *more: Any, **how: Any) -> Any:
        if str(host).endswith(".invalid"):
            found[str(host)] += 1
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return resolve(host, *more, **how)

    monkeypatch.setattr(socket.socket, "connect", counted)
    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    return found


def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as one:
        one.bind((DEAD, 0))
        return int(one.getsockname()[1])


def moved(box: Sandbox, storage: str, files: int = FILES) -> None:
    """The forum's files lie on another server from now on: a post shows some of them."""

    def logo(path: str, _query: Any, body: dict[str, Any]) -> None:
        if path.startswith("/site/basic-info"):
            body["logo_url"] = f"{storage}/original/1X/logo.png"

    amend(box, logo)
    address = f"{storage}/uploads/default/original/1X"
    shown = "".join(f'<p><img src="{address}/{n:040x}.png" alt="schéma {n}"></p>' for n in range(1, files + 1))
    with box.state.lock:
        box.state.posts[1].html = shown


def states(kept: Archive) -> Counter[str]:
    """How many files stand how."""
    return Counter(dict(kept.rows("SELECT status, COUNT(*) FROM uploads GROUP BY status")))


def test_a90_a_server_that_is_gone_is_asked_once_a_run_and_ever_more_rarely(
    town: Sandbox, tmp_path: Path, tried: Counter[str]
) -> None:
    """Before: four tries for each of its files, in every run."""
    moved(town, f"http://{DEAD}:{closed_port()}")
    with archive_of(town, tmp_path) as kept:
        assert kept.run().found["files gone"] == FILES
        assert tried.pop(DEAD) == 2
        assert states(kept) == {"gone": FILES}
        assert kept.run().requests <= 3
        assert days_asked(kept, (0.9, 0.1, 1.9, 0.1, 3.9, 0.1, 7.9, 0.1), lambda _run: tried.pop(DEAD, 0)) == [
            1,
            3,
            7,
            15,
        ]


def days_asked(kept: Archive, steps: Iterable[float], asked: Callable[[Result], object]) -> list[float]:
    """The days on which a run asked, among those after some steps."""
    found, day = [], 0.0
    for step in steps:
        kept.clock.pass_days(step)
        day += step
        if asked(kept.run()):
            found.append(round(day, 3))
    return found


def test_a90_files_are_tried_after_1_2_4_8_and_16_days_and_then_each_30() -> None:
    assert [lost_files.pause(n) // DAY for n in range(1, 9)] == [1, 2, 4, 8, 16, 30, 30, 30]


def test_a91_a_server_that_answers_again_gives_all_its_files(town: Sandbox, tmp_path: Path) -> None:
    port = closed_port()
    moved(town, f"http://{DEAD}:{port}")
    with archive_of(town, tmp_path) as kept:
        kept.run()
        assert states(kept) == {"gone": FILES}
        with Storage(PICTURE, DEAD, port) as storage:
            kept.run()
            assert not storage.seen
            kept.clock.pass_days(1)
            assert kept.run().found["files"] == FILES
            assert len(storage.seen) == FILES
        facts = kept.rows("SELECT DISTINCT status, server, since, tries, again, why FROM uploads")
        assert facts == [("held", "", None, 0, None, "")]


def test_a91_all_is_tried_again_at_once_where_somebody_says_so(town: Sandbox, tmp_path: Path) -> None:
    port = closed_port()
    moved(town, f"http://{DEAD}:{port}")
    with archive_of(town, tmp_path) as kept:
        kept.run()
        with Storage(PICTURE, DEAD, port):
            kept.run(files_again=True)
        assert states(kept) == {"held": FILES}


def test_a92_the_forums_own_server_is_never_given_up(town: Sandbox, tmp_path: Path) -> None:
    """A fault of its own is forgiven once at once, and then ever more rarely, for the one file that it concerns."""
    images = [upload(town, f"{n}.png", PICTURE + bytes([n])) for n in range(3)]
    town.reply(1, "Des images : " + " ".join(f"![a]({one})" for one in images), username="admin")
    town.fail(Fault("refuse", path="/uploads/", times=12))
    with archive_of(town, tmp_path) as kept:
        assert len(kept.run().paths("/uploads/")) == 12
        assert states(kept) == {"wanted": 3}
        kept.run()
        assert states(kept) == {"held": 3}


def test_a92_nor_where_an_archive_says_so() -> None:
    home = read("https://forum.example.org")
    assert home is not None
    hosts = Hosts(home)
    for server in (home.server, "http://forum.example.org", "https://files.example.org"):
        hosts.leave(server, "so said the archive")
        assert bool(hosts.given_up(read(f"{server}/uploads/a.png"))) == ("files" in server)


def test_a92_one_file_at_which_the_forum_fails_costs_ever_less(town: Sandbox, tmp_path: Path) -> None:
    """Before: four requests in each run, for ever."""
    image = upload(town, "a.png", PICTURE)
    town.reply(1, f"Une image : ![a]({image}).", username="admin")
    town.fail(Fault("status", path="/uploads/", status=500, times=1_000))
    with archive_of(town, tmp_path) as kept:
        counts = [len(kept.run().paths("/uploads/")) for _ in range(3)]
        assert counts == [4, 4, 0]
        kept.clock.pass_days(1)
        assert kept.run().paths("/uploads/")


def test_a93_a_file_that_is_not_there_is_asked_for_once_a_month(town: Sandbox, tmp_path: Path) -> None:
    image = upload(town, "a.png", PICTURE)
    town.reply(1, f"Une image qui revient : ![a]({image}), un jour.", username="admin")
    town.fail(Fault("status", path="/uploads/", status=404, times=1))
    with archive_of(town, tmp_path) as kept:
        kept.run()
        assert days_asked(kept, (1, 28.9, 0.1), lambda run: run.paths("/uploads/")) == [30]
        assert kept.rows("SELECT status FROM uploads WHERE url = :u", u=image) == [("held",)]


def test_a93_what_was_refused_is_asked_for_rarely_until_there_is_a_key(town: Sandbox, tmp_path: Path) -> None:
    """Before: each day."""
    image = upload(town, "a.png", PICTURE)
    town.reply(1, f"Une image pour nous : ![a]({image}).", username="admin")
    town.fail(Fault("status", path="/uploads/", status=403, times=3))
    with archive_of(town, tmp_path, key=False) as kept:
        kept.run()
        assert days_asked(kept, (1, 1.9, 0.1, 3.9), lambda run: run.paths("/uploads/")) == [1, 3]
        assert kept.run(key=True).paths("/uploads/")
        assert kept.rows("SELECT status FROM uploads WHERE url = :u", u=image) == [("held",)]


def test_a94_where_the_forum_sends_us_on_to_a_server_that_is_gone(
    town: Sandbox, tmp_path: Path, tried: Counter[str]
) -> None:
    images = [upload(town, f"{n}.png", PICTURE + bytes([n])) for n in range(5)]
    town.reply(1, "Des images : " + " ".join(f"![a]({one})" for one in images), username="admin")
    place = "http://files.invalid/original/1X/a.png"
    town.fail(Fault("status", path="/uploads/", status=302, headers={"Location": place}, times=100))
    with archive_of(town, tmp_path) as kept:
        first = kept.run().paths("/uploads/")
        assert (len(first), tried["files.invalid"]) == (6, 2)
        assert not kept.run().paths("/uploads/")
        kept.clock.pass_days(1)
        assert len(kept.run().paths("/uploads/")) == 2, "one of them asks for all"


def test_a94_no_server_is_gone_where_the_forum_does_not_answer_either(
    town: Sandbox, tmp_path: Path, tried: Counter[str]
) -> None:
    """A machine that lost its network in the middle of a run remembers nobody as gone."""
    moved(town, f"http://{DEAD}:{closed_port()}")
    with archive_of(town, tmp_path) as kept:
        kept.run(files=False)
        town.fail(Fault("refuse", path="/site/basic-info", nth=2, times=100))
        with pytest.raises(ForumUnreachable):
            kept.run()
        assert states(kept) == {"wanted": FILES}
        town.front.faults.waiting.clear()
        assert kept.run().found["files gone"] == FILES


def test_a95_what_is_gone_is_told_wherever_files_are(
    town: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run, stats and verify name the server and since when; whoever reads an export sees it in the file's place."""
    server = f"http://{DEAD}:{closed_port()}"
    moved(town, server)
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", town.keys["all_users"])
    here = Clone(tmp_path / "work", town)
    here.folder.mkdir()
    here.configure()
    here.git("init", "--quiet")
    told = [here.run("archive"), here.run("archive", "stats"), here.run("archive", "verify"), here.run("archive")]
    for run in told:
        assert f"{FILES} files are gone: {server} does not answer since" in run.err
        assert "--files-again" in run.err
    again = here.run("archive", "--format", "json").data
    for found in (
        again["gone"],
        here.run("archive", "stats", "--format", "json").data["files"]["gone"],
        here.run("archive", "verify", "--format", "json").data["gone"],
    ):
        (one,) = found["servers"]
        assert (found["files"], found["missing"], one["server"], one["files"]) == (FILES, 0, server, FILES)
    day = f"gone since {dates.day(int(town.state.clock() * 1_000_000))}"
    shown = {}
    for style in ("site", "md", "mbox", "jsonl"):
        here.run("archive", "export", "--format", style, "--to", f"../{style}")
        files = [one for one in (tmp_path / style).rglob("*") if one.suffix in (".html", ".md", ".mbox", ".jsonl")]
        shown[style] = "".join(one.read_text() for one in files)
    assert shown["site"].count(f"[{day}: schéma 1]") == 1
    assert shown["md"].count(day) == FILES
    assert shown["mbox"].count(day) or "base64" in shown["mbox"]
    assert shown["jsonl"].count(f'"since":"{one["since"]}"') == FILES
    assert here.run("archive", "--files-again", "--format", "json").data["gone"]["servers"][0]["tries"] == 2


def test_a95_files_that_an_older_koweb_gave_up_are_asked_for_again(
    town: Sandbox, places: Callable[[], str], tmp_path: Path
) -> None:
    """Records outlive versions: what was gone or refused before the archive noted when, gets a time."""
    place = places()
    with Store.open(place) as store:
        number = store.enter(town.url, "kafe", 1)
        with store.begin() as connection:
            for status in ("gone", "refused", "wanted", "held"):
                row = {"forum": number, "url": status, "kind": "image", "status": status, "fetched": 1, "keyed": 0}
                put(connection, schema.UPLOADS, [row])
            drop_views(connection)
            if not store.postgresql:
                checksums.unseal(connection)
            for column in ("server", "since", "tries", "again"):
                connection.execute(text(f"ALTER TABLE uploads DROP COLUMN {column}"))
            for newer in ("localisations", "permalinks", "topic_edits"):
                connection.execute(text(f"DROP TABLE {newer}"))
            if not store.postgresql:
                checksums.seal(connection)
            connection.execute(text("UPDATE koweb_archive SET version_num = '0005'"))
    with Store.open(place) as store, store.read() as connection:
        table = schema.UPLOADS.c
        rows = connection.execute(select(table.status, table.since, table.tries, table.again).order_by(table.status))
        assert [tuple(row) for row in rows] == [
            ("gone", 1, 1, 1 + 30 * DAY),
            ("held", None, 0, None),
            ("refused", 1, 1, 1 + DAY),
            ("wanted", None, 0, None),
        ]


def test_a96_adopt_names_the_files_of_a_server_that_is_gone(here: Clone, box: Sandbox, tried: Counter[str]) -> None:
    """Before: the first of them ended the command, and no topic was adopted."""
    images = [upload(box, f"{n}.png", PICTURE + bytes([n])) for n in range(3)]
    shown = "\n\n".join(f"![schéma {n}]({one})" for n, one in enumerate(images))
    topic = box.new_topic("Des schémas pour se repérer", f"Voici pour se repérer :\n\n{shown}", category=5).id
    place = "http://files.invalid/original/1X/a.png"
    box.fail(Fault("status", path="/uploads/", status=302, headers={"Location": place}, times=100))
    done = here.run("adopt", str(topic), "--download")
    assert all(one in done.text for one in images)
    assert tried["files.invalid"] == 2
    (made,) = (here.folder / "posts").rglob("*.md")
    assert all(one in made.read_text() for one in images)
