"""Two sides edit, rename, retitle, move, delete; requests fail and processes die: after a sync nothing is lost.

Sixteen hundred steps by default; `KOWEB_STEPS=9000 KOWEB_SEED=7 pytest tests/scenarios/test_any_sync.py` for others.
"""

import os
import re
import signal

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from koweb_sync.sandbox import Fault
from koweb_sync.sandbox.gateway.faults import Kind
from tests.forks import DeadlyGit, Forked
from tests.gate import in_every
from tests.machines import Machine, play
from tests.workspace import FLAVOURS, SERVERS, Run

IDENTS = st.sampled_from(["un", "deux", "trois"])
PLACES = st.integers(0, 2)
NTH = st.integers(1, 6)
KINDS: st.SearchStrategy[Kind] = st.sampled_from(["drop", "refuse", "status"])
STEPS = int(os.environ.get("KOWEB_STEPS", "1600"))
PARTS = 4  # of each flavour, so that several processes share them
SENTENCE = re.compile(r"Phrase \d+ de \w+")


class Sides(Machine):
    """A repository, a forum, and the people on both sides."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.deadly = DeadlyGit(self.top)

    @initialize()
    def begin(self) -> None:
        for ident in ("un", "deux", "trois"):
            self.here.post(ident, "\n\n".join(self.sentence("Frédéric") for _n in range(3)), tags=["outils"])
        self.here.commit()
        self.here.push()

    def sentence(self, who: str) -> str:
        """A sentence that nobody wrote before."""
        self.count += 1
        return f"Phrase {self.count} de {who}, « assez » longue pour ce forum\u00a0!"

    # ---- git

    def path(self, ident: str) -> str:
        """Where a post file is now."""
        found = self.here.git("grep", "-l", f'^id: "{ident}"', "--", "posts").splitlines()
        assert len(found) == 1
        return found[0]

    def resolved(self) -> bool:
        """Whether nobody has to resolve anything first."""
        return not (self.here.folder / ".git" / "CHERRY_PICK_HEAD").exists()

    @rule(ident=IDENTS, place=PLACES)
    def write(self, ident: str, place: int) -> None:
        if not self.resolved():
            return
        path = self.path(ident)
        front, body = self.here.read(path).rsplit("---\n", 1)
        parts = body.strip("\n").split("\n\n")
        parts[min(place, len(parts) - 1)] = self.sentence("Frédéric")
        joined = "\n\n".join(parts)
        self.here.write(path, f"{front}---\n{joined}\n")
        self.here.commit(f"Write {ident}")

    @rule(ident=IDENTS)
    def rename(self, ident: str) -> None:
        if not self.resolved():
            return
        self.count += 1
        self.here.git("mv", self.path(ident), f"posts/{ident}-{self.count}.md")
        self.here.commit("Move")

    @rule(ident=IDENTS)
    def retitle(self, ident: str) -> None:
        if not self.resolved():
            return
        self.count += 1
        path = self.path(ident)
        text = re.sub(r"title: .*", f'title: "Titre {self.count} de Frédéric"', self.here.read(path), count=1)
        self.here.write(path, text)
        self.here.commit("Retitle")

    # ---- the forum

    def alive(self, ident: str) -> int | None:
        """The topic, unless it is deleted."""
        topic = self.box.by_id(ident)
        return None if topic.deleted_at else topic.id

    @rule(ident=IDENTS, place=PLACES)
    def edit_there(self, ident: str, place: int) -> None:
        topic = self.alive(ident)
        if topic:
            parts = self.box.first_post(topic).raw.split("\n\n")
            parts[min(place, len(parts) - 1)] = self.sentence("Claire").replace("\u00a0", " ")
            self.box.edit(topic, "\n\n".join(parts))

    @rule(ident=IDENTS)
    def retitle_there(self, ident: str) -> None:
        topic = self.alive(ident)
        if topic:
            self.count += 1
            self.box.edit(topic, title=f"Titre {self.count} de Claire")

    @rule(ident=IDENTS, tags=st.sets(st.sampled_from(["outils", "choix", "accueil"])))
    def retag_there(self, ident: str, tags: set[str]) -> None:
        topic = self.alive(ident)
        if topic:
            self.box.edit(topic, tags=sorted(tags))

    @rule(ident=IDENTS, category=st.sampled_from([2, 3, 6]))
    def move_there(self, ident: str, category: int) -> None:
        topic = self.alive(ident)
        if topic:
            self.box.edit(topic, category=category)

    @rule(ident=IDENTS)
    def delete_there(self, ident: str) -> None:
        topic = self.alive(ident)
        if topic:
            self.box.delete(topic)

    @rule(ident=IDENTS)
    def recover_there(self, ident: str) -> None:
        if self.alive(ident) is None:
            self.box.recover(self.box.by_id(ident).id)

    # ---- both

    @rule(kind=KINDS, nth=NTH, verb=st.sampled_from(["GET", "PUT"]))
    def sync_while_a_request_fails(self, kind: Kind, nth: int, verb: str) -> None:
        before = self.there()
        self.box.fail(Fault(kind, verb, nth=nth, times=6, status=502))
        self.here.run("sync", code=None)
        self.box.front.faults.waiting.clear()
        self.nothing_is_lost(before)

    @rule(nth=st.integers(1, 12), late=st.booleans())
    def sync_and_die(self, nth: int, late: bool) -> None:
        before = self.there()
        process = Forked(self.here.folder, "sync")
        kill = process.kill
        self.box.fail(Fault("call", nth=nth, before=None if late else kill, after_work=kill if late else None))
        assert process.run() in (-signal.SIGKILL, 0, 3), process.text()
        self.box.front.faults.waiting.clear()
        self.nothing_is_lost(before)

    @rule(nth=st.integers(1, 40), when=st.sampled_from(["before", "after"]))
    def sync_and_die_at_a_step_of_git(self, nth: int, when: str) -> None:
        before = self.there()
        process = Forked(self.here.folder, "sync", env=self.deadly.env(nth, when))
        assert process.run() in (-signal.SIGKILL, 0, 3), process.text()
        self.nothing_is_lost(before)

    @rule(aborts=st.booleans(), side=st.sampled_from([(), ("--ours",), ("--theirs",)]))
    def sync(self, aborts: bool, side: tuple[str, ...]) -> None:
        before = self.there()
        run = self.here.run("sync", *side, code=None)
        assert run.code in (0, 3), run.text
        self.nothing_is_lost(before)
        for _turn in range(4):
            if self.resolved():
                break
            if aborts:
                self.here.run("pull", "--abort")
                return
            self.resolve()
        self.nothing_is_lost(before)
        self.second_sync_does_nothing(self.here.run("sync", code=None))

    def resolve(self) -> None:
        """Keep what both wrote."""
        for path in self.here.git("diff", "--name-only", "--diff-filter=U").splitlines():
            text = self.here.read(path)
            front, mark, body = text.partition("\n---\n")
            front = re.sub(r"<<<<<<< git\n(.*?)=======\n.*?>>>>>>> forum\n", r"\1", front + "\n", flags=re.DOTALL)
            body = re.sub(r"<<<<<<< git\n(.*?)=======\n(.*?)>>>>>>> forum\n", r"\1\n\2", body, flags=re.DOTALL)
            self.here.write(path, front.rstrip("\n") + mark + body)
        self.here.run("pull", "--continue", code=None)

    def second_sync_does_nothing(self, first: Run) -> None:
        """After a sync that went through, another one changes nothing anywhere, and both sides say the same."""
        if not self.resolved():
            return
        head = self.here.git("rev-parse", "HEAD")
        self.box.forget()
        second = self.here.run("sync", code=None)
        assert second.code == first.code, first.text + second.text
        assert self.here.writes() == []
        assert self.here.git("rev-parse", "HEAD") == head
        assert self.here.git("status", "--porcelain") == ""
        for ident in ("un", "deux", "trois"):
            topic = self.alive(ident)
            if topic:
                body = self.here.read(self.path(ident)).split("---\n", 2)[2].strip().replace("\u00a0", " ")
                assert self.box.first_post(topic).raw == body, second.text
                assert self.box.topic(topic).title in self.here.read(self.path(ident))

    def there(self) -> set[str]:
        """Every sentence that the forum shows."""
        raws = (self.box.first_post(self.box.by_id(ident).id).raw for ident in ("un", "deux", "trois"))
        return {one for raw in raws for one in SENTENCE.findall(raw)}

    def nothing_is_lost(self, before: set[str]) -> None:
        """What the forum showed is still there, in a file, or in git's history."""
        files = (self.here.folder / "posts").glob("*.md")
        held = self.there() | {one for file in files for one in SENTENCE.findall(file.read_text(encoding="utf-8"))}
        left = before - held
        if left:
            left -= set(SENTENCE.findall(self.here.git("log", "-p", "--format=", "HEAD", "--", "posts")))
        assert not left
        assert len(self.here.published()) == len(set(self.here.published()))


@pytest.mark.timeout(1200)  # a failure takes some minutes to become short
@pytest.mark.parametrize("part", [0, *map(in_every, range(1, PARTS))])
@pytest.mark.parametrize("flavour", SERVERS)
def test_nobody_loses_a_sentence(flavour: str, part: int) -> None:
    play(Sides, flavour, part=part, steps=STEPS // (PARTS * len(FLAVOURS)), long=40)
