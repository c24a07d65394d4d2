"""What it takes to close a large forum: time, memory, files, and what an erasure in the kit takes afterwards.

Run by hand: python -m tests.benchmarks.closing [number of posts] [folder for the work], or, to have the reference
library look at the bag after each step, the same behind `uv run --with bagit`.

The archive is filled past the network, and no forum is asked: the kit is made of the archive as it is. 200,000 posts
unless told otherwise; memory must not grow with their number as the kit does. Each part of the work is measured alone
before, so that one sees which of them grows.
"""

import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store, put
from tests.archive.exhibits import crowd
from tests.archive.measuring import Taken, run
from tests.benchmarks.printing import say

POSTS = 200_000
URL = "https://kafe.example.org"
CLOSE = "archive close --to kit --contact amina@example.org --offline --yes"
PARTS = ("verify --offline", *(f"export --format {style} --to {style}" for style in ("website", "jsonl", "md")))
SETTINGS = f'[forum.kafe]\nurl = "{URL}"\nusername = "admin"\n'


def main(words: list[str]) -> None:
    """Fill an archive, close the forum, erase somebody, each in a process of its own."""
    posts = int(words[0]) if words else POSTS
    with tempfile.TemporaryDirectory(prefix="koweb-", dir=words[1] if words[1:] else None) as name:
        folder = Path(name)
        (folder / "koweb.toml").write_text(SETTINGS, encoding="utf-8")
        with Store.open(str(folder / "koweb-archive.sqlite")) as store:
            crowd(store, posts, url=URL, likes=False)
            with store.begin() as connection:  # as if it had been archived
                put(connection, schema.RUNS, [{"forum": 1, "n": 1, "started": 1, "via": "", "outcome": "done"}])
        say(f"{posts:,} posts, {size(folder):,} MiB, {shutil.disk_usage(folder).free >> 30} GiB free")
        for part in PARTS:
            told(part, run(folder, None, "archive", *part.split(), fine=(0, 3)))
        for style in ("website", "jsonl", "md"):
            shutil.rmtree(folder / style)
        for what, command in (
            ("close", CLOSE),
            ("close again", CLOSE),
            ("forget somebody", "archive forget membre7 --yes"),
        ):
            taken = run(folder, None, *command.split(), fine=(0, 3))  # nobody read it from a forum: that is doubted
            files = sum(1 for one in (folder / "kit").rglob("*") if one.is_file())
            told(what, taken, f"; {files:,} files, {size(folder / 'kit'):,} MiB{valid(folder / 'kit')}")


def told(what: str, taken: Taken, more: str = "") -> None:
    """Say what something took."""
    took = f"{taken.processor:.0f} s of processor, {taken.seconds:.0f} s, at most {taken.memory:,.0f} MiB"
    say(f"{what}: {took}{more}")


def valid(kit: Path) -> str:
    """What the reference library says of a bag, where it is there."""
    if find_spec("bagit") is None:
        return ""
    command = [sys.executable, "-m", "bagit", "--validate", "--quiet", str(kit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "; bagit.py: valid" if done.returncode == 0 else f"; bagit.py: {done.stderr.strip()}"


def size(folder: Path) -> int:
    """How many MiB a folder holds."""
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file()) >> 20


if __name__ == "__main__":
    main(sys.argv[1:])
