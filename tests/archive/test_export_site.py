"""The pages of an archive in a real browser, from a disk: nothing runs, no network is asked, everybody can read."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from datasette.utils import escape_fts  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Dialog, Page, Request, Route, expect
from sqlalchemy import select

from koweb_sync import i18n
from koweb_sync.archive.exports.export import export, target
from koweb_sync.archive.exports.site_search import plain
from koweb_sync.archive.privacy import subject_page
from koweb_sync.archive.privacy.subject import gather
from koweb_sync.archive.read.model import ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store import schema, search_hits
from koweb_sync.archive.store.store import Store
from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import archive_of
from tests.archive.exhibits import BOMB, CLAIRE, PAGE, PNG, START, SVG, URL, crowd, friendly, hostile, keep, post, topic
from tests.browsing import WIDER, needs_chromium
from tests.gate import in_every
from tests.sandbox.attacks import dangers
from tests.sandbox.fair import Fair

pytestmark = needs_chromium
# What depends on the scheme is contrast alone.
JUDGED: dict[Literal["light", "dark"], str] = {
    "light": "{preload: false, resultTypes: ['violations']}",
    "dark": "{preload: false, resultTypes: ['violations'], runOnly: ['color-contrast']}",
}
LINKS = "() => [...document.querySelectorAll('[href], [src]')].map(one => one.href || one.src)"
ANCHORS = """() => [...document.querySelectorAll('a[href^="#"]')].map(one => decodeURIComponent(one.hash.slice(1)))
    .filter(name => name && !document.getElementById(name))"""
SEARCH = {"script", "form", "input", "button", "noscript"}
PICTURES = """() => Promise.allSettled([...document.images].map(one => { one.loading = 'eager'; return one.decode(); }))
    .then(() => [...document.images].filter(one => !one.naturalWidth).map(one => one.src))"""


@dataclass
class Visit:
    """Somebody who reads pages from a disk, and notes whatever a harmless page does not do."""

    page: Page
    root: Path
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.faults.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("dialog", self.dialog)
        self.page.on("request", self.request)
        self.page.on("popup", lambda page: self.faults.append(f"popup: {page.url}"))
        self.page.on("download", lambda file: self.faults.append(f"download: {file.url}"))

    def dialog(self, dialog: Dialog) -> None:
        """Something ran."""
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def request(self, request: Request) -> None:
        """Something was asked for."""
        if not request.url.startswith(self.root.as_uri() + "/"):
            self.faults.append(f"request: {request.url}")

    def open(self, path: str) -> None:
        """Open a page."""
        self.page.goto(f"{self.root.as_uri()}/{path}")

    def judge(self) -> None:
        """Note what makes the page hard to read."""
        self.page.evaluate(Axe().axe_script)
        for scheme, how in JUDGED.items():
            self.page.emulate_media(color_scheme=scheme)
            found = AxeResults(self.page.evaluate(f"axe.run({how})"))
            self.faults += [f"{self.page.url}: {found.generate_report()}"] if found.violations_count else []
        if wider := self.page.evaluate(WIDER):
            self.faults.append(f"{self.page.url}: {wider} pixels too wide")
        self.faults += [f"{self.page.url}: no picture {one}" for one in self.page.evaluate(PICTURES)]
        self.faults += [f"{self.page.url}: no anchor {one}" for one in self.page.evaluate(ANCHORS)]


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Visit]:
    """A reader at a desk."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield Visit(page, tmp_path / "site")
    page.close()


def site(store: Store, forum: int, folder: Path, wanted: ArchiveFilter | None = None) -> Path:
    """The pages of an archive."""
    with store.read() as connection:
        export(Reader(connection, forum), "site", target(str(folder), "site", URL), wanted or ArchiveFilter())
    return folder


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Store]:
    """An empty archive in a file."""
    with Store.open(str(tmp_path / "archive.sqlite")) as store:
        yield store


def pages(folder: Path) -> list[str]:
    """All pages of a site."""
    return sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*.html"))


# ---- attacks


def test_nothing_runs_and_nothing_is_asked_of_a_network(file: Store, visit: Visit) -> None:
    folder = site(file, hostile(file), visit.root)
    for path in pages(folder):
        visit.open(path)
        visit.page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })")
        for summary in visit.page.locator("main [tabindex]").all()[:5]:
            summary.focus()
    visit.open("search.html")
    for words in ("alert", "script", "HYPERLINK gratuit", "rouge"):
        look_for(visit.page, words)
    visit.page.wait_for_timeout(300)
    assert visit.faults == []


def test_no_page_holds_anything_that_could_run(file: Store, tmp_path: Path) -> None:
    folder = site(file, hostile(file), tmp_path / "site")
    for path in pages(folder):
        text = (folder / path).read_text()
        policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
        assert policy is not None
        assert policy[1].startswith("default-src 'none'; img-src 'self' data:")
        own = {"meta", "title", "link"} | (SEARCH if path == "search.html" else set())
        assert [one for one in dangers(text) if one not in own] == [], path


