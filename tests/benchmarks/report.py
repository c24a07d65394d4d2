"""What the report of a large forum costs: seconds, and the most memory that the process held.

Run by hand: python -m tests.benchmarks.report [number of posts] [number of people]
"""

import sqlite3
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from koweb_sync.archive.store.store import Store
from koweb_sync.times import DAY, HOUR, SECOND
from tests.archive.measuring import run
from tests.report.forums import START, URL

PER_TOPIC = 10
SPAN = 3 * 365 * DAY


def grow(path: Path, posts: int, people: int) -> None:
    """A forum of three years: a few people write much; a topic for every ten posts, two likes a post, quotes, mentions.

    The archive's tables are filled past SQLAlchemy, for speed.
    """
    chance = np.random.default_rng(1)
    topics = posts // PER_TOPIC
    began = START - SPAN
    opened_at = np.sort(chance.integers(began, START, topics))
    topic = np.concatenate([np.arange(topics), chance.integers(0, topics, posts - topics)])
    author = np.minimum((people * chance.random(posts) ** 3).astype(int), people - 1) + 1
    later = np.concatenate([np.zeros(topics), chance.exponential(20 * HOUR, posts - topics) + SECOND])
    created = (opened_at[topic] + later).astype(np.int64)
    order = np.lexsort((created, topic))
    topic, author, created = topic[order], author[order], created[order]
    number = np.arange(posts) - np.searchsorted(topic, topic) + 1
    reply = np.where(chance.random(posts) < 0.6, (chance.random(posts) * number).astype(int), 0)
    liked, quoting = chance.integers(0, posts, 2 * posts), chance.integers(0, posts, posts // 5)
    with Store.open(str(path)) as store, store.begin() as connection:  # its triggers need functions of the store's
        archive: Any = connection.connection.driver_connection
        everybody = [(n, f"person{n}", f"person{n}", began, int(n < 4)) for n in range(1, people + 1)]
        fill(archive, "people", "id, username, folded, created, admin", zip(*everybody, strict=True))
        fill(archive, "runs", "n, started, ended, outcome", ([1], [START], [START], ["done"]))
        fill(archive, "categories", "id, name, path", (range(12), map(str, range(12)), map(str, range(12))))
        fill(
            archive,
            "topics",
            "id, title, slug, category, person, created, visible, views",
            (range(topics), map(str, range(topics)), ["sujet"] * topics, np.arange(topics) % 12, author[number == 1],
             opened_at, [1] * topics, [100] * topics),
        )  # fmt: skip
        fill(
            archive,
            "posts",
            "id, topic, number, type, person, created, reply_to",
            (range(posts), topic, number, [1] * posts, author, created, [n or None for n in reply.tolist()]),
        )
        when = created[liked] + HOUR
        likers = chance.integers(1, people, liked.size)
        fill(
            archive,
            "reactions",
            "post, person, kind, n, at, seen",
            (liked, likers, ["like"] * liked.size, [1] * liked.size, when, when),
        )
        to = chance.integers(0, topics, quoting.size)
        one = [1] * quoting.size
        fill(archive, "edges", "post, kind, n, to_topic, to_number", (quoting, ["quote"] * quoting.size, one, to, one))
        named = chance.integers(1, people, quoting.size)
        fill(archive, "edges", "post, kind, n, to_person", (quoting, ["mention"] * quoting.size, one, named))
        days = [
            (who, began + day * 30 * DAY, day * 5, day * 50) for who in range(1, people + 1) for day in range(0, 36, 6)
        ]
        fill(archive, "activity", "person, at, days_visited, posts_read", zip(*days, strict=True))


def fill(archive: sqlite3.Connection, table: str, names: str, columns: Iterable[Iterable[Any]]) -> None:
    """Insert rows, given as columns, for the first forum; what is there already stays."""
    values = [column.tolist() if isinstance(column, np.ndarray) else column for column in columns]
    holes = ", ".join("?" for _column in values)
    archive.executemany(
        f"INSERT OR IGNORE INTO {table} (forum, {names}) VALUES (1, {holes})",  # noqa: S608 - names from this file
        zip(*values, strict=True),
    )


def main() -> None:
    """Two windows, a month and three years, each by the command, in a process of its own."""
    posts = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    people = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "koweb-archive.sqlite"
        (folder / "koweb.toml").write_text(f'[forum.large]\nurl = "{URL}"\n', encoding="utf-8")
        with Store.open(str(path)) as store:
            store.enter(URL, "large", START)
        grow(path, posts, people)
        sys.stdout.write(f"{posts} posts, {people} people, {path.stat().st_size / 1e6:.0f} MB\n")
        sys.stdout.flush()
        for days in (30, SPAN // DAY):
            taken = run(folder, None, "report", "--since", f"{days}d", "--output", "report.html")
            page = (folder / "report.html").stat().st_size
            sys.stdout.write(
                f"{days:6} days: a page of {page // 1000} kB after {taken.seconds:.1f} s, {taken.processor:.1f} s of "
                f"them of processor; at most {taken.memory:.0f} MiB\n"
            )


if __name__ == "__main__":
    main()
