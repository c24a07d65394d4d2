"""What the gate leaves out, said where the test stands.

Most tests that talk to a forum can do so on three kinds: as recorded in 2022, as recorded in 2025, and below a path.
In the gate each runs on one of them: that of `pytestmark = pytest.mark.server("2022")` at the head of its module, or
over the test itself, and on "2025" where nothing is said; an archive in PostgreSQL is exported in one format alone.
`in_every(value)` marks a parameter that is for the long run alone, such as the other language. `uv run poe every` runs
all of them on all kinds. It looks at 100 examples of a law where the gate looks at 30, at the contrast of a page in all
four of its ways where the gate takes two, and goes over every page of the desk by keyboard, where the gate goes over
those on which something new can be reached.

Of many like cases the gate tries a `spread`: of the requests and writes at which a command is killed each second or
third one, the first and the last among them. What is as true of few as of many is tried with `fewer`: examples of laws
that say how many they want, steps of random histories, posts whose cost is promised, days of an archive, the length of
texts that are to take no time. Where two things vary at once, such as what was changed and how the answer was lost,
they take turns (`in_turn`): the gate tries each of both, and not all of them with each other.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from tests.workspace import SERVERS

USUAL = "2025"  # the kind of forum for tests whose module names none
STYLE = "md"  # the format in which the gate exports an archive in PostgreSQL
GATE = "not every"  # a part of the marks that the gate chooses by


@dataclass
class Run:
    """What kind of run this is."""

    gate: bool = False


RUN = Run()


def in_every(*values: object, name: str | None = None) -> object:
    """A parameter, or several, that only the long run tries; name stands in the test's name for it."""
    return pytest.param(*values, marks=pytest.mark.every, id=name)


def spread(values: Iterable[object], step: int) -> list[object]:
    """Parameters that are much alike: of each so many the gate tries the first one, and the last of all."""
    given = list(values)
    return [one if n % step == 0 or n == len(given) - 1 else in_every(one) for n, one in enumerate(given)]


def in_turn(first: Iterable[object], second: Iterable[object]) -> list[object]:
    """Pairs for two parameters: the gate tries each of the first with one of the second, which take turns."""
    values, others = list(first), list(second)
    return [
        (one, other) if n % len(others) == m else in_every(one, other)
        for n, one in enumerate(values)
        for m, other in enumerate(others)
    ]


def fewer(usual: int, part: int = 3) -> int:
    """How many the gate takes of what the long run takes so many of: a third, or another part, at least one."""
    return -(-usual // part) if RUN.gate else usual


def mark_other_servers(items: list[pytest.Item]) -> None:
    """Mark as `every` each test on another kind of forum than its module names, where that one can be."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for item in items:
        kinds[function_of(item)] |= {found} if (found := kind_of(item)) else set()
    for item in items:
        wanted = item.get_closest_marker("server")
        named = set(wanted.args if wanted else (USUAL,))
        kind = kind_of(item)
        if (kind and kind not in named and named & kinds[function_of(item)]) or is_export_again(item):
            item.add_marker("every")


def is_export_again(item: pytest.Item) -> bool:
    """Whether a test exports an archive in PostgreSQL in another format than one."""
    called = getattr(item, "callspec", None)
    return (
        called is not None
        and called.params.get("places") == "postgresql"
        and called.params.get("style", STYLE) != STYLE
    )


def function_of(item: pytest.Item) -> str:
    """A test's name without its parameters."""
    return item.nodeid.partition("[")[0]


def kind_of(item: pytest.Item) -> str:
    """The kind of forum among a test's parameters; nothing where it has none."""
    called = getattr(item, "callspec", None)
    values = called.params.values() if called else ()
    return next((value for value in values if isinstance(value, str) and value in SERVERS), "")