def test_files_are_what_they_are_and_not_what_they_say(file: Store, tmp_path: Path) -> None:
    folder = site(file, hostile(file), tmp_path / "site")
    kept = {one.read_bytes(): one for one in (folder / "files").iterdir()}
    assert kept[PAGE].suffix == ".bin"
    assert {one.suffix for one in (folder / "files").iterdir()} == {".png", ".bin", ".svg"}
    assert all(re.fullmatch(r"[0-9a-f]{64}", one.stem) for one in kept.values())
    text = (folder / "topic" / "20.html").read_text()
    bomb = hashlib.sha256(BOMB).hexdigest()
    assert f'src="../files/{bomb}' not in text
    assert f'href="../files/{hashlib.sha256(SVG).hexdigest()}.svg' not in text
    assert f'src="../files/{hashlib.sha256(SVG).hexdigest()}.svg"' in text
    assert "too large to be shown" in text


# ---- readers


@pytest.mark.parametrize("language", ["fr", in_every("en")])
@pytest.mark.parametrize("width", [390, in_every(1280)])
def test_every_page_can_be_read_by_everybody(
    browser: Browser, tmp_path: Path, width: int, language: str, file: Store
) -> None:
    i18n.activate(language)
    friendly(file)
    keep(file, [topic(13, "Deux cents messages", posts_count=120)], [
        post(100 + n, 13, n, f"Message {n}", reply_to=n - 1 if n > 1 else None) for n in range(1, 121)
    ])  # fmt: skip
    with Sandbox.start(flavour="2025" if language == "fr" else "2022") as box, archive_of(box, tmp_path) as archive:
        fair = Fair(box)
        archive.run()
        rich = site(archive.store, archive.forum, tmp_path / "rich")
        shown = [f"topic/{fair.rich.id}.html", "index.html", "index-2.html"]
    page = browser.new_page(viewport={"width": width, "height": 900})
    visit = Visit(page, site(file, 1, tmp_path / "site"))
    for path in pages(visit.root):
        visit.open(path)
        assert page.evaluate("document.documentElement.lang") == language
        visit.judge()
    visit.root = rich
    for path in shown[:2]:
        visit.open(path)
        visit.judge()
    visit.open("search.html")
    look_for(page, "outil")
    expect(page.locator("#found li").nth(1)).to_be_visible()
    visit.judge()
    page.close()
    assert visit.faults == []


def test_no_link_leads_nowhere(file: Store, visit: Visit) -> None:
    forum = friendly(file)
    keep(file, [topic(13, "Trous", posts_count=120)], [
        post(100 + n, 13, n, "x", cooked=f'<p><a href="/t/-/13/{n * 7}">plus loin</a> <a href="/t/10/3">là</a></p>',
             reply_to=n - 1 if n > 60 else None) for n in [*range(60, 70), *range(170, 175)]
    ])  # fmt: skip
    folder = site(file, forum, visit.root)
    for path in pages(folder):
        visit.open(path)
        for link in visit.page.evaluate(LINKS):
            place, fragment = urldefrag(link)
            if not place.startswith("file:"):
                assert place.startswith(URL)
                continue
            found = Path(unquote(urlsplit(place).path))
            assert found.is_file(), f"{path}: {link}"
            assert not fragment or f'id="{fragment}"' in found.read_text(), f"{path}: {link}"
    assert visit.faults == []


def test_a_topic_shows_answers_likes_texts_and_what_is_gone(file: Store, visit: Visit) -> None:
    site(file, friendly(file), visit.root)
    visit.open("topic/10.html")
    page = visit.page
    second = page.locator("#post-2")
    expect(second).to_contain_text("in reply to Claire Moreau")
    expect(second).to_contain_text("3 likes: Claire Moreau, Bilal Meziane")
    expect(second.locator(".answers a")).to_have_attribute("href", "../topic/10.html#post-3")
    expect(second.locator(".cooked a")).to_have_attribute("href", "../topic/11.html#post-1")
    assert second.locator("img").get_attribute("src") == f"../files/{hashlib.sha256(PNG).hexdigest()}.png"
    expect(page.locator("#post-4")).to_contain_text("deleted on the forum")
    expect(page.locator("#post-4")).to_contain_text("Une erreur.")
    expect(page.locator("#post-5")).to_contain_text("only for the team")
    third = page.locator("#post-3")
    third.locator("summary", has_text="other text").click()
    expect(third.locator(".version")).to_contain_text("Merci !")
    expect(page.locator("#post-1 .poll")).to_contain_text("Le mardi 2 votes Claire Moreau, Bilal Meziane")
    visit.open("topic/11.html")
    expect(page.locator(".action")).to_contain_text("closed the topic")


