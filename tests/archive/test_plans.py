"""The plan is a promise: no run takes more requests than it said, on whatever forum, in either lane."""

import random
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from koweb_sync.archive.crawl.costs import CrawlPlan, by_rest
from koweb_sync.archive.crawl.rest_api import counts_known
from koweb_sync.archive.crawl.run import Run, Silent
from koweb_sync.forum.client import Forum
from koweb_sync.forum.reader import ForumReader
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.gateway.faults import Fault
from tests.answers import amend
from tests.archive.crawling import FREE, Archive, Result, archive_of, forum_of
from tests.archive.test_doubts import quarters
from tests.archive.test_quiet import CHANGES
from tests.gate import fewer, in_every
from tests.workspace import Clone


def planned(kept: Archive, **wishes: Any) -> CrawlPlan:
    """What `koweb archive --dry-run` would say."""
    key = kept.box.keys["all_users"] if kept.wishes.key else ""
    with Forum(kept.box.url, "admin", key, limits=FREE, state=kept.folder / "planning") as forum:
        number = kept.store.enter(kept.box.url, "kafe", kept.clock.micros())
        run = Run(kept.store, number, kept.box.url, ForumReader(forum), kept.wishes, Silent(), kept.clock.micros)
        run.started = kept.clock.micros()
        return by_rest(run.talk.totals(), counts_known(run))


def promised(kept: Archive) -> Result:
    """A run that keeps to its plan."""
    plan = planned(kept)
    result = kept.run()
    beside = len(result.paths("/discourse-reactions/"))  # nobody can know how many posts have reactions
    keyed = sum(one.keyed for one in result.log)
    asked = sorted(f"{'key ' if one.keyed else ''}{one.path.partition('?')[0]}" for one in result.log)
    assert result.requests - beside <= plan.requests.most, (plan, asked)
    assert keyed <= plan.keyed.most, (plan, asked)
    return result


def silent(box: Sandbox) -> None:
    """Nobody is named for a like."""
    box.fail(Fault("status", path="/(post_action_users|user_actions)", status=403, times=100_000))


def reacting(box: Sandbox) -> None:
    """Everybody reacts to everything."""
    box.set(discourse_reactions_enabled=True)
    for post in box.state.posts.values():
        who = 2 + post.id % 20
        if all(who != liker for liker, _at in post.likes):
            box.react(post.id, "clap", username=box.state.users[who].username)


def unlisting(box: Sandbox) -> None:
    """Half of the topics are in no list."""
    for topic in list(box.state.topics.values())[::2]:
        topic.visible = False


def closing(box: Sandbox) -> None:
    """Nearly everything is for a team."""
    for topic in list(box.state.topics.values())[5:]:
        topic.category_id = 5


FORUMS = {
    "small": (forum_of(1, 1), None),
    "many people": (quarters(people=200, likes=200), None),
    "no name": (quarters(likes=150), silent),
    "reactions": (quarters(), reacting),
    "quarters": (quarters(), None),
    "unlisted": (quarters(), unlisting),
    "team": (quarters(), closing),
    "long topics": (quarters(posts=900), None),
}


@pytest.mark.parametrize("name", FORUMS)
@pytest.mark.parametrize("wishes", [{"key": True}, in_every({"key": False}), in_every({"key": True, "staff": True})])
def test_a1_a_run_takes_no_more_than_its_plan(name: str, wishes: dict[str, bool], tmp_path: Path) -> None:
    seed, trait = FORUMS[name]
    dice = random.Random(name)
    with Sandbox.start(seed, flavour=dice.choice(["2022", "2025"])) as box, archive_of(box, tmp_path, **wishes) as kept:
        if trait:
            trait(box)
        promised(kept)
        for day in range(fewer(4, 2)):
            kept.clock.pass_days(day % 2)
            if name != "small":
                dice.choice(CHANGES)(box, dice)
            promised(kept)
        assert promised(kept).requests <= 3


def quiet(here: Clone, box: Sandbox) -> int:
    """How many requests an update takes."""
    before = len(box.log)
    here.run("archive")
    return len(box.log) - before


@pytest.mark.parametrize("flavour", ["2022", "2025"])
@pytest.mark.parametrize("on", [False, True], ids=["off", "nothing saved"])
def test_a97_an_update_with_nothing_new_takes_three_requests_with_a_key_too(
    flavour: str, on: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before: four, for whether Data Explorer is there was asked each time."""
    now = time.time()
    monkeypatch.setattr("koweb_sync.cli.archive.command.now", lambda: int(now * 1_000_000))
    with Sandbox.start(forum_of(3, 10, data_explorer_enabled=on), flavour=flavour) as box:
        monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.keys["all_users"])
        here = Clone(tmp_path / "work", box)
        here.folder.mkdir()
        here.configure()
        assert quiet(here, box) > 3
        for _time in range(2):
            now += 3600
            assert quiet(here, box) == 3
        version = ["3.6.0"]

        def upgraded(path: str, _query: Any, body: dict[str, Any]) -> None:
            if path.startswith("/about"):
                body["about"]["version"] = version[0]

        amend(box, upgraded)
        assert quiet(here, box) == 4, "another version may have it"
        assert quiet(here, box) == 3
        with pytest.raises(AssertionError, match="exit 2"):
            here.run("archive", "--via", "data-explorer")
        here.run("archive")
        asked = []
        for days in (1, 5, 1):
            now += days * 86_400
            box.forget()
            here.run("archive")
            asked.append(bool(box.requests("GET", "/queries")))
        assert asked == [on, on, True]


def test_what_nobody_told_is_asked_within_the_plan_once_there_is_a_key(tmp_path: Path) -> None:
    with Sandbox.start(forum_of(8, 40)) as box, archive_of(box, tmp_path, key=False) as kept:
        kept.run()
        for topic in (5, 6, 7):
            box.delete(topic, username="admin")
        kept.run()
        assert kept.tombstones("topic") == dict.fromkeys((5, 6, 7), "unseen")
        kept.wishes = replace(kept.wishes, key=True)
        promised(kept)
        assert kept.tombstones("topic") == dict.fromkeys((5, 6, 7), "deleted")
        assert kept.rows("SELECT count(*) FROM topics WHERE deleted IS NULL AND id IN (5, 6, 7)") == [(0,)]
