"""The secret behind pseudonyms and behind the marks of forgotten names. It never lies in the archive.

Whoever has an archive and this secret can find out, by trying names, whether somebody was forgotten there. Without it
the marks say nothing. It comes from KOWEB_ARCHIVE_SECRET, else from a file in the user's data folder (XDG base
directory specification), which is made when it is first needed and which only the user may read.
"""

import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from koweb_sync import safe_files
from koweb_sync.errors import ConfigError, InputError
from koweb_sync.i18n import _
from koweb_sync.trusted import data_folder

VARIABLE = "KOWEB_ARCHIVE_SECRET"
SHORTEST = 16  # letters
MARK = 32  # hexadecimal digits of a mark: 128 bits


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret, and whose names it marks: the same name on two forums has two marks."""

    value: bytes
    scope: str

    def mark(self, kind: str, name: str) -> str:
        """What a name leaves behind: HMAC-SHA-256 (RFC 2104), of which nobody learns the name."""
        return hmac.digest(self.value, f"{self.scope}\0{kind}\0{name}".encode(), "sha256").hex()[:MARK]

    def __repr__(self) -> str:
        return f"Secret(scope={self.scope!r})"


def place(environ: Mapping[str, str] | None = None) -> Path:
    """Where the file is."""
    return data_folder(environ) / "archive-secret"


def find(scope: str, environ: Mapping[str, str] | None = None) -> Secret | None:
    """The secret, for one forum's address; None where there is none yet. Raises ConfigError for what is no secret."""
    env = os.environ if environ is None else environ
    given, path = env.get(VARIABLE, "").strip(), place(env)
    where = VARIABLE if given else str(path)
    if not given:
        try:
            given = path.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(_("The archive's secret cannot be read."), where=where) from error
    if len(given) < SHORTEST:
        raise ConfigError(
            _("The archive's secret is too short: {n} letters at least.").format(n=SHORTEST),
            where=where,
            remedy=_("“openssl rand -hex 32” prints a good one."),
        )
    return Secret(given.encode(), scope.rstrip("/").casefold())


def make(scope: str, environ: Mapping[str, str] | None = None) -> Secret:
    """The secret, which is made where there is none."""
    known = find(scope, environ)
    if known is not None:
        return known
    path = place(environ)
    try:
        safe_files.folder(path.parent, mode=0o700)
        safe_files.write(path.parent, path.name, f"{secrets.token_hex(32)}\n", mode=0o600, fresh=True)
    except safe_files.AlreadyThere:
        pass  # another koweb made it just now
    except InputError as error:
        raise ConfigError(
            error.message,
            where=str(path),
            remedy=_("Put a secret of your own into the environment variable {name}.").format(name=VARIABLE),
        ) from error
    found = find(scope, environ)
    if found is None:
        raise ConfigError(_("The archive's secret cannot be read."), where=str(path))
    return found
