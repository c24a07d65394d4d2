"""A forge is told that it shall pull: what it is sent, once for all that happened, and nobody else sees the token."""

import http.server
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import responses

from koweb_sync.errors import InputError
from koweb_sync.keys import DISPATCH_TOKEN
from koweb_sync.listen.dispatch import Dispatch, ForgeRefused, dispatch_to
from koweb_sync.listen.follow import CALM, PAUSE, TRIES, Commands, Deed, Follower, ForgeTold
from koweb_sync.listen.inbox import Inbox
from koweb_sync.listen.measures import Measures
from koweb_sync.sandbox import Sandbox
from tests.listen.listening import NAME, SECRET, HeldTime, hook
from tests.listen.test_command import VARIABLE, listener
from tests.workspace import Clone, new_workspace, served

TOKEN = "un-jeton-que-personne-ne-devine"
GITHUB = "https://github.com/asso/textes"


def said(request: Any) -> Any:
    """The JSON of a request."""
    return json.loads(request.body)


# ---- what is sent


@responses.activate
def test_github_is_told_an_event_of_the_repository() -> None:
    responses.post("https://api.github.com/repos/asso/textes/dispatches", status=204)
    dispatch_to(f"{GITHUB}.git", None, "main", "", TOKEN).tell(NAME)
    (call,) = responses.calls
    assert said(call.request) == {"event_type": "koweb-pull-kafe", "client_payload": {"forum": "kafe"}}
    assert call.request.headers["Authorization"] == f"Bearer {TOKEN}"


@responses.activate
@pytest.mark.parametrize(
    ("page", "forge", "workflow", "address"),
    [
        (GITHUB, None, "koweb.yml", "https://api.github.com/repos/asso/textes/actions/workflows/koweb.yml/dispatches"),
        ("https://git.asso.example/a/b", "github", "", "https://git.asso.example/api/v3/repos/a/b/dispatches"),
        (
            "https://codeberg.org/asso/textes/", None, "",
            "https://codeberg.org/api/v1/repos/asso/textes/actions/workflows/koweb.yml/dispatches",
        ),
        (
            "https://asso.example/git/a/b", "forgejo", "pull.yml",
            "https://asso.example/git/api/v1/repos/a/b/actions/workflows/pull.yml/dispatches",
        ),
    ],
)  # fmt: skip
def test_each_forge_is_told_at_its_own_place(page: str, forge: str | None, workflow: str, address: str) -> None:
    responses.post(address, status=204)
    dispatch_to(page, forge, "publié", workflow, TOKEN).tell(NAME)
    (call,) = responses.calls
    assert said(call.request).get("ref", "publié") == "publié"
    assert TOKEN not in str(call.request.url)


@responses.activate
def test_gitlab_starts_a_pipeline_for_the_forum() -> None:
    responses.post("https://gitlab.com/api/v4/projects/asso%2Fequipe%2Ftextes/trigger/pipeline", status=201)
    dispatch_to("https://gitlab.com/asso/equipe/textes", None, "main", "", TOKEN).tell(NAME)
    (call,) = responses.calls
    sent = parse_qs(str(call.request.body, "ascii") if isinstance(call.request.body, bytes) else "")
    assert sent == {"token": [TOKEN], "ref": ["main"], "variables[KOWEB_PULL]": ["kafe"]}
    assert TOKEN not in str(call.request.url)


@pytest.mark.parametrize(
    ("page", "forge", "workflow"),
    [
        ("github.com/asso/textes", None, ""), (GITHUB.replace("https", "http"), None, ""), (f"{GITHUB}/wiki", None, ""),
        ("https://moi:mot@github.com/asso/textes", None, ""), ("https://github.com/asso", None, ""),
        ("https://git.example.org/asso/textes", None, ""), (f"{GITHUB}?x=1", None, ""),
        ("https://gitlab.com/asso/textes", None, "koweb.yml"), ("file:///asso/textes", "forgejo", ""),
    ],
)  # fmt: skip
def test_what_is_no_page_of_a_repository_gets_no_token(page: str, forge: str | None, workflow: str) -> None:
    with pytest.raises(InputError):
        dispatch_to(page, forge, "main", workflow, TOKEN)


# ---- what comes of it


