"""What a query costs on a large forum: seconds to load what it reads, to run it, and to run it again.

Run by hand: python -m tests.benchmarks.explorer [number of posts]
"""

import resource
import sys
import time

from koweb_sync.forum.archive_queries import saved_queries
from koweb_sync.forum.plugin_queries import PLUGINS
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.explorer.run_query import Explorer
from koweb_sync.sandbox.model.records import PostRecord, RevisionRecord, TopicRecord
from koweb_sync.sandbox.model.state import ForumState
from tests.workspace import TEXT

BODY = f"{TEXT} " + "Un paragraphe de plus, où l’on dit ce que l’on a vu. " * 20
PER_TOPIC = 20


def grow(state: ForumState, posts: int) -> None:
    """Fill a forum: one topic for every twenty posts, one like a post, an edit for every tenth."""
    for number in range(posts // PER_TOPIC):
        topic = TopicRecord(
            1000 + number, f"Un sujet parmi d’autres, numéro {number}", "sujet", 4, 2, 1.7e9 + number, 1.7e9
        )
        topic.external_id = f"koweb-{number}" if number % 10 == 0 else None
        topic.tags = ["accueil", "posture"][: number % 3]
        state.add_topic(topic)
    for number in range(posts):
        made = 1.7e9 + number + 0.123456
        nth, ident = number % PER_TOPIC + 1, 10_000 + number
        post = PostRecord(ident, 1000 + number // PER_TOPIC, nth, 4, f"{BODY}{number}", made, made, state.cook)
        post.reply_to = nth - 1 or None
        post.likes.append((5, made))
        if number % 10 == 0:
            post.revisions.append(RevisionRecord(2, 3, made, None, {"raw": (TEXT, f"{BODY}{number}")}))
        state.add_post(post)


def measure(explorer: Explorer, name: str, text: str) -> None:
    """Load and run, run again, and run after one post has changed."""
    state = explorer.state
    times = []
    for nth in range(3):
        if nth == 2:
            state.posts[next(reversed(state.posts))].raw += " Et voilà."
        begun = time.perf_counter()
        found = explorer.run(text, {"limit": "10000"}, 10_000)
        times.append(time.perf_counter() - begun)
    first, again, changed = times
    sys.stdout.write(f"{name:42} {len(found.rows):6} rows {first:6.2f} s {again:6.2f} s {changed:6.2f} s\n")


def main() -> None:
    """The table."""
    posts = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with Sandbox.start() as box:
        grow(box.state, posts)
        sys.stdout.write(f"{posts} posts of {len(BODY)} characters{'first':>38} {'again':>8} {'changed':>8}\n")
        every = "p.id, p.raw, p.created_at, p.updated_at, p.version, p.reply_count, p.like_count, p.word_count"
        for name, text in (
            ("SELECT COUNT(*)", "SELECT COUNT(*) FROM posts"),
            ("eight columns of posts", f"SELECT {every} FROM posts p"),
            *((query.name, query.sql) for query in saved_queries(frozenset(PLUGINS))),
        ):
            measure(Explorer(box.state), name, text)
        one = Explorer(box.state)
        begun = time.perf_counter()
        for query in saved_queries(frozenset(PLUGINS)):
            one.run(query.sql, {"limit": "10000"}, 10_000)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        sys.stdout.write(f"all queries in turn {time.perf_counter() - begun:.2f} s, peak memory {peak:.0f} MiB\n")


if __name__ == "__main__":
    main()
