"""What an archive costs: requests, seconds of processor time and memory of the client alone.

A first run, a run where nothing changed, one after 500 new replies, an edit and a like, then reading it again.

Run by hand: python -m tests.benchmarks.archive [number of posts] [rest|data-explorer]
The second word is the way of the first run. 2 million posts take an hour by rest, a third of it by data-explorer.
"""

import sys
import tempfile
import time
from pathlib import Path

from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import forum_of
from tests.archive.measuring import settle
from tests.benchmarks.printing import measured, say

NEW = 500
WAYS = ("data-explorer", "rest")


def main(posts: int = 40_000, first: str = "rest") -> None:
    """Every command is a process of its own, so that its peak of memory is its own."""
    seed = forum_of(posts // 20, posts, likes=posts // 2, people=max(30, posts // 100))
    for one in seed["posts"]:
        one["cooked"] = "".join(f"<p>{part}</p>\n" for part in one["raw"].split("\n\n"))
    with Sandbox.start(seed, flavour="2022") as box, tempfile.TemporaryDirectory() as name:
        del seed
        box.front.app.extensions["explorer"].database.memory = "12GB"  # as a forum of that size has
        box.front.app.extensions["explorer"].database.seconds = 600
        folder = Path(name)
        settle(folder, box)
        measured("queries saved", box, folder, "doctor --save-query")
        measured(f"first run by {first}", box, folder, f"archive --no-images --via {first}")
        for way in WAYS:
            archive = f"archive --no-images --via {way}"
            measured(f"nothing changed, by {way}", box, folder, archive)
            happen(box, posts)
            measured(f"{NEW} new replies, an edit, a like, by {way}", box, folder, archive)
        for words in ("search hurluberlu", "search question --limit 50", "list", "stats", "show 1"):
            measured(words, box, folder, f"archive {words}")
        size = (folder / "koweb-archive.sqlite").stat().st_size / 2**20
        say(f"archive on disk: {size:,.0f} MiB")


def happen(box: Sandbox, posts: int) -> None:
    """People write, one edits and likes."""
    for n in range(NEW):
        text = f"Une réponse toute neuve, la {n}e, à {time.monotonic()} s, avec le mot hurluberlu."
        box.reply(1 + n * (posts // 20) // NEW, text, username=f"membre{2 + n % 20}")
    box.edit(1 + posts // 40, raw=f"Un texte repris tout entier à {time.monotonic()} s, pour voir.", username="admin")
    box.like(next(n for n in range(1, posts) if (1 not in {who for who, _at in box.post(n).likes})), username="admin")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40_000, *sys.argv[2:])
