"""Nothing that koweb says or writes installs a name that a stranger could take."""

import json
import re
from importlib import metadata
from pathlib import Path

import pytest

import koweb_sync
from koweb_sync import install
from koweb_sync.automation.package import installed, is_pinned
from tests.workspace import Clone

COMMIT, DIGEST = "a" * 40, "b" * 64
RECORDS = [
    (None, ""),
    (
        {"url": "https://git.example.org/k.git", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
        f"git+https://git.example.org/k.git@{COMMIT}",
    ),
    (
        {"url": "https://example.org/k.whl", "archive_info": {"hashes": {"sha256": DIGEST}}},
        f"https://example.org/k.whl#sha256={DIGEST}",
    ),
    ({"url": "https://example.org/k.whl", "archive_info": {}}, ""),
    ({"url": "file:///nowhere", "dir_info": {"editable": True}}, ""),
    ({"url": "file:///k.git", "vcs_info": {"vcs": "git", "commit_id": COMMIT}}, ""),
]


@pytest.mark.parametrize(("record", "pinned"), RECORDS)
def test_only_what_nobody_can_change_is_installed_by_an_automation(
    here: Clone, monkeypatch: pytest.MonkeyPatch, record: object, pinned: str
) -> None:
    text = None if record is None else json.dumps(record)
    # Its own kind, for a library may have put the finder of importlib_metadata in the place of Python's.
    kind = type(metadata.distribution(install.NAME))
    monkeypatch.setattr(kind, "read_text", lambda _self, _name: text)
    assert installed() == pinned
    said = here.run("init", "--ci", "github", code=0 if pinned else 2).text
    assert (here.folder / ".github").exists() == bool(pinned)
    assert pinned or "--package git+https://" in said
    how = install.how_to_install("report")
    assert ("@" in how) == (record is not None)
    assert "pip install koweb" not in how


@pytest.mark.parametrize(
    "package",
    ["koweb-sync", "koweb-sync==0.1.0", "git+https://git.example.org/k@main", f"git+http://git.example.org/k@{COMMIT}",
     "git+https://git.example.org/k@c0ffee", "https://example.org/k.whl", "./k", f"x @ git+https://git.example.org/k@{COMMIT}",
     f"git+https://git.example.org/k@{COMMIT}\nx", f"git+https://git.example.org/$(x)@{COMMIT}"],
)  # fmt: skip
def test_a_package_that_is_not_pinned_is_refused(here: Clone, package: str) -> None:
    assert not is_pinned(package)
    here.run("init", "--ci", "gitlab", "--package", package, code=2)
    assert not (here.folder / ".gitlab").exists()


def test_no_text_names_the_package_alone() -> None:
    top = Path(koweb_sync.__file__).parent
    named = re.compile(r"pip install (-\S+ )*\S?koweb-sync")
    found = [path for path in top.rglob("*") if path.suffix in (".py", ".yml", ".yaml") and path.name != "install.py"]
    assert [path.name for path in found if named.search(path.read_text(encoding="utf-8"))] == []
