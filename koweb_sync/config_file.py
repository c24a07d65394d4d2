"""koweb.toml as a text: where it lies, what TOML makes of it, and in which line something is wrong."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from koweb_sync import safe_files
from koweb_sync.errors import ConfigError
from koweb_sync.i18n import _
from koweb_sync.spelling import nearest
from koweb_sync.toml_mistakes import mistake

FILE = "koweb.toml"
EVERYWHERE = ("time_zone",)  # may also stand above the forums, for all of them
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")  # without _, so that two names never share a variable


def find(root: Path, start: Path) -> Path | None:
    """The nearest koweb.toml from `start` up to `root`; `start` outside of the repository counts as its root."""
    here = start.resolve()
    top = root.resolve()
    if here != top and top not in here.parents:
        here = top
    folders = [f for f in (here, *here.parents) if f == top or top in f.parents]
    found = next((f / FILE for f in folders if (f / FILE).is_file()), None)
    return None if found is None else root / found.relative_to(top)


def read(root: Path, shown: str) -> str:
    """The text of koweb.toml, at a path from the repository's root. A link is not followed: what is beside the
    repository is none of its settings. Raises ConfigError, InputError.
    """
    try:
        return safe_files.read(root, shown).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(
            _("The file is not UTF-8 (byte {n}).").format(n=error.start),
            where=shown,
            remedy=_("Save it as UTF-8 in your editor."),
        ) from error


def parse(text: str, shown: str) -> dict[str, dict[str, Any]]:
    """The tables `[forum.NAME]`, in the file's order; at least one. What is set for all of them is in each."""
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, lists in lists without an end
        raise mistake(str(error), text, shown) from error
    plain(data, text, shown)
    near = [(key, nearest(key, ("forum", *EVERYWHERE))) for key in data if key not in ("forum", *EVERYWHERE)]
    for key, meant in near:
        if meant:
            raise ConfigError(
                _("“{key}” is not a setting.").format(key=key),
                where=f"{shown}:{line_of(text, key)}",
                remedy=_("Did you mean “{command}”?").format(command=meant),
            )
    forums = data.get("forum")
    if not isinstance(forums, dict) or not forums or not all(isinstance(f, dict) for f in forums.values()):
        raise ConfigError(
            _("The file names no forum."),
            where=shown,
            remedy=_("Add a part [forum.NAME] with url and username, or run “koweb init”."),
        )
    shared = {key: data[key] for key in EVERYWHERE if key in data}
    for name in forums:
        if not NAME.fullmatch(name):
            raise ConfigError(
                _("A forum cannot be named “{name}”.").format(name=name),
                where=f"{shown}:{line_of(text, name)}",
                remedy=_("Use small letters without accents, digits and - only."),
            )
    return {name: {**shared, **table} for name, table in forums.items()}


def plain(data: Mapping[str, Any], text: str, shown: str) -> None:
    """Raises ConfigError for control characters in any text: a line break in the middle of a path would be a second
    line wherever the path is written.
    """
    word = odd(data)
    if word is not None:
        raise ConfigError(
            _("There is a control character in this text: {text}.").format(text=ascii(word)),
            where=f"{shown}:{odd_line(text)}",
            remedy=_("Write it without line breaks, tabs and escapes such as \\n."),
        )


def odd(value: object) -> str | None:
    """A text within a value that holds a control character; None without one."""
    if isinstance(value, str):
        return value if any(unicodedata.category(sign) in ("Cc", "Zl", "Zp") for sign in value) else None
    inner = [*value, *value.values()] if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return next((found for found in map(odd, inner) if found is not None), None)


def odd_line(text: str) -> int:
    """The line, from 1, up to which the file holds a control character. TOML's reader tells no places of values."""
    lines = text.splitlines()[:1000]
    for number in range(1, len(lines) + 1):
        with suppress(tomllib.TOMLDecodeError):
            if odd(tomllib.loads("\n".join(lines[:number]))) is not None:
                return number
    return 1


def line_of(text: str, word: str) -> int:
    """The first line, from 1, that holds a word as a key or in a table's name; 1 if none does."""
    pattern = re.compile(rf"(^\s*[\"']?{re.escape(word)}[\"']?\s*=)|(^\s*\[.*{re.escape(word)})")
    return next((n for n, line in enumerate(text.splitlines(), 1) if pattern.search(line)), 1)
