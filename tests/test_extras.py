"""Each command loads what koweb-sync's dependencies and the extra of that command bring, and nothing else: who has not
all extras meets no library that is missing. Tests have all of them, and would not notice.
"""

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import click
import pytest

from koweb_sync.cli.lazy_group import LazyGroup
from koweb_sync.cli.root import EXTRAS, koweb
from koweb_sync.cli.setup.forum_answers import login_to
from koweb_sync.errors import InputError
from tests.loads import ROOT, loads, modules, reached

PROJECT: dict[str, Any] = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
# Libraries that others load for us: who, and for what.
BY_OTHERS = {
    "linkify-it-py": "markdown-it-py, to find addresses",
    "psycopg": "SQLAlchemy, for an archive in PostgreSQL",
    "tzdata": "zoneinfo, where the system has no time zones",
}
# Modules that load others by names which no code spells out; what these are is read in `Loads` and `roots`.
BY_NAME = {
    "koweb_sync.cli.lazy_group",
    "koweb_sync.demo.story",
    "koweb_sync.registry",
    "koweb_sync.sandbox.endpoints.app",
}
ALEMBIC = "koweb_sync.archive.store.migrations"  # it loads them from their folder


def named(requirement: str) -> str:
    """The library that a requirement names, as packages are named."""
    return normal(requirement.partition("[")[0].partition(">")[0].partition("=")[0].strip())


def normal(name: str) -> str:
    """A package's name in the spelling that all of its spellings have."""
    return name.lower().replace("_", "-").replace(".", "-")


def listed(extra: str) -> set[str]:
    """The libraries that pyproject.toml names for an extra, and for all; extras of ours in it are followed."""
    found = set(map(named, PROJECT["dependencies"]))
    for one in PROJECT["optional-dependencies"][extra] if extra else ():
        if one.startswith("koweb-sync["):
            found = found.union(*map(listed, one.partition("[")[2].rstrip("]").split(",")))
        else:
            found.add(named(one))
    return found


@cache
def packages() -> dict[str, str]:
    """Which package brings a library, by the name that is imported, of those that are installed."""
    return {library: normal(brought[0]) for library, brought in packages_distributions().items()}


def package(library: str) -> str:
    """The package that brings a library."""
    return packages().get(library, library)


def below(group: click.Group) -> set[str]:
    """The modules of the commands of a group, and of the groups in it."""
    if not isinstance(group, LazyGroup):
        return set()
    found = {f"koweb_sync.cli.{module}" for module, _help in group.modules.values()}
    for name in group.modules:
        command = group.get_command(click.Context(group), name)
        found |= below(command) if isinstance(command, click.Group) else set()
    return found


@cache
def roots() -> dict[str, tuple[str, set[str]]]:
    """Where loading begins: a command, or a place that asks for an extra → that extra ("" for none), and the modules,
    or libraries of others.
    """
    found = {"koweb": ("", {"koweb_sync.__main__"})}
    for name, (module, _help) in koweb.modules.items():
        command = koweb.get_command(click.Context(koweb), name)
        assert command is not None
        more = below(command) if isinstance(command, click.Group) else set()
        found[f"koweb {name}"] = (EXTRAS.get(name, ""), {f"koweb_sync.cli.{module}"} | more)
    found["what koweb demo runs"] = (EXTRAS["demo"], set().union(*(found[f"koweb {one}"][1] for one in in_the_demo())))
    for name, one in loads().items():
        for extra, asked in one.asked.items():
            found[f"{name} with {extra}"] = (extra, asked)
    return found


def in_the_demo() -> set[str]:
    """The commands that the demonstration runs."""
    calls = (
        node for path in (ROOT / "demo").glob("*.py") for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    )
    found = set()
    for call in calls:
        match call:
            case ast.Call(_, [ast.Constant("koweb"), ast.Constant(str(name)), *_]):
                found.add(name)
    return found


def loaded(starts: set[str]) -> dict[str, str]:
    """The libraries of others that are loaded from somewhere, each with the way to one place that does."""
    found = {one: "itself" for one in starts if not one.startswith("koweb_sync")}
    for name, way in reached(starts - found.keys()):
        for library in loads()[name].theirs:
            found.setdefault(library, way)
    return found


def test_a_command_loads_what_its_extra_brings_and_no_more() -> None:
    missing = [
        f"“{root}” with " + (f"the extra “{extra}”" if extra else "no extra") + f": {library}: {way}"
        for root, (extra, starts) in roots().items()
        for library, way in loaded(starts).items()
        if package(library) not in listed(extra)
    ]
    assert missing == []


def test_only_commands_that_need_an_extra_name_one() -> None:
    for command, extra in EXTRAS.items():
        libraries = loaded(roots()[f"koweb {command}"][1])
        assert {package(one) for one in libraries} - listed(""), f"“koweb {command}” needs no “{extra}”"


@pytest.mark.parametrize("extra", ["", *PROJECT["optional-dependencies"]])
def test_what_an_extra_brings_is_loaded_by_who_needs_it(extra: str) -> None:
    own = set(map(named, PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"])) - {
        "koweb-sync"
    }
    used = set(BY_OTHERS)
    for needed, starts in roots().values():
        names = [name for name, _way in reached({one for one in starts if one in modules()})]
        if own <= listed(needed):
            used |= {package(one) for one in loaded(starts)}
        used |= {package(one) for name in names for one in loads()[name].spared}
    assert own <= used


def test_every_module_is_loaded_by_a_command() -> None:
    found = {name for _extra, starts in roots().values() for name, _way in reached(starts & modules().keys())}
    unseen = {name for name in modules() if name not in found and not name.startswith(ALEMBIC)}
    assert not unseen


def test_nobody_else_loads_modules_by_names() -> None:
    assert {name for name, path in modules().items() if "import_module" in path.read_text(encoding="utf-8")} == BY_NAME


def test_the_documentation_installs_extras_that_are_there_and_bring_what_it_runs_then() -> None:
    pages = "\n".join(path.read_text(encoding="utf-8") for path in (*Path().glob("*.md"), *Path("docs").rglob("*.md")))
    installed = {one for found in re.findall(r"'\.\[([a-z,]+)\]'", pages) for one in found.split(",")}
    assert installed <= PROJECT["optional-dependencies"].keys()
    for extra, command in re.findall(r"--extra (\w+) koweb (\w+)", pages):
        assert listed(EXTRAS[command]) <= listed(extra)
    table = Path("docs/guide/systems.md").read_text(encoding="utf-8").partition("## Extras")[2]
    assert set(re.findall(r"(?m)^\| `(\w+)` \|", table)) == PROJECT["optional-dependencies"].keys()


def test_a_person_who_cannot_log_in_is_told_which_extra_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("koweb_sync.cli.setup.logging_in", "koweb_sync.forum.key_wish", "cryptography.hazmat.primitives"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(InputError, match=r"needs the extra “login”.*pip install 'koweb-sync\[login\] @ file:"):
        login_to("https://kafe.example.org")
