"""The table of koweb.toml that says which folder goes into which category, changed in its place. Pure."""

import re
import tomllib
from collections.abc import Mapping, Sequence

from koweb_sync import config
from koweb_sync.errors import ConfigError, InputError
from koweb_sync.i18n import _
from koweb_sync.posts.paths import plain_folder
from koweb_sync.sync.setup.init import quoted

HEAD = r"""\s*\[\s*forum\s*\.\s*["']?{name}["']?\s*\.\s*categories\s*\]"""
VALUE = re.compile(r"""(.*?=\s*)("(?:[^"\\]|\\.)*"|'[^']*'|\d+)(\s*(?:#.*)?)""")


def with_folders(text: str, name: str, wanted: Mapping[str, str]) -> str:
    """koweb.toml with these folders and their categories, be they there already or not, and without those that are to
    have none (""); all else keeps its bytes. Raises InputError for a file that nobody can change line by line.
    """
    after = {**config.from_text(text, name).categories, **wanted}
    lines = text.split("\n")
    heads = [number for number, line in enumerate(lines) if re.match(HEAD.format(name=re.escape(name)), line)]
    if not heads:
        lines = [*text.rstrip().split("\n"), "", f"[forum.{name}.categories]", ""]
    first = heads[0] + 1 if heads else len(lines) - 1
    last = next((number for number in range(first, len(lines)) if lines[number].lstrip().startswith("[")), len(lines))
    rows = with_rows(lines[first:last], wanted)
    new = "\n".join([*lines[:first], *rows, *lines[last:]])
    try:
        if config.from_text(new, name).categories == {folder: said for folder, said in after.items() if said}:
            return new
    except ConfigError:
        pass
    raise cannot_change()


def cannot_change() -> InputError:
    """The error about a file that only a person can change."""
    return InputError(
        _("The settings of this folder are written in a way that this page cannot change."),
        remedy=_("Whoever looks after this folder changes them in the file. Nothing was changed."),
    )


def with_rows(rows: Sequence[str], wanted: Mapping[str, str]) -> list[str]:
    """The rows of the table, with other categories where they are wanted, and new ones below the last."""
    found, left = [], {folder: path for folder, path in wanted.items() if path}
    for row in rows:
        folder = folder_of(row)
        if wanted.get(folder) == "":
            continue
        parts = VALUE.fullmatch(row) if folder in left else None
        found.append(f"{parts[1]}{quoted(left.pop(folder))}{parts[3]}" if parts else row)
    end = next((number for number in range(len(found), 0, -1) if found[number - 1].strip()), 0)
    return [*found[:end], *(f"{quoted(folder)} = {quoted(path)}" for folder, path in left.items()), *found[end:]]


def folder_of(row: str) -> str:
    """The folder of which a row says the category; "" for another row."""
    try:
        key = next(iter(tomllib.loads(row.rstrip("\r"))), "")
    except ValueError:
        return ""
    return plain_folder(key) if key else ""
