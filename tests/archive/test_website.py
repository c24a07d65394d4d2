"""A site in its forum's place: whoever follows a link of old finds what it led to."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import update

from koweb_sync.archive.exports.export import export, target
from koweb_sync.archive.read.model import ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store
from tests.archive.exhibits import BILAL, PNG, START, URL, friendly, hold, keep, post, topic
from tests.archive.test_export_site import CHROMIUM, QUIET, Visit, look_for
from tests.archive.web_server import NGINX, served

SHA = "0123456789abcdef0123456789abcdef01234567"
UPLOAD = f"/uploads/default/original/2X/0/{SHA}.png"
without_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian: nginx-light)")


def lasting(store: Store) -> int:
    """The friendly forum with a topic of three pages in which post 70 shows an upload."""
    forum = friendly(store)
    shown = f'<p>Le plan <img src="{URL}{UPLOAD}" alt="plan"></p>'
    texts = [post(100 + n, 13, n, f"La réponse {n}.", author=BILAL) for n in range(1, 121) if n != 70]
    keep(
        store,
        [topic(13, "Une longue histoire", slug="une-longue-histoire", posts_count=120, last_posted=START)],
        [*texts, post(170, 13, 70, "Le plan", cooked=shown, author=BILAL)],
    )
    hold(store, [(f"{URL}{UPLOAD}", PNG, "image/png")])
    with store.begin() as connection:
        connection.execute(update(schema.UPLOADS).values(keyed=0))  # everybody gets them
    return forum


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What everybody could read of it, as a site."""
    folder = tmp_path_factory.mktemp("website")
    with Store.open(str(folder / "archive.sqlite")) as store:
        forum = lasting(store)
        with store.read() as connection:
            to = target(str(folder / "site"), "website", URL)
            export(Reader(connection, forum), "website", to, ArchiveFilter(public=True))
    return folder / "site"


