"""Whoever reads an archive from another process while it is written takes nothing away from the writer."""

import subprocess
import sys
from pathlib import Path

from koweb_sync.archive.store.schema import RUNS
from koweb_sync.archive.store.store import Store
from tests.report.forums import Forum

READ = """
import sqlite3, sys
reader = sqlite3.connect(sys.argv[1])
reader.execute("SELECT count(*) FROM posts").fetchall()
reader.close()
"""


def test_p514_an_archive_is_read_elsewhere_while_it_is_written(tmp_path: Path) -> None:
    place, forum = tmp_path / "archive.sqlite", Forum()
    forum.run(0)
    with Store.open(str(place)) as store:
        forum.save(store, "https://kafe.example.org")
    with Store.open(str(place)) as store, store.read() as held:
        held.execute(RUNS.select()).fetchall()
        with Store.open(str(place)) as again:
            for number in range(3):
                subprocess.run([sys.executable, "-c", READ, str(place)], check=True)
                with again.begin() as connection:
                    connection.execute(RUNS.update().values(started=number))
    with Store.open(str(place)) as store, store.read() as connection:
        assert [row.started for row in connection.execute(RUNS.select())] == [2]
