"""A letter for a program, as JSON: what is chosen, and not the words around it."""

import dataclasses
from typing import Any

from koweb_sync import dates
from koweb_sync.letter.model import Letter


def as_json(letter: Letter) -> dict[str, Any]:
    """The letter. Times are in ISO 8601, in UTC."""
    found = dataclasses.asdict(letter)
    found["window"] = {"since": dates.iso(letter.window.since), "until": dates.iso(letter.window.until)}
    for one in found["events"]:
        one["begins"] = dates.iso(one["begins"])
    return {"version": 1, **found}
