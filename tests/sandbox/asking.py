"""How tests ask the sandbox."""

from collections.abc import Callable
from typing import Any

import requests

from koweb_sync.sandbox import Sandbox

Ask = Callable[..., requests.Response]
Topic = Callable[..., dict[str, Any]]
TITLE = "Un sujet comme il en faut"


def new(box: Sandbox) -> bool:
    """Whether the forum is a newer one."""
    return box.state.flavour.name == "2026"
