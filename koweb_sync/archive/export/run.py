"""One export: from what somebody asked for to files."""

from pathlib import Path
from typing import Literal, get_args

from sqlalchemy import Connection

from koweb_sync.archive.export.folder import Done, Folder, Target
from koweb_sync.archive.export.pictures import Pictures
from koweb_sync.archive.reading import Reader, blob
from koweb_sync.archive.records import Disguise, Wanted

Style = Literal["site", "md", "jsonl", "parquet", "mbox"]
STYLES: tuple[Style, ...] = get_args(Style)


def target(to: str, style: Style, forum: str, *, force: bool) -> Target:
    """Where an export goes: a folder, or an address that fsspec knows. Raises InputError."""
    if "://" in to:
        from koweb_sync.archive.export.remote import Remote

        return Remote(to, style, forum, force=force)
    return Folder(Path(to).expanduser().absolute(), style, forum, force=force)


def export(
    connection: Connection, forum: int, style: Style, where: Target, wanted: Wanted, disguise: Disguise | None = None
) -> Done:
    """Write an export, and remove what an earlier one left. Raises InputError where the place cannot be written."""
    reader = Reader(connection, forum, disguise)
    pictures = Pictures(where, lambda sha: blob(connection, forum, sha))
    writer(style)(reader, where, wanted, pictures)
    return where.finish()


def writer(style: Style):  # type: ignore[no-untyped-def]
    """TODO."""
    import importlib

    return importlib.import_module(f"koweb_sync.archive.export.{ {'parquet': 'tables', 'md': 'markdown'}.get(style, style)}").export
