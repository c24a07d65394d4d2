"""What not everybody may read does not enter an archive by way of an event, or of a post that was moved."""

from pathlib import Path
from typing import Any

import pytest

from koweb_sync.archive.read.model import ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store.store import Store
from koweb_sync.listen.events import Hint
from koweb_sync.sandbox.box import Sandbox
from tests.gate import in_turn
from tests.listen.listening import NAME, Listening, dumped, listening

pytestmark = pytest.mark.server("2025")
SECRET = "Ce que seuls quelques-uns peuvent lire, SECRET, ici."


def hear(here: Listening, *hints: Hint) -> None:
    """Events come in, and everything that is due is read."""
    for nth, hint in enumerate(hints):
        here.inbox.take(NAME, f"{here.clock()}-{nth}", hint, here.clock())
    here.catch_up()


def holds(here: Listening) -> bool:
    """Whether anything of the secret is in the archive."""
    return any("SECRET" in line for line in dumped(here.archive.place, here.box.url))


@pytest.mark.parametrize("event", [True, False])
def test_a_post_that_is_moved_into_a_message_is_kept_as_it_was_before(mine: Listening, *, event: bool) -> None:
    """One whom the key shows everything is shown such a post by its number, with what is written there."""
    state, services = mine.box.state, mine.box.services
    topic = next(one for one in state.topics.values() if len(one.post_ids) > 3)
    moved = state.posts[topic.post_ids[-1]]
    before = moved.raw
    with state.lock:
        message = {"title": "Un message privé entre modérateurs", "target_usernames": "membre5"}
        first = services.writer.new_message(state.user("admin"), "Bonjour à vous, voici ce dont il s’agit.", message)
        to = {"destination_topic_id": first.topic_id}
        services.moderation.move(state.user("admin"), topic, [moved.id], to)
        services.editor.revise(state.user("admin"), state.topics[first.topic_id], moved, {"raw": SECRET})
    mine.box.reply(topic.id, "Une réponse de plus dans le sujet public.", username="membre5")
    if event:
        hear(mine, Hint("topic", first.topic_id, moved.id, 2, False, True), Hint("topic", topic.id, 0, 0, True, True))
    mine.archive.whole_run(mine.worker.stopped)
    assert not holds(mine)
    with Store.open(mine.archive.place, create=False) as store, store.read() as connection:
        (kept,) = Reader(connection, store.forum(mine.box.url) or 0).by_ids([moved.id])
    assert kept.raw == before
    assert kept.gone == ("private" if event else "")  # without an event it is missed once a day


@pytest.mark.parametrize("group", ["staff", "trust_level_2"])
@pytest.mark.parametrize("wishes", [{"public_only": True}, {"key": False}], ids=str)
def test_an_archive_of_what_everybody_reads_takes_nothing_else_from_an_event(
    talking: Sandbox, tmp_path: Path, wishes: dict[str, Any], group: str
) -> None:
    with talking.state.lock:
        closed = talking.state.categories[3]
        closed.read_restricted, closed.permissions = True, {group: 1}
    with listening(talking, tmp_path, **wishes) as here:
        topic = talking.new_topic("Un sujet d’une catégorie SECRET", SECRET, category=3, username="admin")
        hear(here, Hint("topic", topic.id, talking.first_post(topic.id).id, 1, True, True))
        assert not holds(here)
        here.archive.whole_run(here.worker.stopped)
        assert not holds(here)
        with Store.open(here.archive.place, create=False) as store, store.read() as connection:
            public = Reader(connection, store.forum(talking.url) or 0).walk(ArchiveFilter(public=True))
            assert topic.id not in [one.id for one, _posts in public]


def public(here: Listening) -> list[str]:
    """The texts of a public export."""
    with Store.open(here.archive.place, create=False) as store, store.read() as connection:
        walked = Reader(connection, store.forum(here.box.url) or 0).walk(ArchiveFilter(public=True))
        return [post.raw for _topic, posts in walked for post in posts]


@pytest.mark.parametrize("wishes", [{}, {"public_only": True}, {"key": False}], ids=str)
@pytest.mark.parametrize(("moved", "event"), in_turn([True, False], [True, False]))
def test_what_is_written_after_a_category_was_closed_is_in_no_public_export(
    talking: Sandbox, tmp_path: Path, wishes: dict[str, Any], *, moved: bool, event: bool
) -> None:
    """Neither where the category itself was closed nor where a topic was moved into one that is."""
    state, editor = talking.state, talking.services.editor
    closed = state.categories[3]

    def close() -> None:
        closed.read_restricted, closed.permissions = True, {"groupe": 1}

    topic = next(
        one for one in state.topics.values() if one.category_id == (2 if moved else 3) and len(one.post_ids) > 2
    )
    first = state.posts[topic.post_ids[0]]
    if moved:
        close()
    with listening(talking, tmp_path, **wishes) as here:
        assert first.raw in public(here)
        with state.lock:
            close()
            topic.category_id = closed.id
            editor.revise(state.user("admin"), topic, first, {"raw": SECRET})
        talking.reply(topic.id, f"{SECRET} Et une réponse.", username="admin")
        if event:
            hear(here, Hint("topic", topic.id, first.id, 1, True, True))
            assert not [one for one in public(here) if "SECRET" in one]
        for _day in range(2):
            here.clock.wait(86_400 * 1.1)
            here.archive.whole_run(here.worker.stopped)
            assert not [one for one in public(here) if "SECRET" in one]
        assert holds(here) == (wishes == {})  # whoever has the key keeps what it shows
