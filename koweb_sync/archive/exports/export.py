"""An export: an archive written in one format, for other eyes and other programs.

A format is an `Export` in a module of its own in `formats/`, or in another package that announces it under the entry
points `koweb.exports`. The command, its help, `forget` and `purge` read everything about it from there.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from koweb_sync.archive.exports import citation
from koweb_sync.archive.exports.files import Pictures
from koweb_sync.archive.exports.folder import ExportResult, ExportTarget, Folder, format_of, write
from koweb_sync.archive.names.aliases import ReplacedNames
from koweb_sync.archive.names.redact import redact
from koweb_sync.archive.read.model import ArchiveFilter
from koweb_sync.archive.read.reader import Reader, blob
from koweb_sync.registry import Registry


def text_of(path: Path) -> Iterable[str]:
    """A file that is one text. Raises UnicodeDecodeError for what is none."""
    return [path.read_bytes().decode()]


def renamed_text(content: bytes, names: ReplacedNames) -> bytes:
    """A text with other names in it; what is no text stays as it is."""
    try:
        return redact(content.decode(), names).encode()
    except UnicodeDecodeError:
        return content


def about_nobody(_path: str, _names: ReplacedNames) -> bool:
    """No file is about one person."""
    return False


@dataclass(frozen=True, slots=True)
class FileKind:
    """The files of one ending in an export. `texts`: every text that such a file holds, to be searched for a name.

    `renamed`: its content with other names in it; None: it cannot be changed, so an export is made again, or the search
    names what is left. `renamed_text` finds names where texts have them, such as `@claire`; a format with fields that
    hold a user name and nothing else, such as the cells of a table, takes them apart: `names.redact.renamed_whole`.
    """

    suffix: str
    texts: Callable[[Path], Iterable[str]] = text_of
    renamed: Callable[[bytes, ReplacedNames], bytes] | None = renamed_text


@dataclass(frozen=True, slots=True)
class Export:
    """A format. `name`: as `--format` takes it; `words`: what one gets, for the help, in the language of the moment.

    `write` writes what is wanted of an archive to a target: the same archive gives the same bytes, whatever the time.
    Everything about people comes from the reader, which may disguise them. `files`: the kinds of files that it writes
    itself; what posts have attached is known to all formats. `opens`: the file that one opens; empty: any of them.
    `chat`: it has a place for what was said in chat.
    `about` tells whether a file is about one of some people and nobody else: it goes where they are forgotten.
    """

    name: str
    words: Callable[[], str]
    write: Callable[[Reader, ExportTarget, ArchiveFilter, Pictures], None]
    files: tuple[FileKind, ...]
    opens: str = ""
    about: Callable[[str, ReplacedNames], bool] = about_nobody
    chat: bool = True


EXPORTS = Registry(Export, "koweb_sync.archive.exports.formats", "EXPORT", group="koweb.exports")
# What is in an export of any format: attachments that are texts, and what says what the export is.
ATTACHED = tuple(map(FileKind, (".cff", ".csv", ".md", ".svg", ".txt")))


def target(to: str, style: str, forum: str, *, force: bool = False, origins: Path | None = None) -> ExportTarget:
    """Where an export goes: a folder, or an address that fsspec knows. `forum` is the forum's address, `origins` the
    note of what the pages in a folder were made of.

    Raises InputError where something else is there, or nothing can be written.
    """
    if "://" in to:
        from koweb_sync.archive.exports.remote import Remote

        return Remote(to, style, forum, force=force)
    return Folder(Path(to).expanduser().absolute(), style, forum, force=force, origins=origins)


def export(reader: Reader, style: str, where: ExportTarget, wanted: ArchiveFilter) -> ExportResult:
    """Write an export, say in it what it is, and remove what an earlier one left. Raises InputError where the place
    cannot be written, or nobody here knows the format; BrokenUnit where another package's format cannot be used.
    """
    one = EXPORTS.get(style)
    one.write(reader, where, wanted, Pictures(where, lambda sha: blob(reader.connection, reader.forum, sha)))
    write(where, citation.FILE, citation.citation(reader, wanted))
    return where.finish()


def kinds_in(folder: Path) -> dict[str, FileKind]:
    """The kinds of files in a folder, by ending: those of the export that it says it is, those of all where it says
    nothing. Raises UnknownUnit or BrokenUnit for a format that cannot be used here.
    """
    said = format_of(folder)
    exports = EXPORTS.all() if said is None else [EXPORTS.get(said)]
    return {kind.suffix: kind for kind in (*ATTACHED, *(kind for one in exports for kind in one.files))}
