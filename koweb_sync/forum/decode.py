"""The values of an answer, each checked as it is read: what Discourse never gives is named, and goes no further.

Nothing else comes out of reading a value than Strange, and nothing else out of a parser than AnswerMalformed. Of a list
each entry is read on its own: one that cannot be read spoils nobody else's.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from math import inf
from typing import Any, Generic, ParamSpec, Self, TypeVar

from koweb_sync.errors import AnswerMalformed
from koweb_sync.i18n import _
from koweb_sync.times import microseconds, microseconds_utc

P = ParamSpec("P")
T = TypeVar("T")
Json = Mapping[str, Any]
DIGITS = 25  # of a number that may be one
SAFE = 19  # digits of a number that databases hold for sure, and one more
TOO_LARGE = 2**63  # what no database of the forum's, nor ours, holds
YES, NO = (True, "t", "true", 1), (False, "f", "false", 0, None, "")
SURPRISES = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
_NUMBER = re.compile(r"-?[0-9]{1,19}")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class Strange(ValueError):
    """A value that Discourse never gives: which, and what is there instead."""

    def __init__(self, name: str, value: object) -> None:
        super().__init__(f"{name}: {short_value(value)}" if name else short_value(value))


@dataclass(frozen=True, slots=True)
class Malformed:
    """An entry of a list that cannot be read. `kind` is topic, post, person, like, category, group or row; `id`,
    `topic` and `post` are None where it does not even tell them; `inside` is the topic whose page shows it; `keyed`: a
    key read it.
    """

    kind: str
    why: str
    id: int | None = None
    topic: int | None = None
    post: int | None = None
    inside: int | None = None
    where: str = ""
    keyed: bool = False


class Page(tuple[T, ...], Generic[T]):
    """The entries of a list that could be read, and those that could not."""

    malformed: tuple[Malformed, ...]

    def __new__(cls, items: Iterable[T] = (), malformed: Iterable[Malformed] = ()) -> Self:
        """Both."""
        made = super().__new__(cls, items)
        made.malformed = tuple(malformed)
        return made

    @property
    def told(self) -> int:
        """How many entries the answer held."""
        return len(self) + len(self.malformed)


# ---- parsers


def clear(parse: Callable[P, T]) -> Callable[P, T]:
    """A parser whose surprises are AnswerMalformed, with the name of what is wrong."""

    @wraps(parse)
    def parsed(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return parse(*args, **kwargs)
        except SURPRISES as error:
            raise AnswerMalformed(
                _("The forum's answer holds something that Discourse never gives ({what}).").format(what=why(error)),
                remedy=_("Is this the address of a Discourse forum? Open it in a browser to see."),
            ) from error

    return parsed


@contextmanager
def located(url: str) -> Iterator[None]:
    """What cannot be read within is at an address."""
    try:
        yield
    except AnswerMalformed as error:
        error.where = error.where or url
        raise


def each(kind: str, items: Any, parse: Callable[[Json], T], key: Callable[[T], object] | None = None) -> Page[T]:
    """Every entry of a list, parsed on its own. Of two with the same `key` only the first is one, unless they agree.

    Raises Strange where it is no list.
    """
    found: dict[object, T] = {}
    bad: list[Malformed] = []
    for place, one in enumerate(sequence(items), 1):
        try:
            made = parse(record(one))
            name = place if key is None else key(made)
            if (first := found.setdefault(name, made)) is not made and first != made:
                raise Strange("id", "twice")
        except SURPRISES as error:
            number, topic, post = (ident_or_none(one, name) for name in ("id", "topic_id", "post_id"))
            bad.append(Malformed(kind, f"{kind} {place}: {why(error)}", number, topic, post))
    return Page(found.values(), bad)


def why(error: BaseException) -> str:
    """What was wrong, in a few words."""
    if isinstance(error, KeyError) and error.args:
        return f"{short_value(error.args[0])}: —"
    return str(error)[:200] if isinstance(error, Strange) else type(error).__name__


def short_value(value: object) -> str:
    """A value as an error names it: short, and with nothing that a terminal would obey."""
    if isinstance(value, str):
        return ascii(value[:40])
    if isinstance(value, Mapping):
        return "{…}"
    return "[…]" if isinstance(value, Sequence) else "null" if value is None else str(value)[:40]


def ident_or_none(data: Any, name: str) -> int | None:
    """A number that says which thing it is, where there is one."""
    try:
        return whole_number(record(data), name)
    except SURPRISES:
        return None


def decoded(content: bytes) -> Any:
    """The JSON that it holds. Raises ValueError for what is none, and for what is nested deeper than anybody nests.

    A number of thousands of digits is infinite, as 1e999 is: what holds it is refused, and not the whole answer.
    """
    try:
        return json.loads(content)
    except json.JSONDecodeError:
        raise
    except RecursionError:
        raise ValueError("depth") from None
    except ValueError:
        return json.loads(content, parse_int=lambda digits: int(digits) if len(digits) < DIGITS else inf)


# ---- values


def record(value: Any, name: str = "") -> Json:
    """An object. Raises Strange for anything else."""
    if type(value) is not dict and not isinstance(value, Mapping):
        raise Strange(name, value)
    return value


def sequence(value: Any, name: str = "") -> Sequence[Any]:
    """A list. Raises Strange for anything else."""
    if not isinstance(value, list | tuple):
        raise Strange(name, value)
    return value


def inner(data: Any, name: str) -> Json:
    """The object in a field; an empty one where there is none."""
    value = record(data).get(name)
    return {} if value is None else record(value, name)


def items(data: Any, name: str) -> Sequence[Any]:
    """The list in a field; an empty one where there is none."""
    value = record(data).get(name)
    return () if value is None else sequence(value, name)


def whole_number(data: Json, name: str, default: int | None = None) -> int:
    """The whole number in a field; `default` where there is none. Raises Strange."""
    return integer(default if data.get(name) is None else data[name], name)


def whole_or_none(data: Json, name: str) -> int | None:
    """The whole number in a field, None where there is none."""
    return None if data.get(name) is None else integer(data[name], name)


def integer(value: Any, name: str = "") -> int:
    """A whole number that databases hold. Raises Strange for anything else, such as true and 1e999."""
    if type(value) is int and -TOO_LARGE <= value < TOO_LARGE:
        return value
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not -TOO_LARGE <= value < TOO_LARGE:
        raise Strange(name, value)
    return value


def ident(data: Json, name: str = "id", expected: int | None = None) -> int:
    """The number of a topic, a post or a category, which is above 0. Raises Strange for another one than `expected`."""
    found = whole_number(data, name)
    if found < 1 or expected not in (None, found):
        raise Strange(name, found)
    return found


def text(data: Json, name: str, default: str | None = None) -> str:
    """The text in a field; `default` where there is none. Raises Strange."""
    return string(default if data.get(name) is None else data[name], name)


def text_or_none(data: Json, name: str) -> str | None:
    """The text in a field, None where there is none."""
    return None if data.get(name) is None else string(data[name], name)


def text_told(data: Json, name: str) -> str | None:
    """The text in a field: empty where it says null, for that is what the forum holds there; None where it does not
    tell the field.
    """
    return text(data, name, "") if name in data else None


def string(value: Any, name: str = "") -> str:
    """A text. Raises Strange for anything else, and for what no forum's database holds: NUL and half characters."""
    if type(value) is str and value.isascii() and "\0" not in value:
        return value
    if not isinstance(value, str) or _UNSTORABLE.search(value):
        raise Strange(name, value)
    return value


