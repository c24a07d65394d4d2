"""What becomes of an exception that nobody foresaw, and of those that anything may raise: words, and an exit code.

Nobody sees a traceback without `--debug`. What the computer itself refuses (a full disk, a file that may not be
written) is said as such; all else with the place in our code, and how to report it.
"""

import errno
import io
import logging
import os
import re
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TextIO

import click

from koweb_sync import __version__
from koweb_sync.cli.output import say
from koweb_sync.cli.ranges import misses, ranges
from koweb_sync.errors import FAILED, KowebError, Stopped, beside
from koweb_sync.foreign_words import reason
from koweb_sync.i18n import _
from koweb_sync.redaction import redact
from koweb_sync.spelling import nearest

DEBUG = "--debug"


def run(command: Callable[[], int], words: Sequence[str]) -> int:
    """The exit code of a command, whatever happens in it. `words` are those of the command line."""
    debug = DEBUG in words
    prepare()
    try:
        code = command()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else FAILED if error.code else 0
    except BaseException as error:  # noqa: BLE001 - this is the place where all of them end
        code = say_error(error, debug)
    return flushed() or code


def say_error(error: BaseException, debug: bool) -> int:
    """Say what happened; the exit code. Nothing is said where nobody reads any more."""
    try:
        if debug and not isinstance(error, click.exceptions.ClickException | click.Abort):
            cause = "".join(traceback.format_exception(error))
            say(cause.rstrip())
        text, code = explained(error)
        if text:
            say(text, fg="red")
    except OSError:
        return FAILED
    return code


def explained(error: BaseException) -> tuple[str, int]:
    """What to say about an exception ("" for nothing), and the exit code."""
    match error:
        case Stopped():  # it is no error
            return str(error), error.exit_code
        case KowebError():
            return _("Error: {text}").format(text=error), error.exit_code
        case click.ClickException():
            if isinstance(error, click.NoSuchOption):  # Click offers three, alike or not
                near = nearest(error.option_name, error.possibilities or ())
                error = click.NoSuchOption(error.option_name, possibilities=[near] if near else None, ctx=error.ctx)
            if isinstance(error, click.BadParameter) and (said := misses(error)):
                error = click.BadParameter(said, error.ctx, error.param, error.param_hint)
            written = io.StringIO()
            error.show(file=written)
            return quoted(written.getvalue().rstrip("\n")), error.exit_code
        case click.Abort() | KeyboardInterrupt() | EOFError():
            return _("Aborted!"), FAILED
        case OSError() if error.errno == errno.EPIPE:
            return "", FAILED
        case _:
            return _("Error: {text}").format(text=refused(error) or unforeseen(error)), FAILED


def quoted(text: str) -> str:
    """What Click says, with the quotes of the language: it puts names of options between ' in all of them."""
    text = ranges(text)
    return re.sub(r"(?<!\w)'([^'\n]+)'(?!\w)", lambda found: _("“{title}”").format(title=found[1]), text)


def refused(error: BaseException) -> str:
    """What the computer refuses, in words; "" where the reason lies elsewhere."""
    if isinstance(error, MemoryError):
        return _("The memory of this computer is full. Close other programs, or take less at once, and try again.")
    cause = getattr(error, "orig", None) or error  # SQLAlchemy wraps what the database says
    if type(cause).__module__.partition(".")[0] in ("sqlite3", "psycopg"):
        return _(
            "The database cannot be used: {why}. “koweb archive verify --offline” says whether an archive is damaged."
        ).format(why=reason(cause))
    if not isinstance(error, OSError) or error.errno is None or not error.strerror:
        return ""
    text = reasons().get(error.errno) or _("The computer refuses: {why}.").format(why=reason(error))
    files = [os.fsdecode(one) for one in (error.filename, error.filename2) if isinstance(one, str | bytes)]
    return beside(" → ".join(files), text) if files else text


def reasons() -> dict[int, str]:
    """What the commonest refusals of a computer mean, and what to do."""
    full = _("The disk is full. Make room, then try again.")
    forbidden = _("You may not read or write this. Look at its permissions, or ask who owns it.")
    return {
        errno.ENOSPC: full,
        errno.EDQUOT: full,
        errno.EROFS: _("This can only be read. Copy the folder to where you may write, and go on there."),
        errno.EACCES: forbidden,
        errno.EPERM: forbidden,
        errno.ENOENT: _("This is not there, or not any more."),
        errno.EIO: _("The disk failed. Save what you can, and have it looked at."),
        errno.EMFILE: _("Too many files are open at once. Close other programs, and try again."),
        errno.ENAMETOOLONG: _("This name is too long for the disk."),
    }


