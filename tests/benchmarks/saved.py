"""How soon a save is seen: the time from a save until the page's event stream tells it, and until the page can be had.

Run by hand: python -m tests.benchmarks.saved [number of post files]

It starts `koweb preview` as somebody would, on a repository that was published, listens to the stream as the page does,
writes a post file again and again, and asks for the parts of its page and for the list once the stream tells.
"""

import os
import queue
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from urllib.parse import quote

import requests

from koweb_sync.sandbox import Sandbox
from tests.benchmarks.printing import say
from tests.workspace import Clone, new_workspace

SAVES = 20
PAUSE = 0.5  # seconds between two saves, so that none is gathered with the one before
PARAGRAPH = "Un texte assez long pour que le forum l’accepte, avec un [lien](sujet-{next}.md) et **deux** mots."


def measure(posts: int) -> None:
    """One repository of that many posts, published."""
    with tempfile.TemporaryDirectory() as name, Sandbox.start(flavour="2025") as box:
        os.environ |= {"KOWEB_KAFE_API_KEY": box.keys["all_users"], "XDG_CACHE_HOME": f"{name}/cache"}
        here = new_workspace(Path(name) / "work", box)
        for number in range(posts):
            here.post(f"sujet-{number}", body(number, posts))
        here.commit()
        begun = time.perf_counter()
        here.push()
        say(f"{posts} posts published in {time.perf_counter() - begun:.0f} s")
        process = here.start("preview", "--no-browser")
        try:
            assert process.stderr is not None
            watch(here, first_address(process.stderr.readline), posts, process.pid)
        finally:
            process.terminate()
            process.wait(10)


def body(number: int, posts: int) -> str:
    """A text of some paragraphs with links to other posts."""
    return "\n\n".join(PARAGRAPH.format(next=(number + step) % posts) for step in range(1, 9))


def first_address(line: Callable[[], bytes]) -> str:
    """Where the pages are, as the command says it."""
    for text in iter(line, b""):
        found = next((word for word in text.decode().split() if word.startswith("http://127.0.0.1")), "")
        if found:
            return found
    raise SystemExit("koweb preview named no address")


def watch(here: Clone, address: str, posts: int, pid: int) -> None:
    """Save again and again, and print how long each step took, and what the pages cost their process."""
    browser, path = requests.Session(), "posts/sujet-1.md"
    begun = time.perf_counter()
    browser.get(address, timeout=120).raise_for_status()
    home = "/".join(address.split("/")[:3])
    say(f"first page: {1000 * (time.perf_counter() - begun):.0f} ms")
    told: queue.Queue[float] = queue.Queue()
    stream = browser.get(f"{home}/events", stream=True, timeout=120)
    threading.Thread(target=listen, args=(stream, told), daemon=True).start()
    for called, page in (("the post", f"/preview-parts/{quote(path)}"), ("the list", "/preview/")):
        events, pages, before = [], [], processor(pid)
        for number in range(SAVES):
            time.sleep(PAUSE)
            while not told.empty():
                told.get()
            mark = f"Enregistré {called} {number}."
            begun = time.perf_counter()
            here.post("sujet-1", f"{mark}\n\n{body(1, posts)}", title=f"Un sujet {mark}")
            events.append(told.get(timeout=30) - begun)
            answer = browser.get(home + page, timeout=60)
            pages.append(time.perf_counter() - begun)
            assert mark in (answer.json()["text"] if "parts" in page else answer.text)
        spent = f"{1000 * (processor(pid) - before) / SAVES:.0f} ms of processor for each"
        say(f"{called}: told after {shown(events)}, to be had after {shown(pages)}; {spent}")


def processor(pid: int) -> float:
    """Seconds of processor that a process took so far, which say more than those of a clock on a busy machine; 0 where
    the system does not tell.
    """
    facts = Path(f"/proc/{pid}/stat")
    if not facts.exists():
        return 0
    used = facts.read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, used[11:13])) / os.sysconf("SC_CLK_TCK")


def listen(stream: requests.Response, told: "queue.Queue[float]") -> None:
    """When the stream told something."""
    for line in stream.iter_lines(chunk_size=1):
        if line.startswith(b"data:"):
            told.put(time.perf_counter())


def shown(times: list[float]) -> str:
    """The middle and the worst of some times."""
    return f"{1000 * median(times):.0f} ms (at most {1000 * max(times):.0f})"


if __name__ == "__main__":
    person = {"NAME": "Frédéric", "EMAIL": "frederic@example.org"}
    os.environ |= {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in person.items()}
    measure(int(sys.argv[1]) if sys.argv[1:] else 1000)
