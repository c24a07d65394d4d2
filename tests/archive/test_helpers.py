"""Pages that other processes make: the same bytes, the same errors, and nobody is left behind."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from koweb_sync import i18n
from koweb_sync.archive.exports.export import export, target
from koweb_sync.archive.exports.files import Pictures
from koweb_sync.archive.exports.formats import site
from koweb_sync.archive.exports.site_topics import SitePage, TopicPages
from koweb_sync.archive.helpers import ahead, mapped
from koweb_sync.archive.read.model import ArchiveFilter, File
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store.store import Store
from koweb_sync.cli.archive.filters import reader_of
from koweb_sync.errors import InputError, KowebError
from tests.archive.exhibits import URL, crowd, friendly, hostile, keep, post, topic

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there are no helpers")
HERE = os.getpid()
ENDLESS = """
import os, time
from koweb_sync.archive.helpers import mapped
def work(one):
    os.write(1, f"{os.getpid()}\\n".encode())
    time.sleep(600)
list(mapped(work, range(2), 2))
"""


def long_topic(store: Store) -> int:
    """One topic of three pages."""
    return crowd(store, 130, 130)


@pytest.mark.parametrize(
    ("fill", "language", "public", "pseudonyms"),
    [
        (friendly, "fr", False, True),
        (hostile, "fr", False, False),
        (friendly, "en", True, False),
        (long_topic, "en", False, False),
    ],
)
def test_a131_the_bytes_of_a_site_do_not_depend_on_who_makes_its_pages(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fill: Callable[[Store], int],
    language: str,
    public: bool,
    pseudonyms: bool,
) -> None:
    monkeypatch.setattr(site, "WORTH", 0)
    monkeypatch.setattr(site, "HEAP", 2)
    spoken, found, read = i18n.active(), [], []
    with Store.open(str(tmp_path / "a.sqlite")) as store:
        forum = fill(store)
        for count in (0, 1, 2):
            monkeypatch.setattr(site, "possible", lambda count=count: count)
            folder = tmp_path / str(count)
            with store.read() as connection:
                i18n.activate(language)
                reader = reader_of(connection, forum, URL, pseudonyms=pseudonyms)
                steps: list[int] = []
                reader.watch = steps.append
                export(reader, "site", target(str(folder), "site", URL), ArchiveFilter(public=public))
                i18n.activate(spoken)
            read.append(sum(steps))
            found.append({str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()})
    assert found[0] == found[1] == found[2]
    assert fill is not hostile or any(name.startswith("files/") for name in found[0])
    assert read[0] == read[1] == read[2] > 0


def test_a131_a_file_is_read_once_for_the_page_that_shows_it(tmp_path: Path) -> None:
    read = []

    def content(sha256: str) -> bytes:
        read.append(sha256)
        return b"un plan"

    pictures = Pictures(target(str(tmp_path / "out"), "site", URL), content)
    file = File(f"{URL}/uploads/plan.txt", "file", "plan.txt", "", "held", "0" * 64)
    kept = pictures.keep(file) if pictures.describe(file) else None
    assert kept is not None
    assert (tmp_path / "out" / kept.path).read_bytes() == b"un plan"
    assert read == ["0" * 64]


def elsewhere(then: Callable[[], object]) -> Callable[[int], int]:
    """Work that does something else in a helper."""

    def work(one: int) -> int:
        if os.getpid() != HERE:
            then()
        return one * 2

    return work


def refuse() -> None:
    raise MemoryError


def test_a132_what_a_helper_cannot_do_is_done_here() -> None:
    def bad(one: int) -> int:
        raise InputError("Non.", where="posts/a.md:3", remedy="Autrement.")

    with closing(mapped(elsewhere(refuse), range(5), 2)) as made:
        assert list(made) == [0, 2, 4, 6, 8]
    with (
        closing(mapped(bad, range(5), 2)) as made,
        pytest.raises(InputError, match="Autrement") as why,
    ):
        list(made)
    assert why.traceback[-1].name == "bad"


def test_a133_a_helper_that_is_killed_ends_the_export_and_leaves_no_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(site, "WORTH", 0)
    monkeypatch.setattr(site, "possible", lambda: 2)
    monkeypatch.setattr(site, "together", lambda those: ([one] for one in those))
    made = TopicPages.written

    def dying(self: TopicPages, those: list[SitePage]) -> object:
        if os.getpid() != HERE and those[0].topic.id > 5:
            killed()
        return made(self, those)

    monkeypatch.setattr(TopicPages, "written", dying)
    with Store.open(str(tmp_path / "a.sqlite")) as store:
        forum = crowd(store, 200, url=URL)
        with store.read() as connection, pytest.raises(KowebError, match=r"-9.*memory"):
            export(Reader(connection, forum), "site", target(str(tmp_path / "out"), "site", URL), ArchiveFilter())
    assert not (tmp_path / "out" / "SHA256SUMS").exists()
    assert not (tmp_path / "out" / "index.html").exists()
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a134_no_helper_outlives_the_export(how: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ENDLESS.replace("600", "0.5")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as main:  # fmt: skip
        assert main.stdout is not None
        pids = [int(main.stdout.readline()) for _each in range(2)]
        os.killpg(main.pid, how) if how == signal.SIGINT else main.kill()
        main.wait(20)
        assert main.stderr is not None
        assert main.stderr.read().count("Traceback") == (how == signal.SIGINT)  # not one of each helper
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{one}/cmdline").exists() and Path(f"/proc/{one}/cmdline").read_bytes() for one in pids):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_link_to_a_topic_without_posts_leads_to_its_page_wherever_that_comes(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "a.sqlite")) as store:
        link = f'<p><a href="{URL}/t/2">là</a></p>'
        forum = keep(store, [topic(1, "Un"), topic(2, "Deux")], [post(1, 1, 1, "là", cooked=link)])
        with store.read() as connection:
            export(Reader(connection, forum), "site", target(str(tmp_path / "out"), "site", URL), ArchiveFilter())
    assert '<a href="../topic/2.html' in (tmp_path / "out" / "topic" / "1.html").read_text(encoding="utf-8")


# ---- reading ahead


def test_what_is_read_ahead_comes_whole_and_in_its_order() -> None:
    for helped in (True, False):
        with closing(ahead(lambda: iter(range(2_000)), helped=helped)) as made:
            assert list(made) == list(range(2_000))
        with closing(ahead(lambda: iter(range(2_000)), helped=helped)) as made:
            assert [next(made), next(made)] == [0, 1]  # and nobody wants the rest
        assert not multiprocessing.active_children()


def test_what_cannot_be_read_ahead_is_read_here_behind_what_came() -> None:
    def numbers(*, everywhere: bool) -> Iterator[int]:
        for n in range(5):
            if n == 3 and (everywhere or os.getpid() != HERE):
                raise InputError("Non.", where="sauvegarde.tar.gz", remedy="Autrement.")
            yield n

    with closing(ahead(lambda: numbers(everywhere=False), helped=True)) as made:
        assert list(made) == list(range(5))
    came: list[int] = []
    with (
        closing(ahead(lambda: numbers(everywhere=True), helped=True)) as made,
        pytest.raises(InputError, match="Autrement") as why,
    ):
        came.extend(made)
    assert why.traceback[-1].name == "numbers"


def test_a_reader_that_is_killed_is_said_to_be() -> None:
    def numbers() -> Iterator[int]:
        yield 1
        os.kill(os.getpid(), signal.SIGKILL)

    with closing(ahead(numbers, helped=True)) as made, pytest.raises(KowebError, match=r"-9.*memory"):
        list(made)
    assert not multiprocessing.active_children()
