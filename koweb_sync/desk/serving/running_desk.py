"""The desk that serves a folder already: who opens another one there is shown the pages of the one that runs.

A file of the user's own, in their cache, says where a folder's desk serves and with which token. It is not believed:
the desk that answers there has to prove, for a number made up just now, that it knows the token, serves on that port
and is of this version; the token itself is sent to nobody. So a desk that was killed, or another program where it was,
counts as none.
"""

import hashlib
import hmac
import http.client
import json
import os
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from koweb_sync import __version__, safe_files
from koweb_sync.desk.serving.access import AccessRules
from koweb_sync.errors import InputError
from koweb_sync.forum.machine import machine_home
from koweb_sync.sync.setup.repository import repository_at

FOLDER = "desks"
PROOF = "/running"  # where a desk proves that it is one; asked without the token
ASKED = "number"
PATIENCE = 2  # seconds for an answer of this computer
BEGINNING = 20  # seconds that another one may take to begin


@dataclass
class RunningDesk:
    """The desk of a folder, for one of its forums. `waiting`: held while one begins, so that two at once do not."""

    folder: Path
    forum: str = ""
    waiting: BaseFileLock | None = field(default=None, init=False)

    @property
    def path(self) -> str:
        """Its file, below our folder in the user's cache."""
        around = repository_at(self.folder)
        place = os.fsencode((around.root if around is not None else self.folder).resolve())
        name = hashlib.sha256(b"\0".join((place, self.forum.encode()))).hexdigest()
        return f"{FOLDER}/{name[:24]}.json"

    def address(self) -> str:
        """The address of its first page, with the token, if it runs; else nobody else begins one until `note`."""
        with suppress(InputError, OSError, Timeout):
            safe_files.folder(machine_home(), FOLDER, mode=0o700)
            self.waiting = FileLock(f"{machine_home() / self.path}.lock", timeout=BEGINNING, mode=0o600)
            self.waiting.acquire()
        found = noted(self.path)
        if found is None or not answers(found):
            return ""
        self.let_begin()
        return found.address("/")

    def note(self, access: AccessRules) -> None:
        """This one serves here from now on; where that cannot be written nobody finds it."""
        with suppress(InputError):
            told = json.dumps({"port": access.port, "token": access.token})
            safe_files.write(machine_home(), self.path, told, mode=0o600, lasting=False)
        self.let_begin()

    def forget(self, access: AccessRules) -> None:
        """This one ends; what another one noted since stays."""
        with suppress(InputError):
            if noted(self.path) == access:
                safe_files.remove(machine_home(), self.path)

    def let_begin(self) -> None:
        """Others need not wait any more."""
        if self.waiting is not None:
            self.waiting.release()
            self.waiting = None


def noted(path: str) -> AccessRules | None:
    """What a file says; None for one that is not there, not ours alone, or says something else."""
    try:
        facts = (machine_home() / path).lstat()
        said = json.loads(safe_files.read(machine_home(), path))
    except (OSError, InputError, ValueError):
        return None
    if hasattr(os, "getuid") and (facts.st_uid != os.getuid() or stat.S_IMODE(facts.st_mode) & 0o077):
        return None
    match said:
        case {"port": int(port), "token": str(token)} if 0 < port < 65536 and token.isascii():
            return AccessRules(port, token)
    return None


def proof(access: AccessRules, number: str) -> str:
    """What only a desk of this version on that port says, which knows the token."""
    told = f"{__version__} {access.port} {number}"
    return hmac.new(access.token.encode(), told.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def answers(access: AccessRules) -> bool:
    """Whether such a desk answers on this computer."""
    number = secrets.token_hex(16)
    way = http.client.HTTPConnection("127.0.0.1", access.port, timeout=PATIENCE)
    try:
        way.request("GET", f"{PROOF}?{ASKED}={number}")
        said = way.getresponse().read(200)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        way.close()
    return hmac.compare_digest(said, proof(access, number).encode())
