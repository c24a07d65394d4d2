"""Units are found by name and imported when asked for; others' packages add some, and a broken one stops nobody."""

import sys
from pathlib import Path

import pytest

from koweb_sync.registry import BrokenUnit, Registry, UnknownUnit
from koweb_sync.report.figures import FIGURES
from tests.installed import install

HERE = {"__init__": "", "plain_text": "UNIT = 'ours'", "_help": "UNIT = 'no unit'"}


@pytest.fixture
def units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry[str]:
    """The units of a folder “built_in_units”, and of three packages."""
    ours = tmp_path / "built_in_units"
    ours.mkdir()
    for name, code in HERE.items():
        (ours / f"{name}.py").write_text(code, encoding="utf-8")
    mine = {"koweb.tests/more": "more_units:MORE", "koweb.tests/plain-text": "more_units:MORE"}
    install(tmp_path, "more-units", mine, {"more_units": "MORE = 'theirs'"})
    bad = {name: f"bad_units_{name}:UNIT" for name in ("fails", "ends", "number")}
    install(
        tmp_path,
        "bad-units",
        {f"koweb.tests/{name}": place for name, place in bad.items()}
        | {"koweb.tests/gone": "bad_units_gone:UNIT", "koweb.tests/odd": "bad_units_number", "koweb.tests/../x": "a:b"},
        {
            "bad_units_fails": "1 / 0",
            "bad_units_ends": "raise SystemExit(0)",
            "bad_units_number": "UNIT = 1",
        },
    )
    monkeypatch.syspath_prepend(tmp_path)
    return Registry(str, "built_in_units", "UNIT", "koweb.tests")


def test_a105_units_of_a_folder_and_of_other_packages_are_found_by_name_and_imported_when_asked_for(
    units: Registry[str],
) -> None:
    assert units.names() == ("plain-text", "ends", "fails", "gone", "more", "number", "odd")
    assert not {name for name in sys.modules if name.startswith(("built_in_units.", "more_units", "bad_units"))}
    assert (units.get("plain-text"), units.get("more")) == ("ours", "theirs")
    assert not {name for name in sys.modules if name.startswith("bad_units")}


def test_a_file_of_our_own_without_a_unit_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A class in place of a value, one figure in place of figures, a copy that kept the name of its original: passed
    over, nobody would know why it is missing.
    """
    folder = tmp_path / "our_slips"
    folder.mkdir()
    copied = "class Copied(str):\n    name = 'first'\nUNIT = Copied()"
    slips = {"number": "UNIT = 1", "kind": "UNIT = str", "nothing": "", "first": copied, "second": copied}
    for name, code in {"__init__": "", **slips}.items():
        (folder / f"{name}.py").write_text(code, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    found = Registry(str, "our_slips", "UNIT")
    with pytest.raises(TypeError, match=r"UNIT of our_slips.number is a value of the class int, .* of the class str"):
        found.get("number")
    with pytest.raises(TypeError, match=r"UNIT of our_slips.kind is str, and has to be a value of the class str"):
        found.get("kind")
    with pytest.raises(TypeError, match=r"our_slips.nothing has no UNIT, .* of the class str; .* begins with “_”"):
        found.get("nothing")
    assert found.get("first") == ""
    with pytest.raises(
        TypeError, match=r"UNIT of our_slips.second calls itself 'first': it has to have its file's name"
    ):
        found.get("second")
    with pytest.raises(TypeError):
        found.all()


def test_a_figure_has_a_key_of_its_own() -> None:
    """Copied, and its key forgotten: one of the two would be missing without a word."""
    keys = [one.key for unit in FIGURES.all() for one in unit]
    assert [key for key in keys if keys.count(key) > 1] == [], "a figure's key is its own"


def test_a106_a_broken_unit_is_named_with_its_package_and_the_others_work(units: Registry[str]) -> None:
    assert units.all() == ["ours", "theirs"]
    told = [error.message for error in units.broken()]
    assert len(told) == 7, "five that cannot be loaded, a name that cannot be typed, one that is ours"
    assert all(
        f"“{package}” adds" in text for text, package in zip(told, ["bad-units"] * 6 + ["more-units"], strict=True)
    )
    with pytest.raises(BrokenUnit, match=r"“bad-units” adds “fails”.*ZeroDivisionError"):
        units.get("fails")
    with pytest.raises(UnknownUnit, match="Choose one of: plain-text, ends"):
        units.get("nothing")
