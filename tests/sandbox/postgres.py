"""A real PostgreSQL 15 for the time of a test run, with a sandbox's rows in Discourse's tables."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql as words

from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.explorer import parameters, sql, tables
from koweb_sync.sandbox.explorer.schema import Always, Numbers, Source
from tests.sandbox.explorer import run

VERSION = "15"
PLACES = (
    f"/usr/lib/postgresql/{VERSION}/bin",
    f"/usr/pgsql-{VERSION}/bin",
    f"/opt/homebrew/opt/postgresql@{VERSION}/bin",
)
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00")  # a time without a zone, as Discourse's tables hold it
# What a Rails application reads as something else than text, by the numbers of PostgreSQL's types.
WHOLE, FRACTION, TRUTH, MOMENT, MOMENT_WITH_ZONE = {20, 21, 23, 26}, {700, 701}, {16}, {1114}, {1184}


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
        options = ["-k", str(top), "-c", "listen_addresses=", "-c", "fsync=off", "-c", "timezone=UTC"]
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


# ---- the same rows, the same query


def same_on_both(
    box: Sandbox, address: str, text: str, given: Mapping[str, str] | None = None, limit: int = 1000
) -> list[list[Any]]:
    """Run a query on the sandbox, over HTTP, and on PostgreSQL with the sandbox's rows: the rows, which are equal."""
    answer = run(box, text, given or {}, limit=str(limit))
    assert answer.status_code == 200, answer.text
    explorer = box.front.app.extensions["explorer"]
    with psycopg.connect(address) as connection:
        fill(connection, box, explorer.database.numbers)
        names, rows = asked(connection, text, meant(box, text, given or {}), limit)
        connection.rollback()
    found = answer.json()
    assert found["columns"] == names
    assert found["rows"] == rows
    return rows


def meant(box: Sandbox, text: str, given: Mapping[str, str]) -> dict[str, Any]:
    """What the parameters of a query stand for."""
    with box.state.lock:
        return parameters.values(text, given, box.state)


def asked(
    connection: "psycopg.Connection[Any]", text: str, values: Mapping[str, Any], limit: int
) -> tuple[list[str], list[list[Any]]]:
    """The rows of a query as a real Data Explorer gives them: values stand in the text, times are ISO 8601."""

    def literal(name: str) -> str | None:
        if name not in values:
            return None
        members = values[name] if isinstance(values[name], list) else [values[name]]
        return ", ".join(words.Literal(one).as_string(connection) for one in members)

    whole = "\n".join(("WITH query AS (", sql.placed(text, literal), ") SELECT * FROM query", f"LIMIT {limit}"))
    cursor = connection.execute(whole.encode())
    result = cursor.pgresult
    assert result is not None
    kinds = [result.ftype(nth) for nth in range(result.nfields)]
    names = [(result.fname(nth) or b"").decode() for nth in range(result.nfields)]
    cells = [[result.get_value(row, nth) for nth in range(result.nfields)] for row in range(result.ntuples)]
    return names, [[read(cell, kind) for cell, kind in zip(row, kinds, strict=True)] for row in cells]


def read(cell: bytes | None, kind: int) -> Any:
    """A value as JSON has it."""
    if cell is None:
        return None
    text = cell.decode()
    if kind in WHOLE:
        return int(text)
    if kind in FRACTION:
        return float(text)
    if kind in TRUTH:
        return text == "t"
    if kind in MOMENT | MOMENT_WITH_ZONE:
        return f"{datetime.fromisoformat(text).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
    return text


def fill(connection: "psycopg.Connection[Any]", box: Sandbox, numbers: Numbers) -> None:
    """Make Discourse's tables with PostgreSQL's types, and put the sandbox's rows into them."""
    for table in tables.of(box.state.flavour).values():
        with box.state.lock:
            values = table.read(Source(box.state, numbers))
        columns = words.SQL(", ").join(
            words.SQL("{} {}").format(words.Identifier(one.name), words.SQL(one.postgres)) for one in table.columns
        )
        connection.execute(words.SQL("CREATE TABLE {} ({})").format(words.Identifier(table.name), columns))
        copy = words.SQL("COPY {} FROM STDIN").format(words.Identifier(table.name))
        kinds = {one.name: one.type for one in table.columns}
        first = values[table.columns[0].name]
        count = 0 if isinstance(first, Always) else len(first)
        with connection.cursor().copy(copy) as lines:
            for nth in range(count):
                lines.write_row(
                    [
                        stored(value.value if isinstance(value, Always) else value[nth], kinds[name])
                        for name, value in values.items()
                    ]
                )


def stored(value: Any, kind: str) -> Any:
    """A value as PostgreSQL takes it."""
    return EPOCH + timedelta(microseconds=value) if kind == "timestamp" and value is not None else value
