"""What happens on the forum is in the archive once it was told, as if the archive were made anew."""

from collections.abc import Callable
from pathlib import Path

import pytest

from koweb_sync.archive.crawl.run import CrawlOptions, Run, Silent
from koweb_sync.archive.store.store import Store
from koweb_sync.listen.events import Hint
from koweb_sync.sandbox import Sandbox
from tests.listen.listening import CONSTANT, NAME, Listening, between, hook, listening, serving

pytestmark = pytest.mark.server("2025")


def revise(mine: Listening, post: int, raw: str, **given: object) -> None:
    """The author edits a post."""
    state = mine.box.state
    with state.lock:
        found = state.posts[post]
        mine.box.services.editor.revise(
            state.users[found.user_id], state.topics[found.topic_id], found, {"raw": raw, **given}
        )


def reply(mine: Listening, topic: int, raw: str, username: str = "membre5") -> int:
    """Somebody answers in a topic: the number of the post."""
    state = mine.box.state
    with state.lock:
        return mine.box.services.writer.reply(state.topics[topic], state.user(username), raw, {}).id


@pytest.mark.server("2022", "2025", "below")
def test_whatever_happens_is_in_the_archive_as_if_it_were_made_anew(told: Listening) -> None:
    told.box.forget()
    happen(told)
    assert told.box.courier is not None
    told.catch_up()
    told_of = len(told.box.courier.sent)
    assert [status for _one, status in told.box.courier.sent] == [200] * told_of
    assert len(told.box.log) <= 2 * told_of + CONSTANT
    assert not between(told.dumped(), told.from_scratch())
    assert told.archive.whole_runs == 1


def test_an_archive_in_postgresql_is_followed_as_one_in_a_file_is(
    talking: Sandbox, tmp_path: Path, database: Callable[[], str]
) -> None:
    with listening(talking, tmp_path, database()) as mine, serving(mine) as url:
        hook(talking, url)
        happen(mine)
        mine.catch_up()
        assert not between(mine.dumped(), mine.from_scratch())


def happen(told: Listening) -> None:
    """Some of all that may happen."""
    old = next(post.id for post in told.box.state.posts.values() if post.number == 4)
    revise(told, old, "Un texte tout à fait différent, écrit bien plus tard.")
    first = told.box.first_post(3).id
    revise(told, first, "Le premier message, tout autre.", title="Un autre titre pour cette question ?")
    new = reply(told, 2, "Une réponse de plus, que personne n’attendait.")
    topic = told.box.new_topic(
        "Une question toute nouvelle, qui se pose",
        "Qui sait ce qu’il en est vraiment ?",
        category=2,
        username="membre4",
    )
    told.box.like(new, username="membre7")
    told.box.close(4, username="admin")
    told.box.accept(reply(told, topic.id, "Moi, je sais, et voici pourquoi."))


def test_a_like_that_came_while_its_post_was_read_leaves_no_trace(told: Listening) -> None:
    """Then more people are named than the forum had counted a moment before, and that is noted."""
    post = told.box.first_post(2).id
    told.box.like(post, username="membre7")
    told.catch_up()
    with Store.open(told.archive.place) as store, store.alone():
        number = store.forum(told.box.url)
        assert number is not None
        reader = told.archive.reader
        assert reader is not None
        run = Run(store, number, told.box.url, reader, CrawlOptions(key=True), Silent(), told.archive.micros)
        with run.page() as writer:
            writer.unnamed(post, "like", 0)
    assert between(told.dumped(), told.from_scratch())
    told.box.like(post, username="membre8")
    told.catch_up()
    assert not between(told.dumped(), told.from_scratch())


def test_what_only_staff_may_read_stays_out_where_nobody_asked_for_it(talking: Sandbox, tmp_path: Path) -> None:
    """Also where the key shows it, and a webhook tells of it."""
    with talking.state.lock:
        closed = talking.state.categories[3]
        closed.read_restricted, closed.permissions = True, {"staff": 1}
    with listening(talking, tmp_path) as mine, serving(mine) as url:
        hook(talking, url)
        topic = talking.new_topic(
            "Un sujet de l’équipe, tout neuf", "Ce que seule l’équipe peut lire ici.", category=3, username="admin"
        )
        happen(mine)
        mine.catch_up()
        assert not [line for line in mine.dumped() if "équipe" in line or f'"topic": {topic.id},' in line]
        assert not between(mine.dumped(), mine.from_scratch())


def test_what_happened_to_a_topic_itself_is_read_however_far_from_its_opening_somebody_answered(
    talking: Sandbox, tmp_path: Path
) -> None:
    """A page of a long topic does not show its first post."""
    with listening(talking, tmp_path) as mine:
        for n in range(45):
            reply(mine, 2, f"Une réponse de plus, la {n}e de cette longue journée.")
        mine.archive.whole_run(mine.worker.stopped)
        first = talking.first_post(2).id
        revise(mine, first, "Le premier message, tout autre.", title="Un autre titre pour cette question ?")
        last = reply(mine, 2, "Et une toute dernière réponse, pour finir.")
        number = talking.state.posts[last].number
        for n, hint in enumerate((Hint("topic", 2, text=True), Hint("topic", 2, last, number, moved=True))):
            mine.inbox.take(NAME, f"event{n}", hint, mine.clock())
        mine.catch_up()
        assert not between(mine.dumped(), mine.from_scratch())
