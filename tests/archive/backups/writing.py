"""Backups of a sandbox, as a server would write them: its tables as COPY text, in both forms that dumps have.

Beside the tables that an archive reads stand those that it must not: with addresses, passwords, keys, letters.
"""

import gzip
import io
import struct
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.explorer import tables
from koweb_sync.sandbox.explorer.table_schema import Column, Numbers, RowSource, SqlTable

NOW = 1_795_000_000.0  # when the files say that they were written
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECRETS: Mapping[str, tuple[tuple[str, ...], Sequence[Sequence[Any]]]] = {
    "user_emails": (
        ("id", "user_id", "email"),
        [(1, 1, "claire@secret.example.org"), (2, 2, "marc@secret.example.org")],
    ),
    "user_passwords": (("id", "user_id", "password_hash"), [(1, 1, "$pbkdf2-secret-hash$")]),
    "user_auth_tokens": (("id", "user_id", "auth_token", "client_ip"), [(1, 1, "secret-token", "203.0.113.77")]),
    "api_keys": (("id", "key_hash"), [(1, "secret-key-hash")]),
    "chat_channels": (
        ("id", "name", "chatable_type", "chatable_id", "status", "created_at", "deleted_at", "deleted_by_id"),
        [(1, "secret-channel", "Category", 1, 0, "2024-01-01 00:00:00", None, None)],
    ),
    "chat_messages": (
        (
            *("id", "chat_channel_id", "user_id", "created_at", "updated_at", "deleted_at", "deleted_by_id"),
            *("in_reply_to_id", "message", "cooked"),
        ),
        [(1, 1, 1, *["2024-01-01 00:00:00"] * 2, None, None, None, "secret-chat", "<p>secret-chat</p>")],
    ),
    "drafts": (("id", "user_id", "data"), [(1, 1, "secret-draft")]),
    "email_logs": (("id", "to_address", "body"), [(1, "claire@secret.example.org", "secret-mail")]),
    "user_histories": (
        ("id", "action", "target_user_id", "previous_value", "new_value", "created_at", "details", "ip_address"),
        [(1, 16, 1, "claire@secret.example.org", None, "2024-01-01 00:00:00", "secret-detail", "203.0.113.77")],
    ),
}


