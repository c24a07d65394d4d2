"""Partial clones, as CI makes them: what a command needs comes in one or two fetches, whatever the number of posts."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.sandbox import Sandbox
from tests.workspace import TEXT, Clone

pytestmark = pytest.mark.server("2022")

POSTS, VERSIONS = 12, 4


@pytest.fixture
def many(here: Clone, box: Sandbox) -> Clone:
    """Twelve posts with four versions each, of which the second is published; a few are edited on the forum."""
    remote = here.folder.parent / "remote.git"
    for setting in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
        here.git("--git-dir", str(remote), "config", setting, "true")
    idents = [f"sujet-{number}" for number in range(POSTS)]
    for version in range(VERSIONS):
        for ident in idents:
            here.post(ident, f"{TEXT}\n\nVersion {version} de {ident}.\n\nEt une fin.")
        here.commit(f"Version {version}")
        if version == 1:
            here.push()
    here.share()
    for ident in idents[:5]:
        topic = box.by_id(ident).id
        box.edit(topic, box.first_post(topic).raw.replace("Et une fin", "Et la fin"), username="claire")
    return here


def fetches(trace: Path) -> int:
    """How many fetches git started, by its own account of what it ran."""
    events = (json.loads(line) for file in trace.iterdir() for line in file.read_text().splitlines())
    return Counter(one["name"] for one in events if one["event"] == "cmd_name")["fetch"]


@pytest.fixture
def traces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where git tells what it runs."""
    folder = tmp_path / "traces"
    folder.mkdir()
    monkeypatch.setenv("GIT_TRACE2_EVENT", str(folder))
    yield folder


COMMANDS = {
    "status": 0,
    "plan": 0,
    "check": 0,
    "diff": 0,
    "fetch": 0,
    "pull --branch forum": 0,
    "pull": 0,
    "push": 3,
    "sync": 0,
    "adopt {url}/t/-/{topic}": 0,
}


@pytest.mark.parametrize("options", ["--filter=blob:none", "--filter=blob:none --sparse"])
def test_no_command_fetches_more_than_twice(many: Clone, box: Sandbox, traces: Path, options: str) -> None:
    topic = box.topics()[0].id
    for number, (words, code) in enumerate(COMMANDS.items()):
        clone = many.clone(f"part-{number}", *options.split())
        for file in traces.iterdir():
            file.unlink()
        clone.run(*words.format(url=box.url, topic=topic).split(), code=code)
        assert fetches(traces) <= 2, words


def test_what_a_git_remote_does_not_give_is_said(many: Clone) -> None:
    clone = many.clone("part", "--filter=blob:none", "--sparse")
    clone.git("remote", "set-url", "origin", (many.folder.parent / "nowhere.git").as_uri())
    run = clone.run("status", code=1)
    assert "left out" in run.err
    assert "nowhere.git" in run.err
