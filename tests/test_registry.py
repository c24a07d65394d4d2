"""Units are found by name and imported when asked for; others' packages add some, and a broken one stops nobody."""

import sys
from pathlib import Path

import pytest

from koweb_sync.registry import BrokenUnit, Registry, UnknownUnit
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
