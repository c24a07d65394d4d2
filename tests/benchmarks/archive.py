"""What an archive costs: requests, seconds of processor time and memory of the client alone.

Run by hand: python -m tests.benchmarks.archive [number of posts]
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import forum_of

COMMAND = [sys.executable, "-m", "koweb_sync", "archive", "--no-images"]


def main(posts: int = 40_000) -> None:
    """A first run, then one where nothing changed; the client is a process of its own."""
    seed = forum_of(posts // 20, posts, likes=posts // 2, people=max(30, posts // 100))
    for one in seed["posts"]:
        one["cooked"] = "".join(f"<p>{part}</p>\n" for part in one["raw"].split("\n\n"))
    with Sandbox.start(seed, flavour="2022") as box, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        limits = "key_per_minute = 0\nanonymous_per_minute = 0\nanonymous_per_10_seconds = 0\n"
        text = f'[forum.kafe]\nurl = "{box.url}"\nusername = "admin"\n\n[forum.kafe.limits]\n{limits}'
        (folder / "koweb.toml").write_text(text, encoding="utf-8")
        for what in ("first run", "nothing changed"):
            measured(what, box, folder)
        size = (folder / "koweb-archive.sqlite").stat().st_size / 2**20
        print(f"archive on disk: {size:,.0f} MiB")  # noqa: T201


def measured(what: str, box: Sandbox, folder: Path) -> None:
    """Run the command, and print what it took."""
    before, begun, asked = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic(), len(box.log)
    subprocess.run(COMMAND, cwd=folder, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak = after.ru_maxrss / 1024
    line = f"{what}: {len(box.log) - asked:,} requests, {cpu:.1f} s of processor, {time.monotonic() - begun:.1f} s"
    print(f"{line}, at most {peak:,.0f} MiB")  # noqa: T201


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
