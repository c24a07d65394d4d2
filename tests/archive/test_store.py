"""One writer at a time, all or nothing, no password in any word: whatever happens to process, disk or server."""

import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import select, text

from koweb_sync.archive.store import schema
from koweb_sync.archive.store.reading import opened, reading_of
from koweb_sync.archive.store.rows import Sql
from koweb_sync.archive.store.rows import rows as read_rows
from koweb_sync.archive.store.store import Store, count, put
from koweb_sync.errors import HumanNeeded, InputError, KowebError, StoreUnusable
from tests.postgres import LOCKED

BASE = "koweb_sync.archive.store"
URL = "https://kafe.example.org"
SECRET = "s3cret-p@ss/word"
ROW = {"topic": 1, "number": 1, "type": 1, "created": 1}


def rows(forum: int, first: int, size: int, **more: object) -> list[dict[str, object]]:
    """Posts that come one after the other."""
    return [{"forum": forum, "id": nth, **ROW, **more} for nth in range(first, first + size)]


@contextmanager
def another(place: str, code: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Another process with the same store, once it has said that it is ready."""
    imports = ("import sys, time", f"from {BASE} import schema", f"from {BASE}.store import Store, put", "")
    begin = "\n".join(imports)
    command = [sys.executable, "-c", f"{begin}store = Store.open(sys.argv[1])\n{code}", place]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            assert process.stdout.readline() == b"ready\n", process.stderr.read()
            yield process
        finally:
            process.kill()


ALONE = "with store.alone():\n    print('ready', flush=True)\n    time.sleep(60)"
WRITING = """
forum = store.enter("https://kafe.example.org", "kafe", 1)
with store.alone():
    for page in range(10**6):
        with store.begin() as connection:
            row = {"topic": 1, "type": 1, "created": 1, "digest": "x" * 500}
            posts = [{"forum": forum, "id": page * 20 + n, "number": n, **row} for n in range(20)]
            put(connection, schema.POSTS, posts)
            put(connection, schema.CURSORS, [{"forum": forum, "name": "posts", "value": str(page)}])
        if page == 5:
            print("ready", flush=True)
"""


def test_a_second_writer_is_told_at_once(places: Callable[[], str]) -> None:
    place = places()
    with another(place, ALONE) as process, Store.open(place) as store:
        begun = time.monotonic()
        with pytest.raises(HumanNeeded), store.alone():
            pytest.fail("two write")
        assert time.monotonic() - begun < 10
        assert store.forum(URL) is None  # reading goes on
        process.kill()
        process.wait()
        for _try in range(100):  # PostgreSQL takes a moment to notice
            try:
                with store.alone():
                    break
            except HumanNeeded:
                time.sleep(0.05)
        else:
            pytest.fail("a killed process still holds the lock")


def test_alone_twice_in_a_process(places: Callable[[], str]) -> None:
    place = places()
    with Store.open(place) as one, Store.open(place) as two:
        with one.alone(), pytest.raises(HumanNeeded), two.alone():
            pytest.fail("two write")
        with two.alone():
            assert two.enter(URL, "kafe", 1)
        with one.alone():
            assert one.forum(URL)


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.2])
def test_a4_a_killed_writer_leaves_whole_pages(places: Callable[[], str], delay: float) -> None:
    place = places()
    with another(place, WRITING) as process:
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
    with Store.open(place) as store:
        forum = store.forum(URL)
        assert forum is not None
        with store.read() as connection:
            page = int(connection.execute(select(schema.CURSORS.c.value)).scalar_one())
            assert count(connection, schema.POSTS, forum) == (page + 1) * 20
            if not store.postgresql:
                assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        with store.begin() as connection:
            put(connection, schema.POSTS, rows(forum, 10**9, 1))


def test_what_fails_midway_is_not_kept(store: Store) -> None:
    forum = store.enter(URL, "kafe", 1)
    for around in (store.alone, store.understood):
        with pytest.raises(RuntimeError), around(), store.begin() as connection:
            put(connection, schema.POSTS, rows(forum, 0, 10))
            raise RuntimeError
        with store.read() as connection:
            assert count(connection, schema.POSTS, forum) == 0


def test_a_reader_sees_one_moment(store: Store) -> None:
    forum = store.enter(URL, "kafe", 1)
    with store.read() as reading:
        assert count(reading, schema.POSTS, forum) == 0
        with store.alone(), store.begin() as connection:
            put(connection, schema.POSTS, rows(forum, 0, 10))
        assert count(reading, schema.POSTS, forum) == 0
    with store.read() as reading:
        assert count(reading, schema.POSTS, forum) == 10


def test_one_connection_goes_on_after_two_were_open_so_that_nothing_is_read_again(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "archive.sqlite")) as store:
        forum = store.enter(URL, "kafe", 1)
        with store.begin(), store.read():
            pass
        versions = set()
        for nth in range(6):
            with store.begin() as connection:
                put(connection, schema.POSTS, rows(forum, 1 + nth, 1))
                versions.add(connection.exec_driver_sql("PRAGMA data_version").scalar())
            with store.read() as connection:
                versions.add(connection.exec_driver_sql("PRAGMA data_version").scalar())
        assert len(versions) == 1, "another connection wrote in between"


def test_who_only_reads_sees_one_moment_beside_a_writer_and_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "archive.sqlite"
    with Store.open(str(file)) as store:
        forum = store.enter("https://forum.example", "kafe", 0)
        with store.begin() as connection:
            put(connection, schema.POSTS, rows(forum, 1, 3))
        counted = Sql("SELECT count(*) AS n FROM posts")
        with reading_of(str(file)) as reader:
            assert [row["n"] for row in read_rows(reader, counted)] == [3]
            with store.begin() as connection:
                put(connection, schema.POSTS, rows(forum, 4, 3))
            assert [row["n"] for row in read_rows(reader, counted)] == [3]
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                list(read_rows(reader, Sql("CREATE TABLE notes (text)")))
        with reading_of(str(file)) as reader:
            assert [row["n"] for row in read_rows(reader, counted)] == [6]
    gone = tmp_path / "gone.sqlite"
    with pytest.raises(StoreUnusable):
        opened(gone)
    assert not gone.exists()


def test_waiting_alone_holds_no_transaction_open(database: Callable[[], str]) -> None:
    """An idle transaction keeps autovacuum from its work, and servers end it."""
    address = database()
    with Store.open(address) as store, store.alone(), psycopg.connect(address) as watching:
        forum = store.enter(URL, "kafe", 1)
        with store.begin() as connection:
            put(connection, schema.POSTS, rows(forum, 0, 1))
        states = watching.execute(
            "SELECT state FROM pg_stat_activity WHERE application_name = 'koweb' AND datname = current_database()"
        ).fetchall()
        assert states
        assert {state for (state,) in states} == {"idle"}


# ---- disks


def test_a_full_disk_loses_nothing_that_was_kept(tmp_path: Path) -> None:
    place = str(tmp_path / "a.sqlite")
    with Store.open(place) as store:
        forum = store.enter(URL, "kafe", 1)
        with store.begin() as connection:
            put(connection, schema.POSTS, rows(forum, 0, 100))
    code = (
        "import resource, signal, sys; from koweb_sync.archive.store import schema\n"
        "from koweb_sync.archive.store.store import *\n"
        "from koweb_sync.errors import StoreUnusable\n"
        "store = Store.open(sys.argv[1]); size = int(sys.argv[2])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "row = {'topic': 1, 'number': 1, 'type': 1, 'created': 1, 'digest': 'x' * 2000}\n"
        "try:\n"
        "    with store.begin() as connection:\n"
        f"        put(connection, schema.POSTS, [{{'forum': {forum}, 'id': 1000 + n, **row}} for n in range(5000)])\n"
        "except StoreUnusable as error:\n"
        "    print(error)\n"
    )
    size = Path(place).stat().st_size + 1_000_000
    done = subprocess.run([sys.executable, "-c", code, place, str(size)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Make room on the disk" in done.stdout
    with Store.open(place) as store:
        with store.read() as connection:
            assert count(connection, schema.POSTS, forum) == 100
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        with store.begin() as connection:
            put(connection, schema.POSTS, rows(forum, 1000, 5000, digest="x" * 2000))
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def as_anybody(code: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run Python as somebody who may not write where the tests write."""
    before = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    return subprocess.run(
        [*before, sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False, cwd="/"
    )


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that everybody may enter; pytest's own are closed."""
    import tempfile  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="koweb-") as place:
        Path(place).chmod(0o755)
        yield Path(place)


READING = """
import sys
try:
    from koweb_sync.archive.store.store import Store, put
except ImportError as error:
    print("no python", error); sys.exit()
from koweb_sync.archive.store import schema
from koweb_sync.errors import KowebError
with Store.open(sys.argv[1]) as store:
    try:
        print("forum", store.forum("https://kafe.example.org"))
    except KowebError as error:
        print("read:", error)
    try:
        store.enter("https://other.example.org", "other", 1)
    except KowebError as error:
        print("write:", error)
    try:
        with store.alone():
            print("alone")
    except KowebError as error:
        print("lock:", error)
"""


@pytest.mark.parametrize("file_mode", [0o444, 0o000])
@pytest.mark.parametrize("folder_mode", [0o777, 0o555])
def test_a_file_that_cannot_be_written(open_to_all: Path, file_mode: int, folder_mode: int) -> None:
    place = open_to_all / "a.sqlite"
    with Store.open(str(place)) as store:
        forum = store.enter(URL, "kafe", 1)
    place.chmod(file_mode)
    open_to_all.chmod(folder_mode)
    before = place.read_bytes() if os.geteuid() == 0 else None
    done = as_anybody(READING, str(place))
    if "no python" in done.stdout or "Permission denied: '/root" in done.stderr or not done.stdout + done.stderr:
        pytest.skip("nobody else can run this Python")
    said = done.stdout + done.stderr
    if file_mode:
        assert f"forum {forum}" in done.stdout, said
        assert "write: " in done.stdout
        assert done.stderr == ""
    else:
        assert "StoreUnusable" in done.stderr
        assert "Permission denied" in done.stderr
    assert before is None or place.read_bytes() == before


# ---- servers


def whole(error: BaseException) -> str:
    """Everything that is told about an error, causes and all."""
    return "".join(traceback.format_exception(error))


def test_a22_a_wrong_password_is_not_shown(database: Callable[[], str]) -> None:
    address = database()
    name, host = address.partition("@/")[2].split("?host=")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(LOCKED)))
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'right'").format(sql.Identifier(LOCKED)))
    from urllib.parse import quote  # noqa: PLC0415

    hidden = quote(SECRET, safe="")
    for place in (
        f"postgresql://{LOCKED}:{hidden}@/{name}?host={host}",
        f"postgresql://{LOCKED}@/{name}?host={host}&password={hidden}",
    ):
        with pytest.raises(StoreUnusable, match="password authentication failed") as raised:
            Store.open(place)
        assert raised.value.where == f"postgresql://{LOCKED}@/{name}?host={quote(host, safe='')}"
        assert SECRET not in str(raised.value) + whole(raised.value)
        assert hidden not in str(raised.value) + whole(raised.value)


