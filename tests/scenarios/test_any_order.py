"""Edits on both sides and pushes in any order: nobody's sentence is ever lost, and no topic is made twice."""

import shutil

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tests.machines import Machine, play
from tests.workspace import SERVERS

IDENTS = st.sampled_from(["un", "deux", "trois"])
WORDS = st.sampled_from(["alpha", "bravo", "charlie", "delta"])


def text(word: str, who: str) -> str:
    """A text long enough for the forum, which says who wrote it."""
    return f"Ce texte de {who} dit « {word} », et il est assez long pour le forum."


class Community(Machine):
    """A repository, a forum, and two people."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: dict[str, str] = {}
        self.theirs: dict[str, str] = {}  # what Claire wrote on the forum and git does not have
        self.moves = self.pushes = 0

    @initialize()
    def begin(self) -> None:
        for ident in ("un", "deux"):
            self.write(ident, "alpha")
        self.here.push()

    @rule(ident=IDENTS, word=WORDS)
    def write(self, ident: str, word: str) -> None:
        path = self.paths.setdefault(ident, f"posts/{ident}.md")
        self.here.post(ident, text(word, "Frédéric"), path=path)
        self.here.commit(f"{ident}: {word}")

    @rule(ident=IDENTS)
    def move(self, ident: str) -> None:
        if ident in self.paths:
            self.moves += 1
            new = f"posts/{ident}-{self.moves}.md"
            self.here.git("mv", self.paths[ident], new)
            self.here.commit("Move")
            self.paths[ident] = new

    @rule(ident=IDENTS, word=WORDS)
    def edit_on_the_forum(self, ident: str, word: str) -> None:
        if ident in self.here.published():
            new = text(word, "Claire")
            if self.here.raw(ident) != new:
                self.box.edit(self.box.by_id(ident).id, new)
                self.theirs[ident] = new

    @rule(ident=IDENTS)
    def bring_into_git(self, ident: str) -> None:
        if ident in self.theirs and ident in self.paths:
            self.here.post(ident, self.theirs[ident], path=self.paths[ident])
            self.here.commit(f"{ident}: as on the forum")

    @precondition(lambda self: self.paths)
    @rule()
    def push(self) -> None:
        self.pushes += 1
        told = self.here.run("plan", "--format", "json", code=None).data if self.pushes % 3 == 1 else None
        before = len(self.box.log)
        run = self.here.push(code=None)
        assert run.code in (0, 3)
        sent = len(self.box.log) - before
        assert told is None or sent <= told["requests_at_most"]
        assert told is None or run.code or sent == told["requests"], "a plan tells what is sent"
        for ident, path in self.paths.items():
            body = self.here.read(path).split("---\n", 2)[2].strip()
            if ident in self.theirs and body == self.theirs[ident]:
                del self.theirs[ident]
            if ident not in self.theirs:
                assert self.here.raw(ident) == body
        assert bool(run.code) <= bool(self.theirs)

    @rule()
    def push_from_a_new_clone(self) -> None:
        self.here.share()
        shutil.rmtree(self.top / "work" / "fresh", ignore_errors=True)
        fresh = self.here.clone("fresh")
        before = {one: self.here.raw(one) for one in self.here.published()}
        assert fresh.push(code=None).code in (0, 3)
        for ident in self.theirs:
            if before[ident] == self.theirs[ident]:
                assert self.here.raw(ident) == self.theirs[ident]

    @invariant()
    def nobody_is_overwritten(self) -> None:
        for ident, words in self.theirs.items():
            assert self.here.raw(ident) == words

    @invariant()
    def no_topic_twice(self) -> None:
        assert len(self.here.published()) == len(set(self.here.published()))


@pytest.mark.parametrize("flavour", SERVERS)
@pytest.mark.every
def test_nobody_is_overwritten(flavour: str) -> None:
    play(Community, flavour, steps=100, long=15)
