"""Chat in a site that took its forum's place: what answers at its old addresses."""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from koweb_sync.archive.exports.export import export, target
from koweb_sync.archive.read.model import ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store.store import Store
from tests.archive.exhibits import BILAL, START, URL, friendly, keep, post, topic
from tests.archive.test_export_site import Visit
from tests.archive.test_website import SERVERS, ends, without_nginx
from tests.archive.web_server import RULES, running, served
from tests.browsing import NARROW, WIDE, needs_chromium

SHOTS = os.environ.get("KOWEB_TEST_SHOTS")  # a folder for pictures of the pages, for somebody who looks at them
FAR = "/chat/c/le-comptoir/5/1260"
# What was asked of the forum, and the page on which a reader ends.
OLD = {
    "/chat/c/le-comptoir/5": "/topic/chat-5.html",
    "/chat/c/-/5/": "/topic/chat-5.html",
    "/chat/c/autre-nom/5?x=1": "/topic/chat-5.html",
    "/chat/c/-/5/t/3": "/topic/chat-5.html",
    "/chat/c/-/5/1201": "/topic/chat-5.html#post-1",
    "/chat/c/-/5/t/3/1202/": "/topic/chat-5.html#post-2",
    FAR: "/topic/chat-5-2.html#post-60",
    "/chat/c/-/5/7": "/topic/chat-5-2.html#post-70",
    "/chat": "/chat/",
    "/chat/": "/chat/",
    "/chat/browse/open": "/chat/",
    "/chat/c/-/6": "/chat/",
    "/chat/c/-/6/3456": "/chat/",
}


def said(ident: int, number: int, cooked: str = "") -> object:
    """A message."""
    return post(-ident, -5, number, f"Le mot {number}", author=BILAL, cooked=cooked or None, created=START + number)


def talkative(store: Store) -> int:
    """The friendly forum with a channel of two pages, and a post that leads to what was said there."""
    forum = friendly(store)
    channel = topic(-5, "Le comptoir", slug="le-comptoir", archetype="chat", posts_count=61, author=None)
    leads = (
        f'<p><a href="{URL}{FAR}">là</a> <a href="/chat/c/-/5/t/3">le fil</a> <a href="/chat/c/-/6/1">ailleurs</a></p>'
    )
    raw = f"[là]({URL}{FAR}) [le fil](/chat/c/-/5/t/3) {URL}/chat/c/-/5/1201 [ailleurs](/chat/c/-/6/1)"
    messages = [said(1200 + n, n) for n in range(1, 61)] + [said(7, 70)]
    keep(store, [channel], messages)  # type: ignore[arg-type]
    keep(store, [topic(20, "Un sujet")], [post(400, 20, 1, raw, cooked=leads, author=BILAL)])
    return forum


def website(folder: Path, style: str = "website", *, public: bool = False) -> Path:
    """The forum as a site."""
    with Store.open(str(folder / "archive.sqlite")) as store:
        forum = talkative(store)
        with store.read() as connection:
            to = target(str(folder / "site"), style, URL)
            export(Reader(connection, forum), style, to, ArchiveFilter(public=public))
    return folder / "site"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of it as a site."""
    return website(tmp_path_factory.mktemp("chat"))


@pytest.fixture(scope="module", params=SERVERS)
def any_server(request: pytest.FixtureRequest, site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of each kind."""
    with running(request.param, site, site / RULES[request.param], tmp_path_factory.mktemp(request.param)) as address:
        yield address


def test_an_address_of_the_chat_answers(any_server: str) -> None:
    with httpx.Client(follow_redirects=True) as visitor:
        found = {old: ends(visitor, any_server, old) for old in OLD}
    assert {old: landed for old, (_answer, landed) in found.items()} == OLD
    assert {answer.status_code for answer, _landed in found.values()} == {200}
    assert "Le comptoir" in found["/chat"][0].text


@without_nginx
@needs_chromium
def test_a_browser_finds_the_chat_where_a_server_has_no_rules(browser: Browser, site: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain.conf"
    rules = "server { listen 80; root x; index index.html; absolute_redirect off; error_page 404 /404.html; }"
    plain.write_text(rules, encoding="utf-8")
    with served(site, plain, tmp_path / "nginx") as address:
        page = browser.new_page()
        for old, to in OLD.items():
            page.goto(address + old)
            page.wait_for_url(f"{address}{to}", wait_until="domcontentloaded")
        page.close()


@needs_chromium
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_pages_with_chat_are_easy_to_read(browser: Browser, site: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    visit = Visit(page, site)
    for path in ("index", "category/1", "topic/chat-5", "topic/chat-5-2", "topic/20", "chat/index", "chat/12xx"):
        visit.open(f"{path}.html")
        visit.judge()
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{path.replace('/', '-')}-{width}.png", full_page=True)
    page.close()
    assert visit.faults == []


def test_links_between_posts_lead_to_what_was_said_in_chat(site: Path, tmp_path: Path) -> None:
    page = (site / "topic/20.html").read_text(encoding="utf-8")
    for to in ("../topic/chat-5-2.html#post-60", "../topic/chat-5.html#post-1", f"{URL}/chat/c/-/6/1"):
        assert f'href="{to}"' in page
    text = (website(tmp_path, "md") / "topics/20-sujet-20.md").read_text(encoding="utf-8")
    file = "chat-5-le-comptoir.md"
    assert f"[là]({file}#post-60) [le fil]({file}) [{URL}/chat/c/-/5/1201]({file}#post-1) [ailleurs](/chat" in text


def test_where_the_chat_was_not_public_a_page_says_so(tmp_path: Path) -> None:
    with_it, text = website(tmp_path, public=True), "What was said in the forum’s chat is not in this archive."
    assert text in (with_it / "chat/index.html").read_text(encoding="utf-8")
    assert {one.name for one in (with_it / "chat").iterdir()} == {"index.html"}
