"""A forum that tells what happens, and an archive that follows it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.sandbox import Sandbox
from tests.listen.listening import Listening, hook, listening, serving, town
from tests.workspace import SERVERS


@pytest.fixture(params=SERVERS)
def talking(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A small forum that tells what happens."""
    with town(request.param) as box:
        yield box


@pytest.fixture
def mine(talking: Sandbox, tmp_path: Path) -> Iterator[Listening]:
    """An archive of it, which follows."""
    with listening(talking, tmp_path) as found:
        yield found


@pytest.fixture
def told(mine: Listening) -> Iterator[Listening]:
    """The same, where the forum's webhook reaches us."""
    with serving(mine) as url:
        hook(mine.box, url)
        yield mine
