"""A storm: so many things happen on a forum each second, for so long, and `koweb listen` follows.

`python -m tests.benchmarks.listen [SECONDS [A_SECOND]]` says how many events were lost, how many requests it took, how
long the last of them waited, and how much memory the process had at most.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests

from koweb_sync.archive.crawl.run import CrawlOptions
from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import forum_of
from tests.listen.listening import NAME, SECRET, as_now, dumped, hook, made_from_scratch
from tests.workspace import CONFIG

USUAL = (600, 50)
TOPICS, POSTS = 200, 2_000


def main() -> None:
    """Measure, and say what was found."""
    seconds, each = (int(sys.argv[n]) if len(sys.argv) > n else USUAL[n - 1] for n in (1, 2))
    seed = forum_of(TOPICS, POSTS, likes=500)
    with tempfile.TemporaryDirectory() as place, Sandbox.start(seed, flavour="2025", webhooks=True) as box:
        folder = Path(place)
        environ = {
            **os.environ,
            "HOME": place,
            "XDG_DATA_HOME": f"{place}/data",
            "XDG_CACHE_HOME": f"{place}/cache",
            "KOWEB_KAFE_API_KEY": box.keys["all_users"],
            "KOWEB_KAFE_WEBHOOK_SECRET": SECRET,
        }
        (folder / "koweb.toml").write_text(CONFIG.format(url=box.url, username="admin", more=""), encoding="utf-8")
        koweb = [sys.executable, "-m", "koweb_sync"]
        subprocess.run([*koweb, "archive"], cwd=folder, env=environ, check=True, capture_output=True)
        with (folder / "said").open("wb") as said:
            listener = subprocess.Popen(
                [*koweb, "listen", "--port", "0", "--no-daily"], cwd=folder, env=environ, stderr=said
            )
        try:
            url = served_at(folder / "said")
            hook(box, url)
            box.forget()
            storm(box, seconds, each)
            assert box.courier is not None
            box.courier.settle()
            ended = time.monotonic()
            quiet(url)
            waited = time.monotonic() - ended
            asked = len(box.log)
            memory = peak(listener.pid)
            shown = requests.get(f"{url}/metrics", timeout=10).text
        finally:
            listener.terminate()
            code = listener.wait(120)
        sent = box.courier.sent
        kept = sum(status == 200 for _one, status in sent)
        taken = next(
            float(line.split()[1]) for line in shown.splitlines() if 'outcome="taken"' in line and "_total" in line
        )
        scratch = as_now(made_from_scratch(box, folder / "scratch.sqlite", CrawlOptions(key=True)))
        mine = as_now(dumped(str(folder / "koweb-archive.sqlite"), box.url))
        same = mine == scratch
        for sign, some, others in (("-", mine, set(scratch)), ("+", scratch, set(mine))):
            alone = [f"{sign} {line[:400]}" for line in some if line not in others]
            print(*alone[:4], *([f"{sign} {len(alone)} lines"] if alone else []), sep="\n")  # noqa: T201
        print(f"events sent {len(sent)}, answered 200 {kept}, taken {taken:.0f}, lost {len(sent) - kept}")  # noqa: T201
        print(f"requests {asked}, for each event {asked / max(1, len(sent)):.2f}")  # noqa: T201
        print(f"the last was read {waited:.1f} s after the storm; peak memory {memory:.0f} MB; exit code {code}")  # noqa: T201
        print(f"the archive equals one made from scratch: {same}")  # noqa: T201


def served_at(said: Path) -> str:
    """Where it serves, once it does."""
    while True:
        for line in said.read_text(encoding="utf-8").splitlines():
            told = json.loads(line)
            if told["event"] == "listening":
                return str(told["url"]).removesuffix(f"/{NAME}")
        time.sleep(0.1)


def storm(box: Sandbox, seconds: int, each: int) -> None:
    """Replies, edits and likes, so many a second."""
    dice = random.Random(1)
    began = time.monotonic()
    for n in range(seconds * each):
        time.sleep(max(0.0, began + n / each - time.monotonic()))
        happen(box, dice, n)


def happen(box: Sandbox, dice: random.Random, n: int) -> None:
    """One thing that somebody does."""
    state, services = box.state, box.services
    with state.lock:
        posts = state.posts
        post = posts[dice.randrange(1, POSTS + 1)]
        topic = state.topics[post.topic_id]
        user = state.users[dice.randrange(2, 30)]
        match dice.randrange(4):
            case 0:
                services.writer.reply(topic, user, f"Une réponse de plus, la {n}e de cette longue journée.", {})
            case 1 if user.id != post.user_id and services.likes.liked(user, post) is None:
                services.likes.like(user, post)
            case _:
                author = state.users[post.user_id]
                services.editor.revise(author, topic, post, {"raw": f"Un texte tout autre, le {n}e de cette journée."})


def quiet(url: str) -> None:
    """Wait until nothing is due any more."""
    while requests.get(f"{url}/health", timeout=30).json()["forums"][NAME]["due"]:
        time.sleep(0.25)


def peak(pid: int) -> float:
    """The most memory that a process had, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    main()
