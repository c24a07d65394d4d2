"""Searching an archive, and what was made of it, for names: in every text of every table, in contents of files, in the
bytes of the database's own files, in folders of exports.

A name counts where it stands as whole words, whatever its case, its accents, how these are written (NFC, NFD), and
whether the text is an address (percent-encoded) or HTML. Bytes are searched without regard to words, since a database's
file writes values side by side: what is found there counts if a copy of the live rows alone does not hold it as often.
"""

import errno
import gzip
import io
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, LargeBinary, MetaData, Table, func, inspect, select, text
from sqlalchemy.types import String

from koweb_sync.archive.exports.export import FileKind, kinds_in
from koweb_sync.archive.names.aliases import Alias, ReplacedNames, plain_name
from koweb_sync.archive.names.running_text import places_in
from koweb_sync.archive.names.words_sought import WordsSought, is_plain
from koweb_sync.archive.privacy.compact import outside_transaction
from koweb_sync.archive.privacy.forgetting_progress import ForgettingSteps
from koweb_sync.archive.privacy.names_in_bytes import BytesSought, bytes_sought
from koweb_sync.archive.store import search
from koweb_sync.archive.store.store import Store
from koweb_sync.registry import BrokenUnit, UnknownUnit

AROUND = 40  # letters shown before and after a name
CHUNK, OVERLAP = 1 << 20, 4096  # bytes
NEAR = 8  # bytes by which one place is told from another
SHORTEST = 5  # bytes of a name that is looked for in pictures: a shorter one stands in any picture by chance
SHADOWS = ("search_content", "search_data", "search_idx", "search_docsize", "search_config")
FOUND = Alias("", "")
# Between two words of a name: no letter and no digit, but what stands for another sign.
BETWEEN = r"(?:%20|%27|&nbsp;|&#39;|&#x27;|%[c-f][\da-f](?:%[89ab][\da-f])+|[\W_])*"
_PIECE = re.compile(r'[^<>"]+')  # signs that stand in no name
_LETTERS = re.compile(rb"[A-Za-z0-9_\x80-\xff]+")


@dataclass(frozen=True, slots=True)
class Trace:
    """A place that still says a name. `where` is a table and a key, or a file; `context` the words around it. Of a row
    also the table, the column and the key.
    """

    where: str
    context: str
    table: str = ""
    column: str = ""
    key: tuple[tuple[str, int], ...] = ()


class Sought:
    """Names to search for."""

    def __init__(self, names: Iterable[str]) -> None:
        self.written = tuple(dict.fromkeys(one.strip() for one in names if one.strip()))
        self.plain = {plain_name(one) for one in self.written} - {""}
        self.words = [one.split() for one in sorted(self.plain)]
        self.names = ReplacedNames(
            free=lambda name: FOUND if name in self.plain else None,
            longest=max(map(len, self.words), default=0),
            begins={one[0] for one in self.words}.__contains__,
        )
        self.whole = [(one, in_plain_letters(one)) for one in self.words]
        self.pieces = WordsSought(self.plain)
        self.bytes = bytes_sought(self.written, 1)
        self.long = bytes_sought(self.written, SHORTEST)

    def within(self, words: str) -> Iterator[str]:
        """The words around each place where a text says a name."""
        if not self.plain or not self.possible(words):
            return
        for found in _PIECE.finditer(words):
            piece, at = found[0], found.start()
            for first, last in places_in(piece, self.names) if self.possible(piece) else ():
                start, end = at + first, at + last
                before, after = words[max(0, start - AROUND) : start], words[end : end + AROUND]
                yield " ".join(f"{before}[{words[start:end]}]{after}".split())

    def possible(self, words: str) -> bool:
        """Whether a text may say a name, which is then looked for with care. Either it says all words of one in plain
        letters, with nothing else between them, or one of them in a word that holds more than plain letters.
        """
        small = words.lower()
        if any(name[0] in small and whole.search(small) for name, whole in self.whole):
            return True
        if is_plain(words):
            return False
        told = self.pieces.told_by(words)
        return bool(told) and any(
            not told.isdisjoint(name) and all(one in told or one in small for one in name) for name in self.words
        )


def in_plain_letters(words: Sequence[str]) -> re.Pattern[str]:
    """The words of a name in a row. What stands before them is looked at behind the first, so that this one is found as
    fast as letters are.
    """
    first, *more = map(re.escape, words)
    begins = rf"(?:(?<![^\W_]{first})|(?<=\d{first})|(?<=%[\da-f][\da-f]{first}))"
    return re.compile(f"{first}{begins}{''.join(BETWEEN + one for one in more)}(?![^\\W_])")


