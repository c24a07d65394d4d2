"""Files get other ids, are copied, moved, drafted and deleted, name topics and do not, under every policy, while people
edit on the forum: no topic is withdrawn that a file in HEAD names, and nothing is reported that is not there.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from koweb_sync.posts.document import PostFile, parse
from koweb_sync.posts.titles import same_title
from koweb_sync.sandbox.model.records import TopicRecord
from tests.machines import Machine, play
from tests.workspace import FLAVOURS, Run

NTH = st.integers(0, 3)
POLICIES = st.sampled_from(["delete", "keep", "unlist", "close"])
SHOWN = ("created", "updated", "completed", "taken", "approved", "recorded")
TAKEN = re.compile("already (been used|has a topic with this title)")
WITHDRAWN: dict[str, Callable[[TopicRecord], bool]] = {
    "delete": lambda topic: bool(topic.deleted_at),
    "unlist": lambda topic: not topic.visible,
    "close": lambda topic: topic.closed,
}


class Bindings(Machine):
    """A repository, topics of its own and of others, and a person who edits them."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    @initialize(policy=POLICIES)
    def begin(self, policy: str) -> None:
        self.here.configure(f'withdraw = "{policy}"')
        self.theirs = [self.open("claire").id for _n in range(2)]
        ours = self.open("admin").id
        for ident in ("un", "deux"):
            self.here.post(ident, self.sentence("Frédéric"))
        self.here.commit()
        self.here.run("adopt", str(self.theirs[0]), str(ours))
        self.here.push()

    def open(self, who: str) -> TopicRecord:
        """A topic that somebody opens."""
        self.count += 1
        return self.box.new_topic(
            f"Un sujet numéro {self.count} de {who}", self.sentence(who), category=2, username=who
        )

    def sentence(self, who: str) -> str:
        """A sentence that nobody wrote before."""
        self.count += 1
        return f"Phrase {self.count} de {who}, assez longue pour ce forum."

    # ---- git

    def files(self) -> list[PostFile]:
        """The post files of HEAD."""
        names = self.here.git("ls-files", "posts").splitlines()
        return [parse(name, (self.here.folder / name).read_bytes()) for name in sorted(names)]

    def change(self, nth: int, old: str, new: str, *, path: str = "") -> None:
        """Replace one line of a file, or of a copy of it at another path."""
        files = self.files()
        if files:
            post = files[nth % len(files)]
            text = re.sub(old, new, post.data.decode(), count=1, flags=re.MULTILINE)
            self.here.write(path or post.path, text)
            self.here.commit(f"Change {path or post.path}")

    @rule(nth=NTH)
    def write(self, nth: int) -> None:
        self.change(nth, r"\Z", f"\n{self.sentence('Frédéric')}\n")

    @rule(nth=NTH)
    def rename(self, nth: int) -> None:
        self.count += 1
        self.change(nth, r"^id: .*", f"id: autre-{self.count}")

    @rule(nth=NTH)
    def copy(self, nth: int) -> None:
        self.count += 1
        self.change(nth, r"^id: .*", f"id: copie-{self.count}", path=f"posts/copie-{self.count}.md")

    @rule(nth=NTH)
    def retitle(self, nth: int) -> None:
        self.count += 1
        self.change(nth, r"^title: .*", f"title: Un titre numéro {self.count} de Frédéric")

    @rule(nth=NTH, other=NTH, back=st.booleans())
    def pass_on(self, nth: int, other: int, back: bool) -> None:
        """A title goes from one file to another; the one gets a new one, or the other's (`back`)."""
        files = self.files()
        if files and nth % len(files) != other % len(files):
            one, two = files[nth % len(files)].front.title, files[other % len(files)].front.title
            self.count += 1
            self.change(nth, r"^title: .*", f"title: {two if back else f'Un titre numéro {self.count} pour un autre'}")
            self.change(other, r"^title: .*", f"title: {one}")

    @rule(nth=NTH)
    def draft(self, nth: int) -> None:
        files = self.files()
        if files and files[nth % len(files)].front.draft:
            self.change(nth, r"^draft: true\n", "")
        else:
            self.change(nth, r"^id: ", "draft: true\nid: ")

    @rule(nth=NTH, named=NTH)
    def name(self, nth: int, named: int) -> None:
        """Name a topic in a file, its own or any other, or name none."""
        files, topics = self.files(), [topic.id for topic in self.box.topics()]
        if files and files[nth % len(files)].front.topic:
            self.change(nth, r"^topic: .*\n", "")
        else:
            self.change(nth, r"^id: ", f"topic: {topics[named % len(topics)]}\nid: ")

    @rule(nth=NTH, moved=st.booleans())
    def delete(self, nth: int, moved: bool) -> None:
        files = self.files()
        if files:
            self.count += 1
            path = files[nth % len(files)].path
            self.here.git(*(("mv", path, f"posts/{self.count}.md") if moved else ("rm", "--quiet", path)))
            self.here.commit("Move" if moved else "Delete")

    @rule(policy=POLICIES)
    def decide(self, policy: str) -> None:
        self.here.configure(f'withdraw = "{policy}"')
        self.here.commit("Decide")

    @rule(nth=NTH)
    def adopt(self, nth: int) -> None:
        topics = [topic.id for topic in self.box.topics() if not topic.deleted_at]
        self.here.run("adopt", str(topics[nth % len(topics)]), code=None)

    # ---- the forum

    @rule(nth=NTH, replies=st.booleans())
    def edit_there(self, nth: int, replies: bool) -> None:
        topics = [topic.id for topic in self.box.topics() if not topic.deleted_at]
        topic = topics[nth % len(topics)]
        if replies:
            self.box.reply(topic, self.sentence("Claire"))
        else:
            self.box.edit(topic, f"{self.box.first_post(topic).raw}\n\n{self.sentence('Claire')}")

    @rule(least=st.sampled_from([20, 75]))
    def ask_for_more(self, least: int) -> None:
        """The forum takes only texts that are so long: some files are refused."""
        self.box.set(min_first_post_length=least)

    # ---- both

    @rule()
    def pull(self) -> None:
        before = self.there()
        run = self.here.run("pull", "--ours", code=None)
        assert run.code in (0, 2, 3), run.text
        self.nothing_is_lost(before)

    @rule()
    def push(self) -> None:
        before, named, kept = self.there(), self.named(), self.kept()
        shown = {topic.id for topic in self.box.topics() if is_shown(topic)}
        run = self.here.run("push", "--yes", "--format", "json", code=None)
        assert run.code in (0, 2, 3), run.text
        for topic in named & shown:
            assert is_shown(self.box.topic(topic)), run.text
        self.nothing_is_lost(before)
        refused = {one["path"] for one in (*run.data["outcomes"], *run.data["refused"]) if one.get("error")}
        for outcome in run.data["outcomes"]:
            self.is_true(outcome, refused)
        bodies = {self.box.first_post(topic.id).raw for topic in self.box.topics() if not topic.deleted_at}
        for post in self.files():
            assert post.front.draft or post.path in refused or post.body.strip() in bodies, (post.path, run.text)
        assert bool(run.code) == bool(refused), run.text
        self.titles_go_where_they_can(run)
        assert not kept - self.titles(), run.text
        self.box.forget()
        after = self.there()
        again = self.here.run("push", "--yes", "--format", "json", code=None)
        assert again.code == run.code, run.text + again.text
        # What the forum refuses because somebody edited it is refused by the guard of the edit itself, each time.
        assert refused or self.box.log == [], run.text + again.text
        assert self.there() == after, run.text + again.text

    def titles(self) -> set[str]:
        """The titles on the forum."""
        return {topic.title for topic in self.box.topics() if not topic.deleted_at}

    def kept(self) -> set[str]:
        """The titles on the forum that files of HEAD have which have no topic: under one of two ids they stay there."""
        own = {(topic.external_id or "")[6:] for topic in self.box.topics()}
        files = (post.front for post in self.files())
        return self.titles() & {one.title for one in files if not (one.draft or one.topic or one.id in own)}

    def titles_go_where_they_can(self, run: Run) -> None:
        """The forum refuses a title only where the file that is to give it up was refused, or none is."""
        outcomes = [*run.data["outcomes"], *run.data["refused"]]
        taken = {one["path"] for one in outcomes if TAKEN.search(one.get("error") or "")}
        stuck = {one["path"] for one in outcomes if one.get("error")} - taken
        for path in taken:
            wants = next(post.front.title for post in self.files() if post.path == path)
            holds = [topic for topic in self.box.topics() if not topic.deleted_at and same_title(topic.title, wants)]
            files = {
                post.path for post in self.files() for one in holds if post.front.id == (one.external_id or "")[6:]
            }
            assert not files or files & stuck, run.text

    def named(self) -> set[int]:
        """The topics that files of HEAD name, by number or by the id that they were published with."""
        found = set()
        for post in self.files():
            if not post.front.draft:
                own = (one.id for one in self.box.topics() if (one.external_id or "") == f"koweb-{post.front.id}")
                found.add(post.front.topic or next(own, 0))
        return found

    def is_true(self, outcome: dict[str, Any], refused: set[str]) -> None:
        """Whether the forum shows what was reported."""
        if outcome["done"] in (*SHOWN, *WITHDRAWN) and outcome["path"] not in refused:
            topic = self.box.topic(int(outcome["url"].rpartition("/")[2]))
            if outcome["done"] in WITHDRAWN:
                assert WITHDRAWN[outcome["done"]](topic), outcome
                return
            post = next(post for post in self.files() if post.path == outcome["path"])
            assert self.box.first_post(topic.id).raw == post.body.strip(), outcome
            assert same_title(topic.title, post.front.title), outcome
            assert is_shown(topic), outcome

    def there(self) -> set[str]:
        """Every sentence that the forum shows."""
        raws = (self.box.first_post(topic.id).raw for topic in self.box.topics() if not topic.deleted_at)
        return {line for raw in raws for line in raw.splitlines() if line}

    def nothing_is_lost(self, before: set[str]) -> None:
        """What the forum showed is still there, or in git's history."""
        left = before - self.there()
        if left:
            history = self.here.git("log", "-p", "--format=", "HEAD", "--", "posts")
            assert not {one for one in left if f"+{one}" not in history.splitlines()}

    @invariant()
    def what_others_opened_stays(self) -> None:
        assert all(is_shown(self.box.topic(topic)) for topic in self.theirs)


def is_shown(topic: TopicRecord) -> bool:
    """Whether a topic is there, open and listed."""
    return not topic.deleted_at and not topic.closed and topic.visible


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_p100_nothing_is_withdrawn_that_a_file_names_and_nothing_reported_that_is_not(flavour: str) -> None:
    play(Bindings, flavour, steps=30, long=25)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_p100_nor_in_long_histories(flavour: str) -> None:
    play(Bindings, flavour, steps=600, long=40)
