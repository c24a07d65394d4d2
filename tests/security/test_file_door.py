"""Everything that writes a file passes the door, `koweb_sync.safe_files`; a new way around it fails here."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import koweb_sync

TOP = Path(koweb_sync.__file__).parent
METHODS = {
    *(
        "write_text",
        "write_bytes",
        "touch",
        "mkdir",
        "makedirs",
        "symlink_to",
        "hardlink_to",
        "chmod",
        "unlink",
        "rmdir",
    ),
    *("mkstemp", "mkdtemp", "NamedTemporaryFile", "TemporaryDirectory", "savefig", "fdopen", "FileLock"),
}
OF_MODULES = {
    "os": frozenset(["open", "replace", "rename", "remove", "link", "symlink", "truncate"]),
    "shutil": frozenset(["copy", "copy2", "copyfile", "copytree", "move", "rmtree"]),
    "sqlite3": frozenset(["connect"]),
}
# What may go around, and why: file -> names of calls.
ALLOWED = {
    "safe_files.py": {"open", "mkdir", "unlink", "link", "fdopen"},  # the door itself
    "git/merge_file.py": {"mkstemp", "fdopen", "unlink"},  # a name that nobody can guess, in .git
    "git/commit.py": {"unlink"},  # an index that was not there before, in .git
    "git/stream.py": {"unlink"},  # what git itself left in .git
    "git/leftovers.py": {"unlink"},  # the same
    "forum/budget.py": {"unlink", "connect"},  # the cache, whose library opens it by name
    "sync/lock/hold.py": {"FileLock"},  # in .git
    "sync/world/pull_note.py": {"unlink"},  # in .git
    "journal.py": {"unlink"},  # in .git
    "cli/last_resort.py": {"open"},  # /dev/null
    "records.py": {"FileLock"},  # in the user's data folder
    "login_attempts.py": {"FileLock"},  # in the user's data folder
    "archive/exports/history.py": {"FileLock"},  # in the user's data folder
    "archive/store/locks.py": {"FileLock"},  # beside the archive; the door has made it just before
    "archive/store/engines.py": {"unlink", "rename", "connect"},  # SQLite's own files, which it opens without links
    "archive/store/location.py": {"connect"},  # read only
    "archive/privacy/find_names.py": {"TemporaryDirectory"},  # a folder that nobody can guess
    "archive/exports/site_search.py": {"TemporaryDirectory"},
    # SQLite's own files, where the door has made a folder; which is taken away when the door has emptied it
    "archive/closing/copy.py": {"replace", "unlink", "connect", "rmdir"},
    "archive/closing/finish.py": {"rename"},  # a kit, from beside its place
    "archive/exports/formats/intermediate.py": {"TemporaryDirectory", "connect"},  # in such a folder; read only
    "archive/from_backup/staged_tables.py": {"connect"},  # a file without a name
    "desk/serving/running_desk.py": {"FileLock"},  # in the user's cache
    "desk/actions/report_message.py": {"rmdir"},  # whose name nobody can guess, and which the door has emptied
    "archive/privacy/outside_copies.py": {"rmdir"},  # of a page that was removed through the door
    "archive/exports/folder.py": {"unlink", "rmdir"},  # of names that an export noted, behind no link
    "archive/exports/remote.py": {"open", "makedirs"},  # on a server
    "archive/exports/formats/parquet.py": {"TemporaryDirectory", "open", "copyfile"},  # in such a folder
    "archive/store/reading.py": {"connect"},  # a file that is there, and nothing is written to it
    "listen/inbox.py": {"connect"},  # SQLite's own file; the door has made it just before
    "report/engine/databases.py": {"TemporaryDirectory"},
    "report/engine/export.py": {"open"},  # in that folder
    "desk/rooms/report.py": {"TemporaryDirectory"},
    "demo/stage.py": {"TemporaryDirectory", "copytree"},
}


def writes(call: ast.Call) -> str | None:
    """The name of a call that writes, moves or removes a file."""
    if not isinstance(call.func, ast.Name | ast.Attribute):
        return None
    name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr
    of = ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    if of in OF_MODULES:
        return name if name in OF_MODULES[of] or name in METHODS else None
    if of == "safe_files":
        return None
    if name in ("replace", "rename"):  # of a path: of a text it takes two, and no path is a tuple
        path = len(call.args) == 1 and not call.keywords and not isinstance(call.args[0], ast.Tuple)
        return name if of not in ("", "self", "acts") and path else None
    if name == "open":
        modes = [
            word.value for word in (*call.args, *(one.value for one in call.keywords)) if isinstance(word, ast.Constant)
        ]
        return (
            name
            if any(isinstance(mode, str) and re.fullmatch(r"[rbt]*[wax+][rbt+]*", mode) for mode in modes)
            else None
        )
    return name if name in METHODS else None


def found() -> Iterator[tuple[str, str, int]]:
    """Every such call: file, name, line. The sandbox keeps everything in memory and is no part of this."""
    for path in sorted(TOP.rglob("*.py")):
        file = path.relative_to(TOP).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and (name := writes(node)) is not None:
                yield file, name, node.lineno


def test_every_file_is_written_through_the_door() -> None:
    around = [f"{file}:{line}: {name}" for file, name, line in found() if name not in ALLOWED.get(file, ())]
    assert around == []


def test_what_may_go_around_the_door_still_does() -> None:
    seen = {(file, name) for file, name, _line in found()}
    assert {(file, name) for file, names in ALLOWED.items() for name in names} - seen == set()


def test_no_file_of_the_project_leads_to_another_machine() -> None:
    root = Path(koweb_sync.__file__).parents[1]
    if not (root / ".git").exists():
        pytest.skip("this is no clone")
    listed = subprocess.run(["git", "ls-files", "-s"], cwd=root, capture_output=True, text=True, check=True).stdout
    assert [line for line in listed.splitlines() if line.startswith("120000")] == []
