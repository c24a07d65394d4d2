"""What came of a push, post by post."""

from dataclasses import dataclass

from koweb_sync.errors import KowebError, worst
from koweb_sync.sync.publish.actions import Plan


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one action. `note` is a sentence that a person should read.

    `done`: created, completed (links of a new topic), updated, translated, recorded, approved, taken, keep, unlist,
    close, delete, recovered (a topic that had made room for one that was then refused), or "" with an `error`.
    """

    path: str
    done: str
    url: str = ""
    error: KowebError | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a push. `stopped` is what ended it early: everything before that is saved. `note` is a sentence that
    a person should read; `unsure` are the ids of posts of which something was sent without an answer.
    """

    plan: Plan
    outcomes: tuple[Outcome, ...] = ()
    stopped: KowebError | None = None
    note: str = ""
    unsure: frozenset[str] = frozenset()

    @property
    def exit_code(self) -> int:
        """1 wins over 2, 2 over 3."""
        codes = [o.error.exit_code for o in self.outcomes if o.error]
        return worst([*codes, *self.plan.codes, *([self.stopped.exit_code] if self.stopped else [])])
