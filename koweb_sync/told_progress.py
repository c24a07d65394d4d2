"""How far a command is, what it does now, and what it will take, for the program that runs it: lines among
those that it says, which no person writes so.
"""

import os
import re

WANTED = "KOWEB_TELLS_PROGRESS"  # set by the program that reads these lines
SIGN, ASIDE, STAGE, AHEAD = "\x02", "\x03", "\x04", "\x05"  # which no text of ours holds
LINE = re.compile(rf"{SIGN}(\d{{1,9}}) (\d{{1,9}})")


def is_wanted() -> bool:
    """Whether somebody reads them."""
    return bool(os.environ.get(WANTED))


def line(done: int, total: int) -> str:
    """So many steps of so many; of 0 where nobody knows."""
    return f"{SIGN}{done} {total}"


def aside(text: str) -> str:
    """A sentence with counts of what it will take, for whoever unfolds it."""
    return f"{ASIDE}{text}"


def aside_in(said: str) -> str | None:
    """The sentence in such a line; None for another one."""
    return said.removeprefix(ASIDE) if said.startswith(ASIDE) else None


def ahead(text: str) -> str:
    """How long it will take, in a sentence: once it is over, nobody reads that."""
    return f"{AHEAD}{text}"


def ahead_in(said: str) -> str | None:
    """The sentence in such a line; None for another one."""
    return said.removeprefix(AHEAD) if said.startswith(AHEAD) else None


def stage(text: str) -> str:
    """What is done now, in a word or two."""
    return f"{STAGE}{text}"


def stage_in(said: str) -> str | None:
    """What such a line says is done now; None for another one."""
    return said.removeprefix(STAGE) if said.startswith(STAGE) else None


def steps(said: str) -> tuple[int, int] | None:
    """What such a line says; None for one that is meant for people."""
    found = LINE.fullmatch(said)
    return (int(found[1]), int(found[2])) if found else None
