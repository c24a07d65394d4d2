"""Two clones, one git remote, members who edit, a bad network, processes that die, journals that are lost.

By hand: `pytest -m soak tests/soak`. `KOWEB_STEPS=300 KOWEB_SEED=7` for fewer steps, others; `KOWEB_SECONDS=600` ends
them in time. Nobody ever takes a sentence away, so that each has to be on both sides at the end: in its topic, and in
its file.
"""

import os
import random
import re
import shutil
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from koweb_sync.sandbox import Sandbox
from tests.forks import DeadlyGit, Forked
from tests.soak.proxy import Proxy, between
from tests.workspace import CONFIG, Clone

STEPS = int(os.environ.get("KOWEB_STEPS", "2000"))
SEED = os.environ.get("KOWEB_SEED", "1")
SECONDS = float(os.environ.get("KOWEB_SECONDS", "7200"))  # after which no more steps are taken
POSTS = 24
SENTENCE = re.compile(r"Phrase (\d+) de \w+")
SIGNS = re.compile(r"^(<{7} |\|{7} |>{7} |={7}$).*$", re.MULTILINE)
MEMBERS = ("claire", "bilal")


@dataclass(slots=True)
class Soak:
    """Everything that happens. Chance decides from one seed."""

    here: Clone
    there: Clone
    box: Sandbox
    proxy: Proxy
    chance: random.Random
    deadly: DeadlyGit
    sentences: dict[int, str] = field(default_factory=dict)  # number -> the post that it was written into
    topics: dict[str, int] = field(default_factory=dict)  # id -> topic, of topics that members began
    story: list[str] = field(default_factory=list)
    count: Counter[str] = field(default_factory=Counter)

    # ---- people

    def sentence(self, who: str, ident: str) -> str:
        """A sentence that nobody wrote before."""
        number = len(self.sentences) + 1
        self.sentences[number] = ident
        return f"Phrase {number} de {who}, assez longue pour que ce forum la prenne."

    def with_more(self, text: str, sentence: str) -> str:
        """A text with one paragraph more, anywhere."""
        parts = text.strip("\n").split("\n\n")
        parts.insert(self.chance.randint(0, len(parts)), sentence)
        return "\n\n".join(parts)

    def begin_post(self, clone: Clone) -> None:
        """A new post file."""
        ident = f"sujet-{len(self.idents())}-{clone.folder.name}"
        body = "\n\n".join(self.sentence("Frédéric", ident) for _n in range(2))
        clone.post(ident, body, title=f"Le sujet {ident} du matin")
        clone.commit(f"Begin {ident}")

    def idents(self) -> list[str]:
        """The ids of all posts."""
        return sorted(set(self.sentences.values()))

    def write(self, clone: Clone) -> None:
        """A sentence more in a file."""
        path = self.chance.choice(self.files(clone) or [""])
        if not path:
            return self.begin_post(clone)
        front, body = clone.read(path).removeprefix("---\n").split("\n---\n", 1)
        ident = name(front)
        body = self.with_more(body, self.sentence("Frédéric", ident))
        clone.write(path, f"---\n{front}\n---\n{body}\n")
        clone.commit(f"Write {ident}")
        return None

    def move(self, _clone: Clone) -> None:
        """A file gets another name: in one clone only, for nobody can resolve two new names by keeping both."""
        clone = self.here
        if self.waits(clone):
            return
        path = self.chance.choice(self.files(clone) or [""])
        if path:
            clone.git(
                "mv", path, f"posts/{Path(path).stem.partition('.')[0]}.{self.chance.randint(1, 99)}.md", ok=(0, 128)
            )
            clone.commit("Move")

    def files(self, clone: Clone) -> list[str]:
        """The post files of a clone."""
        return sorted(str(one.relative_to(clone.folder)) for one in (clone.folder / "posts").glob("*.md"))

    def edit(self, _clone: Clone) -> None:
        """A member adds a sentence on the forum."""
        topics = [topic for topic in self.box.topics() if (topic.external_id or "").startswith("koweb-")]
        if topics:
            topic = self.chance.choice(topics)
            ident = (topic.external_id or "").removeprefix("koweb-")
            who = self.chance.choice(MEMBERS)
            self.box.first_post(topic.id).wiki = True
            raw = self.with_more(self.box.first_post(topic.id).raw, self.sentence(who.title(), ident))
            self.box.edit(topic.id, raw, username=who)

    # ---- git

    def waits(self, clone: Clone) -> bool:
        """Whether somebody has to resolve something first."""
        return (clone.folder / ".git" / "CHERRY_PICK_HEAD").exists()

    def exchange(self, clone: Clone) -> None:
        """What colleagues do with git: fetch, merge, keep both where it conflicts, push."""
        if self.waits(clone):
            return
        clone.git("fetch", "--quiet", "origin")
        clone.git("merge", "--quiet", "--no-edit", "origin/main", ok=(0, 1))
        if unmerged(clone):
            self.count["git conflicts"] += 1
            keep_both(clone)
            clone.git("add", "--all")
            clone.git("commit", "--quiet", "--no-edit")
        clone.git("push", "--quiet", "origin", "HEAD:main")

    def lose_journal(self, clone: Clone) -> None:
        """Nothing is left of what this clone alone knew."""
        shutil.rmtree(clone.folder / ".git" / "koweb", ignore_errors=True)
        self.count["lost journals"] += 1

    # ---- koweb

    def koweb(self, clone: Clone, *words: str, die: str = "") -> int:
        """Run a command; `die`: at which kind of moment it is killed. Nothing may end in a traceback."""
        env = {"KOWEB_HURRY": "1"}
        if die == "git":
            env |= self.deadly.env(self.chance.randint(1, 40), self.chance.choice(["before", "after"]))
        process = Forked(clone.folder, *words, env=env)
        if die == "forum":
            self.proxy.strike = (self.chance.randint(1, 8), self.chance.random() < 0.5, process.kill)
        began = time.monotonic()
        watchdog = threading.Timer(240, process.kill)
        watchdog.start()
        code = process.run()
        watchdog.cancel()
        self.proxy.strike = None
        self.count[f"exit {code}"] += 1
        self.count["commands"] += 1
        if code == -signal.SIGKILL:
            self.count["killed"] += 1
            self.until_git_is_done(clone)
        took = f"{time.monotonic() - began:.1f} s"
        self.story.append(f"   {' '.join(words)} {die} → {code} ({took}): {process.text()}")
        assert "Traceback" not in process.text()
        assert code in (0, 1, 2, 3) or (die and code == -signal.SIGKILL)
        return code

    def until_git_is_done(self, clone: Clone) -> None:
        """The git that a killed process had started ends by itself."""
        for _turn in range(100):
            if not list((clone.folder / ".git").glob("*.lock")):
                return
            time.sleep(0.05)

    def sync(self, clone: Clone) -> None:
        """What a facilitator does all day."""
        if self.waits(clone):
            return self.resolve(clone)
        word = self.chance.choice(["sync", "sync", "push", "pull"])
        self.koweb(clone, word, die=self.chance.choice(["", "", "git", "forum"]))
        return None

    def resolve(self, clone: Clone) -> None:
        """Keep what both wrote, or think again."""
        if self.chance.random() < 0.2:
            self.koweb(clone, "pull", "--abort")
            return
        self.count["conflicts"] += 1
        keep_both(clone)
        self.go_on(clone, die=self.chance.choice(["", "", "git"]))

    def go_on(self, clone: Clone, die: str = "") -> None:
        """Continue; where the note about the pull was lost, the pull is git's own cherry-pick, and git ends it."""
        if self.koweb(clone, "pull", "--continue", die=die) == 2 and self.waits(clone):
            self.count["ended with git"] += 1
            clone.git("add", "--all")
            clone.git("-c", "core.editor=true", "cherry-pick", "--continue", ok=(0, 1, 128))
            if self.waits(clone) and not unmerged(clone):  # nothing is left of that commit
                clone.git("cherry-pick", "--skip", ok=(0, 1, 128))

    # ---- all of it

    def step(self) -> None:
        """One thing that somebody does."""
        clone = self.chance.choice([self.here, self.there])
        deeds = {self.write: 5, self.edit: 6, self.sync: 8, self.exchange: 3, self.lose_journal: 1, self.move: 1}
        if len(self.idents()) < POSTS:
            deeds[self.begin_post] = 2
        quiet = {self.sync, self.edit, self.lose_journal} if self.waits(clone) else set(deeds)
        (deed,) = self.chance.choices(
            [one for one in deeds if one in quiet], [deeds[one] for one in deeds if one in quiet]
        )
        self.story.append(f"{deed.__name__} in {clone.folder.name}")
        deed(clone)

    def end(self) -> None:
        """The network is well again, and both do what they always do: two syncs each."""
        self.proxy.share = 0.0
        self.chance = random.Random(0)
        for clone in (self.here, self.there, self.here, self.there):
            self.story.append(f"end in {clone.folder.name}")
            self.finish(clone)
            self.exchange(clone)
            self.koweb(clone, "sync")
            self.finish(clone)
            self.exchange(clone)
        for clone in (self.here, self.there):
            self.exchange(clone)
            assert self.koweb(clone, "sync") == 0, self.story[-1]

    def finish(self, clone: Clone) -> None:
        """Resolve until nothing waits."""
        for _turn in range(3 * POSTS):
            if not self.waits(clone):
                break
            keep_both(clone)
            self.go_on(clone)
        else:
            pytest.fail("A pull waits for ever.")
        self.koweb(clone, "sync") if self.story[-1].startswith("   pull --continue") else None

    def check(self) -> None:
        """Every sentence is on both sides, in one topic and in one file; nothing is left to do."""
        topics = [topic for topic in self.box.topics() if (topic.external_id or "").startswith("koweb-")]
        ids = Counter((topic.external_id or "").removeprefix("koweb-") for topic in topics)
        assert ids == Counter(self.idents())
        there = {(n, (t.external_id or "")[6:]) for t in topics for n in numbers(self.box.first_post(t.id).raw)}
        assert there == set(self.sentences.items())
        for clone in (self.here, self.there):
            texts = [clone.read(path) for path in self.files(clone)]
            assert {(n, name(text)) for text in texts for n in numbers(text)} == set(self.sentences.items())
            assert clone.git("status", "--porcelain") == ""
        assert [one for one in self.here.agreed() if one == "lock" or "intended/" in one] == []
        self.box.forget()
        for clone in (self.here, self.there):
            assert self.koweb(clone, "push") == 0
        assert self.here.writes() == []


