"""The kinds of columns that the archive knows: the same value is kept in SQLite's strict tables and in PostgreSQL.

Times are whole microseconds since 1970 in UTC, so that both stores hold and order the same number; yes and no are 1 and
0. Text is kept as it came, and ordered by its bytes.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, Text
from sqlalchemy.types import TypeEngine

WHOLE: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")
WORDS: TypeEngine[str] = Text().with_variant(Text(collation="C"), "postgresql")
BYTES: TypeEngine[bytes] = LargeBinary()


def number(name: str, **how: Any) -> Column[int]:
    """A whole number that is always there."""
    return Column(name, WHOLE, nullable=False, **how)


def maybe(name: str, **how: Any) -> Column[int]:
    """A whole number that may be unknown."""
    return Column(name, WHOLE, nullable=True, **how)


def moment(name: str, **how: Any) -> Column[int]:
    """A time that is always there."""
    return number(name, **how)


def once(name: str, **how: Any) -> Column[int]:
    """A time that may be unknown, or not come yet."""
    return maybe(name, **how)


def flag(name: str, **how: Any) -> Column[int]:
    """Yes (1) or no (0)."""
    return number(name, server_default="0", **how)


def string(name: str, **how: Any) -> Column[str]:
    """Text that is always there, perhaps empty."""
    return Column(name, WORDS, nullable=False, **{"server_default": "", **how})


def note(name: str, **how: Any) -> Column[str]:
    """Text that may be unknown."""
    return Column(name, WORDS, nullable=True, **how)


def key(name: str, kind: TypeEngine[Any] = WHOLE) -> Column[Any]:
    """A part of what names a row within its forum."""
    return Column(name, kind, primary_key=True, nullable=False, autoincrement=False)


def forum() -> Column[int]:
    """The forum that a row belongs to: the first part of every key."""
    return Column("forum", WHOLE, ForeignKey("forums.id"), primary_key=True, nullable=False, autoincrement=False)