def flag(data: Json, name: str, default: bool = False) -> bool:
    """Whether a field says yes; `default` where it says nothing. Raises Strange."""
    found = flag_or_none(data, name)
    return default if found is None else found


def flag_or_none(data: Json, name: str) -> bool | None:
    """Whether a field says yes, None where it says nothing."""
    value = data.get(name)
    if value is None or value is True or value is False:
        return value
    if isinstance(value, list | Mapping) or value not in (*YES, *NO):
        raise Strange(name, value)
    return value in YES


def flag_told(data: Json, name: str) -> bool | None:
    """Whether a field says yes; null says no, and None is where it does not tell the field."""
    return flag(data, name) if name in data else None


def micros(data: Json, name: str, default: Any = None) -> int:
    """The time in a field in microseconds since 1970. Raises Strange."""
    value = default if data.get(name) is None else data[name]
    try:
        return micros_in(string(value, name))
    except (ValueError, OverflowError):
        raise Strange(name, value) from None


def micros_in(value: str) -> int:
    """The time that a text is, in microseconds since 1970. Raises ValueError, or OverflowError."""
    when = datetime.fromisoformat(value.removesuffix(" UTC"))  # which Ruby writes so in passing
    return microseconds_utc(when) if when.tzinfo is None else microseconds(when)


def whole_in(value: str | None) -> int:
    """The whole number that a text is, as databases write it. Raises Strange, also for None."""
    if value is not None and len(value) < SAFE and value.isascii() and value.isdecimal():
        return int(value)
    return integer(value)


def instant(data: Json, name: str) -> int:
    """The time in a field in microseconds since 1970. Raises Strange for none, or an earlier one: git writes none of
    those.
    """
    found = micros(data, name)
    if found < 0:
        raise Strange(name, data[name])
    return found


def micros_or_none(data: Json, name: str) -> int | None:
    """The time in a field in microseconds, None where there is none."""
    return micros(data, name) if data.get(name) else None


def tag_names(data: Json, name: str = "tags") -> tuple[str, ...]:
    """The names of tags, which older servers give as strings and newer ones as objects."""
    return tuple(text(one, "name") if isinstance(one, Mapping) else string(one, name) for one in items(data, name))