@responses.activate
@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, "token refused"), (403, "token refused"), (404, "not found"), (422, "refused"), (307, "moved"),
     (429, "down"), (502, "down")],
)  # fmt: skip
def test_what_a_forge_refuses_is_said_without_the_token_and_followed_nowhere(status: int, kind: str) -> None:
    elsewhere = {"Location": "https://ailleurs.example.org/"}
    responses.post("https://api.github.com/repos/asso/textes/dispatches", TOKEN, status=status, headers=elsewhere)
    with pytest.raises(ForgeRefused) as raised:
        dispatch_to(GITHUB, None, "main", "", TOKEN).tell(NAME)
    assert raised.value.kind == kind
    assert raised.value.remedy
    assert TOKEN not in f"{raised.value}{raised.value!r}{raised.value.__cause__!r}{raised.value.__context__!r}"
    assert len(responses.calls) == 1


def test_nobody_there_is_said_kindly() -> None:
    with pytest.raises(ForgeRefused) as raised:
        dispatch_to("http://127.0.0.1:9/asso/textes", "forgejo", "main", "", TOKEN).tell(NAME)
    assert raised.value.kind == "no answer"
    assert TOKEN not in repr(dispatch_to(GITHUB, None, "main", "", TOKEN))


# ---- once for all that was told


class Following:
    """Who follows, without a thread, and a clock that the test moves."""

    def __init__(self, folder: Path, deed: Deed) -> None:
        self.inbox, self.clock, self.log = Inbox(folder / "listen"), HeldTime(), list[dict[str, Any]]()
        self.calm, self.seq = deed.calm, 0
        self.follower = Follower(NAME, deed, self.inbox, Measures([NAME]), self.note, threading.Lock(), self.clock)

    def note(self, event: str, **facts: Any) -> None:
        """Keep what is logged."""
        self.log.append({"event": event, **facts})

    def told(self) -> None:
        """A topic was read that may have another text, as the worker notes it."""
        self.seq += 1
        self.inbox.done(NAME, [], follow=self.seq, wait=self.clock() + self.calm if self.calm else 0.0)

    def minutes(self, number: float) -> None:
        """Time goes by, and it looks each second."""
        until = self.clock.at + 60 * number
        while self.clock.at < until:
            self.follower.step()
            self.clock.wait(1)


def told_forge(answers: list[int], tokens: list[str]) -> ForgeTold:
    """A forge that answers one after the other, and then always that it is done."""

    def send(_url: str, _body: bytes, headers: Any, _seconds: float) -> int:
        tokens.append(headers["Authorization"])
        return answers.pop(0) if answers else 204

    wanted = dispatch_to(GITHUB, None, "main", "", TOKEN)
    return ForgeTold(Dispatch(wanted.forge, wanted.page, "main", "", TOKEN, send))


def test_a_forge_is_told_once_a_minute_at_most_for_all_that_happened(tmp_path: Path) -> None:
    sent: list[str] = []
    mine = Following(tmp_path, told_forge([], sent))
    for _ in range(30):
        mine.told()
        mine.minutes(0.05)
    mine.minutes(2)
    assert len(sent) == 2  # the first minute's, and one for what came after
    mine.minutes(10)
    assert len(sent) == 2
    mine.told()
    mine.minutes(CALM / 60 + 0.1)
    assert len(sent) == 3


def test_a_steady_stream_does_not_keep_a_forge_from_hearing(tmp_path: Path) -> None:
    sent: list[str] = []
    mine = Following(tmp_path, told_forge([], sent))
    for _ in range(600):
        mine.told()
        mine.minutes(1 / 60)
    assert 8 <= len(sent) <= 11


def test_a_forge_that_is_down_is_told_later_and_given_up_in_the_end(tmp_path: Path) -> None:
    sent: list[str] = []
    mine = Following(tmp_path, told_forge([502, 502], sent))
    mine.told()
    mine.minutes(CALM / 60 + 0.1)
    assert [one["why"] for one in mine.log] == ["down"]
    mine.minutes(PAUSE / 60 * 4)
    assert ([one["well"] for one in mine.log], len(sent)) == ([False, False, True], 3)
    assert TOKEN not in json.dumps(mine.log)
    mine = Following(tmp_path / "other", told_forge([404] * 99, sent))
    mine.told()
    mine.minutes(60)
    assert len(mine.log) == TRIES


def test_commands_run_one_after_the_other_until_one_fails(tmp_path: Path) -> None:
    marks = [tmp_path / name for name in ("a", "b", "c")]
    commands = [("touch", str(marks[0])), ("touch", str(marks[1])), ("false",), ("touch", str(marks[2]))]
    mine = Following(tmp_path, Commands(commands, str(tmp_path)))
    mine.told()
    mine.minutes(0.1)
    assert [one.exists() for one in marks] == [True, True, False]
    assert mine.log == [{"event": "followed", "forum": NAME, "well": False, "why": "exit code 1"}]


