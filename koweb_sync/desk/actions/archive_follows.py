"""The archive of a folder goes along with its forum to another address, so that it is not read a second time there."""

from koweb_sync.archive.crawl.other_address import take_address
from koweb_sync.archive.place import placed
from koweb_sync.archive.store.store import Store
from koweb_sync.config import Settings
from koweb_sync.errors import HumanNeeded, NoArchive
from koweb_sync.git.repo import Repo


def follow(repo: Repo, settings: Settings, url: str) -> None:
    """Let the archive take the address at which the forum of a folder was seen; nothing where there is none, or none of
    that forum, or where koweb.toml alone may not decide on its place: then nobody reads it here.

    Raises HumanNeeded where somebody writes to it, StoreUnusable.
    """
    try:
        store = Store.open(placed(None, settings, repo.root, lambda _what: False), create=False)
    except (NoArchive, HumanNeeded):
        return
    with store, store.alone():
        held, there = store.forum(settings.url), store.forum(url)
        if held is not None and there in (None, held):
            take_address(store, held, url)
