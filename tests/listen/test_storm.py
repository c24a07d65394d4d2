"""Whatever becomes of what a forum tells on its way, and of us, the archive ends as if it were made anew."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koweb_sync.archive.crawl import run as crawling
from koweb_sync.errors import ForumDown
from koweb_sync.listen.events import Hint
from koweb_sync.listen.schedule import LONGEST_PAUSE
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.deliveries import Delivery
from koweb_sync.sandbox.gateway.faults import Fault
from tests.gate import fewer
from tests.listen.listening import CONSTANT, NAME, Listening, between, hook, listening, serving, town

pytestmark = pytest.mark.server("2025")
DAY = 86_400.0


def happen(box: Sandbox, dice: random.Random, n: int) -> None:
    """One thing that somebody does on the forum."""
    state, services = box.state, box.services
    with state.lock:
        living = [one for one in state.posts.values() if one.alive and state.topics[one.topic_id].deleted_at is None]
        post = dice.choice(living)
        topic, user = state.topics[post.topic_id], state.users[dice.randrange(2, 30)]
        match dice.randrange(8):
            case 0 | 1:
                services.writer.reply(topic, user, f"Une réponse de plus, la {n}e de cette longue journée.", {})
            case 2 if user.id != post.user_id and services.likes.liked(user, post) is None:
                services.likes.like(user, post)
            case 3 if post.number > 1:
                services.moderation.delete_post(state.user("admin"), post)
            case 4 if post.number == 1 and len(state.topics) < 20:
                box.new_topic(
                    f"Une question de plus, la {n}e, qui se pose", f"Qui sait ce qu’il en est, {n} ?", category=2
                )
            case 5 if post.number == 1 and n % 3 == 0:
                services.moderation.delete_topic(state.user("admin"), topic)
            case _:
                raw = {"raw": f"Un texte tout autre, le {n}e de cette journée.", "edit_reason": "précision"}
                services.editor.revise(state.users[post.user_id], topic, post, raw)


def storm(mine: Listening, number: int, chance: int) -> None:
    """So many things happen."""
    dice = random.Random(chance)
    for n in range(number):
        happen(mine.box, dice, n)


def a_day_later(mine: Listening) -> None:
    """The daily run, in which every post is read again."""
    mine.clock.wait(DAY + 60)
    mine.archive.wishes = type(mine.archive.wishes)(key=True, rolling=1)
    mine.archive.whole_run(mine.worker.stopped)


@pytest.fixture
def claire(talking: Sandbox) -> Sandbox:
    """The forum, with somebody who opens topics."""
    with talking.state.lock:
        user = talking.state.user("membre3")
        talking.state.names["claire"] = user
    return talking


def test_a_storm_costs_at_most_two_requests_for_each_event(claire: Sandbox, told: Listening) -> None:
    told.box.forget()
    parts = fewer(6, 2)
    for part in range(parts):
        storm(told, 50, part)
        told.catch_up()
    assert claire.courier is not None
    sent = claire.courier.sent
    assert all(status == 200 for _one, status in sent)
    assert len(sent) >= 50 * parts
    assert len(told.box.log) <= 2 * len(sent) + CONSTANT
    assert not between(told.dumped(), told.from_scratch())


def test_lost_doubled_and_reordered_events_change_nothing_that_lasts(claire: Sandbox, mine: Listening) -> None:
    kept: list[Delivery] = []
    assert claire.courier is not None

    def lose(one: Delivery) -> bool:
        kept.append(one)
        return True

    claire.courier.lose = lose  # all: we deliver ourselves
    hook(claire, "http://127.0.0.1:9")
    storm(mine, 60, 7)
    claire.courier.settle()
    dice = random.Random(8)
    arrived = [one for one in kept if dice.random() < 0.6] * 2
    dice.shuffle(arrived)
    with serving(mine) as url:
        for one in arrived:
            answer = requests.post(f"{url}/{NAME}", data=one.body, headers=dict(one.headers), timeout=10)
            assert answer.status_code == 200
            if dice.random() < 0.2:
                mine.clock.wait(11)
                mine.worker.step()
    mine.catch_up()
    a_day_later(mine)
    assert not between(mine.dumped(), mine.from_scratch())


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.lists(st.tuples(st.integers(1, 40), st.integers(0, 99), st.integers(0, 30)), max_size=10))
def test_hints_that_lead_nowhere_bring_nothing_into_the_archive(
    noise: list[tuple[int, int, int]], mine: Listening
) -> None:
    before = mine.dumped()
    for n, (topic, post, number) in enumerate(noise):
        mine.inbox.take(NAME, f"{mine.clock()}{n}".replace(".", ""), Hint("topic", topic, post, number), mine.clock())
        mine.inbox.take(NAME, f"{mine.clock()}p{n}".replace(".", ""), Hint("person", topic), mine.clock())
    mine.catch_up()
    assert mine.dumped() == before


def test_somebodys_new_name_is_known_at_once(told: Listening) -> None:
    told.box.rename("membre5", "cinq")
    told.catch_up()
    with_name = [line for line in told.dumped() if '"table": "people"' in line and '"cinq"' in line]
    assert len(with_name) == 1


def test_a_forum_that_is_down_for_an_hour_is_asked_ever_more_rarely_and_nothing_is_lost(
    told: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    storm(told, 5, 3)
    assert told.box.courier is not None
    told.box.courier.settle()
    began, asked = told.clock.at, 0

    def down(*_args: object, **_more: object) -> object:
        nonlocal asked
        asked += 1
        raise ForumDown("503")

    reader = told.archive.reader
    with monkeypatch.context() as patched:
        patched.setattr("koweb_sync.forum.reader.ForumReader.get", down)
        while told.clock.at < began + 3600:
            told.worker.step()
            told.clock.wait(1)
    assert reader is told.archive.reader or reader is None
    assert asked <= 40
    assert told.inbox.due(NAME)
    told.clock.wait(LONGEST_PAUSE)
    told.catch_up()
    assert told.inbox.due(NAME) == []
    assert not between(told.dumped(), told.from_scratch())


def test_a_topic_at_which_the_forum_fails_alone_keeps_nobody_waiting(told: Listening) -> None:
    first, other = told.box.first_post(1), told.box.first_post(2)
    with told.box.state.lock:
        for post in (first, other):
            topic = told.box.topic(post.topic_id)
            told.box.services.editor.revise(
                told.box.state.users[post.user_id], topic, post, {"raw": "Un texte tout à fait différent."}
            )
    assert told.box.courier is not None
    told.box.courier.settle()
    path = rf"/t/{first.topic_id}(?:/|\.json)"
    told.box.fail(Fault("status", status=200, body=b"{}", content_type="application/json", path=path))
    told.clock.wait(11)
    assert told.worker.step()
    assert {one.id for one in told.inbox.due(NAME)} == {first.topic_id}
    told.clock.wait(11)
    told.catch_up()
    assert told.inbox.due(NAME) == []
    assert not between(told.dumped(), told.from_scratch())


class Killed(BaseException):
    """What a test does to the process."""


def test_killed_at_every_step_and_taken_up_again_it_ends_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page: Callable[..., object] = crawling.Run.page
    with town() as box, listening(box, tmp_path) as mine, serving(mine) as url:
        hook(box, url)
        with box.state.lock:
            box.state.names["claire"] = box.state.user("membre3")
        steps = 0
        for left in range(14):
            storm(mine, 2, 100 + left)
            assert box.courier is not None
            box.courier.settle()
            pages = 0

            def dying(run: crawling.Run, left: int = left) -> object:
                nonlocal pages
                pages += 1
                if pages > left:
                    raise Killed
                return page(run)

            monkeypatch.setattr(crawling.Run, "page", dying)
            mine.clock.wait(11)
            try:
                mine.worker.step()
            except Killed:
                steps += 1
            monkeypatch.setattr(crawling.Run, "page", page)
            mine.archive.reader = None  # a new process knows nothing
            if not steps or pages <= left:
                break
        mine.catch_up()
        assert steps > 5
        assert not between(mine.dumped(), mine.from_scratch())


def test_killed_after_it_read_and_before_it_noted_that_it_reads_once_more(
    told: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = told.box.first_post(1)
    with told.box.state.lock:
        topic = told.box.topic(first.topic_id)
        author = told.box.state.users[first.user_id]
        told.box.services.editor.revise(author, topic, first, {"raw": "Un texte tout à fait différent."})
    assert told.box.courier is not None
    told.box.courier.settle()

    def dying(*_args: object, **_more: object) -> None:
        raise Killed

    told.clock.wait(11)
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(type(told.inbox), "done", dying)
        told.worker.step()
    assert told.inbox.due(NAME)
    told.catch_up()
    assert told.inbox.due(NAME) == []
    assert not between(told.dumped(), told.from_scratch())
