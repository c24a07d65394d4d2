"""Slow, broken and busy networks; two people at once; a process that dies: each post reaches the forum once."""

import contextlib
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from koweb_sync import config
from koweb_sync.bookmark import Lock, plain_bytes
from koweb_sync.forum.budget import Budgets
from koweb_sync.forum.client import Forum
from koweb_sync.git.repo import Repo
from koweb_sync.sandbox import Fault, Sandbox
from koweb_sync.sync.publish.actions import Plan
from koweb_sync.sync.publish.options import PushOptions
from koweb_sync.sync.publish.outcome import Outcome, Result
from koweb_sync.sync.publish.push import push
from tests.clocks import Clock
from tests.workspace import PNG, SERVERS, TEXT, Clone, new_workspace, served

pytestmark = pytest.mark.server("2022")

THEIRS = "Claire a réécrit ce texte sur le forum, avec soin."


class Nobody:
    """Watches nothing."""

    def planned(self, plan: Plan) -> None:
        """Nothing."""

    def sending(self, path: str, files: int, of: int) -> None:
        """Nothing."""

    def outcome(self, outcome: Outcome) -> None:
        """Nothing."""


def push_at(here: Clone, clock: Clock, limits: Budgets | None = None) -> Result:
    """Push by a clock that tests move."""
    with contextlib.chdir(here.folder), contextlib.ExitStack() as stack:
        repo = Repo.find(Path.cwd())
        settings = config.load(repo.root)

        def connect() -> Forum:
            forum = Forum(
                settings.url,
                settings.username,
                here.box.keys["all_users"],
                limits=limits or Budgets(0, 0, 0),
                clock=clock,
                say=lambda _text: None,
            )
            stack.callback(forum.close)
            return forum

        return push(repo, settings, connect, PushOptions(), Nobody(), clock.now)


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until somebody waits."""
    return Clock()


@pytest.fixture(params=SERVERS)
def timed(
    request: pytest.FixtureRequest, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Clone]:
    """A repository and a forum by that clock, with all limits of a real forum."""
    with served(request.param, clock=clock.now, rate_limits=True, user_limits=True) as forum:
        monkeypatch.setenv("KOWEB_KAFE_API_KEY", forum.keys["all_users"])
        yield new_workspace(tmp_path / "work", forum)


@pytest.mark.parametrize("shape", ["text", "json", "json-without-extras"])
@pytest.mark.parametrize("seconds", [2, 7])
def test_p2_a_forum_that_asks_to_wait_is_obeyed(timed: Clone, clock: Clock, shape: str, seconds: int) -> None:
    timed.post("un")
    timed.commit()
    timed.box.fail(Fault.too_many(seconds, shape, verb="POST", path=r"^/posts"))
    assert push_at(timed, clock).exit_code == 0
    times = [one.at for one in timed.box.requests("POST", r"^/posts")]
    assert len(times) == 2
    assert times[1] - times[0] >= seconds
    assert timed.published() == ["un"]


def test_p2_the_command_waits_without_a_word_of_python(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    box.fail(Fault.too_many(2, "text", verb="POST", path=r"^/posts"))
    begun = time.monotonic()
    here.alone(here.verb)
    assert time.monotonic() - begun >= 2
    assert here.published() == ["un"]


def test_p3_an_upload_that_is_repeated_has_the_same_body(timed: Clone, clock: Clock) -> None:
    timed.write("posts/schema.png", PNG)
    timed.post("un", f"{TEXT} ![un schéma](schema.png)")
    timed.commit()
    timed.box.fail(Fault.too_many(2, verb="POST", path=r"^/uploads"))
    assert push_at(timed, clock).exit_code == 0
    first, second = timed.box.requests("POST", r"^/uploads")
    assert first.body == second.body
    assert PNG in first.body


@pytest.mark.parametrize("edited", [False, True])
def test_p4_a_502_on_a_write_is_looked_at_before_it_is_repeated(here: Clone, box: Sandbox, edited: bool) -> None:
    here.post("un")
    here.commit()
    here.push()
    topic = box.by_id("un").id
    here.reword("un", "Un texte", "Mon texte")
    bad = Fault("status", "PUT", r"^/posts/", status=502, body=b"<html>Bad gateway</html>")
    if edited:
        bad = Fault("status", "PUT", r"^/posts/", status=502, before=lambda: box.edit(topic, THEIRS))
    box.fail(bad)
    box.forget()
    here.push(code=3 if edited else 0)
    verbs = [one.verb for one in box.log]
    assert verbs[:2] == ["PUT", "GET"]
    assert here.raw("un").startswith(THEIRS if edited else "Mon texte")


def test_p4_a_502_on_a_read_is_repeated(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    box.fail(Fault("status", "GET", status=502, times=2))
    here.push()
    assert here.published() == ["un"]


@pytest.mark.parametrize("later", [1, 130])
@pytest.mark.parametrize("kind", ["drop", "stall"])
def test_p5_a_create_whose_answer_was_lost_is_found_again(timed: Clone, clock: Clock, later: int, kind: str) -> None:
    timed.post("un")
    timed.post("deux")
    timed.commit()
    timed.box.fail(
        Fault("drop", "POST", r"^/posts") if kind == "drop" else Fault("stall", "POST", r"^/posts", seconds=0.1),
        Fault("refuse", "GET", r"^/t/", times=50),
    )
    assert push_at(timed, clock).exit_code == 1
    timed.box.front.faults.waiting.clear()
    clock.time += later
    assert push_at(timed, clock).exit_code == 0
    assert timed.published() == ["deux", "un"]
    assert len(timed.box.requests("POST", r"^/posts")) == 2
    timed.box.forget()
    assert push_at(timed, clock).exit_code == 0
    assert timed.box.log == []


def test_a_lost_answer_is_found_in_the_same_run(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    box.fail(Fault("drop", "POST", r"^/posts"))
    here.push()
    assert here.published() == ["un"]
    assert len(box.requests("POST", r"^/posts")) == 1


def test_p49_a_lost_edit_is_settled_before_git_is_compared(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    here.push()
    before = here.raw("un")
    here.reword("un", "Un texte", "Mon texte")
    silent = Fault("refuse", "GET", r"^/t/", times=50)
    box.fail(Fault("drop", "PUT", r"^/posts/", before=lambda: box.fail(silent)))
    here.push(code=1)
    assert here.raw("un").startswith("Mon texte")
    box.front.faults.waiting.clear()
    here.git("revert", "--no-edit", "HEAD")
    here.push()
    assert here.raw("un") == before
    box.forget()
    here.push()
    assert box.log == []


def test_p34_the_limits_of_a_day_are_reported_and_the_rest_goes_the_next_day(timed: Clone, clock: Clock) -> None:
    timed.configure(username="amina")
    for number in range(40):
        timed.post(f"sujet-{number:02}", f"{TEXT} Voici le texte numéro {number}, qui ne ressemble à aucun autre.")
    timed.commit()
    limits = Budgets()
    first = push_at(timed, clock, limits)
    assert first.exit_code == 3
    assert len(timed.published()) == 20
    reasons = {str(outcome.error) for outcome in first.outcomes if outcome.error}
    assert len(reasons) == 1
    assert re.search(r"\d+ (h|hours|min)", reasons.pop())
    clock.time += 86_400
    assert push_at(timed, clock, limits).exit_code == 0
    assert len(timed.published()) == 40
    windows = [one.at for one in timed.box.log if one.keyed]
    assert all(b - a >= 60 for a, b in zip(windows, windows[60:], strict=False))


def test_p27_one_post_fails_and_the_next_run_repairs_exactly_that_one(here: Clone, box: Sandbox) -> None:
    for name in ("a", "b", "c"):
        here.post(name)
    here.commit()
    refusal = b'{"action":"create_post","errors":["Ce contenu ne convient pas"]}'
    box.fail(Fault("status", "POST", r"^/posts", nth=2, status=422, body=refusal, content_type="application/json"))
    run = here.push(code=2)
    assert "posts/b.md" in run.err
    assert "Ce contenu ne convient pas" in run.err
    assert here.published() == ["a", "c"]
    box.forget()
    here.push()
    assert here.writes() == ["POST /posts"]
    assert here.published() == ["a", "b", "c"]


def test_p25_p47_two_clones_publish_at_once_and_nothing_is_made_twice(here: Clone, box: Sandbox) -> None:
    for number in range(8):
        here.post(f"sujet-{number}")
    here.commit()
    here.share()
    other = here.clone("other")
    box.fail(Fault("slow", "POST", r"^/posts", times=8, seconds=0.1))
    processes = [clone.start(clone.verb) for clone in (here, other)]
    outputs = [process.communicate(timeout=60)[1].decode() for process in processes]
    codes = [process.returncode for process in processes]
    assert sorted(codes) in ([0, 0], [0, 3])
    if 3 in codes:
        text = outputs[codes.index(3)]
        assert "Frédéric" in text or "root" in text or "publishing" in text
    assert here.published() == sorted(f"sujet-{n}" for n in range(8))
    assert len(box.requests("POST", r"^/posts")) == 8
    for clone in (here, other):
        clone.push()
    assert len(box.requests("POST", r"^/posts")) == 8


def test_p47_a_lock_that_was_left_behind_can_be_broken_after_an_hour(timed: Clone, clock: Clock) -> None:
    timed.post("un")
    timed.commit()
    push_at(timed, clock)
    timed.post("deux")
    timed.commit()
    lock = Lock("Amina", "portable", "ailleurs", 1, time.time() - 600, "x")
    leave_lock(timed, lock)
    text = timed.push(code=3).err
    assert "Amina" in text
    assert "portable" in text
    timed.push("--break-lock", code=3)
    assert timed.published() == ["un"]
    leave_lock(timed, replace(lock, since=time.time() - 3700))
    timed.push(code=3)
    timed.push("--break-lock")
    assert timed.published() == ["deux", "un"]


def leave_lock(here: Clone, lock: Lock) -> None:
    """A lock on the bookmark, as a push that was cut off on another computer leaves it."""
    with contextlib.chdir(here.folder):
        repo = Repo.find(Path.cwd())
        old = repo.resolve("refs/koweb/kafe")
        commit = repo.write_commit(old, {"lock": plain_bytes(lock)}, "Lock", 0.0)
        here.git("push", "--quiet", "--force", "origin", f"{commit}:refs/koweb/kafe")


def test_two_processes_share_one_budget(here: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    here.write(
        "koweb.toml", here.read("koweb.toml").replace("anonymous_per_10_seconds = 0", "anonymous_per_10_seconds = 9")
    )
    for number in range(8):
        here.post(f"sujet-{number}")
    here.commit()
    here.share()
    other = here.clone("other")
    here.alone("push", "--only", "posts/sujet-0.md", "--only", "posts/sujet-1.md", "--only", "posts/sujet-2.md")
    other.alone("push")
    times = [one.at for one in box.log]
    assert len(times) > 10
    assert all(b - a >= 9.9 for a, b in zip(times, times[9:], strict=False))