@dataclass
class Dump:
    """The tables of a database: columns and rows, each value as text or None."""

    tables: dict[str, tuple[tuple[str, ...], list[tuple[str | None, ...]]]] = field(default_factory=dict)

    def add(self, name: str, columns: Iterable[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add rows of a table."""
        self.tables[name] = (tuple(columns), [tuple(map(written, row)) for row in rows])

    def without(self, table: str, *columns: str) -> None:
        """Take columns out of a table, as servers of other years do not have them."""
        names, rows = self.tables[table]
        kept = [n for n, name in enumerate(names) if name not in columns]
        self.tables[table] = (tuple(names[n] for n in kept), [tuple(row[n] for n in kept) for row in rows])

    # ---- forms

    def sql(self) -> bytes:
        """As one text, as pg_dump writes it."""
        parts = ["--\n-- PostgreSQL database dump\n--\n\n\\restrict kowebkowebkoweb\n\n"]
        for name in sorted(self.tables):
            parts += [f"CREATE TABLE public.{name} (\n    id integer\n);\n\n", self.copy(name), self.rows(name), "\n\n"]
        return "".join([*parts, "\\unrestrict kowebkowebkoweb\n"]).encode()

    def copy(self, name: str) -> str:
        """The statement before the rows of a table."""
        columns = ", ".join(f'"{one}"' if one in ("position", "default") else one for one in self.tables[name][0])
        return f"COPY public.{name} ({columns}) FROM stdin;\n"

    def rows(self, name: str) -> str:
        """The rows of a table, and what ends them."""
        lines = ["\t".join("\\N" if value is None else value for value in row) for row in self.tables[name][1]]
        return "".join(f"{line}\n" for line in [*lines, "\\."])

    def contents(self, version: tuple[int, int] = (1, 16)) -> bytes:
        """The list of a directory's tables, as pg_dump of a version writes it."""
        out = io.BytesIO()
        out.write(b"PGDMP" + bytes([*version, 0, 4, 8, 3]))
        out.write(b"\x01" if version >= (1, 15) else number(-1))
        for part in (0, 0, 3, 1, 10, 126, 0):
            out.write(number(part))
        for text in ("forum", "15.1", "15.1"):
            out.write(string(text))
        out.write(number(len(self.tables)))
        for n, name in enumerate(sorted(self.tables), 1):
            for value in (n, 1):
                out.write(number(value))
            for text in ("0", str(n), name, "TABLE DATA"):
                out.write(string(text))
            out.write(number(3))
            for said in (None, None, self.copy(name), "public", None):
                out.write(string(said))
            out.write(string("heap") if version >= (1, 14) else b"")
            out.write(number(114) if version >= (1, 16) else b"")
            for said in ("owner", "false", None, f"{6000 + n}.dat"):
                out.write(string(said))
        return out.getvalue()

    def directory(self, version: tuple[int, int] = (1, 16)) -> dict[str, bytes]:
        """As a directory: the content of each file."""
        found = {"toc.dat": self.contents(version)}
        for n, name in enumerate(sorted(self.tables), 1):
            found[f"{6000 + n}.dat.gz"] = gzip.compress(self.rows(name).encode() + b"\n\n", mtime=0)
        return {f"dump/{name}": content for name, content in sorted(found.items())}


def number(value: int) -> bytes:
    """A number as a list of tables has it."""
    return struct.pack("<BI", int(value < 0), abs(value))


def string(text: str | None) -> bytes:
    """A text as a list of tables has it."""
    return number(-1) if text is None else number(len(text.encode())) + text.encode()


def written(value: Any) -> str | None:
    """A value as COPY writes it."""
    if value is None or isinstance(value, bool):
        return None if value is None else "ft"[value]
    signs = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\v": "\\v"}
    return "".join(signs.get(sign, sign) for sign in str(value))


# ---- of a sandbox


def dump_of(box: Sandbox) -> Dump:
    """All that a sandbox knows, and what no archive may read."""
    found = Dump()
    state = box.state
    with state.lock:
        source = RowSource(state, Numbers())
        for table in tables.of(state.flavour).values():
            columns = table.columns(state.flavour.name)
            values = table.read(source)
            found.add(table.name, [one.name for one in columns], rows_of(table, columns, values))
    for name, (columns_, rows) in SECRETS.items():
        found.add(name, columns_, rows)
    if state.flavour.name == "2022":
        found.tables.pop("post_localizations", None)
    return found


def rows_of(table: SqlTable, columns: Sequence[Column], values: Mapping[str, list[Any]]) -> Iterable[tuple[Any, ...]]:
    """The rows of a table: what nobody says is as it is by default."""
    count = len(values[table.known[0]])
    each = [
        [shown(one, value) for value in values[one.name]] if one.name in values else [default(one)] * count
        for one in columns
    ]
    return zip(*each, strict=True)


def shown(column: Column, value: Any) -> Any:
    """A value as a database gives it out."""
    if value is not None and column.type == "timestamp":
        return (EPOCH + timedelta(microseconds=value)).replace(tzinfo=None).isoformat(" ")
    return bool(value) if value is not None and column.type == "boolean" else value


def default(column: Column) -> Any:
    """What a column holds where nobody says otherwise."""
    if column.default is None:
        return None
    plain = column.default.partition("::")[0].strip("'")
    return {"true": True, "false": False}.get(plain.lower(), plain)


# ---- as files


def packed(folder: Path, files: Mapping[str, bytes], name: str, *, compressed: bool, at: float = NOW) -> Path:
    """Files in a tar."""
    path = folder / name
    with tarfile.open(path, "w:gz" if compressed else "w:") as tar:
        for called, content in files.items():
            head = tarfile.TarInfo(called)
            head.size, head.mtime = len(content), int(at)
            tar.addfile(head, io.BytesIO(content))
    return path


def as_sql(folder: Path, dump: Dump, uploads: Mapping[str, bytes] | None = None, at: float = NOW) -> Path:
    """The form of before September 2026."""
    files = {"dump.sql.gz": gzip.compress(dump.sql(), mtime=0), **(uploads or {})}
    return packed(folder, files, "forum.tar.gz", compressed=True, at=at)


def as_directory(folder: Path, dump: Dump, uploads: Mapping[str, bytes] | None = None, at: float = NOW) -> Path:
    """The form of since."""
    return packed(folder, {**dump.directory(), **(uploads or {})}, "forum.tar", compressed=False, at=at)


def as_text(folder: Path, dump: Dump) -> Path:
    """A dump alone, as a forum without uploads writes it."""
    path = folder / "forum.sql.gz"
    path.write_bytes(gzip.compress(dump.sql(), mtime=0))
    return path
