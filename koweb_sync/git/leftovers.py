"""What git leaves behind where it, or koweb, was killed in the middle of a commit: nobody else would clear it away."""

import os
import re
from contextlib import suppress

from koweb_sync.git.plain_refs import has_none_below
from koweb_sync.git.repo import NEW, Repo
from koweb_sync.times import DAY_IN_SECONDS


def clear(repo: Repo, now: float) -> None:
    """Remove reports of crashes of our own commits, refs of ours that a kill left, and packs that nobody finished."""
    for report in repo.own.glob("fast_import_crash_*"):
        with suppress(OSError):
            if NEW.encode() in report.read_bytes():
                report.unlink()
    refs = b"" if has_none_below(repo.shared, NEW) else repo.git("for-each-ref", "--format=%(refname)", NEW)
    for ref in refs.decode().split():
        if not alive(ref.removeprefix(NEW).partition("-")[0]):
            repo.drop_ref(ref)
    for pack in repo.packs.glob("tmp_*"):
        with suppress(OSError):
            if now - pack.stat().st_mtime > DAY_IN_SECONDS:  # a pack that is still being written is written to
                pack.unlink()


def alive(number: str) -> bool:
    """Whether a process of this number runs on this machine."""
    if not re.fullmatch(r"[0-9]{1,10}", number):
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
