"""What a check finds in a post file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem. `line` from 1; `code` never changes its meaning; a problem that is no `error` is a warning."""

    path: str
    line: int
    code: str
    message: str
    error: bool = True
