"""How tests ask the sandbox."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from koweb_sync.sandbox import Sandbox
from tests.workspace import FLAVOURS, GUESSED

Ask = Callable[..., requests.Response]
Topic = Callable[..., dict[str, Any]]
on_all = pytest.mark.parametrize("box", [*FLAVOURS, GUESSED], indirect=True)  # for what differs on 2026, too
on_newer = pytest.mark.parametrize("box", [*FLAVOURS[1:], GUESSED], indirect=True)  # what the server of 2022 lacks
TITLE = "Un sujet comme il en faut"


def new(box: Sandbox) -> bool:
    """Whether the forum is a newer one."""
    return box.state.flavour.name != "2022"
