"""The component as one file, as an administrator's page and the forum's API take it."""

import io
import json
import zipfile
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

FOLDER = files("koweb_sync") / "component"
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same files are the same bundle, whenever it is made
NAME = "koweb"


def bundle() -> bytes:
    """A zip of the component's files, in a folder of its name."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, file in sorted(within(FOLDER), key=lambda pair: pair[0]):
            packed.writestr(zipfile.ZipInfo(f"{NAME}/{path}", LONG_AGO), file.read_bytes(), zipfile.ZIP_DEFLATED)
    return written.getvalue()


def within(folder: Traversable, path: str = "") -> Iterator[tuple[str, Traversable]]:
    """The files in a folder and below it, by their paths."""
    for one in folder.iterdir():
        if one.is_dir():
            yield from within(one, f"{path}{one.name}/")
        else:
            yield f"{path}{one.name}", one


def version() -> str:
    """The version of the component that this koweb-sync brings."""
    return str(json.loads((FOLDER / "about.json").read_text(encoding="utf-8"))["theme_version"])
