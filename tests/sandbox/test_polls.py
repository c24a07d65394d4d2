"""Polls: who may ask, vote and close, who sees how they stand, and what an edit does to them."""

from collections.abc import Callable, Iterator

import pytest

from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.model.records import PostRecord
from tests.clocks import Clock
from tests.sandbox.asking import TITLE, Ask, Topic, new
from tests.workspace import FLAVOURS, TEXT

pytestmark = pytest.mark.server("2022")

PUBLIC = "[poll public=true]\n* lundi\n* mardi\n[/poll]"
ONCE_VOTED = "[poll type=multiple name=jours min=1 max=2 results=on_vote public=true]\n* a\n* b\n* c\n[/poll]"
Vote = Callable[..., int]


def asked(box: Sandbox, raw: str, username: str = "claire") -> PostRecord:
    """A post that asks something."""
    return box.reply(1, f"{TEXT}\n\n{raw}", username=username)


@pytest.fixture
def vote(ask: Ask) -> Vote:
    """Vote for options of the first poll of a post; the status of the answer."""

    def send(post: PostRecord, *options: str, as_: str = "amina", **more: str) -> int:
        given = {"post_id": post.id, "poll_name": post.polls[0].name, "options": list(options), **more}
        return ask("PUT", "/polls/vote.json", as_, json=given).status_code

    return send


def test_a_vote_counts_once_and_can_be_changed_and_taken_back(ask: Ask, box: Sandbox, vote: Vote) -> None:
    post = asked(box, PUBLIC)
    lundi, mardi = post.polls[0].options
    assert (vote(post, lundi), vote(post, mardi, as_="bilal")) == (200, 200)
    assert vote(post, mardi) == 200, "another mind"
    found = ask("GET", f"/posts/{post.id}.json").json()["polls"][0]
    assert [option["votes"] for option in found["options"]] == [0, 2]
    who = ask("GET", f"/polls/voters.json?post_id={post.id}&poll_name=poll").json()["voters"]
    assert [one["username"] for one in who[mardi]] == ["bilal", "amina"], "the latest vote comes last"
    here = {"post_id": post.id, "poll_name": "poll"}
    for left in (1, 1):  # to take back what is not there is no fault
        answer = ask("DELETE", "/polls/vote.json", "amina", json=here)
        assert (answer.status_code, answer.json()["poll"]["voters"]) == (200, left)


def test_whatever_speaks_against_a_vote_is_answered_with_422(ask: Ask, box: Sandbox, vote: Vote) -> None:
    post = asked(box, ONCE_VOTED)
    a, b, c = post.polls[0].options
    assert vote(post, a, b, c) == 422, "three of at most two"
    assert vote(post, "0" * 32) == 422, "an option that is not there"
    assert vote(post, a, poll_name="autre") == 422, "a poll that is not there"
    assert ask("PUT", "/polls/vote.json", "amina", json={"post_id": post.id, "options": [a]}).status_code == 400
    box.post(post.id).polls[0].groups = "staff"
    assert vote(post, a) == 422, "not of that group"
    assert vote(post, a, as_="claire") == 200
    box.close(1)
    box.post(post.id).polls[0].groups = None
    assert vote(post, a) == 422, "a closed topic"
    assert vote(post, a, as_="claire") == 200, "staff write there, and vote"


def test_only_the_author_and_staff_close_a_poll_and_then_nobody_votes(ask: Ask, box: Sandbox, vote: Vote) -> None:
    post = asked(box, PUBLIC, "amina")
    lundi = next(iter(post.polls[0].options))
    shut = {"post_id": post.id, "poll_name": "poll", "status": "closed"}
    assert ask("PUT", "/polls/toggle_status.json", "bilal", json=shut).status_code == 422
    assert ask("PUT", "/polls/toggle_status.json", "amina", json=shut).json()["poll"]["status"] == "closed"
    assert (vote(post, lundi), vote(post, lundi, as_="admin")) == (422, 422)
    assert ask("PUT", "/polls/toggle_status.json", json={**shut, "status": "open"}).status_code == 200
    assert vote(post, lundi) == 200


def test_a_poll_closes_by_itself_when_its_time_is_over(box: Sandbox, vote: Vote) -> None:
    later, past = (asked(box, f"[poll close={when}]\n* a\n* b\n[/poll]") for when in ("2999-01-01", "2020-01-01"))
    assert vote(later, *list(later.polls[0].options)[:1]) == 200
    assert vote(past, *list(past.polls[0].options)[:1]) == 422


def test_who_did_not_vote_does_not_see_how_such_a_poll_stands(ask: Ask, box: Sandbox, vote: Vote) -> None:
    post = asked(box, ONCE_VOTED)
    first, *_others = post.polls[0].options
    vote(post, first)
    page = f"/polls/voters.json?post_id={post.id}&poll_name=jours"
    assert ask("GET", page, "amina").json()["voters"][first][0]["username"] == "amina"
    assert ask("GET", page).status_code == 400, "staff, too"
    assert ask("GET", page, "claire").status_code == 200, "its author sees how it stands"
    assert ask("GET", f"{page}&option_id=inconnue", "amina").status_code == 400
    for who, seen in (("amina", True), ("bilal", False)):
        shown = ask("GET", f"/posts/{post.id}.json", who).json()["polls"][0]
        assert ("votes" in shown["options"][0], "preloaded_voters" in shown, shown["voters"]) == (seen, seen, 1)


