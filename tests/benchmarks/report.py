"""What the figures of a large forum cost: seconds, and the most memory that the process held.

Run by hand: python -m tests.benchmarks.report [number of posts] [number of people]
"""

import resource
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from koweb_sync.archive.store import Store
from koweb_sync.report.form import as_json
from koweb_sync.report.metrics import figures
from koweb_sync.report.population import population
from koweb_sync.report.published import Bound
from koweb_sync.report.source import opened
from koweb_sync.report.window import DAY, HOUR, SECOND, Settings, Window
from tests.report.forums import START, URL

PER_TOPIC = 10
SPAN = 3 * 365 * DAY
MONTHS = 36


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
    with sqlite3.connect(path) as archive:
        archive.executemany(
            "INSERT INTO people (forum, id, username, folded, created, admin) VALUES (1, ?, ?, ?, ?, ?)",
            ((n, f"person{n}", f"person{n}", began, int(n < 4)) for n in range(1, people + 1)),
        )
        archive.execute(
            "INSERT INTO runs (forum, n, started, ended, outcome) VALUES (1, 1, ?, ?, 'done')", (START,) * 2
        )
        archive.executemany(
            "INSERT INTO categories (forum, id, name, path) VALUES (1, ?, ?, ?)",
            ((n, f"c{n}", f"c{n}") for n in range(12)),
        )
        openers = author[number == 1].tolist()
        archive.executemany(
            "INSERT INTO topics (forum, id, title, slug, category, person, created, visible, views)"
            " VALUES (1, ?, ?, 'sujet', ?, ?, ?, 1, 100)",
            (
                (n, f"Sujet {n}", n % 12, who, when)
                for n, (who, when) in enumerate(zip(openers, opened_at.tolist(), strict=True))
            ),
        )
        archive.executemany(
            "INSERT INTO posts (forum, id, topic, number, type, person, created, reply_to, digest) VALUES (1, ?, ?, ?, 1, ?, ?, ?, '')",
            zip(
                range(posts),
                topic.tolist(),
                number.tolist(),
                author.tolist(),
                created.tolist(),
                [n or None for n in reply.tolist()],
                strict=True,
            ),
        )
        liked = chance.integers(0, posts, 2 * posts)
        archive.executemany(
            "INSERT OR IGNORE INTO reactions (forum, post, person, kind, n, at, seen) VALUES (1, ?, ?, 'like', 1, ?, ?)",
            (
                (p, who, when, when)
                for p, who, when in zip(
                    liked.tolist(),
                    chance.integers(1, people, liked.size).tolist(),
                    (created[liked] + HOUR).tolist(),
                    strict=True,
                )
            ),
        )
        quoting = chance.integers(0, posts, posts // 5)
        archive.executemany(
            "INSERT OR IGNORE INTO edges (forum, post, kind, n, to_topic, to_number) VALUES (1, ?, 'quote', 1, ?, 1)",
            zip(quoting.tolist(), chance.integers(0, topics, quoting.size).tolist(), strict=True),
        )
        archive.executemany(
            "INSERT OR IGNORE INTO edges (forum, post, kind, n, to_person) VALUES (1, ?, 'mention', 1, ?)",
            zip(quoting.tolist(), chance.integers(1, people, quoting.size).tolist(), strict=True),
        )
        days = [
            (who, began + day * 30 * DAY, day * 5, day * 50)
            for who in range(1, people + 1)
            for day in range(0, MONTHS, 6)
        ]
        archive.executemany(
            "INSERT INTO activity (forum, person, at, days_visited, posts_read) VALUES (1, ?, ?, ?, ?)", days
        )
    archive.close()
    return list(range(0, topics, max(1, topics // 300)))


def measure(path: Path, window: Window, bound: list[int]) -> None:
    """Seconds to open the archive, for its population, and for all figures."""
    with Store.open(str(path)) as store:
        begun = time.perf_counter()
        with opened(store, 1) as source:
            read = time.perf_counter()
            population(source, Settings())
            counted = time.perf_counter()
            report = figures(source, window, Settings(), [Bound(topic) for topic in bound])
            done = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"{window.length / DAY:6.0f} days: {report.voices.posts.value} posts; open {read - begun:.1f} s, population"
        f" {counted - read:.1f} s, figures {done - counted:.1f} s; at most {memory:.0f} MB; {len(str(as_json(report)))} characters\n"
    )


def main() -> None:
    """Two windows: a month, and three years."""
    posts = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    people = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.sqlite"
        with Store.open(str(path)) as store:
            store.enter(URL, "large", START)
        bound = grow(path, posts, people)
        sys.stdout.write(f"{posts} posts, {people} people, {path.stat().st_size / 1e6:.0f} MB\n")
        for window in (Window(START - 30 * DAY, START), Window(START - SPAN, START)):
            measure(path, window, bound)


if __name__ == "__main__":
    main()
