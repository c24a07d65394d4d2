"""The part of a feed's address that nobody guesses: kept in the user's data folder, and never in git."""

import secrets
from typing import Any

from koweb_sync import records, safe_files
from koweb_sync.i18n import _
from koweb_sync.trusted import data_folder, origin

VERSION = 1
NAME = "feeds.json"
BYTES = 20


def secret_of(url: str, feed: str, *, fresh: bool = False) -> str:
    """The secret part of the address of a forum's feed: made when it is first needed, or `fresh`. Raises KowebError
    where it cannot be kept.
    """
    failed = _("The address of the feed cannot be written down: {why}.")
    with records.changed(data_folder() / NAME, VERSION, read, failed) as known:
        ours = known.setdefault("feeds", {}).setdefault(origin(url), {})
        if fresh or feed not in ours:
            ours[feed] = secrets.token_hex(BYTES)
        return str(ours[feed])


def read() -> dict[str, Any]:
    """What is known; nothing at first. Raises KowebError."""
    path = data_folder() / NAME
    text = safe_files.read(path.parent, NAME)
    remedy = _("Move this file away: feeds then get new addresses.")
    known = records.read(text, str(path), VERSION, remedy=remedy) if text else {}
    with records.undamaged(str(path), remedy):
        for one in known.get("feeds", {}).values():
            for secret in one.values():
                bytes.fromhex(secret)
    return known
