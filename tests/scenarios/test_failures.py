"""Keys that do not fit, forums that do not answer: one paragraph with the place and the remedy, nothing half-done."""

import http.server
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from koweb_sync.sandbox import Fault, Sandbox
from tests.workspace import PNG, TEXT, Clone

HTML = b"<!DOCTYPE html><html><body>Welcome to the portal of this hotel</body></html>"
SECRET = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"


@pytest.fixture
def ready(here: Clone) -> Clone:
    """One post to publish."""
    here.write("posts/schema.png", PNG)
    here.post("un", f"{TEXT} ![x](schema.png)")
    here.commit()
    return here


def one_paragraph(text: str) -> str:
    """The error, which is one line."""
    lines = [line for line in text.splitlines() if line.strip()]
    return next(line for line in lines if "http://" in line)


@pytest.mark.parametrize("name", ["read_only_topics", "revoked", "frederic_only"])
def test_a_key_that_does_not_fit(ready: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.keys[name])
    run = ready.push(code=2)
    assert box.url in one_paragraph(run.err)
    assert ready.published() == []
    assert box.keys[name] not in run.text


def test_a_key_that_is_missing(ready: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KOWEB_KAFE_API_KEY")
    run = ready.push(code=2)
    assert "KOWEB_KAFE_API_KEY" in run.err


def test_a_forum_that_is_down(ready: Clone) -> None:
    ready.box.stop()
    run = ready.push(code=1)
    assert ready.box.url in one_paragraph(run.err)
    assert "nothing to do" not in run.err


def test_a_forum_whose_server_fails(ready: Clone, box: Sandbox) -> None:
    box.fail(Fault("status", status=500, body=b"<html>Oops</html>", times=100))
    run = ready.push(code=1)
    assert "500" in one_paragraph(run.err)
    assert "<html>" not in run.err


@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_html_in_place_of_json(ready: Clone, box: Sandbox, verb: str) -> None:
    box.fail(Fault("status", verb, status=200, body=HTML, times=100))
    run = ready.push(code=None)
    assert run.code in (1, 2)
    assert box.url in run.err or "posts/schema.png" in run.err
    assert "hotel" not in run.err
    assert ready.published() == []
    box.front.faults.waiting.clear()
    ready.push()
    assert ready.published() == ["un"]


def test_broken_json(ready: Clone, box: Sandbox) -> None:
    box.fail(Fault("status", "POST", r"^/posts", status=200, body=b'{"id": 1, "topic', content_type="application/json"))
    ready.push(code=None)
    ready.push()
    assert ready.published() == ["un"]


def test_a_koweb_toml_that_is_wrong_is_named_with_its_line(here: Clone) -> None:
    good = here.read("koweb.toml")
    for wrong, line in (('url = "http://example.org"', 2), ("nonsense", 2), ('withdraw = "burn"', 2)):
        lines = good.splitlines(keepends=True)
        rest = "".join(line for line in lines[1:] if not ("url" in wrong and line.startswith("url")))
        here.write("koweb.toml", f"[forum.kafe]\n{wrong}\n{rest}")
        assert f"koweb.toml:{line}" in here.push(code=2).err, wrong


def test_outside_of_a_repository(tmp_path: Path, here: Clone) -> None:
    lost = Clone(tmp_path, here.box)
    assert "git" in lost.push(code=2).err


def test_on_another_branch(ready: Clone) -> None:
    ready.git("switch", "--quiet", "--create", "essai")
    assert "--branch-ok" in ready.push(code=2).err
    ready.push("--branch-ok")
    assert ready.published() == ["un"]


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """Another host, to which a forum redirects."""

    seen: list[str]

    def do_GET(self) -> None:
        """Note what comes."""
        type(self).seen.append(str(self.headers) + self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def do_POST(self) -> None:
        """Note what comes."""
        self.do_GET()

    def do_PUT(self) -> None:
        """Note what comes."""
        self.do_GET()

    def log_message(self, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The address of another host."""
    Elsewhere.seen = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("fault", ["none", "redirect", "500", "html", "refuse", "403", "conflict", "stderr"])
@pytest.mark.parametrize("debug", [True, False])
def test_p26_the_key_is_nowhere(
    ready: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch, elsewhere: str, fault: str, debug: bool
) -> None:
    key = box.state.keys.pop(box.keys["all_users"])
    box.state.keys[SECRET] = replace(key, key=SECRET)
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", SECRET)
    faults = {
        "redirect": Fault("status", status=302, headers={"Location": f"{elsewhere}/site.json"}, times=100),
        "500": Fault("status", status=500, body=SECRET.encode(), times=100),
        "html": Fault("status", status=200, body=f"<html>{SECRET}</html>".encode(), times=100),
        "refuse": Fault("refuse", times=100),
        "403": Fault("status", status=403, body=SECRET.encode(), times=100),
        "stderr": Fault(
            "status",
            "POST",
            r"^/posts",
            status=422,
            body=f'{{"errors": ["no {SECRET}"]}}'.encode(),
            content_type="application/json",
        ),
    }
    if fault == "conflict":
        ready.push()
        box.edit(box.by_id("un").id, f"Le texte de Claire, assez long pour le forum. {SECRET[:8]}")
        ready.reword("un", "Un texte", "Mon texte")
    if fault in faults:
        box.fail(faults[fault])
    run = ready.forked(*(("--debug",) if debug else ()), ready.verb, code=None)
    assert SECRET not in run.text
    assert SECRET not in " ".join(Elsewhere.seen)
    for folder in (ready.folder.parent, Path(os.environ["HOME"])):
        for file in folder.rglob("*"):
            if file.is_file() and not file.is_symlink():
                assert SECRET.encode() not in file.read_bytes(), file
    objects = ready.git("cat-file", "--batch-all-objects", "--batch")
    assert SECRET not in objects


def test_a_port_where_nobody_answers(ready: Clone) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    ready.write("koweb.toml", ready.read("koweb.toml").replace(ready.box.url, url))
    ready.commit()
    assert url in ready.push(code=1).err


def test_an_edit_that_the_forum_refuses_names_its_file(here: Clone, box: Sandbox) -> None:
    here.post("a", title="Un premier titre ici")
    here.post("b", title="Un second titre ici")
    here.commit()
    here.push()
    before = (here.raw("a"), here.raw("b"))
    here.post("a", f"{TEXT} Encore.", title="Un second titre ici")
    here.post("b", title="Un premier titre ici")
    here.commit()
    run = here.push(code=2)
    assert "posts/a.md:2" in run.err
    assert "posts/b.md:2" in run.err
    assert (here.raw("a"), here.raw("b")) == before
    assert box.by_id("a").title == "Un premier titre ici"
