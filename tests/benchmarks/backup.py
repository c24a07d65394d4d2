"""Reading a forum's own backup: what it takes, and what it takes at most of memory.

Run by hand: python -m tests.benchmarks.backup [number of posts]. A forum is made up of which a tenth of the posts are
topics, a tenth were edited and a third hold links, with as many likes as posts; each form of its backup is read in a
process of its own, which has a helper.
"""

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from koweb_sync.archive.backups.tables import ALLOWED
from tests.archive.backups.writing import Dump, as_directory, as_sql
from tests.benchmarks.printing import say

POSTS = 100_000
TALK = "bonjour à toutes et à tous, nous avons préparé un tour de table pour la rencontre des communes"
WORDS = TALK.split(" ")
AT = "2024-03-01 10:00:00.123456"
READ = """
import resource, runpy, sys, time
file, store = sys.argv[1:]
sys.argv = ["koweb", "archive", "--from-backup", file, "--store", store, "--url", "https://forum.example.org"]
begun = time.monotonic()
try:
    runpy.run_module("koweb_sync", run_name="__main__", alter_sys=True)
except SystemExit as end:
    assert not end.code, end.code
took = time.monotonic() - begun
mine, helper = (resource.getrusage(one) for one in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
work = [f"{one.ru_utime + one.ru_stime:.1f}" for one in (mine, helper)]
memory = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")][0]
took = f"{took:.1f} s ({work[0]} s of processor, and {work[1]} s of its helper's)"
print(f"{took}, at most {int(memory) // 1024} MiB, and {helper.ru_maxrss // 1024} of the helper's, most of them shared")
"""


def main(words: list[str]) -> None:
    """Write both forms, and read each."""
    posts = int(words[0]) if words else POSTS
    with tempfile.TemporaryDirectory(prefix="koweb-") as name:
        folder = Path(name)
        read(made(folder, 20, as_sql))  # from then on all is compiled, as it is where koweb is installed
        for write in (as_sql, as_directory):
            file = made(folder, posts, write)
            say(f"{file.name} of {posts:,} posts, {file.stat().st_size >> 20} MiB: {read(file)}")


def read(file: Path) -> str:
    """Read a backup into a new archive: what it took."""
    with tempfile.TemporaryDirectory(prefix="koweb-") as name:
        environ = {**os.environ, "PYTHONPYCACHEPREFIX": str(file.parent / "compiled"), "PYTHONDONTWRITEBYTECODE": ""}
        command = [sys.executable, "-c", READ, str(file), f"{name}/archive.sqlite"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environ)
        return done.stdout.splitlines()[-1]


def made(folder: Path, posts: int, write: Callable[[Path, Dump], Path]) -> Path:
    """A backup of so many posts."""
    dump = Dump()
    for name, table in ALLOWED.items():
        dump.add(name, table.columns, [])
    people, known = max(10, posts // 50), {"active": "t", "trust_level": 1}
    fill(dump, "users", people, lambda n: {"username": f"membre{n}", "name": f"Membre {n}", **known})
    fill(dump, "categories", 1, lambda _n: {"name": "Lieu", "slug": "lieu", "read_restricted": "f", "position": 0})
    fill(dump, "topics", posts // 10, topic)
    dice = random.Random(1)
    fill(dump, "posts", posts, lambda n: post(n, people, dice))
    fill(dump, "post_revisions", posts // 10, lambda n: {"post_id": n * 10, "number": 2, "modifications": edit(dice)})
    like = {"post_action_type_id": 2}
    fill(dump, "post_actions", posts, lambda n: {"post_id": n, "user_id": n * 7 % people + 1, **like})
    return write(folder, dump)


def fill(dump: Dump, table: str, number: int, row: Callable[[int], dict[str, Any]]) -> None:
    """Rows of a table; columns that nobody names are false, or null."""
    columns = ALLOWED[table].columns

    def rows() -> Iterator[list[Any]]:
        plain = dict.fromkeys(("admin", "moderator", "staged", "closed", "archived", "pinned_globally"), "f")
        plain |= dict.fromkeys(("hidden", "wiki", "user_deleted"), "f")
        for n in range(1, number + 1):
            told = {**plain, "id": n, "created_at": AT, **row(n)}
            yield [told.get(name) for name in columns]

    dump.add(table, columns, rows())


def topic(n: int) -> dict[str, Any]:
    """A topic."""
    facts = {"title": f"Sujet {n}", "slug": f"sujet-{n}", "archetype": "regular", "category_id": 1, "user_id": 1}
    counts = {"views": 5, "posts_count": 10, "highest_post_number": 10, "like_count": 10, "visible": "t"}
    return {**facts, **counts, "bumped_at": AT, "last_posted_at": AT}


def post(n: int, people: int, dice: random.Random) -> dict[str, Any]:
    """A post; each third one holds a link and names somebody."""
    raw, cooked = text(dice)
    if n % 3 == 0:
        name = f"membre{n % people + 1}"
        cooked += f'<p><a href="https://example.org/{n}">là</a> <a class="mention" href="/u/{name}">@{name}</a></p>'
    place = {"topic_id": (n - 1) // 10 + 1, "post_number": (n - 1) % 10 + 1, "post_type": 1, "user_id": n % people + 1}
    counts = {"public_version": 1, "like_count": 1, "reads": 3, "updated_at": AT}
    return {"raw": raw, "cooked": cooked, **place, **counts}


def text(dice: random.Random) -> tuple[str, str]:
    """A text of three paragraphs, and its HTML."""
    parts = [" ".join(dice.choices(WORDS, k=30)) for _n in range(3)]
    return "\n\n".join(parts), "\n".join(f"<p>{part}</p>" for part in parts)


def edit(dice: random.Random) -> str:
    """An edit, as Rails keeps it."""
    said = "--- !ruby/hash:ActiveSupport::HashWithIndifferentAccess\n"
    (raw, cooked), (after, cooked_after) = text(dice), text(dice)
    for name, pair in (("raw", (raw, after)), ("cooked", (cooked, cooked_after))):
        blocks = ("|-\n" + "\n".join(f"  {line}" if line else "" for line in one.split("\n")) for one in pair)
        said += f"{name}:\n" + "".join(f"- {block}\n" for block in blocks)
    return said


if __name__ == "__main__":
    main(sys.argv[1:])