@pytest.mark.parametrize(
    "place",
    [
        "postgresql://koweb:SECRET@127.0.0.1:PORT/koweb",
        "postgresql://koweb:SECRET@no-such-host.invalid/koweb",
        "postgresql://koweb@127.0.0.1:PORT/koweb?password=SECRET",
        "postgresql://koweb:SECRET@127.0.0.1:notaport/koweb",
        "postgresql://koweb:1/SECRET@127.0.0.1/koweb",
        "postgresql://koweb:a@SECRET@127.0.0.1:PORT/koweb",
        "postgresql://koweb:SECRET@127.0.0.1:PORT/koweb?nonsense=1",
        "postgresql://koweb:SECRET@[::1/koweb",
        "postgresql+psycopg2://koweb:SECRET@127.0.0.1:PORT/koweb",
        "mysql://koweb:SECRET@127.0.0.1/koweb",
        "nonsense://koweb:SECRET@127.0.0.1/koweb",
        "://koweb:SECRET@",
    ],
)
def test_a22_no_password_in_any_error(place: str) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers there
        address = place.replace("PORT", str(closed.getsockname()[1])).replace("SECRET", "s3cret")
        with pytest.raises((StoreUnusable, InputError)) as raised:
            Store.open(address)
    assert "s3cret" not in str(raised.value)
    assert "s3cret" not in whole(raised.value)


