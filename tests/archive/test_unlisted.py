"""A topic that staff took out of the forum's lists is found by its address alone on a public site, as it was there."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from koweb_sync.archive.read.model import ArchiveFilter
from koweb_sync.archive.store.store import Store
from tests.archive.exhibits import friendly, keep, post, topic
from tests.archive.exporting import exported


@pytest.mark.parametrize("style", ["site", "website"])
@pytest.mark.parametrize("public", [True, False])
def test_only_its_address_leads_to_it(tmp_path: Path, style: str, *, public: bool) -> None:
    site = tmp_path / "site"
    with Store.open(str(tmp_path / "archive.sqlite")) as store:
        forum = friendly(store)
        taken_out = replace(topic(13, "Retiré des listes"), visible=False, tags=("retrait",))
        keep(store, [taken_out], [post(20, 13, 1, "Un ornithorynque."), post(21, 13, 2, "Un autre.")])
        exported(store, forum, style, site, ArchiveFilter(public=public))
    page = (site / "topic" / "13.html").read_text(encoding="utf-8")
    assert "ornithorynque" in page
    assert ('name="robots" content="noindex"' in page) == public
    others = {one: one.read_text(encoding="utf-8") for one in site.rglob("*") if one.suffix in (".html", ".js")}
    own = {site / "topic" / "13.html", *site.glob("t/**/13/index.html"), *site.glob("p/*")}
    told = [one.name for one, text in others.items() if one not in own and re.search("topic/13|ornithorynque", text)]
    assert (told == []) == public, told
    for link in re.findall(r'href="([^"#:]+)["#]', page):
        assert (site / "topic" / link).resolve().is_file(), link
