"""An archive, in SQLite and in PostgreSQL."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from koweb_sync.archive.store.store import Store
from tests.archive.empty import empty_archive
from tests.postgres import new_database


@pytest.fixture(scope="session")
def filled(postgres: str) -> Iterator[str]:
    """A database that holds an empty archive, to be copied."""
    name = "archive"
    with new_database(postgres, name) as address:
        Store.open(address).close()
        yield name


@pytest.fixture(params=["sqlite", "postgresql"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Make a place with an empty archive: a path, or an address. As many as a test wants."""
    if request.param == "sqlite":
        yield lambda: empty_archive(tmp_path / f"{time.monotonic_ns()}.sqlite")
        return
    server, template = request.getfixturevalue("postgres"), request.getfixturevalue("filled")
    with ExitStack() as stack:
        yield lambda: stack.enter_context(new_database(server, f"archive_{time.monotonic_ns()}", template))


@pytest.fixture
def store(places: Callable[[], str]) -> Iterator[Store]:
    """An open archive without a forum."""
    with Store.open(places()) as found:
        yield found


@pytest.fixture
def both(postgres: str, filled: str, tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    """Two empty archives, one of each kind."""
    with (
        new_database(postgres, f"both_{time.monotonic_ns()}", filled) as address,
        Store.open(empty_archive(tmp_path / "both.sqlite")) as file,
        Store.open(address) as database,
    ):
        yield file, database
