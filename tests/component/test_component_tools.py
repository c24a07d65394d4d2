"""The component keeps to Discourse's published types, and to the forms that Discourse's own code has."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.component.component_page import FILES

HERE = Path(__file__).parent
PROGRAMS = HERE / "node_modules" / ".bin"
CHECKS = {
    "tsc": ["--project", "tsconfig.json"],
    "eslint": ["--max-warnings", "0", "component", "stand_in"],
    "stylelint": ["component/**/*.scss"],
    "prettier": ["--check", "component", "stand_in"],
}


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tools, their settings, and the component as it is."""
    if not (PROGRAMS.is_dir() and shutil.which("node")):
        pytest.skip("the npm packages of tests/component are not installed")
    folder = tmp_path_factory.mktemp("component")
    for one in HERE.iterdir():
        if one.suffix in (".json", ".mjs", ".cjs", ".ts"):
            shutil.copy(one, folder)
    shutil.copytree(FILES, folder / "component")
    shutil.copytree(HERE / "stand_in", folder / "stand_in")
    (folder / "node_modules").symlink_to(HERE / "node_modules")
    return folder


@pytest.mark.parametrize("tool", CHECKS)
def test_the_component_is_in_order(tools: Path, tool: str) -> None:
    done = subprocess.run(
        [str(PROGRAMS / tool), *CHECKS[tool]], cwd=tools, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_types_are_really_asked(tools: Path) -> None:
    file = tools / "component" / "javascripts" / "discourse" / "api-initializers" / "koweb.js"
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole.replace("api.decorateCookedElement", "api.decorateCookedElements"), encoding="utf-8")
    try:
        done = subprocess.run([str(PROGRAMS / "tsc"), *CHECKS["tsc"]], cwd=tools, capture_output=True, check=False)
        assert b"decorateCookedElements" in done.stdout
    finally:
        file.write_text(whole, encoding="utf-8")
