"""What the report of a large forum costs: seconds, and the most memory that the process held.

Run by hand: python -m tests.benchmarks.report [number of posts] [number of people]
"""

import multiprocessing
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from koweb_sync.archive.base.store import Store
from koweb_sync.report.metrics import figures
from koweb_sync.report.page import page
from koweb_sync.report.published import Bound
from koweb_sync.report.share import shareable
from koweb_sync.report.source import opened
from koweb_sync.report.window import DAY, HOUR, SECOND, Settings, Window
from tests.report.forums import START, URL

PER_TOPIC = 10
SPAN = 3 * 365 * DAY


def grow(path: Path, posts: int, people: int) -> list[int]:
    """A forum of three years: a few people write much; a topic for every ten posts, two likes a post, quotes, mentions.

    The archive's tables are filled past SQLAlchemy, for speed. Answers the numbers of topics to report on.
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
    with sqlite3.connect(path) as archive:
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
    archive.close()
    return list(range(0, topics, max(1, topics // 300)))


def fill(archive: sqlite3.Connection, table: str, names: str, columns: Iterable[Iterable[Any]]) -> None:
    """Insert rows, given as columns, for the first forum; what is there already stays."""
    values = [column.tolist() if isinstance(column, np.ndarray) else column for column in columns]
    holes = ", ".join("?" for _column in values)
    archive.executemany(
        f"INSERT OR IGNORE INTO {table} (forum, {names}) VALUES (1, {holes})",  # noqa: S608 - names from this file
        zip(*values, strict=True),
    )


def measure(path: Path, window: Window, bound: list[int]) -> None:
    """Seconds to open the archive, for all figures, and for the page."""
    with Store.open(str(path)) as store:
        begun = time.perf_counter()
        with opened(store, 1) as source:
            read = time.perf_counter()
            report = figures(source, window, Settings(), [Bound(topic) for topic in bound])
            done = time.perf_counter()
    size = len(page(shareable(report), window.until))
    drawn = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"{window.length / DAY:6.0f} days: {report.voices.posts.value} posts; read {read - begun:.1f} s, "
        f"figures {done - read:.1f} s, page of {size // 1000} kB {drawn - done:.1f} s; at most {memory:.0f} MB\n"
    )


def main() -> None:
    """Two windows, a month and three years, each in a process of its own, so that its memory is its own."""
    posts = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    people = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    fresh = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.sqlite"
        with Store.open(str(path)) as store:
            store.enter(URL, "large", START)
        bound = grow(path, posts, people)
        sys.stdout.write(f"{posts} posts, {people} people, {path.stat().st_size / 1e6:.0f} MB\n")
        sys.stdout.flush()
        for window in (Window(START - 30 * DAY, START), Window(START - SPAN, START)):
            process = fresh.Process(target=measure, args=(path, window, bound))
            process.start()
            process.join()


if __name__ == "__main__":
    main()
