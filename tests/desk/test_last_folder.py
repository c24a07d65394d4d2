"""Who types “koweb desk” in any folder finds their texts again, and can begin another folder all the same."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from koweb_sync.desk.run.last_folder import remember, remembered
from tests.desk.test_ends import address, desk_process
from tests.forks import Forked
from tests.workspace import Clone


@contextmanager
def desk_in(folder: Path, *words: str) -> Iterator[tuple[str, str]]:
    """A desk that is started in a folder: what it says, and its first page."""
    process = Forked(folder, "desk", "--no-browser", *words)
    process.said.unlink(missing_ok=True)
    thread = threading.Thread(target=process.run)
    thread.start()
    try:
        found = address(process)
        yield process.text(), requests.get(found[0], timeout=20).text
    finally:
        process.kill()
        thread.join(30)


def test_p379_the_desk_opens_the_folder_of_the_last_time_wherever_it_is_started(here: Clone, tmp_path: Path) -> None:
    here.post("un")
    elsewhere = tmp_path / "ailleurs"
    elsewhere.mkdir()
    with desk_process(here):
        pass
    with desk_in(elsewhere) as (said, page):
        assert f"where it was open last: {here.folder}" in said.replace("\n", " ")
        assert "Un sujet nommé un" in page
    with desk_in(elsewhere, "--here") as (said, page):
        assert "open last" not in said
        assert "Un sujet nommé un" not in page


def test_p379_a_folder_that_is_gone_or_is_none_of_ours_is_not_opened(here: Clone, tmp_path: Path) -> None:
    assert remembered() is None
    remember(here.folder)
    assert remembered() == here.folder
    remember(tmp_path)
    assert remembered() is None
    remember(here.folder)
    shutil.rmtree(here.folder)
    assert remembered() is None
