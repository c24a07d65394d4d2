"""A site in its forum's place: whoever follows a link of old finds what it led to."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import update

from koweb_sync.archive.exports import hosting
from koweb_sync.archive.exports.export import export, target
from koweb_sync.archive.exports.old_addresses import MovedAddress, distinct
from koweb_sync.archive.exports.site_links import page_of, topic_page
from koweb_sync.archive.read.model import ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store, put
from tests.archive.exhibits import BILAL, PNG, START, URL, friendly, hold, keep, post, topic
from tests.archive.old_links import FOLLOWED, OLD, PERMALINKS, SAME, UNLED, UPLOAD
from tests.archive.test_export_site import Visit, look_for
from tests.archive.web_server import NGINX, PACKAGES, RULES, program, running, served
from tests.browsing import needs_chromium

without_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian: nginx-light)")


def lasting(store: Store) -> int:
    """The friendly forum with a topic of three pages in which post 70 shows an upload, and a category in another one
    that has no topic of its own.
    """
    forum = friendly(store)
    with store.begin() as connection:
        places = [(30, "Ailleurs", "ailleurs", None), (31, "Loin", "ailleurs/loin", 30), (32, "Rien", "rien", None)]
        places += [(33, "Été", "%C3%A9t%C3%A9", None), (34, "Plage", "%C3%A9t%C3%A9/plage", 33)]
        rows = [{"forum": forum, "id": i, "name": n, "slug": p, "path": p, "parent": up} for i, n, p, up in places]
        put(connection, schema.CATEGORIES, rows)
    keep(store, [topic(14, "Un lieu", category=31)], [post(300, 14, 1, "On se retrouve là-bas.", author=BILAL)])
    keep(store, [topic(15, "La mer", category=34)], [post(301, 15, 1, "On y nage.", author=BILAL)])
    shown = f'<p>Le plan <img src="{URL}{UPLOAD}" alt="plan"> <img src="{URL}{SAME}" alt="encore"></p>'
    texts = [post(100 + n, 13, n, f"La réponse {n}.", author=BILAL) for n in range(1, 121) if n != 70]
    keep(
        store,
        [
            topic(
                13,
                "Une longue histoire",
                slug="une-longue-histoire",
                tags=("deux mots", "🙂", "100%", "con"),
                posts_count=120,
                last_posted=START,
            )
        ],
        [*texts, post(170, 13, 70, "Le plan", cooked=shown, author=BILAL)],
    )
    with store.begin() as connection:
        names = ("id", "url", "topic", "post", "category", "tag", "target")
        rows = [dict(zip(names, one, strict=True), forum=forum) for one in PERMALINKS]
        put(connection, schema.PERMALINKS, rows)
    hold(store, [(f"{URL}{UPLOAD}", PNG + b"\n", "image/png"), (f"{URL}{SAME}", PNG, "image/png")])
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
            reader = Reader(connection, forum)
            reader.closed = True
            done = export(reader, "website", to, ArchiveFilter(public=True))
    assert done.unled == UNLED
    return folder / "site"


SERVERS = [
    pytest.param(
        one, marks=pytest.mark.skipif(program(one) is None, reason=f"{one} is not installed (Debian: {package})")
    )
    for one, package in PACKAGES.items()
]


@pytest.fixture(scope="module")
def server(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an nginx that serves it."""
    with served(site, site / RULES["nginx"], tmp_path_factory.mktemp("nginx")) as address:
        yield address


