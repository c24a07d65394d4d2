"""Which text costs which command of the archive how much: every construct as the text and the HTML of a post.

Run by hand: python -m tests.benchmarks.archived_texts [word …]; with words, only constructs that hold one of them.

A dozen of posts is archived together, and each command measured over all of them, less what it takes with a dozen of
ordinary ones: no post costs more than that. Where this is more than a second, the dozen is halved until one post is
alone that costs so much, or none is. All that are over it are printed, for each command. Then each command is run over
its worst ones again, in a process of its own. What the forum takes is not in the figures. Exports come last: who
forgets somebody makes those anew that are there.
"""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from koweb_sync.posts.markdown import find
from koweb_sync.posts.reader import forget
from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import forum_of
from tests.benchmarks.markup import markup
from tests.benchmarks.printing import say
from tests.benchmarks.texts import texts
from tests.sandbox.cooked import cooked
from tests.workspace import TEXT, Clone

TOGETHER = 12
BUDGET = 1.0  # seconds of processor for one post in one command
SHOWN = 5  # of the worst, for each command; more, if more are over the budget
FORUM = '[forum.{}]\nurl = "{}"\nusername = "admin"\n\n[forum.{}.limits]\nkey_per_minute = 0\n'
LIMITS = "anonymous_per_minute = 0\nanonymous_per_10_seconds = 0\n\n"
COMMANDS = (
    "archive",
    "archive verify",
    "archive verify --offline",
    "archive show {topics}",
    "archive show {topics}/1 --versions",
    "archive search a",
    "archive subject claire",
    "report --output report.html",
    "report --audience facilitators --output waiting.html",
    "archive restore --from kafe --forum new --yes",
    "archive forget claire --text remove --yes --prove",
    "archive export --format site --to site",
    "archive export --format md --to md",
    "archive export --format jsonl --to jsonl",
    "archive export --format parquet --to parquet",
    "archive export --format mbox --to mbox",
    "archive export --format site --to named --pseudonyms",
)
Texts = Sequence[tuple[str, str, str]]  # a name, a raw and a cooked
Costs = dict[str, float]


@dataclass
class Place:
    """A forum with some posts, another one that is empty, and a folder in which both are known."""

    box: Sandbox
    here: Clone
    topics: int
    alone: bool

    def cost(self, command: str) -> float:
        """Seconds of processor of a command; one about a topic is run for each."""
        if "{topics}" in command:
            return sum(self.once(command.format(topics=n)) for n in range(1, self.topics + 1))
        return self.once(command)

    def once(self, command: str) -> float:
        """The same, of one command: in this thread, as if nothing had been read before, or in a process."""
        forget()
        find.cache_clear()
        before = self.clock()
        if self.alone:
            self.here.alone(*command.split(), code=None, seconds=900)
        else:
            self.here.run(*command.split(), code=None)
        return self.clock() - before

    def clock(self) -> float:
        """Seconds so far."""
        if not self.alone:
            return time.thread_time()
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime


