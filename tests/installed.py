"""Somebody else's package, installed for a test: its modules and what a wheel leaves beside them, in a folder."""

from collections.abc import Mapping
from pathlib import Path


def install(folder: Path, package: str, units: Mapping[str, str], modules: Mapping[str, str]) -> Path:
    """Install a package into a folder that is to be put on the path. `units`: "group/name" -> "module:attribute";
    `modules`: their Python. The metadata is that of a wheel (Python Packaging User Guide, binary distribution format).
    """
    info = folder / f"{package.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n", encoding="utf-8")
    said: dict[str, list[str]] = {}
    for unit, place in units.items():
        group, _slash, name = unit.partition("/")
        said.setdefault(group, []).append(f"{name} = {place}")
    text = "".join(f"[{group}]\n" + "\n".join(lines) + "\n\n" for group, lines in said.items())
    (info / "entry_points.txt").write_text(text, encoding="utf-8")
    for name, code in modules.items():
        (folder / f"{name}.py").write_text(code, encoding="utf-8")
    return folder
