"""What a forum told of is read between two runs over Data Explorer, and the next run sees what became of it."""

import copy
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.archive.crawl import revisions
from koweb_sync.archive.crawl.due import DueTopic, read_due
from koweb_sync.errors import ForumDown
from koweb_sync.forum.query_parts import SIZE
from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import forum_of, public
from tests.archive.exploring import Explored, explored
from tests.workspace import served

pytestmark = pytest.mark.server("2025")
FAR = 3 * SIZE  # a post's number, in another bucket than all that was there before


@pytest.fixture
def town() -> Iterator[Sandbox]:
    """A small forum, on which one post has a far higher number than all others."""
    with served("2025", forum_of(8, 60, likes=20)) as box:
        box.state.ids["posts"] = itertools.count(FAR)
        reply(box, 3)
        yield box


@pytest.fixture
def kept(town: Sandbox, tmp_path: Path) -> Iterator[Explored]:
    """An archive of it, which was just made."""
    with explored(town, tmp_path) as archive:
        archive.run()
        yield archive


def reply(box: Sandbox, topic: int) -> int:
    """Somebody answers: the number of the post."""
    state = box.state
    with state.lock:
        return box.services.writer.reply(state.topics[topic], state.user("membre5"), f"Une réponse, {topic}.", {}).id


class Backup:
    """The forum as it is now, to be brought back."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box
        state = box.state
        with state.lock:
            stays = {id(one.cook): one.cook for one in state.posts.values()}
            self.held = copy.deepcopy((state.posts, state.topics), stays)

    def restore(self) -> None:
        """The forum is again what it was."""
        state = self.box.state
        with state.lock:
            posts, topics = self.held
            state.posts.clear()
            state.posts.update(posts)
            state.topics.clear()
            state.topics.update(topics)
            for topic in state.topics:
                state.changed(topic)


def tell(kept: Explored, one: DueTopic) -> None:
    """Read a topic that was told of."""
    with kept.going(kept.wishes) as run:
        read_due(run, [one])


def test_a_forum_that_is_restored_from_a_backup_is_seen_as_it_is(kept: Explored, town: Sandbox) -> None:
    """What was read of a topic may bring posts that nobody named."""
    backup, state = Backup(town), town.state
    with state.lock:
        town.services.moderation.move(state.user("admin"), state.topics[3], [FAR], {"destination_topic_id": 2})
    tell(kept, DueTopic(2, {}))
    where = "SELECT topic FROM posts WHERE id = :post"
    assert kept.rows(where, post=FAR) == [(2,)]
    backup.restore()
    kept.run()
    assert kept.rows(where, post=FAR) == [(3,)]
    shown = {int(post) for (post,) in kept.rows("SELECT id FROM posts WHERE shown = 1")}
    assert shown == set(public(town)), "nor is there what a move leaves behind"


def test_it_is_also_where_reading_was_cut(kept: Explored, town: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    backup = Backup(town)
    state, first = town.state, town.first_post(2)
    with state.lock:
        town.services.editor.revise(
            state.users[first.user_id], state.topics[2], first, {"raw": "Un texte tout à fait différent, plus tard."}
        )

    def down(*_args: object) -> None:
        raise ForumDown("503")

    with monkeypatch.context() as patched:
        patched.setattr(revisions, "of_new_texts", down)
        with pytest.raises(ForumDown):
            tell(kept, DueTopic(2, {first.id: 1}))
    assert "différent" in str(kept.texts()[first.id])
    backup.restore()
    kept.run()
    assert kept.texts() == public(town)
