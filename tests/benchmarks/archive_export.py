"""What an export of a large archive costs: `python -m tests.benchmarks.archive_export [POSTS] [STYLE…]`.

2 million posts unless told otherwise. Each style runs in a process of its own, so that its peak of memory is its own.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from koweb_sync.archive.base.store import Store
from koweb_sync.archive.read.export.run import STYLES
from tests.archive.exhibits import crowd
from tests.archive.test_export import MEASURED

POSTS = 2_000_000


def main(words: list[str]) -> None:
    """Fill an archive, export it in every style, print seconds, megabytes and files."""
    posts = int(words[0]) if words else POSTS
    with tempfile.TemporaryDirectory(prefix="koweb-") as place:
        file = Path(place) / "archive.sqlite"
        start = time.monotonic()
        with Store.open(str(file)) as store:
            crowd(store, posts)
        say(f"{posts:,} posts, {file.stat().st_size / 1e6:,.0f} MB, filled in {time.monotonic() - start:.0f} s")
        for style in words[1:] or STYLES:
            out = Path(place) / "out"
            start = time.monotonic()
            run = [sys.executable, "-c", MEASURED, str(file), str(out), style]
            done = subprocess.run(run, capture_output=True, text=True, check=True)
            files = [one for one in out.rglob("*") if one.is_file()]
            size = sum(one.stat().st_size for one in files) / 1e6
            used = done.stdout.split()[1]
            took = time.monotonic() - start
            say(f"{style:8} {took:6.0f} s  {used:>4} MB resident  {len(files):,} files, {size:,.0f} MB")
            shutil.rmtree(out)


def say(text: str) -> None:
    """A line of the result."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
