"""What it takes to keep a large archive up to date, to search it and to export it: memory above all.

Run by hand: python -m tests.benchmarks.archive_large [number of posts] [style of export…]

The archive is filled past the network, which would take an hour, and a forum is started that holds the same posts. So
the first run that is measured is the daily one, which walks all topics and balances the ledger. 2 million posts unless
told otherwise.
"""

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

from koweb_sync.archive.exports.export import EXPORTS
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store, put
from koweb_sync.sandbox import Sandbox
from tests.archive.exhibits import crowd, crowded
from tests.archive.measuring import settle
from tests.benchmarks.printing import measured, say

POSTS = 2_000_000
NEW = 500


def main(words: list[str]) -> None:
    """Fill an archive and a forum; update, search and export, each in a process of its own."""
    posts = int(words[0]) if words else POSTS
    with tempfile.TemporaryDirectory(prefix="koweb-") as name, Sandbox.start(crowded(posts), flavour="2025") as box:
        folder = Path(name)
        settle(folder, box)
        fill(folder / "koweb-archive.sqlite", posts, box.url)
        update = "archive --no-images --via rest"
        measured("daily run", box, folder, update)
        for n in range(NEW):
            text = f"Une réponse toute neuve, la {n}e, avec le mot hurluberlu."
            box.reply(1 + n * (posts // 20) // NEW, text, username=f"membre{1 + n % 500}")
        box.edit(1, raw="Un texte que l’on vient de reprendre tout entier, pour voir.", username="admin")
        box.like(2, username="admin")
        measured(f"{NEW} new replies, an edit, a like", box, folder, update)
        measured("nothing changed", box, folder, update)
        for what in ("search hurluberlu", "search question --limit 50", "list", "stats", "show 1"):
            measured(what, box, folder, f"archive {what}")
        for style in words[1:] or EXPORTS.names():
            measured(f"export {style}", box, folder, f"archive export --format {style} --to out")
            shutil.rmtree(folder / "out")


def fill(file: Path, posts: int, url: str) -> None:
    """The archive, as a run of yesterday left it."""
    start = time.monotonic()
    with Store.open(str(file)) as store:
        forum = crowd(store, posts, url=url, likes=False)
        walked = {"top": posts, "high": None, "next": None, "mode": ""}
        with store.begin() as connection:
            put(connection, schema.CURSORS, [{"forum": forum, "name": "posts", "value": json.dumps(walked)}])
    say(f"{posts:,} posts, {file.stat().st_size / 2**20:,.0f} MiB, filled in {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
