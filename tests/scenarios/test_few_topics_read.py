"""Where nothing reads all topics at once, a look reads those with a sign of an edit, and some in turn: few requests,
and every edit is found, at once or within a bound that the documentation names.
"""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from koweb_sync.sandbox import Fault, Sandbox
from koweb_sync.sync.pull.due_topics import EDITORS, LOOKS, REQUESTS
from tests.gate import in_every
from tests.workspace import SERVERS, TEXT, Clone, new_workspace, served

pytestmark = pytest.mark.server("2025")
DAY = 86_400


@dataclass
class Clock:
    """The forum's clock, which may be wrong, and moves on faster than ours."""

    ahead: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead

    def passes(self, seconds: float = 1_000) -> None:
        """Time, more than an edit may take to join the one before it."""
        self.ahead += seconds


@dataclass
class Place:
    """A forum with many topics of ours, and what its people do."""

    here: Clone
    box: Sandbox
    clock: Clock
    idents: list[str] = field(default_factory=list)

    def publish(self, count: int) -> None:
        """Some topics, which have been read once; a while ago."""
        self.idents = [f"p{number:02}" for number in range(count)]
        for ident in self.idents:
            self.here.post(ident, f"{TEXT} Ceci est {ident}.")
        self.here.commit()
        self.here.push()
        self.here.share()
        self.clock.passes()
        self.here.run("fetch")
        self.clock.passes()

    def topic(self, ident: str) -> int:
        """Its number."""
        return self.box.by_id(ident).id

    def look(self, *words: str, code: int | None = 0) -> tuple[int, set[str]]:
        """What a command costs, and the files about which it says something."""
        self.box.forget()
        data = self.here.run(*(words or ("fetch",)), "--format", "json", code=code).data
        return len(self.box.log), {Path(one["path"]).stem for one in data["edits"] + data["reports"]}

    def edit(self, ident: str, username: str, sentence: str = "") -> None:
        """Somebody adds a sentence."""
        post = self.box.first_post(self.topic(ident))
        self.box.edit(self.topic(ident), f"{post.raw} {sentence or f'Ajout de {username}.'}", username=username)


@pytest.fixture(params=SERVERS)
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    clock = Clock()
    with served(request.param, clock=clock) as box:
        monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.keys["all_users"])
        yield Place(new_workspace(tmp_path / "work", box), box, clock)


