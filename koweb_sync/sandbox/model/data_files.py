"""Lists of names, and what a forum says where nobody changed anything: the files of `data/`."""

import json
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "data"


@cache
def data(name: str) -> Any:
    """What a file holds, of JSON or TOML. Nobody changes it."""
    read: Callable[[str], Any] = tomllib.loads if name.endswith(".toml") else json.loads
    return read((FOLDER / name).read_text(encoding="utf-8"))


def usual(name: str, *, newer: bool) -> dict[str, Any]:
    """What an answer of a kind holds on every forum; on `newer` servers more, and some of it otherwise."""
    table = data(f"{name}.json")
    return {**table["every server"], **(table.get("newer", {}) if newer else {})}