@pytest.fixture(scope="module")
def server(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of it."""
    with served(site, site / "servers" / "nginx.conf", tmp_path_factory.mktemp("nginx")) as address:
        yield address


OLD = {
    "/": "/",
    "/latest": "/latest/",
    "/t/choisir-un-outil-a-plusieurs/10": "/topic/10.html",
    "/t/sujet-10/10": "/topic/10.html",
    "/t/10": "/topic/10.html",
    "/t/10/": "/topic/10.html",
    "/t/-/10": "/topic/10.html",
    "/t/sujet-10/10/2": "/topic/10.html#post-2",
    "/t/10/3?u=bilal": "/topic/10.html#post-3",
    "/t/10/print": "/topic/10.html",
    "/t/sujet-10/10.rss": "/topic/10.html",
    "/t/un-autre-titre/13/1": "/topic/13.html#post-1",
    "/t/13/50": "/topic/13.html#post-50",
    "/t/13/51": "/topic/13-2.html#post-51",
    "/t/une-longue-histoire/13/99": "/topic/13-2.html#post-99",
    "/t/13/100": "/topic/13-2.html#post-100",
    "/t/13/101": "/topic/13-3.html#post-101",
    "/t/2024/13/120": "/t/2024/13/120",
    "/c/salon/1": "/category/1.html",
    "/c/salon/1/l/latest": "/category/1.html",
    "/c/salon": "/c/salon/",
    "/c/1": "/category/1.html",
    "/c/nulle-part/77": "/index.html",
    "/tag/outils": "/tag/outils/",
    "/tag/outils/5": "/tag/outils/",
    "/tag/été": None,
    "/u/bilal": "/u/bilal/",
    "/u/bilal/summary": "/u/bilal/",
    "/users/bilal/activity": "/u/bilal/",
    "/u/quelqu-un": "/u/",
    UPLOAD: None,
    f"/uploads/default/optimized/2X/0/{SHA}_2_690x388.png": None,
    "/uploads/default/original/1X/plan.png": None,
    "/search?q=outil": "/search/",
}


@without_nginx
@pytest.mark.parametrize("old", [one for one in OLD if one != "/t/2024/13/120"])
def test_an_old_address_answers(server: str, old: str) -> None:
    answer = httpx.get(server + old, follow_redirects=True)
    assert answer.status_code == 200
    hops = [server + old, *(str(one.headers["location"]) for one in answer.history)]
    if (expected := OLD[old]) is not None:
        landed = urlsplit(hops[-1])
        assert landed.path + (f"#{landed.fragment}" if landed.fragment else "") == expected
    if old.startswith("/uploads/"):
        assert answer.content == PNG
    assert all(one.startswith(("/", server)) for one in hops)


@without_nginx
@pytest.mark.parametrize(
    "old", ["/t/12", "/t/sujet-12/12/1", "/t/99999", "/t/2024/13/120", "/servers/nginx.conf", "/x"]
)
def test_what_was_not_public_answers_that_nothing_is_there(server: str, old: str) -> None:
    answer = httpx.get(server + old, follow_redirects=True)
    assert answer.status_code == 404
    assert "Nothing is at this address" in answer.text


def test_pages_of_members_are_those_of_people_who_are_named(site: Path) -> None:
    assert {one.name for one in (site / "u").iterdir()} == {"bilal", "claire", "index.html"}


def test_what_only_staff_could_read_has_no_address(site: Path) -> None:
    written = {one.relative_to(site).as_posix() for one in site.rglob("*")}
    assert {"t/10", "t/sujet-10/10/index.html"} <= written
    assert not {"t/11", "t/12", "c/salon/equipe", "c/2"} & written


# ---- in a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium."""
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
        yield started
        started.close()


@without_nginx
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_a_browser_finds_its_way_where_a_server_has_no_rules(browser: Browser, site: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain.conf"
    rules = "server { listen 80; root x; index index.html; absolute_redirect off; error_page 404 /404.html; }"
    plain.write_text(rules, encoding="utf-8")
    with served(site, plain, tmp_path / "nginx") as address:
        page = browser.new_page()
        for old in FOLLOWED:
            page.goto(address + quote(old, safe="/?="))
            expected = LANDED.get(str(OLD[old]), str(OLD[old]))
            page.wait_for_url(address + expected, wait_until="domcontentloaded")
        page.goto(f"{address}/t/-/12")  # nobody but staff could read it
        page.wait_for_url(f"{address}/t/12/", wait_until="domcontentloaded")
        assert page.locator("#lost").count() == 1
        page.goto(address + quote("/tag/été"))
        page.wait_for_url(re.compile(r"/tag/[0-9a-f]{16}\.html$"))
        page.close()


FOLLOWED = (
    *("/latest", "/t/sujet-10/10", "/t/-/10", "/t/10/3?u=bilal", "/t/13/100", "/t/un-autre-titre/13/1"),
    *("/c/salon/1/l/latest", "/c/salon", "/tag/outils/5", "/users/bilal/activity", "/u/quelqu-un"),
)
LANDED = {  # a server without rules shows a folder's page first, whose script leads on
    "/latest/": "/index.html",
    "/c/salon/": "/category/1.html",
    "/tag/outils/": f"/tag/{hashlib.sha256(b'outils').hexdigest()[:16]}.html",
    "/search/": "/search.html",
}


@without_nginx
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_pages_are_easy_to_read_and_ask_nobody_else(browser: Browser, server: str, site: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    visit = Visit(page, site)
    for path in ("/404-nothing", "/u/", "/u/bilal/", "/index.html", "/t/13/101"):
        page.goto(server + path)
        visit.judge()
    page.goto(f"{server}/search.html")
    look_for(page, "réponse 113")
    assert page.locator("#found li").count() == 1
    own = [one for one in visit.faults if not one.startswith(("request: ", "console: Failed to load resource"))]
    assert own == []
    assert {urlsplit(one).netloc for one in asked} == {urlsplit(server).netloc}
    page.close()
