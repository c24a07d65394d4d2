"""What a command loads before it answers: one that only reads, or has nothing to do, loads no large library."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from koweb_sync.archive.store.store import Store
from koweb_sync.sandbox import Sandbox
from tests.archive.backups.test_hostile import small
from tests.archive.backups.writing import as_sql
from tests.archive.exhibits import URL, friendly
from tests.workspace import Clone

# Those that take longer to load than a small question to be answered.
HEAVY = {
    *("alembic", "asyncio", "emoji", "filelock", "http", "idna", "imagesize", "jinja2", "markdown_it", "pydiscourse"),
    *("requests", "rich", "ruamel", "selectolax", "sqlalchemy", "tzlocal", "urllib3", "importlib.metadata"),
}
# Several commands in one process: what each of them has loaded besides those before it.
RUN = """
import json, os, runpy, sys
known, told = set(), {}
for words in json.loads(sys.argv[1]):
    sys.argv = ["koweb", *words]
    os.environ.pop("_KOWEB_COMPLETE", None)
    if words == ["complete"]:
        os.environ |= {"_KOWEB_COMPLETE": "bash_complete", "COMP_WORDS": "koweb archive li", "COMP_CWORD": "2"}
    try:
        runpy.run_module("koweb_sync", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        assert not end.code, words
    told[" ".join(words)] = sorted(set(sys.modules) - known)
    known |= set(sys.modules)
json.dump(told, open("loaded", "w"))
"""


def loaded(folder: Path, *commands: str) -> dict[str, set[str]]:
    """The libraries that each of some commands loads, by the command."""
    given = json.dumps([one.split() for one in commands])
    subprocess.run([sys.executable, "-c", RUN, given], cwd=folder, check=True, capture_output=True, env=os.environ)
    told = json.loads((folder / "loaded").read_text())
    return {command: {one for one in found if one in HEAVY} for command, found in told.items()}


def test_a125_commands_that_read_or_have_nothing_to_do_load_no_large_library(
    here: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.post("un")
    here.commit()
    here.push()
    with Store.open(str(here.folder / "archive.sqlite")) as store:
        friendly(store)
    commands = ["--version", "--help", "complete", "push"]
    assert not any(loaded(here.folder, *commands).values()), loaded(here.folder, *commands)
    (here.folder / "koweb.toml").write_text(f'[forum.kafe]\nurl = "{URL}"\nusername = "admin"\n')
    monkeypatch.setenv("KOWEB_ARCHIVE_STORE", "archive.sqlite")
    reading = ["archive list", "archive search bonjour", "archive show 11", "archive list --format json"]
    reading += ["archive stats", "archive stats --format json"]
    found = loaded(here.folder, *reading)
    assert not any(found.values()), found


def test_reading_a_backup_loads_nothing_that_sends_requests(tmp_path: Path) -> None:
    command = f"archive --from-backup {as_sql(tmp_path, small())} --url {URL}"
    found = loaded(tmp_path, command)[command]
    assert not found & {"alembic", "jinja2", "markdown_it", "pydiscourse", "requests", "urllib3"}, found
    assert "sqlalchemy" in found
