"""How much memory a command holds does not depend on how large the forum is."""

from pathlib import Path

import pytest

from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import forum_of
from tests.archive.measuring import run, settle

SIZES = (1_000, 5_000)
COMMANDS = {
    "first run": "archive --no-images --via data-explorer",
    "update": "archive --no-images --via rest",
    "search": "archive search question",
    "jsonl": "archive export --format jsonl --to jsonl",
    "report": "report",
}
# MiB. The libraries of the report hold most of its share: two million posts take 400, by `tests.benchmarks.report`.
MOST = {name: 400 if name == "report" else 200 for name in COMMANDS}


@pytest.mark.timeout(300)
@pytest.mark.every
def test_a14_five_times_the_posts_take_the_same_memory(tmp_path: Path) -> None:
    """Two million are measured by hand, by `tests.benchmarks.archive_large`."""
    peaks: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for size in SIZES:
        folder = tmp_path / str(size)
        folder.mkdir()
        with Sandbox.start(forum_of(size // 20, size, likes=size // 2), flavour="2022") as box:
            settle(folder, box)
            run(folder, box, "doctor", "--save-query")
            for name, words in COMMANDS.items():
                peaks[name].append(run(folder, box, *words.split()).memory)
                box.reply(1, f"Une réponse de plus, après {name}.", username="membre2")
    for name, (small, large) in peaks.items():
        assert large < small + 40, (name, small, large)
        assert large < MOST[name], (name, large)
