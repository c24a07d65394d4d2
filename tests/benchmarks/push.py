"""What a push costs: CPU seconds and peak memory of a first and of a no-op push, for 500 and 5,000 posts.

Run by hand: python -m tests.benchmarks.push [number of posts …]
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from koweb_sync.sandbox import Sandbox
from tests.workspace import TEXT, Clone, new_workspace

BODY = f"{TEXT} " + "Un paragraphe de plus, pour la longueur. " * 40


def measured(here: Clone, *words: str) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds (git's included) and peak memory in MiB of a command in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    code = (
        "import resource, sys\n"
        "from koweb_sync.__main__ import main\n"
        "try:\n main()\n"
        "finally:\n print('PEAK', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=here.folder, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = next(int(line.split()[1]) for line in done.stderr.decode().splitlines() if line.startswith("PEAK"))
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - begun, cpu, peak / 1024


def room(here: Clone) -> float:
    """MiB of git objects and of the journal."""
    counts = dict(line.split(": ") for line in here.git("count-objects", "-v").splitlines())
    journal = here.folder / ".git" / "koweb" / "kafe" / "journal"
    return (int(counts["size"]) + int(counts["size-pack"])) / 1024 + (
        journal.stat().st_size / 2**20 if journal.exists() else 0
    )


def show(label: str, numbers: tuple[float, float, float], requests: int) -> None:
    """One line of the table."""
    wall, cpu, peak = numbers
    sys.stdout.write(f"{label:28} {wall:8.2f} s wall {cpu:8.2f} s CPU {peak:8.0f} MiB {requests:6} requests\n")


def measure(posts: int) -> None:
    """One repository of that many posts."""
    with tempfile.TemporaryDirectory() as name, Sandbox.start() as box:
        os.environ |= {"KOWEB_KAFE_API_KEY": box.keys["all_users"], "XDG_CACHE_HOME": f"{name}/cache"}
        here = new_workspace(Path(name) / "work", box)
        for number in range(posts):
            here.post(f"sujet-{number}", f"{BODY} {number}", path=f"posts/{number % 50}/sujet-{number}.md")
        here.commit()
        before = room(here)
        show(f"{posts} posts, first push", measured(here, "push"), len(box.log))
        sys.stdout.write(f"{'':28} {room(here) - before:8.1f} MiB of git objects and journal\n")
        for again in ("no-op", "no-op again"):
            box.forget()
            show(f"{posts} posts, {again}", measured(here, "push"), len(box.log))
        here.reword("sujet-1", "Un texte", "Mon texte", path="posts/1/sujet-1.md")
        box.forget()
        show(f"{posts} posts, one edit", measured(here, "push"), len(box.log))


def starting() -> None:
    """What it costs to say hello."""
    for label, words in (
        ("python -c 'import click'", ["-c", "import click"]),
        ("koweb --help", ["-m", "koweb_sync", "--help"]),
    ):
        times = []
        for _try in range(10):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, *words], capture_output=True, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        sys.stdout.write(f"{label:28} {sorted(times)[5]:8.3f} s CPU (median of 10)\n")


if __name__ == "__main__":
    person = {"NAME": "Frédéric", "EMAIL": "frederic@example.org"}
    os.environ |= {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in person.items()}
    starting()
    for count in [int(word) for word in sys.argv[1:]] or [500, 5000]:
        measure(count)
