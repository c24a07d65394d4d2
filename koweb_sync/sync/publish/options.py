"""What the user asked of a push."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from koweb_sync.git.repo import Sha
from koweb_sync.spelling import nfc


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What the user asked for. `only`: paths or folders to publish, all if empty; `yes`: many withdrawals are meant;
    `resend`: send again what was held for review; `reviewed`: the plan is saved, and carried out from its file; `at`:
    the commit to plan for, None for HEAD.
    """

    only: tuple[str, ...] = ()
    yes: bool = False
    resend: bool = False
    reviewed: bool = False
    at: Sha | None = None

    def covers(self, path: str) -> bool:
        """Whether a path is to be published."""
        here = nfc(path)
        names = map(nfc, self.only)
        return not self.only or any(here == one or here.startswith(f"{one}/") or one in (".", "") for one in names)


NOTHING_BESIDES = PlanOptions()


@dataclass(frozen=True, slots=True)
class PushOptions:
    """The flags of `koweb push`. `saved` is a plan from `koweb plan -o`, as read from its file."""

    options: PlanOptions = field(default_factory=PlanOptions)
    branch_ok: bool = False
    break_lock: bool = False
    no_bump: bool = False
    saved: Mapping[str, Any] | None = None

    @property
    def plain(self) -> bool:
        """Whether all that HEAD holds is to be published, and nothing is asked besides."""
        return self.options == NOTHING_BESIDES and self.saved is None
