"""The letters that there are: post files that say what time they are about. They are the only memory of it.

A letter that somebody throws away was never written, and whoever has the repository knows as much as whoever wrote it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from koweb_sync.config import Settings
from koweb_sync.git.repo import Repo
from koweb_sync.posts.document import PostFile
from koweb_sync.posts.fields.letter import LetterPeriod
from koweb_sync.sync.work_tree import read
from koweb_sync.sync.world.checkout import checkout


@dataclass(frozen=True, slots=True)
class WrittenLetter:
    """A letter in the folder of the posts. `draft`: it is kept back."""

    path: str
    title: str
    period: LetterPeriod
    draft: bool


def letters(repo: Repo, settings: Settings) -> list[WrittenLetter]:
    """All letters of the work tree. A post file that cannot be read is none: `koweb check` says why."""
    return [
        WrittenLetter(one.path, one.front.title, one.front.letter, one.front.draft)
        for one in read(repo, settings, checkout(repo))
        if isinstance(one, PostFile) and one.front.letter is not None
    ]


def newest(found: Iterable[WrittenLetter], zone: ZoneInfo) -> WrittenLetter | None:
    """The letter that reaches furthest; None without any."""
    return max(found, key=lambda one: (one.period.until(zone), one.path), default=None)
