"""Random histories of posts in two languages, edited in git and on the forum by people and machines, for readers of any
language: once both sides are through, neither a push nor a pull changes anything, nor does who adopts it all anew.

A few dozen steps by default; `KOWEB_STEPS=3000 KOWEB_SEED=7 pytest tests/scenarios/test_any_translation.py` for others.
"""

import os
import re

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from tests.gate import fewer, in_every
from tests.machines import Machine, play
from tests.workspace import FLAVOURS, GUESSED, Run, new_workspace, translating

IDENTS = ("un", "deux")
IDENT = st.sampled_from(IDENTS)
LOCALE = st.sampled_from(["en", "de"])
WRITER = st.sampled_from(["claire", "admin", ""])
FEW = 10
STEPS = int(os.environ.get("KOWEB_STEPS") or fewer(60, 2))
MARKS = re.compile(r"<<<<<<< git\n(.*?)=======\n(.*?)>>>>>>> forum\n", re.DOTALL)
SHAPE = st.sampled_from(
    ["- un\n- deux", "```\ncode\n```", "> cité", "| a |\n|---|\n| b |", "fin", "[l'autre](deux.md)"]
)
NOTED = st.just("<!-- koweb: original\nDu texte.\n-->\n\nTexte.")


class Languages(Machine):
    """A repository, a forum, and who writes and reads there in several languages."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.adopted = 0

    @initialize()
    def begin(self) -> None:
        translating(self.box)
        self.box.translate_names("en", tags={"outils": "tools"}, categories={2: "A category"})
        for ident in IDENTS:
            self.here.post(ident, self.sentence(), tags=["outils"])
        self.here.commit()
        self.here.push()

    def sentence(self) -> str:
        """A sentence that nobody wrote before."""
        self.count += 1
        return f"Phrase {self.count}, « assez » longue pour ce forum."

    def resolved(self) -> bool:
        """Whether nobody has to resolve anything first."""
        return not (self.here.folder / ".git" / "CHERRY_PICK_HEAD").exists()

    # ---- git

    @rule(ident=IDENT, shape=SHAPE)
    def write(self, ident: str, shape: str) -> None:
        self.here.post(ident, f"{self.sentence()}\n\n{shape}", tags=["outils"])
        self.here.commit()

    @rule(ident=IDENT, locale=LOCALE, shape=SHAPE | NOTED, titled=st.booleans())
    def translate(self, ident: str, locale: str, shape: str, titled: bool) -> None:
        text = self.sentence()
        title = f"title: Title {self.count}\n" if titled else ""
        self.here.write(f"posts/{ident}.{locale}.md", f"---\n{title}---\n\n{text}\n\n{shape}\n")
        self.here.commit()

    @rule(ident=IDENT, locale=LOCALE)
    def begin_a_translation(self, ident: str, locale: str) -> None:
        self.here.run("new", "--translation-of", f"posts/{ident}.md", "--into", locale, "--no-edit", code=None)
        self.here.commit()

    @rule(ident=IDENT, locale=LOCALE)
    def remove(self, ident: str, locale: str) -> None:
        (self.here.folder / f"posts/{ident}.{locale}.md").unlink(missing_ok=True)
        self.here.commit()

    # ---- the forum

    @rule(ident=IDENT)
    def edit_there(self, ident: str) -> None:
        self.box.edit(self.box.by_id(ident).id, self.sentence())

    @rule(ident=IDENT, locale=LOCALE, who=WRITER, titled=st.booleans())
    def translate_there(self, ident: str, locale: str, who: str, titled: bool) -> None:
        text = self.sentence()
        title = f"Title {self.count} there" if titled else "The same title"
        self.box.translate(self.box.by_id(ident).id, locale, title, text, username=who)

    @rule(locale=st.sampled_from([None, "fr", "en", "de", "pt_BR"]), wants=st.booleans())
    def read_in(self, locale: str | None, wants: bool) -> None:
        reader = self.box.state.user("admin")
        reader.locale, reader.wants_translations = locale, wants

    @rule(policy=st.sampled_from(["human", "all", "none"]))
    def choose(self, policy: str) -> None:
        self.here.configure(f'translations = "{policy}"')
        self.here.commit()

    # ---- both

    @rule(every=st.booleans())
    def go_through(self, every: bool) -> None:
        if not self.resolved():
            return
        for _turn in range(4):
            self.pull(every=True)
            if self.here.push(code=None).code == 0:
                break
        self.pull(every=True)
        last = self.here.push(code=None)
        assert last.code in (0, 3), last.text
        self.nothing_more(last, every=every)

    def pull(self, *, every: bool) -> None:
        """Bring everything in, and keep what both wrote."""
        run = self.here.run("pull", *(["--all"] if every else []), code=None)
        assert run.code in (0, 3), run.text
        for _turn in range(6):
            if self.resolved():
                return
            for path in self.here.git("diff", "--name-only", "--diff-filter=U").splitlines():
                self.here.write(path, resolved(self.here.read(path)))
            self.here.git("add", "--all")
            self.here.run("pull", "--continue", code=None)
        assert self.resolved()

    def there(self) -> list[object]:
        """All that the forum has of the posts."""
        found: list[object] = []
        for ident in IDENTS:
            topic = self.box.by_id(ident)
            post = self.box.first_post(topic.id)
            texts = {one.locale: one.raw for one in post.translations.values()}
            found.append((topic.title, topic.tags, topic.category_id, post.raw, topic.translations.copy(), texts))
        return found

    def nothing_more(self, first: Run, *, every: bool) -> None:
        """Another push, pull and push change nothing, whoever reads in whatever language."""
        head, there = self.here.git("rev-parse", "HEAD"), self.there()
        self.box.forget()
        self.here.push(code=first.code)
        writes = self.here.writes() if first.code == 0 else []
        self.here.run("pull", *(["--all"] if every else []))
        self.here.push(code=first.code)
        assert (self.here.git("rev-parse", "HEAD"), self.here.git("status", "--porcelain")) == (head, "")
        assert (writes, self.there()) == ([], there), first.text
        assert not any("koweb: original" in str(one) for one in there)

    @rule()
    def adopt_anew(self) -> None:
        if not self.resolved():
            return
        there = self.there()
        self.adopted += 1
        other = new_workspace(self.top / f"other-{self.adopted}", self.box)
        other.run("adopt", *(str(self.box.by_id(ident).id) for ident in IDENTS))
        self.box.forget()
        other.push()
        assert (other.writes(), self.there()) == ([], there)
        other.run("pull", "--all")
        self.box.forget()
        other.push()
        assert (other.writes(), self.there()) == ([], there)
        head = other.git("rev-parse", "HEAD")
        other.run("pull", "--all")
        assert other.git("rev-parse", "HEAD") == head


def resolved(text: str) -> str:
    """A file without marks: of the front matter git's, of the text what both wrote; the forum's where one conflict is
    about both.
    """
    front, mark, body = text.partition("\n---\n")
    if front.count("<<<<<<< git") != front.count(">>>>>>> forum"):
        return MARKS.sub(r"\2", text)
    return MARKS.sub(r"\1", front + "\n").rstrip("\n") + mark + MARKS.sub(r"\1\n\2", body)


@pytest.mark.timeout(1200)  # a failure takes some minutes to become short
@pytest.mark.parametrize("flavour", [GUESSED, *map(in_every, FLAVOURS[1:])])
def test_in_any_language_nothing_moves_by_itself(flavour: str) -> None:
    play(Languages, flavour, steps=STEPS, long=12)


@pytest.mark.timeout(1200)
def test_in_any_language_on_a_forum_that_does_not_say_who_translated() -> None:
    """The same for a short while: the long run plays more."""
    play(Languages, FLAVOURS[1], part=1, steps=FEW, long=12)
