"""A clock that tests move."""

from dataclasses import dataclass, field


@dataclass
class Clock:
    """Time for the forum and for us; waiting takes no time, and is noted."""

    time: float = 1_795_000_000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        """The time, in Unix seconds."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.time += seconds
