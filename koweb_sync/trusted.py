"""Where this user's secrets may go: a key to the address that it was first used with, a password to the databases that
the user agreed to.

A repository comes from somebody else, and so does its koweb.toml. So what was agreed lies beside it, in the user's data
folder (XDG base directory specification). Keys and addresses stand there as marks only, made with a salt of this
machine: whoever reads the file learns no key.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from koweb_sync import records, safe_files
from koweb_sync.i18n import _
from koweb_sync.posts.paths import parted

VERSION = 1
NAME = "trusted.json"
PORTS = {"http": 80, "https": 443}
# The keys of `koweb sandbox` stand in its source: everybody knows them, and a real forum makes its keys by chance.
PUBLISHED = re.compile(r"sandbox-[a-z-]+-key")


def data_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Where what belongs to this user lies, beside every repository (XDG base directory specification)."""
    env = os.environ if environ is None else environ
    return Path(env.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "koweb"


def origin(url: str) -> str:
    """An address such that two are equal only where a request goes to the same place: scheme, host, port and path."""
    parts = parted(url)
    host = (parts.hostname or "").rstrip(".").lower()
    port = parts.port or PORTS.get(parts.scheme)
    return f"{parts.scheme.lower()}://{f'[{host}]' if ':' in host else host}:{port}{parts.path.rstrip('/')}"


def usual(url: str) -> str:
    """The same as people write it: without the port that everybody takes."""
    parts = parted(origin(url))
    host = parts.netloc.removesuffix(f":{PORTS.get(parts.scheme)}")
    return f"{parts.scheme}://{host}{parts.path}"


def address_of(key: str) -> str | None:
    """The address that a key is bound to on this machine; None for a key that was never used. Raises KowebError."""
    known = read()
    found = known.get("keys", {}).get(mark(known, key)) if known else None
    return str(found["address"]) if isinstance(found, dict) else None


def bind(key: str, url: str) -> None:
    """From now on the key goes to this address only. Raises KowebError where that cannot be written down."""
    if PUBLISHED.fullmatch(key):
        return
    with changed() as known:
        known.setdefault("keys", {})[mark(known, key)] = {"address": origin(url)}


@contextmanager
def on_trial(key: str, url: str) -> Iterator[None]:
    """The key may go to an address that somebody typed with it: for good, or, where anything is raised, no longer than
    this. Raises KowebError where that cannot be written down.
    """
    before = address_of(key)
    bind(key, url)
    try:
        yield
    except BaseException:
        with changed() as known:
            found = known.setdefault("keys", {})
            found.pop(mark(known, key), None)
            found |= {mark(known, key): {"address": before}} if before is not None else {}
        raise


def agreed(place: str) -> bool:
    """Whether the user agreed to a database. Raises KowebError."""
    known = read()
    return bool(known) and mark(known, place) in known.get("stores", [])


def agree(place: str) -> None:
    """The user agrees to a database. Raises KowebError where that cannot be written down."""
    with changed() as known:
        known["stores"] = sorted({*known.get("stores", []), mark(known, place)})


# ---- the file


def mark(known: Mapping[str, Any], secret: str) -> str:
    """What stands in the file for a key or an address: HMAC-SHA-256 (RFC 2104)."""
    import hmac

    return hmac.digest(bytes.fromhex(known["salt"]), secret.encode(), "sha256").hex()


def read() -> dict[str, Any]:
    """What was agreed on this machine; empty where nothing was. Unknown entries are kept. Raises KowebError."""
    path = data_folder() / NAME
    text = safe_files.read(path.parent, NAME)
    if not text:
        return {}
    remedy = _("Move this file away: koweb then remembers the next address to which it sends each key.")
    known = records.read(text, str(path), VERSION, remedy=remedy)
    with records.undamaged(str(path), remedy):
        bytes.fromhex(known["salt"])
    return known


@contextmanager
def changed() -> Iterator[dict[str, Any]]:
    """What was agreed, to be changed: it is written when the context ends, if it is another. Only the user may read it.

    Raises KowebError where that cannot be.
    """
    from secrets import token_hex

    failed = _("Where your keys may go cannot be written down: {why}.")
    with records.changed(data_folder() / NAME, VERSION, read, failed) as known:
        known.setdefault("salt", token_hex(16))
        yield known