def test_what_is_not_public_can_be_left_out(file: Store, tmp_path: Path) -> None:
    folder = site(file, friendly(file), tmp_path / "site", ArchiveFilter(public=True))
    text = "".join((folder / path).read_text() for path in pages(folder)) + "".join(
        one.read_text() for one in (folder / "search").iterdir()
    )
    assert "Un pad" in text
    for secret in ("Une erreur", "Entre nous", "On ne doit pas me perdre", "Équipe", "est une formule"):
        assert secret not in text


def test_a149_the_page_about_a_person_is_read_by_everybody_on_any_screen(file: Store, visit: Visit) -> None:
    forum = friendly(file)
    with file.read() as connection:
        told = gather(connection, forum, CLAIRE.id, START)
    told["posts"][0]["title"] = f"<b>{'long' * 40} \u202eabc"
    visit.root.mkdir()
    (visit.root / "claire.html").write_text(subject_page.page(told), encoding="utf-8")
    for width in (390, 1280):
        visit.page.set_viewport_size({"width": width, "height": 900})
        visit.open("claire.html")
        visit.judge()
    assert visit.faults == []
    assert visit.page.locator("h3 b").count() == 0
    assert visit.page.get_by_text("abc").first.inner_text().endswith(" abc")


# ---- the search


def look_for(page: Page, words: str) -> str:
    """Search, and wait for what is said."""
    page.evaluate("document.getElementById('state').textContent = ''")
    page.get_by_role("searchbox").fill(words)
    page.keyboard.press("Enter")
    state = page.locator("#state")
    expect(state).not_to_have_text("")
    expect(state).not_to_have_text(page.evaluate("document.getElementById('state').dataset.reading"))
    return state.inner_text()


def test_the_search_works_without_a_network(file: Store, visit: Visit) -> None:
    site(file, friendly(file), visit.root)
    visit.open("search.html")
    page = visit.page
    look_for(page, "carn ete")
    assert page.locator("#found li").count() == 0
    assert look_for(page, "CARNETS Été") == "One post."
    expect(page.locator("#found mark").first).to_have_text("carnet")
    page.locator("#found a").first.click()
    expect(page).to_have_url(re.compile(r"topic/10\.html#post-1$"))
    visit.open("search.html")
    assert look_for(page, "hippopotame") == "No post was found."
    assert look_for(page, "carnet hippopotame") == "No post has all these words."
    assert visit.faults == []


def test_what_is_found_stands_there_once_its_number_is_said(file: Store, visit: Visit) -> None:
    site(file, friendly(file), visit.root)

    def late(route: Route) -> None:
        visit.page.wait_for_timeout(300)
        route.continue_()

    visit.page.route("**/search/p*.js", late)
    visit.open("search.html")
    assert look_for(visit.page, "carnet") == "One post."
    assert visit.page.locator("#found li").count() == 1


@pytest.mark.parametrize("broken", ["missing", "cut short"])
@pytest.mark.parametrize("name", ["p0", "w0"])
def test_a_file_of_the_search_that_cannot_be_read_is_named(file: Store, visit: Visit, name: str, broken: str) -> None:
    piece = site(file, friendly(file), visit.root) / "search" / f"{name}.js"
    whole = piece.read_text()
    piece.unlink() if broken == "missing" else piece.write_text(whole[:-40])
    visit.open("search.html")
    assert f"search/{name}.js could not be read." in look_for(visit.page, "carnet")
    expect(visit.page.locator("#more")).to_be_hidden()
    piece.write_text(whole)
    assert look_for(visit.page, "carnet") == "One post."


def test_more_is_shown_once_however_often_it_is_asked_for(file: Store, visit: Visit) -> None:
    site(file, crowd(file, 60), visit.root)
    page = visit.page

    def late(route: Route) -> None:
        page.wait_for_timeout(200)
        route.continue_()

    page.route("**/search/p*.js", late)
    visit.open("search.html")
    said = look_for(page, "mieux")
    page.evaluate("() => { const more = document.getElementById('more'); more.click(); more.click(); more.click(); }")
    expect(page.locator("#found li")).to_have_count(40)
    page.locator("#more").click()
    expect(page.locator("#more")).to_be_hidden()
    links = page.locator("#found a").evaluate_all("all => all.map(one => one.href)")
    assert len(links) == len(set(links)) > 40
    assert said.startswith(f"{len(links)} posts")
    assert page.locator("#state").inner_text() == said


def test_a_piece_from_another_export_is_no_piece_of_this_one(file: Store, visit: Visit) -> None:
    folder = site(file, friendly(file), visit.root) / "search"
    (folder / "p0.js").write_text('koweb("p0", []);', encoding="utf-8")
    visit.open("search.html")
    assert look_for(visit.page, "carnet").startswith("search could not be read.")
    assert visit.page.locator("#found li").count() == 0


