"""The documentation as a site: it builds without a warning, and loads nothing from elsewhere."""

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.docs.blocks import FRONT, ROOT, pages

LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href", "object": "data"}


class Addresses(HTMLParser):
    """What a page loads, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loads: set[str] = set()
        self.links: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag in LOADED and "canonical" not in (named.get("rel") or ""):
            self.loads.add(named.get(LOADED[tag]) or "")
        if tag == "a" and named.get("href"):
            self.links.add(named["href"] or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as strictly as by “poe docs”: links, anchors and the navigation are looked at there."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b""), (done.stdout + done.stderr).decode()
    return folder


def test_the_site_builds_without_a_warning_and_loads_nothing_from_elsewhere(site: Path) -> None:
    built = list(site.rglob("*.html"))
    assert len(built) > 5
    for page in built:
        foreign = {one for one in Addresses(page.read_text(encoding="utf-8")).loads if urlsplit(one).netloc}
        assert not foreign, (page.name, foreign)
    styles = "".join(page.read_text(encoding="utf-8") for page in site.rglob("*.css"))
    assert "url(http" not in styles
    assert "@import" not in styles


def test_pages_that_are_french_say_so_and_others_that_they_are_english(site: Path) -> None:
    for page in site.rglob("*.html"):
        french = page.parent.name == "fr" or page.name == "index.html"
        assert f'<html lang="{"fr" if french else "en"}"' in page.read_text(encoding="utf-8"), page


def test_the_search_finds_a_word_behind_an_article(site: Path) -> None:
    """As lunr reads it in the browser: by the separator of the index, without which l’archive is a word of its own."""
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    texts = " ".join(page["text"] for page in index["docs"])
    assert {"l’archive", "l'archive"} & set(texts.split())
    words = re.split(index["config"]["separator"], "l’archive, l'archive « archive » koweb.toml")
    assert words == ["l", "archive", "l", "archive", "archive", "koweb.toml"]


def test_the_text_of_the_front_page_leads_to_every_french_page(site: Path) -> None:
    """So that a French reader has the guide of her first post in one click from there, and in two from README.fr.md."""
    article = (site / "index.html").read_text(encoding="utf-8").partition("<article")[2].partition("</article")[0]
    french = {f"fr/{page.name}" for page in (site / "fr").glob("*.html")}
    assert french <= {one.partition("#")[0] for one in Addresses(article).links}
    assert "](docs/index.md)" in (ROOT / "README.fr.md").read_text(encoding="utf-8")


def test_a_line_in_code_in_a_table_is_shown_without_a_backslash(site: Path) -> None:
    assert "<code>![x|video](film.mp4)</code>" in (site / "post-files.html").read_text(encoding="utf-8")


def test_links_of_pages_outside_the_site_lead_somewhere() -> None:
    """README and its like are read where the repository lies. MkDocs looks at the links of the others."""
    for name in FRONT:
        if name in pages():
            text = re.sub(r"(?ms)^ *```.*?^ *```$|`[^`\n]+`", "", (ROOT / name).read_text(encoding="utf-8"))
            for part in text.split("](")[1:]:
                address = urlsplit(part.partition(")")[0])
                assert address.netloc or (ROOT / unquote(address.path)).exists(), (name, address.path)


def test_french_pages_have_no_plain_space_before_what_french_keeps_together() -> None:
    for name in ["README.fr.md", "docs/index.md", *(one for one in pages() if one.startswith("docs/fr/"))]:
        text = re.sub(
            r"(?ms)^ *```.*?^ *```$|`[^`\n]+`|<!--.*?-->|^<div lang=\"en\".*?^</div>",
            "",
            (ROOT / name).read_text("utf-8"),
        )
        assert not re.search(r"\w [:;!?»]|« ", text), (name, re.findall(r".{20} [:;!?»]|« .{20}", text))
