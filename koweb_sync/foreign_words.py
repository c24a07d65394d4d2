"""What the computer and libraries say in English where something fails, in the language of whoever reads."""

import errno
from collections.abc import Mapping

from koweb_sync.i18n import _, active


def reason(error: BaseException | str) -> str:
    """Why something failed, as part of a sentence: no full stop, one line. What nobody put into the reader's words yet
    is quoted, and said to be English.
    """
    said = str(getattr(error, "strerror", None) or error) or type(error).__name__
    said = said.strip().partition("\n")[0].rstrip(".")
    known = known_words()
    found = known.get(said) or next((ours for sign, ours in known.items() if sign in said), "")
    if found and active() != "en":
        return found
    return said if active() == "en" else _("in the computer's English words, “{words}”").format(words=said)


def what_to_do(error: OSError) -> str:
    """What to do where nothing could be written, by the reason: none of it contradicts that."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return _("Make room on the disk, then try again.")
        case errno.EROFS:
            return _("Name another place, or copy the folder to where you may write, and go on there.")
        case errno.EIO:
            return _("Save what you can, and have the disk looked at.")
        case errno.ENAMETOOLONG:
            return _("Give a shorter name.")
        case _:
            return _("May you write there?")


def known_words() -> Mapping[str, str]:
    """What is said in English, or a part of it, and the same in the active language; the first that fits holds."""
    return computers() | databases() | programs()


def computers() -> dict[str, str]:
    """What Linux, macOS and Windows say of files and of the network."""
    return {
        "No space left on device": _("No space left on device"),
        "Disk quota exceeded": _("Disk quota exceeded"),
        "File too large": _("File too large"),
        "Read-only file system": _("Read-only file system"),
        "Permission denied": _("Permission denied"),
        "Operation not permitted": _("Operation not permitted"),
        "No such file or directory": _("No such file or directory"),
        "Not a directory": _("Not a directory"),
        "Is a directory": _("Is a directory"),
        "Directory not empty": _("Directory not empty"),
        "File exists": _("File exists"),
        "File name too long": _("File name too long"),
        "Too many open files": _("Too many open files"),
        "Too many levels of symbolic links": _("Too many levels of symbolic links"),
        "Input/output error": _("Input/output error"),
        "No such device": _("No such device"),
        "Device or resource busy": _("Device or resource busy"),
        "Resource temporarily unavailable": _("Resource temporarily unavailable"),
        "Cannot allocate memory": _("Cannot allocate memory"),
        "Stale file handle": _("Stale file handle"),
        "Text file busy": _("Text file busy"),
        "Invalid argument": _("Invalid argument"),
        "Address already in use": _("Address already in use"),
        "Cannot assign requested address": _("Cannot assign requested address"),
        "Connection refused": _("Connection refused"),
        "Connection reset by peer": _("Connection reset by peer"),
        "Network is unreachable": _("Network is unreachable"),
        "No route to host": _("No route to host"),
        "timed out": _("timed out"),
        "Name or service not known": _("Name or service not known"),
        "failed to resolve host": _("Name or service not known"),
        "nodename nor servname provided": _("Name or service not known"),
    }


def databases() -> dict[str, str]:
    """What SQLite and PostgreSQL say."""
    return {
        "database or disk is full": _("database or disk is full"),
        "database disk image is malformed": _("database disk image is malformed"),
        "malformed database schema": _("database disk image is malformed"),
        "Could not decode to UTF-8": _("database disk image is malformed"),
        "disk I/O error": _("disk I/O error"),
        "database is locked": _("database is locked"),
        "database table is locked": _("database is locked"),
        "unable to open database file": _("unable to open database file"),
        "attempt to write a readonly database": _("attempt to write a readonly database"),
        "file is not a database": _("file is not a database"),
        "password authentication failed": _("password authentication failed"),
        "no password supplied": _("no password supplied"),
        "timeout expired": _("timed out"),
        "permission denied": _("Permission denied"),
        "server closed the connection": _("Connection reset by peer"),
    }


def programs() -> dict[str, str]:
    """What Python says of a text that it cannot read."""
    return {
        "No closing quotation": _("No closing quotation"),
        "No escaped character": _("No escaped character"),
        "codec can't decode": _("it is not UTF-8 text"),
        "Expecting value": _("it is not JSON"),
        "Expecting property name": _("it is not JSON"),
        "Expecting ',' delimiter": _("it is not JSON"),
        "Extra data": _("it is not JSON"),
        "Unterminated string": _("it is not JSON"),
    }