def corpus(words: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Markdown as the forum cooks it, and HTML as a hostile one might send it."""
    for name, text in texts():
        if not words or any(word in name for word in words):
            yield name, text, cooked(text)
    for name, text in markup():
        if not words or any(word in name for word in words):
            yield name, text, text


def seeds(some: Texts) -> tuple[dict[str, Any], dict[str, Any]]:
    """A forum with a topic for each text, and an empty one with the same people."""
    seed = forum_of(len(some), len(some), people=10)
    seed["users"][2] |= {"username": "claire", "name": "Claire Moreau"}
    for post, (_name, raw, html) in zip(seed["posts"], some, strict=True):
        post |= {"raw": raw, "cooked": html, "user_id": 4}
    nothing: dict[str, Any] = {"topics": [], "posts": [], "likes": [], "categories": [], "tags": [], "next_ids": {}}
    return seed, {**seed, **nothing, "next_ids": {"topics": 500, "posts": 900, "categories": 20}}


def measured(some: Texts, *, alone: bool = False) -> Costs:
    """What each command takes with some posts. All are run, because each needs the ones before it."""
    seed, empty = seeds(some)
    costs: Costs = {}
    with tempfile.TemporaryDirectory() as name, Sandbox.start(seed) as box, Sandbox.start(empty) as new:
        folder = Path(name)
        homes = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CACHE", "DATA", "STATE", "CONFIG")}
        keys = {"KOWEB_KAFE_API_KEY": box.keys["all_users"], "KOWEB_NEW_API_KEY": new.keys["all_users"]}
        os.environ |= {**homes, **keys, "KOWEB_KAFE_URL": box.url, "KOWEB_NEW_URL": new.url}
        forums = "".join(FORUM.format(one, url, one) + LIMITS for one, url in (("kafe", box.url), ("new", new.url)))
        (folder / "koweb.toml").write_text(forums, encoding="utf-8")
        place = Place(box, Clone(folder, box), len(some), alone)
        for nth, command in enumerate(COMMANDS):
            costs[command] = place.cost(command)
            if nth == 0:
                changed(box, some)
                costs[f"{command} again"] = place.cost(command)
    return costs


def changed(box: Sandbox, some: Texts) -> None:
    """Each post gets another text before its own, so that it has two versions."""
    with box.state.lock:
        for number, (_name, raw, html) in enumerate(some, 1):
            post = box.post(number)
            box.edit(post.topic_id, f"{TEXT} {number}", username="admin")
            post.raw, post.html = f"{TEXT}\n\n{raw}", f"<p>{TEXT}</p>\n{html}"


@cache
def ordinary(count: int, *, alone: bool = False) -> Costs:
    """What each command takes with so many posts without anything in them."""
    return measured([("", f"{TEXT} {n}", f"<p>{TEXT} {n}</p>") for n in range(count)], alone=alone)


def search(some: Texts) -> Iterator[tuple[str, str, float]]:
    """The command, what it was run over, and what that costs beyond the usual; halves where it is too much."""
    base = ordinary(len(some))
    costs = {command: cost - base[command] for command, cost in measured(some).items()}
    most = max(costs, key=lambda command: costs[command])
    sys.stderr.write(f"{costs[most]:6.2f}  {most}: {named(some)}\n")
    if len(some) > 1 and max(costs.values()) > BUDGET:
        half = len(some) // 2
        yield from search(some[:half])
        yield from search(some[half:])
        return
    yield from ((command, named(some), cost) for command, cost in costs.items())


def named(some: Texts) -> str:
    """Constructs in a line."""
    return " · ".join(name for name, _raw, _cooked in some)


def main(words: list[str]) -> None:
    """Measure, and print."""
    everything = list(corpus(words))
    groups = [everything[n : n + TOGETHER] for n in range(0, len(everything), TOGETHER)]
    ordinary(1)  # what is imported on the way does not count
    ordinary.cache_clear()
    found = [row for group in groups for row in search(group)]
    for command in dict.fromkeys(command for command, _name, _cost in found):
        worst = sorted(((cost, name) for one, name, cost in found if one == command), reverse=True)
        over = sum(cost > BUDGET for cost, _name in worst)
        say(f"\nkoweb {command}: {over} over {BUDGET} s")
        for cost, name in worst[: max(SHOWN, over)]:
            say(f"{cost:6.2f} s  {name}")
    worst_of = sorted(((cost, name, command) for command, name, cost in found), reverse=True)
    confirm(everything, [(name, command) for cost, name, command in worst_of if cost > BUDGET][: 2 * SHOWN])


def confirm(everything: Texts, worst: Sequence[tuple[str, str]]) -> None:
    """The constructs that cost too much, again: each command in a process of its own, with what starting takes."""
    if not worst:
        say(f"\nNo construct costs more than {BUDGET} s.")
        return
    say("\nIn a process of its own, and with an ordinary post:")
    base = ordinary(1, alone=True)
    for name in dict.fromkeys(name for name, _command in worst):
        costs = measured([one for one in everything if one[0] == name], alone=True)
        for command in (command for one, command in worst if one == name):
            say(f"{costs[command]:6.2f} s, {base[command]:5.2f} s  koweb {command}: {name}")


if __name__ == "__main__":
    main(sys.argv[1:])
