"""A real PostgreSQL 15 for the time of a test run, on a socket of its own, and empty databases in it."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

VERSION = "15"
LOCKED = "locked"  # a user who needs a password, where a test makes one of that name
PLACES = (
    f"/usr/lib/postgresql/{VERSION}/bin",
    f"/usr/pgsql-{VERSION}/bin",
    f"/opt/homebrew/opt/postgresql@{VERSION}/bin",
)


def binaries() -> Path | None:
    """Where PostgreSQL 15's programs are."""
    here = shutil.which("initdb")
    places = [*map(Path, PLACES), *([Path(here).resolve().parent] if here else [])]
    return next((one for one in places if (one / "initdb").is_file() and version(one) == VERSION), None)


def version(folder: Path) -> str:
    """The major version of the server in a folder."""
    said = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False).stdout
    return said.split()[2].partition(".")[0] if len(said.split()) > 2 else ""


def as_nobody() -> list[str]:
    """PostgreSQL does not run as root: what goes before its commands there. Skips where nobody else can be asked."""
    if os.geteuid() != 0:
        return []
    user = next((name for name in ("postgres", "nobody") if known(name)), None)
    if user is None or not shutil.which("setpriv"):
        pytest.skip("PostgreSQL cannot run as root, and there is no other user to run it")
    return ["setpriv", f"--reuid={user}", f"--regid={group(user)}", "--clear-groups"]


def known(name: str) -> bool:
    """Whether a user exists."""
    return subprocess.run(["id", name], capture_output=True, check=False).returncode == 0


def group(user: str) -> str:
    """A user's own group."""
    return subprocess.run(["id", "-gn", user], capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def server() -> Iterator[str]:
    """A server of our own, on a socket in a folder of its own: how to reach it. Skips where there is none."""
    folder = binaries()
    if folder is None:
        pytest.skip(f"PostgreSQL {VERSION} is not installed")
    before = as_nobody()
    with tempfile.TemporaryDirectory(prefix="koweb-pg-", ignore_cleanup_errors=True) as place:
        top = Path(place)
        if before:
            shutil.chown(top, before[1].partition("=")[2])
        data, log = top / "data", top / "log"
        quiet: dict[str, Any] = {"cwd": top, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        begin = ["initdb", "-D", str(data), "-U", "koweb", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run([*before, str(folder / begin[0]), *begin[1:]], check=True, **quiet)
        guarded = data / "pg_hba.conf"
        rules = guarded.read_text(encoding="utf-8")
        guarded.write_text(f"local all {LOCKED} scram-sha-256\n{rules}", encoding="utf-8")
        options = [
            "-k",
            str(top),
            "-c",
            "listen_addresses=",
            "-c",
            "fsync=off",
            "-c",
            "full_page_writes=off",
            "-c",
            "timezone=UTC",
        ]
        with log.open("wb") as written:
            command = [*before, str(folder / "postgres"), "-D", str(data), *options]
            running = subprocess.Popen(command, cwd=top, stdout=written, stderr=written)
            try:
                address = f"host={top} user=koweb dbname=postgres"
                wait(address, running, log)
                yield address
            finally:
                running.terminate()
                running.wait(timeout=30)


def wait(address: str, running: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until the server answers."""
    for _try in range(300):
        assert running.poll() is None, log.read_text(encoding="utf-8", errors="replace")
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A server, for all tests that want one."""
    with server() as address:
        yield address


@contextmanager
def new_database(address: str, name: str, template: str = "template0") -> Iterator[str]:
    """A new database on a server, as a copy of another one: its postgresql:// address."""
    make = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(make)
    try:
        yield f"postgresql://koweb@/{name}?host={conninfo_to_dict(address)['host']}"
    finally:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def database(postgres: str) -> Iterator[Callable[[], str]]:
    """Make an empty database for this test: its address."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(new_database(postgres, f"test_{time.monotonic_ns()}"))