@pytest.fixture(scope="module", params=SERVERS)
def any_server(request: pytest.FixtureRequest, site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of each kind."""
    with running(request.param, site, site / RULES[request.param], tmp_path_factory.mktemp(request.param)) as address:
        yield address


@pytest.fixture(scope="module")
def visitor() -> Iterator[httpx.Client]:
    """Somebody who follows links: one for all, for each takes a moment to begin."""
    with httpx.Client(follow_redirects=True) as one:
        yield one


def ends(visitor: httpx.Client, server: str, old: str) -> tuple[httpx.Response, str]:
    """What a reader of an old address finds, by a browser that follows what pages lead to: the answer, and its path."""
    answer = visitor.get(server + old)
    hops = [server + old, *(str(urljoin(str(one.url), one.headers["location"])) for one in answer.history)]
    assert all(one.startswith(f"{server}/") for one in hops)
    fragment = urlsplit(hops[-1]).fragment
    path = urlsplit(hops[-1]).path
    if fragment and (listed := re.search(rf'id="{fragment}"><a href="([^"]+)"', answer.text)):
        return ends(visitor, server, urljoin(path, listed[1]))
    if lead := re.search(r'<a id="to" href="([^"]+)"(?: data-pages="([^"]+)")?', answer.text):
        _scheme, _host, to, _asked, own = urlsplit(urljoin(path, unquote(lead[1])))
        if (number := fragment.removeprefix("post-")) and page_of(int(number)) > 1:
            to = topic_page(int(to[7:-5]), page_of(int(number)), frozenset(map(int, (lead[2] or "1").split())))
        answer, path = ends(visitor, server, f"/{to.lstrip('/')}")
        fragment = fragment or own
        return answer, path + (f"#{fragment}" if fragment else "")
    path = "/index.html" if path == "/" else re.sub(r"(?<=.)/index\.html$", "/", path)
    return answer, path + (f"#{fragment}" if fragment else "")


@pytest.mark.parametrize("old", OLD)
def test_an_old_address_answers(visitor: httpx.Client, any_server: str, old: str) -> None:
    answer, landed = ends(visitor, any_server, old)
    assert landed == OLD[old] or OLD[old] is None
    assert answer.status_code == (404 if OLD[old] is None else 200)
    if old.startswith("/uploads/"):
        assert answer.content.startswith(PNG)
    assert urlsplit(landed).fragment in answer.text


@pytest.mark.parametrize(
    "old",
    [
        *("/t/12", "/t/sujet-12/12/1", "/t/99999", "/t/2024/13/120", "/servers/nginx.conf", "/x", "/p/99999"),
        *("/servers/Caddyfile", "/uploads/default/optimized/2X/0/rien_2_10x10.png", "/.htaccess-old"),
        *(
            "/tag/a%3Fb/l/latest",
            "/tags/c/salon/1/a%23b",
            "/c/equipe/2",
            "/t/",
            "/uploads/default",
            "/uploads/default/",
        ),
    ],
)
def test_what_was_not_public_answers_that_nothing_is_there(visitor: httpx.Client, any_server: str, old: str) -> None:
    answer = visitor.get(any_server + old)
    assert answer.status_code == 404
    assert "Nothing is at this address" in answer.text


def test_nobody_writes_into_the_answers_of_a_server(visitor: httpx.Client, any_server: str) -> None:
    for path in ("/u/x%0d%0aset-cookie:a=b/summary", "/users/x%0aset-cookie:a=b", "/tag/x%0d%0aset-cookie:a=b/5"):
        answer = visitor.get(any_server + path, follow_redirects=False)
        assert "set-cookie" not in answer.headers, path


def test_a_post_that_was_not_public_has_no_address(site: Path) -> None:
    ids = [int(one) for page in (site / "p").iterdir() for one in re.findall(r'id="post-(\d+)"', page.read_text())]
    assert sorted(ids) == [1, 2, 3, *range(101, 221), 300, 301]


def test_its_pages_say_that_there_is_no_forum_any_more(site: Path) -> None:
    assert "The forum is closed." in (site / "index.html").read_text().partition("<main")[2].partition("<footer")[0]
    for page in site.rglob("*.html"):
        assert "On the forum" not in page.read_text(), page
        assert "The forum is closed." in page.read_text(), page


def test_pages_of_members_are_those_of_people_who_are_named(site: Path) -> None:
    assert {one.name for one in (site / "u").iterdir()} == {"bilal", "claire", "index.html"}


def test_every_page_has_a_name_that_every_disk_takes(site: Path) -> None:
    names = {one.name.lower() for one in site.rglob("*")}
    assert "auxiliaires" in names
    assert not {"aux", "con", "nul.html", "fin."} & names


def test_what_only_staff_could_read_has_no_address(site: Path) -> None:
    written = {one.relative_to(site).as_posix() for one in site.rglob("*")}
    assert {"t/10", "t/sujet-10/10/index.html"} <= written
    assert not {"t/11", "t/12", "c/salon/equipe", "c/2"} & written


# ---- in a browser


@without_nginx
@needs_chromium
def test_a_browser_finds_its_way_where_a_server_has_no_rules(browser: Browser, site: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain.conf"
    rules = "server { listen 80; root x; index index.html; absolute_redirect off; error_page 404 /404.html; }"
    plain.write_text(rules, encoding="utf-8")
    with served(site, plain, tmp_path / "nginx") as address:
        page = browser.new_page()
        for old in FOLLOWED:
            page.goto(address + quote(old, safe="/?=&;#"))
            query = f"?{urlsplit(old).query}" if "/search" in old else ""
            page.wait_for_url(f"{address}{OLD[old]}{query}", wait_until="domcontentloaded")
        page.goto(f"{address}/t/-/12")  # nobody but staff could read it
        page.wait_for_url(f"{address}/t/12/", wait_until="domcontentloaded")
        assert page.locator("#lost").count() == 1
        page.goto(f"{address}/p/5")  # whispered
        page.wait_for_url(f"{address}/p/xx.html#post-5", wait_until="domcontentloaded")
        expect(page.locator("#none")).to_be_visible()
        page.close()


@without_nginx
@needs_chromium
def test_an_old_search_finds_its_words(browser: Browser, server: str) -> None:
    page = browser.new_page()
    page.goto(f"{server}/search?q=r%C3%A9ponse%20113%20order:latest%20%40bilal%20%23salon")
    page.wait_for_url(f"{server}/search.html?q=*")
    assert page.get_by_role("searchbox").input_value() == "réponse 113"
    expect(page.locator("#found li")).to_have_count(1)
    page.goto(f"{server}/search.html")
    assert page.get_by_role("searchbox").input_value() == ""
    page.close()


def test_the_list_of_a_category_shows_what_stands_below_it(site: Path) -> None:
    assert "Un lieu" in (site / "category/30.html").read_text(encoding="utf-8")
    assert "Un lieu" not in (site / "category/1.html").read_text(encoding="utf-8")
    assert not (site / "category/2.html").exists(), "only staff could read it"


@without_nginx
@needs_chromium
def test_pages_are_easy_to_read_and_ask_nobody_else(browser: Browser, server: str, site: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    visit = Visit(page, site)
    for path in ("/404-nothing", "/p/1xx.html", "/u/", "/u/bilal/", "/index.html", "/t/13/101", "/about"):
        page.goto(server + path)
        visit.judge()
    page.goto(f"{server}/search.html")
    look_for(page, "réponse 113")
    assert page.locator("#found li").count() == 1
    own = [one for one in visit.faults if not one.startswith(("request: ", "console: Failed to load resource"))]
    assert own == []
    assert {urlsplit(one).netloc for one in asked} == {urlsplit(server).netloc}
    page.close()


@pytest.mark.parametrize("name", RULES)
def test_a_forum_that_led_on_from_very_many_addresses_with_a_query_is_served(name: str, tmp_path: Path) -> None:
    if program(name) is None:
        pytest.skip(f"{name} is not installed (Debian: {PACKAGES[name]})")
    root = tmp_path / "www"
    moved = [MovedAddress("/viewtopic.php", f"topic/{n}.html", f"t={n}") for n in range(1, 20_001)]
    moved += [MovedAddress("/viewtopic.php", f"topic/1.html#post-{n}", f"p={n}") for n in range(1, 5_001)]
    moved += [MovedAddress("/un.php", f"topic/{n}.html", f"nom{n}=a") for n in range(1, 41)]
    for path, text in hosting.written("https://kafe.example.org", distinct(moved), []):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    with running(name, root, root / RULES[name], tmp_path / "work") as server, httpx.Client() as visitor:
        for old, to in (("un.php?nom1=a", 1), ("un.php?nom40=a", 40), ("viewtopic.php?f=2&t=10", 10)):
            answer = visitor.get(f"{server}/{old}")
            assert answer.status_code == 301, old
            assert answer.headers["location"].removeprefix(server) == f"/topic/{to}.html", old
        assert visitor.get(f"{server}/viewtopic.php?t=0").status_code == 404
