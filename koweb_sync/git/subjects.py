"""A commit in a few words, as `git log` tells it."""

from dataclasses import dataclass

SUBJECT = "--format=%h%x00%s%x00%B"


@dataclass(frozen=True, slots=True)
class CommitSubject:
    """A commit: its short hash, the first line of its message, and all of that."""

    short: str
    line: str
    message: str


def subject(told: bytes) -> CommitSubject | None:
    """The commit that `git log -1` tells in that format, if there is one."""
    out = told.decode("utf-8", "replace")
    return CommitSubject(*out.split("\0", 2)) if "\0" in out else None