def unforeseen(error: BaseException) -> str:
    """An error of ours: what, where, and how to report it."""
    import platform

    kind = type(error).__name__
    what = f"{kind}: {error}" if str(error) else kind
    return "\n".join(
        (
            _("koweb met something that it did not expect: {what} ({where}).").format(
                what=redact(what)[:500], where=place(error.__traceback__)
            ),
            _("Run the same command again; if this comes back, add --debug to see its cause in full."),
            _("Then send this text to whoever maintains koweb-sync for you, with the command: {versions}.").format(
                versions=f"koweb-sync {__version__}, Python {platform.python_version()}, {platform.system()}"
            ),
        )
    )


def place(trace: TracebackType | None) -> str:
    """The last place in our own code, such as `sync/pull.py:12`; elsewhere the last place at all."""
    ours = Path(__file__).parents[1]
    frames = [(Path(frame.f_code.co_filename), number) for frame, number in traceback.walk_tb(trace)]
    mine = [(path.relative_to(ours), number) for path, number in frames if ours in path.parents]
    path, number = (mine or [(Path(path.name), number) for path, number in frames] or [(Path("koweb"), 0)])[-1]
    return f"{path.as_posix()}:{number}"


def say_stopped() -> None:
    """Say that somebody stopped koweb before it did anything."""
    say(_("Stopped. Nothing was done."), fg="red")


# ---- the streams


def prepare() -> None:
    """Make standard output and error ones that can be written to: a terminal that knows only ASCII or Latin-1 gets
    escapes for the rest, and where there is none (`>&-`), nothing that is opened later takes its number.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            hold(number)
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - it lives as long as we
        elif isinstance(stream, io.TextIOWrapper) and name != "stdin" and stream.errors != "backslashreplace":
            stream.reconfigure(errors="backslashreplace")


def hold(number: int) -> None:
    """Take a number of a file that is closed."""
    try:
        os.fstat(number)
    except OSError:
        taken = os.open(os.devnull, os.O_RDWR)
        if taken != number:
            os.dup2(taken, number)
            os.close(taken)


def flushed() -> int:
    """Bring out what is still to be written. Exit code 1 where that fails: said, except that nobody reads any more."""
    code = 0
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError) as error:
            silence(stream)
            if stream is sys.stdout:
                code = say_error(error, False) if isinstance(error, OSError) else FAILED
    return code


def silence(stream: TextIO) -> None:
    """Let what cannot be written go nowhere, so that the end of Python does not complain of it again."""
    try:
        number = stream.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)


# ---- what does not come through a command


class Logged(logging.Handler):
    """What libraries log, with `--debug`: a line may quote an answer, a password or a file name, so it passes the door
    as our own words do. Without a handler Python writes it to the terminal as it is.
    """

    def __init__(self, debug: bool) -> None:
        super().__init__(logging.WARNING)
        self.debug = debug

    def emit(self, record: logging.LogRecord) -> None:
        if self.debug:
            with suppress(OSError):
                say(f"{record.name}: {self.format(record)}")


def watch(words: Sequence[str]) -> None:
    """Tell of exceptions in threads, warnings, what is logged and what Python would ignore in words, in a process that
    is koweb's.
    """
    debug = DEBUG in words

    def in_thread(given: threading.ExceptHookArgs) -> None:
        if given.exc_value is not None and not isinstance(given.exc_value, SystemExit):
            say_error(given.exc_value, debug)

    def ignored(given: "sys.UnraisableHookArgs") -> None:
        if debug and given.exc_value is not None:
            say_error(given.exc_value, debug)

    def warned(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,  # noqa: ARG001 - the library's own signature
        line: str | None = None,  # noqa: ARG001
    ) -> None:
        if debug:
            say(f"{filename}:{lineno}: {category.__name__}: {message}")

    logging.getLogger().addHandler(Logged(debug))
    threading.excepthook = in_thread
    sys.unraisablehook = ignored
    sys.excepthook = lambda _kind, error, _trace: sys.exit(say_error(error, debug))
    warnings.showwarning = warned
