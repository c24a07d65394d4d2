"""The pages for people who change koweb name only what is there, and a name means one thing."""

import ast
import re
from collections import Counter
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT

PAGES = ("docs/architecture.md", "docs/contributing.md", "docs/security.md")
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
FOLDERS = (ROOT, ROOT / "koweb_sync")
TABLES = {"schema.py", "0001_make_the_tables.py"}  # lists of an archive's tables, however long


@pytest.mark.parametrize("page", PAGES)
def test_modules_functions_and_files_that_a_page_names_are_there(page: str) -> None:
    text = re.sub(r"(?ms)^ *```.*?^ *```$", "", (ROOT / page).read_text(encoding="utf-8"))
    spans = set(SPAN.findall(text))
    paths = [one for one in spans if re.fullmatch(r"(?!refs/)[a-z][a-z0-9_.]*/([\w.]+/?)*|\w+\.(py|yml|toml)", one)]
    missing = [one for one in paths if not any((folder / one).exists() for folder in FOLDERS)]
    dotted = [one for one in spans if re.fullmatch(r"(?!koweb\.)[a-z_]+(\.\w+)+(?<!\.json)", one) and one not in paths]
    missing += [one for one in dotted if not there(one)]
    assert not missing, f"{page} names what is not there: {', '.join(missing)}"


ROOMS = sorted((ROOT / "koweb_sync").rglob("__init__.py"))


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.parent.name)
def test_what_a_room_says_of_itself_names_what_is_there(room: Path) -> None:
    """A module that gets another name is looked for under its old one where the room still says that."""
    text = ast.get_docstring(ast.parse(room.read_text(encoding="utf-8"))) or ""
    parts = room.parent.relative_to(ROOT).parts
    around = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    dotted = set(re.findall(r"`(?!koweb\.)([a-z_]+(?:\.\w+)+)`", text))
    assert not [one for one in dotted if not there(one) and not any(there(f"{place}.{one}") for place in around)]


def there(name: str) -> bool:
    """Whether a dotted name leads to something: a module of koweb_sync or of the tests, and what is in it."""
    parts = name.split(".")
    top = parts[0] if parts[0] in ("tests", "koweb_sync") else f"koweb_sync.{parts[0]}"
    if find_spec(top) is None:
        return False
    found, rest = import_module(top), parts[1:]
    for number, part in enumerate(rest, 1):
        inner = f"{top}.{'.'.join(rest[:number])}"
        if not hasattr(found, part) and hasattr(found, "__path__") and find_spec(inner):
            import_module(inner)
        if not hasattr(found, part):
            return False
        found = getattr(found, part)
    return True


def test_the_name_of_a_class_stands_for_one_class() -> None:
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "koweb_sync").rglob("*.py"))
    names = Counter(name for text in texts for name in re.findall(r"(?m)^ *class (\w+)[(:]", text))
    assert not [name for name, times in names.items() if times > 1]


def test_every_file_is_read_in_one_sitting_and_every_function_on_one_screen() -> None:
    for path in (one for one in (ROOT / "koweb_sync").rglob("*.py") if one.name not in TABLES):
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 400, path
        functions = (
            one for one in ast.walk(ast.parse(text)) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
        )
        assert not [one.name for one in functions if (one.end_lineno or 0) - one.lineno >= 60], path
