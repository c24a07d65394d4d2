"""The language of git fast-import, in which a commit's files are told."""

import re
from contextlib import suppress
from pathlib import Path


class Program(bytes):
    """The content of a file that git holds as executable."""


def change(path: str, what: bytes | str | None) -> bytes:
    """One file change in fast-import's language."""
    name = quote(path)
    if what is None:
        return b"D %s\n" % name
    if isinstance(what, bytes):
        mode = b"100755" if isinstance(what, Program) else b"100644"
        return b"M %s inline %s\ndata %d\n%s\n" % (mode, name, len(what), what)
    return b"M 100644 %s %s\n" % (what.encode(), name)


def quote(path: str) -> bytes:
    """A path as fast-import reads it."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return b'"%s"' % escaped.encode("utf-8", "surrogateescape")


def drop_report(folder: Path, said: bytes) -> None:
    """Remove the report of a crash that fast-import wrote, and named on stderr: what it says is in the error."""
    found = re.search(rb"dumping crash report to (.*fast_import_crash_[0-9]+)", said)
    if found:
        with suppress(OSError):
            (folder / found[1].decode("utf-8", "surrogateescape")).unlink()
