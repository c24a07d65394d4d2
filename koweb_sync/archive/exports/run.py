"""One export: from what somebody asked for to files."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Literal, get_args

from koweb_sync.archive.exports.files import Pictures
from koweb_sync.archive.exports.folder import Done, Folder, Target
from koweb_sync.archive.read.model import Wanted
from koweb_sync.archive.read.reader import Reader, blob

Style = Literal["site", "md", "jsonl", "parquet", "mbox"]
STYLES: tuple[Style, ...] = get_args(Style)
MODULES = {"site": "site", "md": "markdown", "jsonl": "jsonl", "parquet": "tables", "mbox": "mbox"}
Exporter = Callable[[Reader, Target, Wanted, Pictures], None]


def target(to: str, style: Style, forum: str, *, force: bool = False) -> Target:
    """Where an export goes: a folder, or an address that fsspec knows. `forum` is the forum's address.

    Raises InputError where something else is there, or nothing can be written.
    """
    if "://" in to:
        from koweb_sync.archive.exports.remote import Remote

        return Remote(to, style, forum, force=force)
    return Folder(Path(to).expanduser().absolute(), style, forum, force=force)


def export(reader: Reader, style: Style, where: Target, wanted: Wanted) -> Done:
    """Write an export, and remove what an earlier one left. Raises InputError where the place cannot be written."""
    pictures = Pictures(where, lambda sha: blob(reader.connection, reader.forum, sha))
    exporter(style)(reader, where, wanted, pictures)
    return where.finish()


def exporter(style: Style) -> Exporter:
    """What writes a kind of export; each pays only for its own libraries."""
    exported: Exporter = import_module(f"koweb_sync.archive.exports.{MODULES[style]}").export
    return exported
