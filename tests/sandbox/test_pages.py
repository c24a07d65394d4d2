"""What the sandbox shows: nothing that somebody writes becomes a script, and every page can be read."""

import re
from html.parser import HTMLParser

import pytest
import requests

from koweb_sync.sandbox import Sandbox

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    '![x](x" onerror="alert(1))',
    '<iframe src="https://evil.example"></iframe>',
    "<style>body{background:url(javascript:alert(1))}</style>",
    '<div style="position:fixed" onclick="alert(1)">x</div>',
    "<math><mtext></p><style><img src=x onerror=alert(1)></style></mtext></math>",
    "<details open ontoggle=alert(1)>",
    '<form action="https://evil.example"><button>ok</button></form>',
    '<object data="x"></object><embed src="x"><base href="//evil.example">',
    "```<script>alert(1)</script>```",
    '[quote="x\\" onmouseover=alert(1)"]\nx\n[/quote]',
    '[details="<img src=x onerror=alert(1)>"]\nx\n[/details]',
    '<a href="&#106;avascript:alert(1)">x</a>',
    "<IMG SRC=JaVaScRiPt:alert(1)>",
]


class Tags(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("place", ["text", "title"])
def test_no_script_survives(box: Sandbox, attack: str, place: str) -> None:
    words = f"{attack}\n\nEt un texte assez long pour le forum, en plus."
    title = f"Un titre {attack}" if place == "title" else "Un titre sans malice"
    topic = box.new_topic(title, words, category=2, username="admin")
    page = requests.get(f"{box.url}/t/-/{topic.id}", headers={"Accept": "text/html"}, timeout=5)
    for html in (page.text, box.first_post(topic.id).cooked):
        for tag, attributes in Tags(html).found:
            assert tag not in ("script", "iframe", "object", "embed", "base", "form", "math", "svg"), html
            assert not [name for name in attributes if name.startswith("on")], html
            for name in ("href", "src"):
                value = re.sub(r"[\s\0]", "", attributes.get(name) or "").lower()
                assert not value.startswith(("javascript:", "data:", "vbscript:")), html
    assert "default-src" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["", "c/facilitation-numerique/3", "t/-/1", "tag/accueil", "nulle-part"])
def test_pages_have_a_language_a_title_and_one_heading(box: Sandbox, path: str) -> None:
    page = requests.get(f"{box.url}/{path}", headers={"Accept": "text/html"}, timeout=5)
    tags = Tags(page.text).found
    assert next(attributes for tag, attributes in tags if tag == "html")["lang"] == "fr"
    assert [tag for tag, _attributes in tags].count("h1") == 1
    assert "title" in [tag for tag, _attributes in tags]
    assert all("alt" in attributes for tag, attributes in tags if tag == "img")
    assert (page.status_code == 404) == (path == "nulle-part")


def test_what_is_private_is_not_shown(box: Sandbox) -> None:
    secret = box.new_topic("Un secret de coulisses bien gardé", "Un texte qui ne regarde que l'équipe.", category=7)
    for path in ("", f"t/-/{secret.id}", "c/coulisses/7", f"t/{secret.id}.json", "latest.json"):
        assert "secret de coulisses" not in requests.get(f"{box.url}/{path}", timeout=5).text
