"""What edited posts said before, by the API: every text with its editor, time and reason, a request for each edit."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import Archive, archive_of
from tests.workspace import SERVERS, TEXT, served

TEXTS = (f"{TEXT} Un deuxième état.", f"{TEXT} Un troisième état.", f"{TEXT} Un quatrième état.")
HOW = (("claire", "orthographe"), ("admin", ""), ("claire", "complément"))


@pytest.fixture(params=SERVERS)
def box(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A forum where one post was edited three times before anybody archived it."""
    with served(request.param) as box:
        first = next(topic for topic in box.topics() if topic.category_id is not None)
        for raw, (who, why) in zip(TEXTS, HOW, strict=True):
            box.edit(first.id, raw, username=who, reason=why)
        yield box


def edited(box: Sandbox) -> int:
    """The post that was edited."""
    return next(post.id for post in box.state.posts.values() if post.raw == TEXTS[-1])


def history(kept: Archive, post: int) -> list[tuple[str, str | None, str]]:
    """Every text of a post with its editor and why it was edited, oldest first."""
    return kept.rows(
        "SELECT v.raw, p.username, v.reason FROM post_versions v LEFT JOIN people p ON p.forum = v.forum AND"
        " p.id = v.editor WHERE v.post = :post ORDER BY v.n",
        post=post,
    )


def asked(kept: Archive) -> int:
    """How many edits were asked for so far."""
    return len(kept.box.requests("GET", r"^/posts/\d+/revisions/"))


def test_a151_every_text_is_there_with_who_and_why(box: Sandbox, tmp_path: Path) -> None:
    post = edited(box)
    before = box.state.posts[post].revisions[0].changes["raw"][0]
    with archive_of(box, tmp_path, revisions=True) as kept:
        kept.run()
        told = history(kept, post)
        assert told[0][:2] == (before, None)
        assert told[1:] == [(raw, who, why) for raw, (who, why) in zip(TEXTS, HOW, strict=True)]
        assert kept.texts()[post][0] == TEXTS[-1]
        edits = sum(len(one.revisions) for one in box.state.posts.values())
        assert asked(kept) == edits
        content = kept.content()
        assert kept.run().requests <= 3
        assert (asked(kept), kept.content()) == (edits, content)
        with box.state.lock:
            topic = box.state.posts[post].topic_id
        box.edit(topic, f"{TEXT} Un cinquième état.", username="admin", reason="encore")
        kept.clock.pass_days(31)
        kept.run()
        assert history(kept, post)[-1] == (f"{TEXT} Un cinquième état.", "admin", "encore")
        assert asked(kept) == edits + 1


@pytest.mark.parametrize("staff", [False, True])
def test_a151_a_text_that_staff_hid_is_kept_only_where_that_is_wanted(
    box: Sandbox, tmp_path: Path, staff: bool
) -> None:
    post = edited(box)
    with box.state.lock:
        box.state.posts[post].revisions[1].hidden = True
    box.set(login_required=True)  # so that all is read with the key, which counts hidden edits, too
    with archive_of(box, tmp_path, revisions=True, staff=staff) as kept:
        kept.run()
        texts = [raw for raw, _who, _why in history(kept, post)]
    assert (TEXTS[1] in texts) == staff
    assert texts[-1] == TEXTS[2]
    assert TEXTS[0] in texts


@pytest.mark.parametrize("wishes", [{"revisions": False}, {"revisions": True, "key": False}])
def test_a151_nothing_is_asked_where_nobody_wants_it_or_nobody_may(
    box: Sandbox, tmp_path: Path, wishes: dict[str, bool]
) -> None:
    with archive_of(box, tmp_path, **wishes) as kept:
        kept.run()
        assert asked(kept) == 0
        assert [raw for raw, _who, _why in history(kept, edited(box))] == [TEXTS[-1]]


def test_a151_a_key_that_may_not_is_asked_once_a_day(box: Sandbox, tmp_path: Path) -> None:
    box.keys["all_users"] = box.key("lectrice", "global:read", username="admin")
    with archive_of(box, tmp_path, revisions=True) as kept:
        for _turn in range(3):
            kept.run()
        assert asked(kept) == len(TEXTS)
        box.keys["all_users"] = box.key("redactrice", "global:read", "revisions:read", username="admin")
        kept.clock.pass_days(2)
        kept.run()
        assert [raw for raw, _who, _why in history(kept, edited(box))][1:] == list(TEXTS)
        assert kept.texts()[edited(box)][0] == TEXTS[-1]
