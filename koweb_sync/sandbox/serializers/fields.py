"""Traits of records as fields of JSON."""

from typing import Any

from koweb_sync.sandbox.model.state import iso


def fields(one: object, names: str, **renamed: str) -> dict[str, Any]:
    """Traits of a record: those of `names`, with spaces between them, under their own names, and those of `renamed`
    under the names of its keywords. What is called `…_at` is a time.
    """
    pairs = {**{name: name for name in names.split()}, **renamed}
    found = {name: getattr(one, trait) for name, trait in pairs.items()}
    return {name: iso(value) if name.endswith("_at") else value for name, value in found.items()}
