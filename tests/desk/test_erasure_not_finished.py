"""An erasure in the memory that was begun and stopped is told where its user looks, with what to do next."""

from html import unescape

import pytest

from koweb_sync.archive.exports import export as exporting
from koweb_sync.sandbox import Sandbox
from tests.archive.test_forgetting_stopped import FORGET, RAW, stopped
from tests.desk.open_desk import desk
from tests.workspace import Clone

ROOMS = ("/memory/state", "/report/")


def rooms(here: Clone) -> dict[str, str]:
    """The pages on which something of the memory is told, as people read them."""
    with desk(here.folder) as it:
        return {path: unescape(it.get(path).text) for path in ("/", *ROOMS)}


def test_p539_an_erasure_that_was_stopped_is_told_until_it_is_finished(
    here: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.reply(2, RAW, username="amina")
    here.run("archive")
    here.run("archive", "export", "--format", "md", "--to", "texts")
    assert [one for one, text in rooms(here).items() if "is not finished" in text] == []
    stopped(here, monkeypatch, exporting, "export")
    told = rooms(here)
    assert [one for one, text in told.items() if "An erasure in the memory was begun, and is not" not in text] == []
    assert 'is not finished. <a href="/memory/state">' in told["/"]
    for path in ROOMS:
        assert "Pass none of them on" in told[path]
        plain, _mark, details = told[path].partition("is not finished: ")[2].partition("<details>")
        assert "koweb archive" not in plain
        assert str(here.folder / "texts") in details
        assert "Type the same “koweb archive forget”" in details
    here.run(*FORGET)
    assert [one for one, text in rooms(here).items() if "is not finished" in text] == []
