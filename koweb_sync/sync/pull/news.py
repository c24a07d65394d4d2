"""What came of a fetch or a pull, topic by topic."""

from dataclasses import dataclass
from typing import Literal

from koweb_sync.errors import HUMAN, worst
from koweb_sync.git.repo import Sha
from koweb_sync.sync.publish.actions import Refusal

Fate = Literal["brought", "held", "seen", "conflict", "left out"]
Side = Literal["", "ours", "theirs"]


@dataclass(frozen=True, slots=True)
class News:
    """Something on the forum that is no edit of the text. `text` says it in words. `needs_human`: git and the forum
    cannot agree again before a person has looked.
    """

    path: str
    topic: int
    url: str
    state: str
    text: str
    needs_human: bool


@dataclass(frozen=True, slots=True)
class Incoming:
    """An edit on the forum, and what became of it. `what` are the names of what changed: text, title, category…; `at`:
    when it was made (s). `side`: whose words the file has where both sides had changed the same, as was wished: git's
    or the forum's; "" where they had not.
    """

    path: str
    topic: int
    url: str
    what: tuple[str, ...]
    editor: str
    fate: Fate
    at: float = 0.0
    side: Side = ""


@dataclass(frozen=True, slots=True)
class Pulled:
    """The result of a fetch or a pull. `commits` are new on the branch; `refusals` are posts that were not compared;
    `spared`: how many topics were not read, for the forum told of no edit.
    """

    edits: tuple[Incoming, ...] = ()
    news: tuple[News, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    commits: tuple[Sha, ...] = ()
    read: int = 0
    spared: int = 0

    @property
    def conflicts(self) -> tuple[Incoming, ...]:
        """Edits that a person has to merge."""
        return tuple(edit for edit in self.edits if edit.fate in ("conflict", "left out"))

    @property
    def exit_code(self) -> int:
        """3 where a person has to look, or what the refusals say."""
        codes = [refusal.error.exit_code for refusal in self.refusals]
        human = bool(self.conflicts) or any(one.needs_human for one in self.news)
        return worst([*codes, *([HUMAN] if human else [])])