def test_a_poll_is_shown_in_the_shape_of_its_server(ask: Ask, box: Sandbox, vote: Vote) -> None:
    post = asked(box, f"{ONCE_VOTED}\n\n[poll type=number name=avis min=1 max=7 step=3 results=on_close]\n[/poll]")
    several, number = ask("GET", f"/posts/{post.id}.json", "claire").json()["polls"]
    assert ("id" in several) == new(box)
    assert several["preloaded_voters"] == (None if new(box) else {}), "nobody voted yet"
    assert [number.get(name) for name in ("min", "max", "step")] == [1, 7, 3]
    assert ("step" in several, "public" in several, "public" in number) == (False, True, False)
    options = list(post.polls[0].options)
    sent = {"post_id": post.id, "poll_name": "jours", "options": [options[2], options[0]]}
    answer = ask("PUT", "/polls/vote.json", "amina", json=sent).json()
    assert answer["vote"] == sent["options"]
    chosen = [True, False, True] if new(box) else [None] * 3
    assert [one.get("chosen") for one in answer["poll"]["options"]] == chosen
    mine = ask("GET", f"/posts/{post.id}.json", "amina").json()["polls_votes"]
    assert mine == {"jours": [options[0], options[2]], "avis": []}
    assert "polls_votes" not in ask("GET", f"/posts/{post.id}.json", "bilal").json()


# ---- who may ask, and what


@pytest.mark.parametrize(
    "raw",
    [
        f"{PUBLIC}\n\n{PUBLIC}",
        "[poll]\n* a\n* a\n[/poll]",
        "[poll type=multiple min=3 max=2]\n* a\n* b\n* c\n[/poll]",
        "[poll type=multiple max=4]\n* a\n* b\n[/poll]",
        "[poll]\n" + "\n".join(f"* choix {n}" for n in range(21)) + "\n[/poll]",
    ],
)
def test_a_poll_that_cannot_be_is_refused(raw: str, topic: Topic, ask: Ask) -> None:
    sent = {"topic_id": 1, "raw": f"{TEXT}\n\n{raw}"}
    assert ask("POST", "/posts.json", json=sent).status_code == 422
    made = topic()
    assert ask("PUT", f"/posts/{made['id']}.json", json={"post": {"raw": sent["raw"]}}).status_code == 422


def test_a_newcomer_at_level_0_may_not_ask(ask: Ask, box: Sandbox) -> None:
    box.state.user("bilal").trust_level = 0
    sent = {"topic_id": 1, "raw": f"{TEXT}\n\n{PUBLIC}"}
    assert ask("POST", "/posts.json", "bilal", json=sent).status_code == 422
    assert ask("POST", "/posts.json", "bilal", json={**sent, "raw": TEXT}).status_code == 200
    assert ask("POST", "/posts.json", "amina", json=sent).status_code == 200


# ---- edits


@pytest.fixture(params=FLAVOURS)
def timed(request: pytest.FixtureRequest) -> Iterator[tuple[Sandbox, Clock]]:
    """A forum, and its clock."""
    clock = Clock()
    with Sandbox.start(clock=clock.now, flavour=request.param) as box:
        yield box, clock


def test_for_five_minutes_an_edit_may_change_a_poll_and_its_votes_are_gone(timed: tuple[Sandbox, Clock]) -> None:
    box, clock = timed
    post = box.first_post(box.new_topic(TITLE, f"{TEXT}\n\n{ONCE_VOTED}", category=2).id)
    poll = post.polls[0]
    poll.votes[4], poll.status = [next(iter(poll.options))], "closed"
    box.edit(post.topic_id, post.raw.replace("* b", "* d"))
    (changed,) = post.polls
    assert (changed.id, changed.votes, changed.status) == (poll.id, {}, "closed"), "the same one, as open as before"
    changed.votes[4] = [next(iter(changed.options))]
    box.edit(post.topic_id, f"Précision : {post.raw}")
    assert post.polls[0].votes, "the same question keeps its votes"
    clock.sleep(301)
    box.edit(post.topic_id, f"Encore : {post.raw}")
    assert post.polls[0].votes


def test_after_five_minutes_a_poll_with_votes_stays_as_it_is(topic: Topic, ask: Ask, box: Sandbox) -> None:
    made = topic(raw=f"{TEXT}\n\n{PUBLIC}")
    post = box.post(made["id"])
    post.polls[0].opened_at -= 301
    change = {"post": {"raw": post.raw.replace("lundi", "samedi")}}
    post.polls[0].votes[4] = [next(iter(post.polls[0].options))]
    assert ask("PUT", f"/posts/{post.id}.json", json=change).status_code == 422
    post.polls[0].votes.clear()
    assert ask("PUT", f"/posts/{post.id}.json", json=change).status_code == 200
