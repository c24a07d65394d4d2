"""What the sandbox shows: nothing that somebody writes becomes a script, and every page can be read."""

import html
import re
import time
from itertools import pairwise
from urllib.parse import quote, urljoin

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from koweb_sync.i18n import catalog
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.model.state import unix
from koweb_sync.sandbox.pages.cooked import readable
from koweb_sync.sandbox.pages.dates import day
from tests.sandbox.attacks import ATTACKS, Tags, dangers
from tests.sandbox.fair import REPLIES, SECRET, Fair
from tests.workspace import TEXT

pytestmark = pytest.mark.server("2022")


@pytest.mark.parametrize("place", ["text", "title", "author", "category", "search"])
def test_no_script_survives(box: Sandbox, place: str) -> None:
    for number, attack in enumerate(ATTACKS):
        words = f"{attack}\n\nEt un texte assez long pour le forum, en plus."
        title = f"Un titre sans malice, le {number}"
        topic = box.new_topic(title, words if place == "text" else f"{number} {TEXT}", category=2, username="admin")
        topic.title = attack if place == "title" else topic.title
        box.state.user("admin").name = attack if place == "author" else "Administration"
        box.state.categories[2].name = attack if place == "category" else "Koweb Kafé"
        path = f"/search?q={quote(attack)}" if place == "search" else f"/t/-/{topic.id}"
        page = requests.get(box.url + path, headers={"Accept": "text/html"}, timeout=30)
        outside = dangers(page.text)
        assert set(outside) <= {"form", "input", "button", "link", "meta", "title"}, (attack, outside)
        assert page.text.count("<form") == page.text.count(f'action="{box.at("/search")}"') == 1
        assert not dangers(box.first_post(topic.id).cooked)
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def get(box: Sandbox, path: str, status: int = 200) -> str:
    """A page, as a browser gets it."""
    answer = requests.get(box.url + path, headers={"Accept": "text/html,*/*;q=0.8"}, timeout=30)
    assert answer.status_code == status, path
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8", path
    return answer.text


def found(page: str, tag: str, **wanted: str) -> list[dict[str, str | None]]:
    """The attributes of all elements with a tag that have those attributes."""
    return [have for name, have in Tags(page).found if name == tag and wanted.items() <= have.items()]