def simple_key(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key of a member who writes."""
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", place.box.keys["frederic_only"])
    place.here.configure(username="frederic")


def test_p236_with_a_key_of_the_team_nothing_new_costs_five_and_edits_are_found_at_once(place: Place) -> None:
    place.publish(16)
    assert place.look() == (REQUESTS, set())
    place.clock.passes(2 * DAY)
    assert place.look() <= (REQUESTS + 1, set()), "once a day, a hundredth is read in turn"
    assert place.look() == (REQUESTS, set())

    place.edit("p03", "amina" if place.box.state.users[5].trust_level > 3 else "claire")
    place.box.edit(place.topic("p07"), title="Un titre tout neuf de Claire", username="claire")
    place.box.edit(place.topic("p11"), tags=["choix"], username="claire")
    cost, found = place.look()
    assert found == {"p03", "p07", "p11"}
    assert cost <= REQUESTS + 3 * 3
    assert place.look("pull")[1] == found
    place.clock.passes()
    assert place.look("pull") == (REQUESTS, set())

    place.edit("p04", "admin")  # the author, elsewhere
    place.edit("p05", "system")
    place.box.edit(place.topic("p06"), category=3, username="claire")
    assert place.look("pull")[1] == {"p04", "p05", "p06"}
    place.clock.passes()
    assert place.look()[1] == set()

    place.here.reword("p08", "Ceci", "Voici")
    place.here.push()
    assert place.look() == (REQUESTS, set()), "our own push is no sign"
    place.edit("p08", "admin", "Une coquille.")  # joins the push: there is no sign of it
    assert place.look()[1] == {"p08"}


def test_p237_without_the_report_edits_are_notified_and_the_rest_is_read_in_turn(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    simple_key(place, monkeypatch)
    place.publish(12)
    most = REQUESTS + -(-12 // LOOKS)
    assert place.look()[0] <= most
    place.edit("p02", "claire")
    assert place.look()[1] == {"p02"}, "its author was notified"
    place.look("pull")
    place.box.reply(place.topic("p09"), TEXT, username="amina")
    place.clock.passes()
    place.edit("p10", "frederic")  # nobody is notified, but the list shows it
    cost, found = place.look("pull")
    assert found == {"p10"} and cost <= most + 2
    place.clock.passes(2 * DAY)
    place.edit("p09", "frederic")  # there is a reply: no sign at all
    came: set[str] = set()
    for _look in range(12 // (most - 3)):
        cost, new = place.look("pull")
        assert cost <= most + 2 * len(new)
        came |= new
    assert came == {"p09"}


TEAM, MEMBER = "the team's", "a member's"


@pytest.mark.parametrize("key", [TEAM, in_every(MEMBER)])
@pytest.mark.parametrize("seed", [1, *map(in_every, range(2, 12))])
def test_p238_every_edit_is_found_within_the_bound_and_never_written_over(
    place: Place, key: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if key == MEMBER:
        simple_key(place, monkeypatch)
    chance = random.Random(seed)
    place.publish(12)
    box, author = place.box, "frederic" if key == MEMBER else "admin"

    def title(ident: str) -> None:
        box.edit(place.topic(ident), title=f"Un titre nommé {ident} par Claire")

    doings: list[Callable[[str], None]] = [
        lambda ident: place.edit(ident, "claire"),
        lambda ident: place.edit(ident, author),
        lambda ident: place.edit(ident, "system"),
        title,
        lambda ident: box.edit(place.topic(ident), tags=["choix"]),
        lambda ident: place.edit(ident, author, "Et encore."),
    ]
    for ident in chance.sample(place.idents, 6):
        for doing in chance.sample(doings, 2):
            box.reply(place.topic(ident), f"{TEXT} {chance.random()}", username="amina")
            doing(ident)
            if chance.random() < 0.3:
                place.look("pull")
            place.clock.passes(chance.choice([1, 100, 1_000]))
    ident = chance.choice(place.idents)
    before = place.here.raw(ident)
    place.here.reword(ident, "Ceci", "Voici")
    place.here.push(code=None)
    assert place.here.raw(ident) in (before, before.replace("Ceci", "Voici")), "nothing is written over"
    for _look in range(12):
        place.clock.passes(DAY)
        place.here.run("pull", "--theirs", code=None)
    for one in place.idents:
        text = place.here.read(f"posts/{one}.md").replace("Voici", "Ceci")
        assert place.here.raw(one).replace("Voici", "Ceci") in text
        assert box.topic(place.topic(one)).title in text


def test_p239_a_report_that_is_refused_cut_or_broken_is_not_believed(place: Place) -> None:
    place.publish(8)
    cut = b'{"report": {"limit": 1, "data": [{"topic_id": 1, "post_number": 2, "created_at": "2026-01-01T00:00:00Z"}]}}'
    for body in (b'{"report": {"error": "timeout", "data": []}}', cut, b"{}"):
        place.clock.passes(2 * DAY)
        place.box.fail(Fault("status", "GET", r"post_edits", status=200, body=body, content_type="application/json"))
        assert place.look()[0] <= REQUESTS + 2  # what other signs tell may be known already
        place.box.edit(place.topic("p03"), tags=["choix", f"t{place.clock.ahead:.0f}"], username="claire")
        place.clock.passes(2 * DAY)
        assert "p03" in place.look("pull")[1], "what it would have told is asked for again"


@pytest.mark.parametrize("ahead", [-40 * DAY, in_every(3 * DAY)])
def test_p240_two_clones_and_clocks_that_differ_find_the_same(place: Place, ahead: float) -> None:
    place.clock.ahead = ahead
    place.publish(8)
    other = Place(place.here.clone("other"), place.box, place.clock)
    other.look()
    place.edit("p02", "claire")
    assert [one.look()[1] for one in (place, other)] == [{"p02"}, {"p02"}]
    place.look("pull")
    place.here.reword("p05", "Ceci", "Voici")
    place.here.push()
    place.here.share()
    place.edit("p05", "claire")  # before the other clone knows of the push
    other.here.git("pull", "--quiet")
    assert [one.look()[1] for one in (place, other)] == [{"p05"}, {"p05"}]


def test_p241_what_is_named_is_read_all_on_demand_and_what_is_open_every_time(place: Place) -> None:
    place.publish(12)
    box = place.box
    box.first_post(place.topic("p05")).raw += " Sans trace."  # as an administrator's script leaves none
    assert place.look("fetch", "--only", "posts/p05.md")[1] == {"p05"}
    box.first_post(place.topic("p06")).raw += " Sans trace."
    box.delete(place.topic("p04"))
    assert place.look("fetch", "--all", code=3)[1] == {"p04", "p05", "p06"}
    assert place.look(code=3)[1] == {"p04", "p05", "p06"}, "what is not brought in yet is told again"
    assert place.look("pull", code=3)[1] == {"p04", "p05", "p06"}
    assert place.look(code=3)[1] == {"p04"}
    box.recover(place.topic("p04"))
    assert place.look()[1] == set()
    assert "do not go together" in place.here.run("pull", "--abort", "--all", code=2).text
    place.here.configure(username="claire")
    assert place.here.run("fetch", "--format", "json").data["read"] == 12, "nobody looked with these eyes yet"


def test_p255_a_forum_whose_clock_was_years_ahead_is_read_anew(place: Place) -> None:
    place.publish(16)
    place.clock.passes(4_000 * DAY)
    for ident in ("p01", "p02", "p03"):
        place.edit(ident, "admin")
    assert place.look("pull")[1] == {"p01", "p02", "p03"}
    place.clock.passes(-4_000 * DAY)
    place.box.reply(place.topic("p09"), TEXT, username="amina")
    place.edit("p09", "claire")
    assert place.look("pull")[1] == {"p09"}
    place.clock.passes()
    assert place.look("pull") <= (REQUESTS + 1, set())


def test_p256_authors_whose_edits_are_not_told_do_not_keep_others_from_being_asked_for(place: Place) -> None:
    authors = ["claire", "amina", "bilal", "frederic"]
    for number in range(12):
        place.here.post(f"p{number:02}", f"{TEXT} {number}", author=authors[number % 4])
    place.here.commit()
    place.here.push()
    place.clock.passes()
    place.look()
    asked: set[str] = set()
    for _look in range(2):
        place.clock.passes(7_200)
        place.box.fail(Fault("status", "GET", "post_edits", nth=2, times=EDITORS, status=403))
        place.look()
        for one in place.box.log:
            asked |= set(parse_qs(one.query).get("filters[editor]", ()))
    assert asked == {*authors, "system"}