def test_a_lost_connection_keeps_nothing_half(database: Callable[[], str]) -> None:
    address = database()
    with Store.open(address) as store:
        forum = store.enter(URL, "kafe", 1)
        with pytest.raises(StoreUnusable) as raised, store.begin() as connection:
            put(connection, schema.POSTS, rows(forum, 0, 10))
            end_connections(address)
            put(connection, schema.POSTS, rows(forum, 10, 10))
        assert raised.value.where.startswith("postgresql://")
        with store.read() as connection:  # and the next one is made anew
            assert count(connection, schema.POSTS, forum) == 0


def test_who_loses_the_lock_writes_nothing_more(database: Callable[[], str]) -> None:
    address = database()
    with Store.open(address) as store, Store.open(address) as other:
        forum = store.enter(URL, "kafe", 1)
        with pytest.raises(StoreUnusable), store.alone():
            with store.begin() as connection:
                put(connection, schema.POSTS, rows(forum, 0, 1))
            end_connections(address)
            with other.alone():
                for _try in range(2):
                    with pytest.raises(StoreUnusable), store.begin() as connection:
                        put(connection, schema.POSTS, rows(forum, 1, 1))
                with pytest.raises(HumanNeeded), store.alone():
                    pytest.fail("two write")
            raise StoreUnusable("done")
        with store.alone(), store.begin() as connection:
            assert count(connection, schema.POSTS, forum) == 1


def end_connections(address: str) -> None:
    """Let the server end all connections to a database but the one that asks it to."""
    with psycopg.connect(address) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_errors_are_for_people(database: Callable[[], str]) -> None:
    with pytest.raises(KowebError) as raised:
        Store.open("oracle://x")
    assert raised.value.exit_code == 2
    assert raised.value.remedy
