"""Exports of an archive, for their tests: writing one, what is in it, and taking Claire out of a copy."""

from pathlib import Path

from koweb_sync.archive.exports.export import export, kinds_in, target
from koweb_sync.archive.exports.folder import ExportResult
from koweb_sync.archive.names.erasures import KnownNames, former, names_in_clear
from koweb_sync.archive.privacy.find_names import Sought, Trace, in_folder
from koweb_sync.archive.privacy.outside_copies import rewrite
from koweb_sync.archive.read.model import ArchiveFilter, Disguise
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store.store import Store
from tests.archive.exhibits import URL

EVERYTHING = ArchiveFilter()
CLAIRE = ("claire", "Claire Moreau")  # of `exhibits.friendly`


def exported(  # noqa: PLR0913 - an export has an archive, a format, a place…
    store: Store,
    forum: int,
    style: str,
    to: Path | str,
    wanted: ArchiveFilter = EVERYTHING,
    *,
    force: bool = False,
    disguise: Disguise | None = None,
) -> ExportResult:
    """Export; what was done."""
    with store.read() as connection:
        return export(Reader(connection, forum, disguise), style, target(str(to), style, URL, force=force), wanted)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def words_in(folder: Path) -> str:
    """Every text of an export, and of the files of other kinds that lie beside it, as whoever opens them reads it."""
    kinds = kinds_in(folder)
    words: list[str] = []
    for file in sorted(one for one in folder.rglob("*") if one.is_file()):
        kind = kinds.get(file.suffix)
        words += kind.texts(file) if kind else [file.read_bytes().decode("utf-8", "replace")]
    return "\n".join(words)


def forget_claire(folder: Path) -> list[Path]:
    """Take Claire out of a copy of an export: the files that were changed."""
    username, name = CLAIRE
    claire = KnownNames.of([username], [name], [name])
    return rewrite(folder, names_in_clear([(claire, former(7), False)])).rewritten


def claire_in(folder: Path) -> list[Trace]:
    """Where a copy of an export names Claire."""
    return list(in_folder(folder, Sought(CLAIRE)))
