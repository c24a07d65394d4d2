"""Where this koweb-sync was installed from, and how more of it is installed from there.

Nobody owns the name koweb-sync on an index of packages: whoever takes it would run on every computer that is told
“pip install koweb-sync”. So nothing that we say or write names it alone.
"""

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from koweb_sync.errors import InputError
from koweb_sync.i18n import _

NAME = "koweb-sync"


def origin() -> dict[str, Any] | None:
    """Python's own record of where an installation came from (PEP 610); None: from an index, by its name."""
    from importlib.metadata import distribution

    text = distribution(NAME).read_text("direct_url.json")
    return json.loads(text) if text else None


def source() -> str:
    """What pip installs to get the same again; "" where it came from an index."""
    found = origin()
    if found is None:
        return ""
    digest = found.get("archive_info", {}).get("hashes", {}).get("sha256")
    if digest:
        return f"{found['url'].partition('#')[0]}#sha256={digest}"
    info = found.get("vcs_info")
    return f"{info['vcs']}+{found['url']}@{info['commit_id']}" if info else str(found["url"])


def how_to_install(extra: str) -> str:
    """How an extra that is missing is installed, in words."""
    place = source()
    if not place:
        return _("Install the extra “{extra}” from where you installed koweb-sync.").format(extra=extra)
    return _("Install it with: pip install {what}").format(what=shlex.quote(f"{NAME}[{extra}] @ {place}"))


@contextmanager
def needing(extra: str, what: str) -> Iterator[None]:
    """Load what an extra brings. `what`: what nobody can do without it. Raises InputError where it is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise lacking(error, extra, what) from error


def lacking(error: ModuleNotFoundError, extra: str, what: str) -> Exception:
    """What to raise where a library of an extra is not there: which extra, and how to install it. An error of our own
    stays as it is.
    """
    library = (error.name or "").partition(".")[0]
    if library in ("", "koweb_sync"):
        return error
    return InputError(
        _("{what} needs the extra “{extra}”, which is not installed ({library} is missing).").format(
            what=what, extra=extra, library=library
        ),
        remedy=how_to_install(extra),
    )
