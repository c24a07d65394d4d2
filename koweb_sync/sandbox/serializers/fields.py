"""Traits of records as fields of JSON."""

from functools import cache
from typing import Any

from koweb_sync.sandbox.model.state import iso


def fields(one: object, names: str, **renamed: str) -> dict[str, Any]:
    """Traits of a record: those of `names`, with spaces between them, under their own names, and those of `renamed`
    under the names of its keywords. What is called `…_at` is a time.
    """
    plain, times = sorted_out(names)
    found = {name: getattr(one, name) for name in plain}
    found |= {name: iso(getattr(one, name)) for name in times}
    for name, trait in renamed.items():
        value = getattr(one, trait)
        found[name] = iso(value) if name.endswith("_at") else value
    return found


@cache
def sorted_out(names: str) -> tuple[list[str], list[str]]:
    """Names apart by what they stand for: times, and all others."""
    every = names.split()
    return [name for name in every if not name.endswith("_at")], [name for name in every if name.endswith("_at")]