def test_the_search_of_a_big_forum_reads_little_and_finds_each_word(file: Store, visit: Visit) -> None:
    folder = site(file, crowd(file, 12_000), visit.root)
    pieces = [one for one in (folder / "search").iterdir() if one.name.startswith("w") and one.name != "words.js"]
    assert len(pieces) > 1
    assert max(one.stat().st_size for one in (folder / "search").iterdir()) < 600_000
    visit.open("search.html")
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    for number in (0, 7, 4_567, 11_999):
        assert look_for(visit.page, f"n{number}") == "One post."
        texts = visit.page.locator("#found .excerpt").all_inner_texts()
        assert any(re.search(rf"\bn{number}\b", one) for one in texts), number
    assert look_for(visit.page, "mieux réponse n11999") == "One post."
    assert len(asked) < 60
    assert visit.faults == []


SAID = (
    "Les réseaux locaux et un journal, l’été",
    "Aujourd’hui, le réseau local : des journaux, deux ateliers, une catégorie",
    "Un atelier à la maison d’Hélène, main-d’œuvre comprise",
    "La maison communale ; d’autres communications. Mais pas en mai.",
    "Mais oui : the categories, a category, two boxes",
)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("réseau", {1, 2}), ("RESEAUX", {1, 2}), ("journaux", {1, 2}), ("journal local", {1, 2}),
        ("ateliers", {2, 3}), ("l'été", {1}), ("ete", {1}), ("aujourd'hui", {2}), ("aujourd’hui", {2}),
        ("main-d'œuvre", {3}), ("oeuvres", {3}), ("Œuvre", {3}), ("helene", {3}), ("catégories", {2, 5}),
        ("category", {2, 5}), ("box", {5}), ("mai", {4}), ("communs", set()), ('"la maison"', {3, 4}),
        ('"maison la"', set()), ('"réseaux locaux"', {1}), ("maison d'Hélène", {3}), ("vie-du-lieu", {1}),
        ("Rencontres", {1}), ('"première rencontre"', {1}), ("lieux maison", set()), ("lieu", {1}),
    ],
)  # fmt: skip
def test_a144_terminal_site_and_datasette_find_the_same(
    said: tuple[Store, int, Page], words: str, wanted: set[int]
) -> None:
    store, forum, page = said
    with store.read() as connection:
        row = schema.POSTS.c.row
        number = {int(one.row): int(one.id) for one in connection.execute(select(row, schema.POSTS.c.id))}
        terminal = {number[one.row] for one in search_hits.find(connection, forum, words)}
        query = "SELECT rowid FROM search WHERE search MATCH ?"  # Datasette's, with the words as it takes them
        told = {number[one] for (one,) in connection.exec_driver_sql(query, (escape_fts(words),))}
    look_for(page, words)
    places = page.locator("#found a").evaluate_all("all => all.map(one => one.href.split('#post-')[1])")
    assert (terminal, {int(one) for one in places}, told) == (wanted, wanted, wanted)


@pytest.fixture(scope="module")
def said(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, int, Page]]:
    """An archive, and its site's search in a page of the browser."""
    folder = tmp_path_factory.mktemp("said")
    with Store.open(str(folder / "archive.sqlite")) as store:
        forum = store.enter(URL, "kafe", 1)
        here = topic(10, "La première rencontre", tags=("vie-du-lieu", "été-2026"), posts_count=len(SAID))
        keep(store, [here], [post(nth, 10, nth, text) for nth, text in enumerate(SAID, 1)])
        site(store, forum, folder / "site")
        page = browser.new_context().new_page()
        page.goto((folder / "site" / "search.html").as_uri())
        yield store, forum, page
        page.context.close()


def test_browser_and_index_agree_on_what_a_word_is(visit: Visit, file: Store) -> None:
    site(file, friendly(file), visit.root)
    visit.open("search.html")
    codes = (*range(0x20, 0x250), *range(0x250, 0x3000, 4))
    signs = [chr(code) for code in codes if unicodedata.category(chr(code)) not in ("Cs", "Cn", "Co")]
    signs += [
        "ŒUVRE",
        "Straße",
        "ﬁn",
        "ΣΊΣΥΦΟΣ",
        "İstanbul",
        "한국어",
        "日本語",
        "e\u0301",
        "👩‍🔬",
        "l’été",
        "3,14",
        "𝔘𝔫𝔦",
        "x" * 60,
    ]
    texts = [f"a{sign}b {sign} {sign}c" for sign in signs]
    theirs = visit.page.evaluate("texts => texts.map(kowebFold)", texts)
    # The two know different versions of Unicode; what both know they must read alike.
    different = [text for text, words in zip(texts, theirs, strict=True) if words != plain(text.lower())]
    assert different == []