def text(page: str) -> str:
    """What people read on a page."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


PAGES = (
    "/",
    "/c/facilitation-numerique/3",
    "/t/-/1",
    "/tag/accueil",
    "/u/claire",
    "/search?q=amina",
    "/search",
    "/login",
)


@pytest.mark.parametrize("path", [*PAGES, "/nulle-part", "/t/-/999", "/u/personne"])
def test_pages_have_a_language_a_title_landmarks_and_one_heading(box: Sandbox, path: str) -> None:
    page = get(box, path, 200 if path in PAGES else 404)
    tags = Tags(page).found
    assert found(page, "html") == [{"lang": "fr"}]
    assert re.search(r"<title>[^<]*Le Kafé d’essai</title>", page)
    names = [tag for tag, _attributes in tags]
    assert [names.count(tag) for tag in ("h1", "main", "header", "footer", "form")] == [
        1,
        1,
        names.count("header"),
        1,
        1,
    ]
    assert all("alt" in attributes for tag, attributes in tags if tag == "img")
    assert next(attributes for tag, attributes in tags if tag == "a") == {"class": "skip", "href": "#content"}
    assert found(page, "main", id="content")
    assert not found(page, "script")


def test_people_get_pages_and_programs_get_json(box: Sandbox) -> None:
    for path in ("/u/claire", "/search?q=amina", "/t/-/2", "/c/salon/6", "/tag/accueil", "/u/personne"):
        assert "<h1" in requests.get(box.url + path, headers={"Accept": "text/html"}, timeout=30).text
        for address, accept in (
            (path, "application/json"),
            (re.sub(r"(\?|$)", r".json\1", path, count=1), "text/html"),
        ):
            answer = requests.get(box.url + address, headers={"Accept": accept}, timeout=30)
            assert isinstance(answer.json(), dict), address


def test_dates_are_written_in_the_forums_language(box: Sandbox) -> None:
    assert '<time datetime="2026-02-10T10:00:00Z">10 février 2026</time>' in get(box, "/t/-/1")
    box.set(default_locale="en")
    assert '<time datetime="2026-02-10T10:00:00Z">February 10, 2026</time>' in get(box, "/t/-/1")
    assert day(unix("2026-11-01") or 0, catalog("fr").gettext) == "1er novembre 2026"
    box.set(default_locale="de")
    assert found(get(box, "/"), "html") == [{"lang": "en"}]


def test_what_is_private_is_not_shown(box: Sandbox) -> None:
    fair = Fair(box)
    paths = [
        "/",
        "/?page=1",
        "/?page=2",
        "/c/salon/6",
        "/c/salon/6?page=2",
        "/tag/accueil",
        "/u/claire",
        "/u/claire?page=3",
    ]
    paths += ["/search?q=secret", "/search?q=@claire", "/search?q=#coulisses", f"/t/{fair.long.slug}/{fair.long.id}"]
    paths += [f"/t/{fair.hidden.slug}/{fair.hidden.id}"]
    for path in paths:
        page = get(box, path)
        for words in (SECRET, fair.private.title, fair.gone.title, fair.unlisted.title, "Coulisses"):
            assert words not in page, path
    get(box, f"/t/-/{fair.private.id}", 403)
    get(box, f"/t/-/{fair.gone.id}", 404)
    get(box, "/c/coulisses/7", 404)
    for path in (f"/t/{fair.private.id}.json", f"/t/{fair.private.id}"):
        assert "coulisses" not in requests.get(box.url + path, timeout=30).text
    box.state.categories[4].read_restricted = True
    assert "Outils libres" not in get(box, "/") + get(box, "/c/facilitation-numerique/3")


def test_a_hidden_post_says_that_it_is_hidden(box: Sandbox) -> None:
    fair = Fair(box)
    page = get(box, f"/t/{fair.hidden.slug}/{fair.hidden.id}")
    assert "masqué pour le moment" in page
    assert len(found(page, "article")) == 1


@pytest.mark.parametrize("path", ["/", "/c/salon/6"])
def test_every_visible_topic_is_on_exactly_one_page_of_a_list(box: Sandbox, path: str) -> None:
    fair = Fair(box)
    seen: list[str] = []
    following: str | None = path
    while following:
        page = get(box, following.removeprefix(box.at("")))
        seen += [str(have["href"]) for have in found(page, "a", **{"class": "title"})]
        following = next((have["href"] for have in found(page, "a", rel="next")), None)
    here = [fair.rich, fair.long, fair.hidden, *fair.crowd]
    rest = [] if path != "/" else [box.topic(1), box.topic(2)]
    assert sorted(seen) == sorted(f"{box.at('/t')}/{one.slug}/{one.id}" for one in [*here, *rest])
    assert len(seen) > 60


def test_every_post_of_a_long_topic_is_on_exactly_one_page_and_replies_lead_there(box: Sandbox) -> None:
    topic = Fair(box).long
    home = f"/t/{topic.slug}/{topic.id}"
    pages = [get(box, path) for path in (home, f"{home}?page=2", f"{home}?page=3")]
    numbers = [str(have["id"]) for page in pages for have in found(page, "article")]
    assert numbers == [f"post_{number}" for number in range(1, REPLIES + 2)]
    assert found(pages[2], "a", href=f"{box.at(home)}#post_2")
    assert not found(pages[2], "a", rel="next")
    assert found(pages[1], "a", rel="prev", href=box.at(home))
    near = requests.get(f"{box.url}{home}/25", headers={"Accept": "text/html"}, timeout=30)
    assert near.url == f"{box.url}{home}?page=2#post_25"
    get(box, f"{home}?page=99", 404)
    assert get(box, f"{home}?page=-1") == get(box, f"{home}?page=abc") == pages[0]


def test_a_topic_says_who_liked_edited_and_closed_it(box: Sandbox) -> None:
    fair = Fair(box)
    page = text(get(box, f"/t/{fair.rich.slug}/{fair.rich.id}"))
    assert re.search(r"✎ 1 ?modifié 1 fois, le \d+ \w+ \d{4}", page)
    assert "une précision" not in page, "why is told in the history of versions alone"
    assert "1 « j’aime »" in text(get(box, f"/t/{fair.long.slug}/{fair.long.id}"))
    assert "Claire Moreau a fermé ce sujet ·" in text(get(box, f"/t/{fair.long.slug}/{fair.long.id}?page=3"))


def test_headings_of_posts_follow_the_pages_own_without_a_gap(box: Sandbox) -> None:
    raw = "#### Un\n\nUn texte.\n\n###### Deux\n\n# Trois\n\n## Quatre\n\nLa fin, assez longue pour le forum."
    topic = box.new_topic("Des titres dans le désordre", raw, category=2)
    tags = [tag for tag, _attributes in Tags(get(box, f"/t/{topic.slug}/{topic.id}")).found]
    assert [tag for tag in tags if re.fullmatch("h[1-6]", tag)] == ["h1", "h2", "h3", "h4", "h3", "h4"]


@given(st.lists(st.integers(1, 6), min_size=1, max_size=20))
def test_no_level_of_headings_is_left_out_whatever_people_write(levels: list[int]) -> None:
    page = readable("".join(f"<h{level}>Titre</h{level}>" for level in levels), str)
    shown = [int(level) for level in re.findall(r"<h(\d)>Titre</h\1>", page)]
    assert len(shown) == len(levels)
    assert shown[0] == 3
    assert all(3 <= after <= before + 1 for before, after in pairwise(shown))
    for (a, b), (c, d) in zip(pairwise(levels), pairwise(shown), strict=True):
        assert (a < b) <= (c < d or d == 6)


@given(st.text())
def test_what_people_write_about_tags_stays_as_it_is(words: str) -> None:
    shown = f'<p>{html.escape(words, quote=False)} class=&quot;spoiler" &lt;pre&gt;</p>'
    assert readable(shown, str) == shown


def test_a_search_says_what_it_found(box: Sandbox) -> None:
    page = get(box, "/search?q=amina")
    assert "2 messages pour « amina »" in page.replace("\u00a0", " ")
    assert found(page, "a", href=box.at("/t/bienvenue-au-comptoir-du-kafe/1/2"))
    assert found(page, "input", name="q", value="amina")
    assert "Rien n’a été trouvé" in get(box, "/search?q=hippopotame")
    assert "trois lettres" in get(box, "/search?q=a")
    attack = get(box, "/search?q=" + quote('"><script>alert(1)</script>'))
    assert not found(attack, "script")


def test_small_pictures_are_there_and_always_the_same(box: Sandbox) -> None:
    urls = {
        path: requests.get(box.url + path, timeout=30)
        for path in ("/favicon.svg", "/favicon.ico", "/letter_avatar/claire/48/5.png")
    }
    for path, answer in urls.items():
        assert answer.headers["Content-Type"] == "image/svg+xml", path
        assert found(answer.text, "svg", xmlns="http://www.w3.org/2000/svg"), path
    assert requests.get(f"{box.url}/images/transparent.png", timeout=30).content.startswith(b"\x89PNG")
    again, other = (
        requests.get(f"{box.url}/letter_avatar/{name}/48/5.png", timeout=30) for name in ("CLAIRE", "%3Cb%3E")
    )
    assert again.text == urls["/letter_avatar/claire/48/5.png"].text
    assert other.text.endswith(">&lt;</text></svg>")
    template = requests.get(f"{box.url}/u/claire.json", timeout=30).json()["user"]["avatar_template"]
    assert requests.get(urljoin(box.url, template.format(size=96)), timeout=30).text.startswith(
        '<svg xmlns="http://www.w3.org/2000/svg" width="96"'
    )


@pytest.mark.parametrize(("name", "character"), [("tada", "🎉"), ("+1", "👍"), ("fr", "🇫🇷")])
def test_every_emoji_has_a_picture(box: Sandbox, name: str, character: str) -> None:
    picture = requests.get(f"{box.url}/images/emoji/twitter/{name}.png?v=12", timeout=30)
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert picture.text.endswith(f">{character}</text></svg>")
    assert requests.get(f"{box.url}/images/emoji/twitter/no-such-emoji.png", timeout=30).status_code == 404


def test_a_forum_for_members_says_so(box: Sandbox) -> None:
    box.set(login_required=True)
    page = requests.get(f"{box.url}/t/-/1", headers={"Accept": "text/html"}, timeout=30)
    assert page.url == f"{box.url}/login"
    assert "réservé aux membres" in page.text
    assert "Bienvenue au comptoir" not in page.text
    assert requests.get(f"{box.url}/style.css", timeout=30).headers["Content-Type"].startswith("text/css")


def test_a_categorys_colour_cannot_change_the_look_of_pages(box: Sandbox) -> None:
    box.state.categories[2].color = "1A2B3C"
    box.state.categories[3].color = "red; } body { display: none"
    look = requests.get(f"{box.url}/style.css", timeout=30).text
    assert ".category-2 { --colour: #1A2B3C; }" in look
    assert "display: none\n" not in look.partition("colours of the categories")[2]
    assert "body" not in look.partition("colours of the categories")[2]


def test_pages_of_a_large_forum_come_quickly() -> None:
    def one(number: int) -> dict[str, object]:
        return {
            "id": number,
            "title": f"Le sujet {number}",
            "slug": f"le-sujet-{number}",
            "user_id": 1,
            "category_id": number % 40 + 1,
        }

    seed = {
        "users": [{"id": 1, "username": "claire"}],
        "categories": [{"id": number, "name": f"Catégorie {number}", "slug": f"c{number}"} for number in range(1, 41)],
        "topics": [one(number) for number in range(1, 5001)],
        "posts": [
            {
                "id": number,
                "topic_id": number,
                "post_number": 1,
                "user_id": 1,
                "raw": "Un texte.",
                "cooked": "<p>Un texte.</p>",
            }
            for number in range(1, 5001)
        ],
    }
    with Sandbox.start(seed) as box:
        for path in ("/", "/?page=100", "/c/c7/7", "/t/le-sujet-7/7", "/u/claire", "/search?q=texte"):
            get(box, path)
            start = time.perf_counter()
            get(box, path)
            assert time.perf_counter() - start < 15, path
