"""One post on several pages at once, in any order: no sentence that a page called kept or saved is ever lost."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from koweb_sync.desk.texts import unsaved
from koweb_sync.desk.texts.earlier_texts import history
from koweb_sync.desk.texts.post_folder import readable
from koweb_sync.desk.texts.writing import PostForm, form_of
from koweb_sync.git.repo import Repo
from tests.desk.killing import client
from tests.desk.test_typed_meanwhile import to_choose
from tests.desk.test_writing import FILE, as_sent
from tests.gate import fewer
from tests.machines import Machine, play
from tests.workspace import TEXT

SAID = re.compile(r"Phrase \d+\.")
TAB = st.integers(0, 9)
CHOICES = st.sampled_from(["ours", "theirs", "both"])


@dataclass
class Tab:
    """A page on which somebody writes: its fields, what of them it called kept, and what it had when it was opened."""

    fields: dict[str, str]
    opened: set[str]
    kept: set[str] = field(default_factory=set)
    typed: int = 0

    def says(self) -> set[str]:
        return set(SAID.findall(self.fields["title"] + "\n" + self.fields["body"]))

    def sent(self) -> dict[str, str]:
        return {**self.fields, "typed": str(self.typed)}


class Writers(Machine):
    """A post, the pages of a browser, an editor outside, and a desk that ends and begins again.

    `claims`: each sentence that was called kept (by the number of the page) or saved ("file"), until whoever had it
    before their eyes takes it out.
    """

    def __init__(self) -> None:
        super().__init__()
        self.here.post("un", f"{TEXT}\n\nPhrase 0.\n\nUn paragraphe.\n\nÀ bientôt.")
        self.here.commit()
        self.tabs: dict[int, Tab] = {}
        self.shown: dict[str, set[str]] = {}  # what a page, or the one whose text it began with, had when it was opened
        self.late: list[dict[str, str]] = []
        self.claims: dict[str, set[int | str]] = {}
        self.count = 0
        self.begin()

    def one(self, number: int) -> int:
        """One of the pages that are open."""
        return sorted(self.tabs)[number % len(self.tabs)]

    def sentence(self) -> str:
        self.count += 1
        return f"Phrase {self.count}."

    def of_file(self) -> set[str]:
        return set(SAID.findall(self.here.read(FILE)))

    def load(self, page: Any) -> None:
        """A page of the text is there."""
        if 'name="mark"' in page.text and "data-write" in page.text:
            self.count += 1
            tab = Tab(as_sent(page.text), set())
            before = tab.fields["began"].partition(":")[0]
            tab.opened = self.shown[tab.fields["page"]] = tab.says() | self.shown.get(before, set())
            self.tabs[self.count] = tab

    @rule(luck=st.integers(1, 4))
    def restart(self, luck: int) -> None:
        """The desk ends now and then, and begins again; pages of the one before are refused."""
        if luck == 1:
            self.begin()

    def begin(self) -> None:
        self.browser = client(self.here.folder)
        self.tabs.clear()
        self.late.clear()

    @rule()
    def open(self) -> None:
        self.load(self.browser.get(f"/write/{FILE}"))

    @rule(number=TAB)
    def open_another(self, number: int) -> None:
        found = re.findall(rf'href="(/write/{FILE}\?unsaved=\w+)"', self.browser.get(f"/preview/{FILE}").text)
        if found:
            self.load(self.browser.get(found[number % len(found)]))

    @precondition(lambda self: self.tabs)
    @rule(number=TAB, first=st.booleans())
    def type(self, number: int, first: bool) -> None:
        tab = self.tabs[self.one(number)]
        new, body = self.sentence(), tab.fields["body"]
        tab.fields["body"] = f"{new}\r\n\r\n{body}" if first else f"{body.rstrip()}\r\n\r\n{new}\r\n"
        tab.typed += 1
        if first:
            self.keep(number)

    @precondition(lambda self: self.tabs)
    @rule(number=TAB)
    def type_a_title(self, number: int) -> None:
        tab = self.tabs[self.one(number)]
        tab.fields["title"] = f"Un titre assez long : {self.sentence()}"
        tab.typed += 1

    @precondition(lambda self: self.tabs)
    @rule(number=TAB, which=TAB)
    def take_out(self, number: int, which: int) -> None:
        tab = self.tabs[self.one(number)]
        found = SAID.findall(tab.fields["body"])
        if found:
            tab.fields["body"] = re.sub(rf"{found[which % len(found)]}(\r\n)*", "", tab.fields["body"])
            tab.typed += 1
            self.keep(number)

    @precondition(lambda self: self.tabs)
    @rule(number=TAB)
    def keep(self, number: int) -> None:
        """What the page does when somebody stops typing for a moment."""
        ident = self.one(number)
        tab = self.tabs[ident]
        told = self.browser.post(f"/write-preview/{FILE}", data=tab.sent()).get_json()["kept"][0]
        for said in tab.kept - tab.says():
            self.claims[said].discard(ident)
        tab.kept = set()
        if told == "kept":
            tab.kept = tab.says()
            for said in tab.kept:
                self.claims.setdefault(said, set()).add(ident)

    @precondition(lambda self: self.tabs)
    @rule(number=TAB)
    def close(self, number: int) -> None:
        del self.tabs[self.one(number)]

    @precondition(lambda self: self.tabs)
    @rule(number=TAB, choice=st.none() | CHOICES, slow=st.booleans())
    def save(self, number: int, choice: str | None, slow: bool) -> None:
        ident = self.one(number)
        before = self.tabs[ident].sent()
        if slow:
            self.type(number, first=False)
        tab = self.tabs.pop(ident)
        page: Any = self.browser.post(f"/write/{FILE}", data=tab.sent())
        for said in tab.says():
            self.claims.setdefault(said, set()).add(ident)
        for said in tab.kept - tab.says():
            self.claims[said].discard(ident)
        if page.status_code == 409 and choice is not None:
            given = {**to_choose(page), **{f"choice-{place}": choice for place in range(9)}}
            page = self.browser.post(f"/write-choose/{FILE}", data=given)
        if page.status_code == 303:  # else somebody goes away without a choice, or it gave two titles
            self.saved(tab, page)
            self.late += [before] * slow

    def saved(self, tab: Tab, page: Any) -> None:
        """The text of a page is in the file; what it had before its eyes and took out is gone."""
        if "chosen" not in page.location:
            for said in tab.opened - tab.says():
                self.claims.get(said, set()).discard("file")
        for said in tab.says() & self.of_file():
            self.claims[said] = {"file"}
        self.load(self.browser.get(page.location))

    @precondition(lambda self: self.late)
    @rule()
    def arrive_late(self) -> None:
        """What a page sent before it was saved comes after that, and says nothing new."""
        before = self.browser.get(f"/write/{FILE}").text
        self.browser.post(f"/write-preview/{FILE}", data=self.late.pop())
        after = self.browser.get(f"/write/{FILE}").text
        assert as_sent(after)["body"] == as_sent(before)["body"]

    @precondition(lambda self: self.tabs)
    @rule(number=TAB)
    def go_back(self, number: int) -> None:
        """Back to the saved text, as a page offers it that begins with a kept text."""
        tab = self.tabs[self.one(number)]
        asked = self.browser.post(f"/write-forget/{FILE}", data={name: tab.fields[name] for name in ("page", "began")})
        if asked.status_code == 200:
            text = re.findall(r'name="unsaved" value="(\w+)"', asked.text)[0]
            page = self.browser.post(f"/write-forget/{FILE}", data={"sure": "on", "unsaved": text})
            self.load(self.browser.get(page.location))

    @rule()
    def bring_an_earlier_one(self) -> None:
        commit = self.here.git("rev-list", "HEAD", "--", FILE).split()[-1]
        self.load(self.browser.get(self.browser.post(f"/versions/{FILE}", data={"at": commit}).location))

    @rule(all_of_it=st.booleans())
    def write_outside(self, all_of_it: bool) -> None:
        text, new = self.here.read(FILE), self.sentence()
        text = f"{text[: text.rindex('---') + 4]}\n{TEXT}\n\n{new}\n" if all_of_it else f"{text}\n{new}\n"
        self.here.write(FILE, text)
        for said, claims in self.claims.items():
            if said not in text:
                claims.discard("file")

    @rule()
    def publish(self) -> None:
        """What publishing does to a file: its version is kept."""
        if self.here.git("status", "--porcelain", "--", FILE):
            self.here.commit()

    @invariant()
    def no_sentence_is_lost(self) -> None:
        found = "".join(f"{one.title}\n{one.body}" for one in self.everywhere())
        lost = {said for said, claims in self.claims.items() if claims and said not in found}
        assert not lost, lost

    def everywhere(self) -> list[PostForm]:
        """The file, its earlier versions, what is shown as not saved, and what was set aside."""
        repo = Repo.find(self.here.folder)
        blobs = [repo.blob(one.blob) for one in history(repo, FILE)]
        file, *earlier = [form_of(readable(FILE, one).post, one) for one in (self.here.read(FILE).encode(), *blobs)]
        waiting = unsaved.typed(repo, FILE, file)
        page = unescape(self.browser.get(f"/preview/{FILE}").text)
        main = unsaved.kept(repo, FILE, file)
        for one in [one for one in waiting if one != main][:5]:
            assert f"unsaved={one.called}" in page, "each is shown where one looks at the post"
        aside = unsaved.aside(repo, FILE, file)
        assert (len(waiting) <= unsaved.OPEN, len(aside) <= unsaved.MOST) == (True, True)
        return [file, *earlier, *(one.form for one in waiting), *(one.form for one in aside)]


def test_p470_on_any_pages_of_one_post_no_kept_sentence_is_lost() -> None:
    play(Writers, "2025", steps=fewer(150, 2), long=30)
