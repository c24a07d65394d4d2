"""How quick the sandbox is: its start with a large forum, its memory, and topic reads a second.

Run by hand: python -m tests.benchmarks.sandbox [number of posts]
"""

import http.client
import json
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from koweb_sync.sandbox import Sandbox

TEXT = "Une question bien posée vaut mieux qu'une réponse toute prête ; on s'écoute, on **note**, on recommence."
WORDS = TEXT.split(" ")
PER_TOPIC = 20
READS = 2_000
THREADS = 2


def seed(posts: int) -> dict[str, Any]:
    """A forum of that many posts of sixty words, twenty in a topic."""
    dice = random.Random(1)
    people = [{"id": n, "username": f"membre{n}", "admin": n == 1, "trust_level": 2} for n in range(1, 1501)]
    people.append({"id": -1, "username": "system", "admin": True})
    at = "2024-02-01T00:00:00Z"
    topics = [
        {"id": n, "title": f"Sujet {n}", "slug": f"sujet-{n}", "user_id": 1, "category_id": 1 + n % 5, "created_at": at}
        for n in range(1, posts // PER_TOPIC + 1)
    ]
    texts = [
        {
            "id": n + 1,
            "topic_id": 1 + n // PER_TOPIC,
            "post_number": 1 + n % PER_TOPIC,
            "user_id": dice.randrange(1, 1500),
            "raw": " ".join(dice.choices(WORDS, k=60)),
            "created_at": at,
        }
        for n in range(posts)
    ]
    categories = [{"id": n, "name": f"Lieu {n}", "slug": f"lieu-{n}"} for n in range(1, 6)]
    return {"users": people, "categories": categories, "topics": topics, "posts": texts, "api_keys": []}


def read(host: str, topics: int, count: int, start: int) -> None:
    """Read topics over one connection."""
    dice = random.Random(start)
    connection = http.client.HTTPConnection(host, timeout=30)
    for _ in range(count):
        connection.request("GET", f"/t/{dice.randrange(1, topics)}.json")
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(answer.status)


def serve(file: str) -> None:
    """A process of its own for the forum: prints how long its start took, its memory and its address."""
    begun = time.perf_counter()
    with Sandbox.start(Path(file)) as box:
        took = time.perf_counter() - begun
        sys.stdout.write(f"{took:.2f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} {box.url}\n")
        sys.stdout.flush()
        sys.stdin.readline()
        sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}\n")


def measure(posts: int) -> None:
    """Start, read everything once, read again."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(seed(posts), file)
        file.flush()
        command = [sys.executable, "-m", "tests.benchmarks.sandbox", "--serve", file.name]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as forum:
            took, memory, url = (forum.stdout.readline() if forum.stdout else "").split()
            sys.stdout.write(f"{posts} posts: start {took} s, {memory} MiB\n")
            for label in ("first reads, which cook", "reads"):
                begun = time.perf_counter()
                threads = [
                    threading.Thread(target=read, args=(url[7:], posts // PER_TOPIC, READS // THREADS, n))
                    for n in range(THREADS)
                ]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                sys.stdout.write(f"{label}: {READS / (time.perf_counter() - begun):.0f} topics a second\n")
            after, _errors = forum.communicate("\n")
            sys.stdout.write(f"memory after {2 * READS} reads: {after.strip()} MiB\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2])
    else:
        measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
