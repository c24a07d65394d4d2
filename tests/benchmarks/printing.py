"""What the benchmarks print."""

import sys
from pathlib import Path

from koweb_sync.sandbox import Sandbox
from tests.archive.measuring import run


def measured(what: str, box: Sandbox, folder: Path, words: str) -> None:
    """Run a command in a process of its own, and print what it took."""
    box.forget()
    taken = run(folder, box, *words.split())
    took = f"{taken.processor:.1f} s of processor, {taken.seconds:.1f} s, at most {taken.memory:,.0f} MiB"
    say(f"{what}: {len(box.log):,} requests, {took}")


def say(text: str) -> None:
    """A line of the result."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