def nobody_waits() -> None:
    """Nobody is told of a piece."""


def matches(
    wanted: BytesSought, file: IO[bytes], piece: Callable[[], None] = nobody_waits
) -> Iterator[tuple[bytes, bytes]]:
    """Each place where a file says a name: the bytes next to it, and more of those around it.

    The file is read in pieces, each with the end of the one before. `piece` is told of each.
    """
    rest = b""
    while True:
        chunk = file.read(CHUNK)
        data = rest + chunk
        end = len(data) - OVERLAP if chunk else len(data)
        kept = max(0, end)
        for start, stop in wanted.spans(data):
            if start >= end:
                break
            kept = max(kept, stop)
            yield data[max(0, start - NEAR) : stop + NEAR], data[max(0, start - AROUND) : stop + AROUND]
        if not chunk:
            return
        piece()
        rest = data[kept:]


def shown(data: bytes) -> str:
    """Bytes for a person to read."""
    return " ".join("".join(one if one.isprintable() else " " for one in data.decode("utf-8", "replace")).split())


# ---- the store


def in_store(store: Store, sought: Sought) -> Iterator[Trace]:
    """All places in an archive that say a name: its rows first, then what its files hold besides."""
    with store.read() as connection:
        yield from in_rows(connection, sought)
    yield from in_files(store, sought)


def in_rows(connection: Connection, sought: Sought) -> Iterator[Trace]:
    """The places in all rows, of every forum, and in the search, as one connection sees them."""
    every = tables(connection)
    counted = [*every, search.entries(connection)]
    counts = (connection.execute(select(func.count()).select_from(one)).scalar() for one in counted)
    steps = ForgettingSteps("searching", sum(int(one or 0) for one in counts))
    for table in every:
        yield from in_table(connection, table, sought, steps)
    yield from in_index(connection, sought, steps)
    steps.end()


def tables(connection: Connection) -> list[Table]:
    """Every table that is there, also those that we did not make."""
    found = MetaData()
    names = [name for name in inspect(connection).get_table_names() if name not in SHADOWS and name != "search"]
    found.reflect(connection, only=names)
    return list(found.sorted_tables)


def in_table(connection: Connection, table: Table, sought: Sought, steps: ForgettingSteps) -> Iterator[Trace]:
    """The places in one table."""
    texts = [column for column in table.columns if isinstance(column.type, String)]
    blobs = [column for column in table.columns if isinstance(column.type, LargeBinary)]
    if not texts and not blobs:
        return
    keys = [column for column in table.primary_key.columns if column not in texts]
    result = connection.execution_options(yield_per=500).execute(select(*keys, *texts, *blobs))
    for row in steps.through(result.mappings()):
        where = f"{table.name} " + " ".join(f"{column.name}={row[column.name]}" for column in keys)
        key = tuple((column.name, row[column.name]) for column in keys)
        for column in texts:
            for found in sought.within(row[column.name] or ""):
                yield Trace(f"{where} {column.name}", found, table.name, column.name, key)
        for column in blobs:
            for one in in_content(f"{where} {column.name}", row[column.name], sought):
                yield replace(one, table=table.name, column=column.name, key=key)


def in_content(where: str, data: bytes, sought: Sought) -> Iterator[Trace]:
    """The places in a picture or an attachment: also in what a camera wrote into it."""
    if sought.long is not None:
        yield from (Trace(where, shown(found)) for _near, found in matches(sought.long, io.BytesIO(data)))


def in_index(connection: Connection, sought: Sought, steps: ForgettingSteps) -> Iterator[Trace]:
    """The places in the search: its texts, and in SQLite the words that its index still knows."""
    sqlite = connection.dialect.name == "sqlite"
    index = search.entries(connection)
    row = search.row_of(index).name
    result = connection.execution_options(yield_per=500).execute(select(index))
    for number, *texts in steps.through(result):
        for column, words in zip(("title", "tags", "text"), texts, strict=False):
            for found in sought.within(words or ""):
                yield Trace(f"search {row}={number}", found, "search", column, (("row", number),))
    if not sqlite:
        return
    connection.execute(text("CREATE VIRTUAL TABLE temp.known USING fts5vocab('main', 'search', 'col')"))
    for word in sorted(one for one in sought.plain if " " not in one):
        for term, number in connection.execute(
            text("SELECT term, doc FROM temp.known WHERE term = :word AND col <> 'forms'"), {"word": word}
        ):
            yield Trace("search", f"{term} ({number})", "search")
    connection.execute(text("DROP TABLE temp.known"))