def numbers(text: str) -> set[int]:
    """The sentences of a text."""
    return {int(number) for number in SENTENCE.findall(text)}


def name(text: str) -> str:
    """The id of a post file."""
    found = re.search(r"^id: \"?([\w-]+)", text, re.MULTILINE)
    assert found
    return found[1]


def unmerged(clone: Clone) -> list[str]:
    """The paths that git holds unmerged."""
    return clone.git("diff", "--name-only", "--diff-filter=U").splitlines()


def keep_both(clone: Clone) -> None:
    """Resolve conflicts: both sides stay, one after the other."""
    for path in unmerged(clone):
        clone.write(path, SIGNS.sub("", clone.read(path)))


@pytest.mark.soak
@pytest.mark.timeout(6 * 3600)
@pytest.mark.parametrize("flavour", ["2022", "2025"])
def test_nothing_is_lost_stuck_or_doubled(
    flavour: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(f"{SEED} {flavour}")
    began = time.monotonic()
    with Sandbox.start(flavour=flavour) as box, between(box.url, random.Random(f"{SEED} {flavour} net")) as proxy:
        monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.keys["all_users"])
        soak = begun(tmp_path, box, proxy, chance)
        done = 0
        try:
            while done < STEPS and time.monotonic() - began < SECONDS:
                done += 1
                soak.step()
            soak.end()
            soak.check()
        except BaseException:
            story = "\n".join(soak.story[-40:])
            with capsys.disabled():
                print(f"\nseed {SEED}, flavour {flavour}, step {done} of {STEPS}\n{story}")  # noqa: T201
            raise
    with capsys.disabled():
        print(  # noqa: T201
            f"\nseed {SEED}, flavour {flavour}: {done} of {STEPS} steps in {time.monotonic() - began:.0f} s, "
            f"{len(soak.sentences)} sentences in {len(soak.idents())} posts; {dict(soak.count)}; {proxy.count}"
        )


def begun(top: Path, box: Sandbox, proxy: Proxy, chance: random.Random) -> Soak:
    """Two clones of an empty repository."""
    remote, folder = top / "remote.git", top / "eins"
    folder.mkdir()
    here = Clone(folder, box)
    here.git("init", "--quiet", "--initial-branch=main")
    here.git("init", "--quiet", "--bare", "--initial-branch=main", str(remote))
    here.git("remote", "add", "origin", remote.as_uri())
    here.write("koweb.toml", CONFIG.format(url=proxy.url, username="admin", more=""))
    here.commit("Begin")
    here.git("push", "--quiet", "--set-upstream", "origin", "main")
    return Soak(here, here.clone("zwei"), box, proxy, chance, DeadlyGit(top))
