"""Values of a database as Data Explorer sends them.

Numbers, booleans and null are what they are in JSON; times are ISO 8601 in UTC with milliseconds; whatever else, as
PostgreSQL writes it in text: `{a,"b c",NULL}` for an array, and decimal numbers so that no digit is lost.
"""

import math
import re
from datetime import UTC, datetime
from typing import Any


def shown(value: Any) -> Any:
    """A value of DuckDB's as JSON."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return moment(value) if isinstance(value, datetime) else text(value)


def moment(value: datetime) -> str:
    naive = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    return f"{naive.isoformat(timespec='milliseconds')}Z"


def text(value: Any) -> str:
    """A value as PostgreSQL writes it."""
    if isinstance(value, list | tuple):
        return "{" + ",".join(member(one) for one in value) + "}"
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return str(value)


def member(value: Any) -> str:
    """A member of an array, in quotes where it needs them."""
    if value is None:
        return "NULL"
    said = text(value)
    if isinstance(value, list | tuple) or (said and said.upper() != "NULL" and not re.search(r'[\s,{}"\\]', said)):
        return said
    return '"' + re.sub(r'(["\\])', r"\\\1", said) + '"'