def in_files(store: Store, sought: Sought) -> Iterator[Trace]:
    """What SQLite's files hold beside the rows: free pages, the log, the journal."""
    if store.postgresql or not store.engine.url.database or sought.bytes is None:
        return
    path = Path(store.engine.url.database)
    with outside_transaction(store) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    live: set[bytes] | None = None
    steps = ForgettingSteps("searching file", 2 * (path.stat().st_size // CHUNK + 1))  # with a copy of its rows
    for place in (path, *(path.with_name(path.name + beside) for beside in ("-wal", "-journal"))):
        if not place.is_file():
            continue
        with place.open("rb") as file:
            for near, found in matches(sought.bytes, file, steps.add):
                live = in_rows_alone(store, path, sought.bytes, steps.add) if live is None else live
                if near.lower() not in live and not part_of_a_word(near, sought, live):
                    live.add(near.lower())  # once is enough
                    yield Trace(str(place), shown(found))
    steps.end()


def in_rows_alone(store: Store, path: Path, wanted: BytesSought, piece: Callable[[], None]) -> set[bytes]:
    """What stands next to a name in a copy that has only the live rows; and the words that hold it."""
    beside = path.parent if os.access(path.parent, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=beside, prefix=".koweb-") as folder:
        copy = Path(folder) / "copy.sqlite"
        with outside_transaction(store) as connection:
            connection.execute("VACUUM INTO ?", (str(copy),))
        with copy.open("rb") as file:
            found = {near.lower() for near, _found in matches(wanted, file, piece)}
    return found | {one for near in found for one in _LETTERS.findall(near)}


def part_of_a_word(near: bytes, sought: Sought, live: set[bytes]) -> bool:
    """Whether a name is only a part of a longer word that a live row holds, as in “clairement”."""
    words = [one for one in _LETTERS.findall(near.lower()) if sought.bytes is not None and sought.bytes.stand_in(one)]
    return bool(words) and all(sought.bytes is not None and not sought.bytes.are(w) and w in live for w in words)


# ---- what was made of it


def in_folder(folder: Path, sought: Sought, closed: list[Path] | None = None) -> Iterator[Trace]:
    """The places in an export: names of files too, in compressed files, tables and mailboxes as well. Where nobody here
    knows its format, every file is searched as text or as bytes. Folders and files that may not be read are added to
    `closed`; without it, raises OSError.
    """
    try:
        kinds = kinds_in(folder)
    except (UnknownUnit, BrokenUnit):
        kinds = {}
    steps = ForgettingSteps("searching exports", sum(1 for _one in entries(folder, [])))
    for path, name in steps.through(entries(folder, closed)):
        yield from (Trace(str(path), found) for found in sought.within(name))
        with unless_closed(path, closed):
            if path.is_file() and not path.is_symlink():
                yield from in_file(path, kinds.get(path.suffix), sought)
    steps.end()


def entries(folder: Path, closed: list[Path] | None, above: str = "") -> Iterator[tuple[Path, str]]:
    """Everything in a folder, sorted, with the way to it: one folder of it in memory at a time."""
    below: list[tuple[str, bool]] = []
    with unless_closed(folder, closed), os.scandir(folder) as found:
        if not os.access(folder, os.X_OK):  # then no file in it can be opened
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
        below = sorted((one.name, one.is_dir(follow_symlinks=False)) for one in found)
    for name, is_folder in below:
        yield folder / name, above + name
        if is_folder:
            yield from entries(folder / name, closed, f"{above}{name}/")


@contextmanager
def unless_closed(path: Path, closed: list[Path] | None) -> Iterator[None]:
    """What may not be read is noted, where somebody notes it, and passed over."""
    try:
        yield
    except OSError:
        if closed is None:
            raise
        closed.append(path)


def in_file(path: Path, kind: FileKind | None, sought: Sought) -> Iterator[Trace]:
    """The places in one file."""
    where = str(path)
    data = path.read_bytes() if kind is None else b""
    data = gzip.decompress(data) if path.suffix == ".gz" else data
    try:
        for one in [data.decode()] if kind is None else kind.texts(path):
            yield from (Trace(where, found) for found in sought.within(one))
    except UnicodeDecodeError:
        yield from in_content(where, data or path.read_bytes(), sought)
