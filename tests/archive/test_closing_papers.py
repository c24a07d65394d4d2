"""What somebody reads first who finds a kit, years later: where its pages go, and how somebody is erased."""

import re

import pytest

from koweb_sync.archive.closing.documents import README, KitFacts
from koweb_sync.archive.closing.kit import ARCHIVE, SITE, Kit, Promises
from koweb_sync.archive.exports import hosting
from koweb_sync.archive.exports.old_addresses import ABOUT
from koweb_sync.archive.read.model import ArchivedForum
from koweb_sync.sandbox import Sandbox
from tests.archive.test_closing import closed
from tests.workspace import Clone

FEW = "lieu accessible à peu de personnes"
MORE = "Ces pages contiennent aussi ce que seules certaines personnes pouvaient lire."


def test_readme_tells_of_what_is_in_this_very_kit(here: Clone, box: Sandbox) -> None:
    here.run("archive")
    kit = closed(here, "--no-archive", "--everything")
    texts = [(kit / name).read_text(encoding="utf-8") for name in README]
    assert all(f"{FEW}." in one and "koweb archive forget NOM --exports CE-DOSSIER" in one for one in texts)
    assert not any(ARCHIVE in one for one in texts)
    assert MORE in (kit / SITE / ABOUT).read_text(encoding="utf-8")
    kit = closed(here, "--with-archive", "--public-only")
    texts = [(kit / name).read_text(encoding="utf-8") for name in README]
    assert all(f"koweb archive forget NOM --store {ARCHIVE}" in one and box.url in one for one in texts)
    assert not any(FEW in one for one in texts)
    assert MORE not in (kit / SITE / ABOUT).read_text(encoding="utf-8")


@pytest.mark.parametrize(("path", "folder"), [("", ""), ("/forum", "forum"), ("/a/b", "a/b")])
def test_readme_puts_pages_where_the_files_for_servers_look_for_them(path: str, folder: str) -> None:
    url = f"https://kafe.example.org{path}"
    kit = Kit(url, 0, "fr", "Europe/Paris", Promises("Amina"))
    facts = KitFacts(ArchivedForum(1, "kafe", url, "", "fr", None), kit, 0, 0, 0, closed=False)
    root = re.search(r"root (\S+);", dict(hosting.written(url, [], []))["servers/nginx.conf"])
    assert root is not None
    assert (facts.place, facts.folder, facts.domain) == (f"{root[1]}{path}", folder, "kafe.example.org")