def test_a_command_does_not_see_our_own_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (VARIABLE, DISPATCH_TOKEN, "KOWEB_THE_WEBHOOK_SECRET", "KOWEB_KAFE_API_KEY"):
        monkeypatch.setenv(name, f"value of {name}")
    seen = tmp_path / "seen"
    program = f"import os, json; json.dump(dict(os.environ), open({str(seen)!r}, 'w'))"
    mine = Following(tmp_path, Commands([(sys.executable, "-c", program)], str(tmp_path)))
    mine.told()
    mine.minutes(0.1)
    environ = json.loads(seen.read_text(encoding="utf-8"))
    assert environ["KOWEB_FORUM"] == NAME
    assert [name for name in environ if name.startswith("KOWEB_") and "value of" in environ[name]] == [
        "KOWEB_KAFE_API_KEY"
    ], "a pull needs the key, and nothing else"


def test_a_command_that_always_fails_is_given_up_until_more_is_told(tmp_path: Path) -> None:
    mine = Following(tmp_path, Commands([("false",)], str(tmp_path)))
    mine.told()
    mine.minutes(60)
    assert len(mine.log) == TRIES
    mine.told()
    mine.minutes(0.1)
    assert len(mine.log) == TRIES + 1


# ---- as it is typed


@pytest.fixture
def box() -> Iterator[Sandbox]:
    """The usual forum, which tells what happens."""
    with served("2025", webhooks=True) as forum:
        yield forum


@pytest.fixture
def here(box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    """A repository for it, with a key, the webhook's secret and a token in the environment."""
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.keys["all_users"])
    monkeypatch.setenv(VARIABLE, SECRET)
    monkeypatch.setenv(DISPATCH_TOKEN, TOKEN)
    return new_workspace(tmp_path / "work", box)


@pytest.fixture
def forge() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """A repository's page on a forge of this computer, and what it was sent: paths and tokens."""
    heard: list[tuple[str, str]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append((self.path, self.headers["Authorization"]))
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/asso/textes", heard
        server.shutdown()
        thread.join()


def test_it_can_be_tried_once(here: Clone, forge: tuple[str, list[tuple[str, str]]]) -> None:
    page, heard = forge
    run = here.run("listen", "--dispatch", page, "--forge", "forgejo", "--try", "--dry-run")
    assert "/api/v1/repos/asso/textes/actions/workflows/koweb.yml/dispatches" in run.err
    assert heard == []
    run = here.run("listen", "--dispatch", page, "--forge", "forgejo", "--try")
    assert heard == [("/api/v1/repos/asso/textes/actions/workflows/koweb.yml/dispatches", f"Bearer {TOKEN}")]
    assert TOKEN not in run.err + run.out


def test_what_does_not_go_together_and_what_lacks_is_said(
    here: Clone, monkeypatch: pytest.MonkeyPatch, forge: tuple[str, list[tuple[str, str]]]
) -> None:
    assert "together" in here.run("listen", "--dispatch", GITHUB, "--then", "true", code=2).err
    assert "--dispatch" in here.run("listen", "--try", code=2).err
    monkeypatch.delenv(DISPATCH_TOKEN)
    assert DISPATCH_TOKEN in here.run("listen", "--dispatch", GITHUB, code=2).err


def test_an_edit_on_the_forum_starts_a_pull_there(
    here: Clone, box: Sandbox, forge: tuple[str, list[tuple[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    page, heard = forge
    here.post("un")
    here.commit()
    here.push()
    here.run("archive")
    topic = box.by_id("un").id
    with listener(here, "--no-daily", "--dispatch", page, "--forge", "forgejo") as mine:
        hook(box, mine.url)
        box.edit(topic, f"{box.first_post(topic).raw}\n\nEt bien plus encore.")
        with closing(Inbox(here.folder / "koweb-archive.sqlite-listen")) as inbox:
            work = mine.await_for(lambda: inbox.work(NAME))
            assert CALM - 30 < work.wait - time.time() <= CALM, "it is told once a minute at most"
            assert heard == []
            inbox.worked(NAME, work, again=0.0)  # the minute is over
        mine.await_for(lambda: heard)
        mine.await_for(lambda: mine.heard("followed"))
        assert mine.stop() == 0
        everything = mine.file.read_text(encoding="utf-8")
    assert len(heard) == 1
    assert TOKEN not in everything
