"""A bookmark comes with the repository: its values go into addresses, so that each is checked when it is read."""

import json
import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest

from koweb_sync import bookmark, records
from koweb_sync.agreements import Agreement, Fields, agreement, encode
from koweb_sync.bookmark import Lock, Server, intention
from koweb_sync.errors import KowebError
from koweb_sync.posts.ids import PostId, TopicId
from koweb_sync.sandbox import Sandbox
from koweb_sync.times import HOUR_IN_SECONDS
from tests.workspace import TEXT, Clone

pytestmark = pytest.mark.server("2022")

SAYS = Fields({"title": "Un"})
GOOD = Agreement("un", "posts/un.md", "1" * 40, TopicId(12), PostId(34), TEXT, says=SAYS, sent=SAYS)
ELSEWHERE = "12/convert-topic/public?x="
WRONG = (ELSEWHERE, "../admin/users/5", "12", -1, 1.5, True, 2**63, [12], None)
FORGED = (
    *(("topic", value) for value in WRONG),
    *(("post", value) for value in WRONG),
    *(("id", value) for value in ("un/../deux", "un?x=", "", "x" * 45, 7, None)),
    *(("blob", value) for value in ("--output=x", "1" * 39, "1" * 41, "HEAD", 7)),
    *(("path", value) for value in (7, None, ["x"])),
    *(("title", value) for value in (7, None)),
    *(("revision", value) for value in ("7", 1.5, 2**70)),
    *(("says", value) for value in (7, {"title": 7}, {"closed": "yes"}, {"tags": [7]}, {"category": 1.5})),
    *(("used", value) for value in (7, {"a": {"path": 7}}, {"a": {"path": "", "topic": "12"}})),
)


def forged(data: bytes, name: str, value: object) -> bytes:
    """A record with one value that nobody ever wrote."""
    line, gap, raw = data.partition(b"\n")
    return json.dumps({**json.loads(line), name: value}).encode() + gap + raw


def test_what_was_written_is_read() -> None:
    assert agreement(encode(GOOD), "here") == GOOD


@pytest.mark.parametrize(("name", "value"), FORGED)
def test_a_value_that_nobody_writes_is_refused_before_it_is_used(name: str, value: object) -> None:
    with pytest.raises(KowebError, match="damaged"):
        agreement(forged(encode(GOOD), name, value), "here")


@pytest.mark.parametrize("author", [7, None, ["claire"]])
def test_so_is_the_author_of_what_was_intended(author: object) -> None:
    line = json.dumps({"version": 1, "author": author}).encode()
    with pytest.raises(KowebError, match="damaged"):
        intention(line + b"\n" + encode(GOOD), "here")


@pytest.mark.parametrize(
    ("kind", "record"),
    [
        (Lock, {"who": "x", "host": "x", "machine": "", "pid": 1, "since": float("nan"), "run": ""}),
        (Lock, {"who": "x", "host": "x", "machine": "", "pid": 1, "since": float("inf"), "run": ""}),
        (Lock, {"who": "x", "host": "x", "machine": "", "pid": "1", "since": 1.0, "run": ""}),
        (Lock, {"who": 1, "host": "x", "machine": "", "pid": 1, "since": 1.0, "run": ""}),
        (Server, {"looked": "yesterday"}),
        (Server, {"anchors": 7}),
    ],
)
def test_so_is_all_else(kind: type[records.Extended], record: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        records.made(kind, record)


def rewrite(here: Clone, wanted: str, change: Callable[[bytes], bytes]) -> None:
    """Somebody who may push to the git remote changes a file of the bookmark there, the one that has these words."""
    path, data = next((path, data) for path, data in here.agreed().items() if wanted in f"{path} {data!r}")
    put(here, path, change(data))


def put(here: Clone, path: str, data: bytes) -> None:
    """A file in the bookmark of the git remote."""
    head = b"commit refs/koweb/kafe\ncommitter x <x@example.org> 0 +0000\ndata 1\nx\nfrom refs/koweb/kafe^0\n"
    file = b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data)
    command = ["git", "--git-dir", str(here.folder.parent / "remote.git"), "fast-import", "--quiet", "--force"]
    subprocess.run(command, input=head + file, check=True)


@pytest.fixture
def three(here: Clone) -> Clone:
    """Three posts that are published."""
    here.configure('withdraw = "unlist"')
    for ident in ("un", "deux", "trois"):
        here.post(ident)
    here.commit()
    here.push()
    here.share()
    return here


@pytest.mark.parametrize("command", ["push", "plan", "pull", "fetch"])
def test_a_forged_topic_sends_the_key_nowhere(three: Clone, box: Sandbox, command: str) -> None:
    three.git("rm", "--quiet", "posts/un.md")
    three.commit("Remove")
    rewrite(three, '"id": "un"', lambda data: forged(data, "topic", ELSEWHERE))
    box.forget()
    assert "damaged" in three.run(command, code=1).err
    assert box.log == []


def test_a_post_of_somebody_else_is_not_retitled(three: Clone, box: Sandbox) -> None:
    """Where the topic is read anyway, its first post has to be the one that was agreed on."""
    reply = box.reply(box.by_id("un").id, "Une réponse de Claire, qui reste la sienne.", username="claire")
    number = reply.id
    rewrite(three, '"id": "un"', lambda data: forged(data, "post", number))
    three.reword("un", "Un sujet nommé un", "Un autre sujet nommé un")
    box.forget()
    three.push(code=3)
    assert three.writes() == []


@pytest.mark.parametrize("hours", [-30, 2])
def test_a_lock_of_a_computer_whose_clock_is_wrong_can_be_broken(three: Clone, hours: int) -> None:
    put(three, "lock", bookmark.plain_bytes(Lock("x", "x", "", 1, time.time() - hours * HOUR_IN_SECONDS, "x")))
    three.post("quatre")
    three.commit()
    three.push(code=3)
    three.push("--break-lock")
    assert "quatre" in three.published()
