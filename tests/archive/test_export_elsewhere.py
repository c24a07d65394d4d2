"""A Markdown export in the programs that it is made for: set up as the guide says, they show what was archived."""

import html
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.archive.store.store import Store
from tests.archive.exhibits import URL, friendly, keep, post, topic
from tests.archive.exporting import exported

# Words that YAML takes for something else, and signs that mean something to one program or the other.
TITLES = ("off", "no", "12:30", "1:1", "2026-11-24", "Oui : non", "# Tout", "@tous", "“Un” et 'deux'", "{{ a }}")
TAGS = ("no", "2024", "été")
FIRST = 20
HUGO = """baseURL = "https://memoire.example.org/"
uglyURLs = true
"""
LAYOUT = "<title>{{ .Title }}</title>{{ range .Params.tags }}<b>{{ . }}</b>{{ end }}{{ .Content }}"
PELICAN = """PATH = "content"
ARTICLE_PATHS = ["topics"]
STATIC_PATHS = ["files"]
ARTICLE_URL = ARTICLE_SAVE_AS = "topics/{slug}.html"
PLUGINS = ["pelican.plugins.yaml_metadata"]
TIMEZONE = "UTC"
SITEURL = "https://memoire.example.org"
"""
Pages = dict[str, str]
needs_hugo = pytest.mark.skipif(shutil.which("hugo") is None, reason="Hugo is not installed")
needs_pandoc = pytest.mark.skipif(shutil.which("pandoc") is None, reason="pandoc is not installed")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The export of a forum with a topic for each title, each of which links to topic 10, where a picture is."""
    folder = tmp_path_factory.mktemp("export")
    with Store.open(str(folder / "archive.sqlite")) as store:
        forum = friendly(store)
        topics = [topic(FIRST + n, title, tags=TAGS) for n, title in enumerate(TITLES)]
        texts = f"Un texte : <b>gras</b>.\n\nVoir [là]({URL}/t/x/10/2)."
        keep(store, topics, [post(100 + n, FIRST + n, 1, texts) for n in range(len(TITLES))])
        exported(store, forum, "md", folder / "md")
    yield folder / "md"


def ran(folder: Path, *command: str) -> None:
    """Run a program that is to succeed, and to complain of nothing."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARN" not in done.stdout + done.stderr


def pages(folder: Path) -> Pages:
    """The pages of topics, by the numbers of these."""
    found = (folder / "topics").glob("*.html")
    return {one.name.partition("-")[0]: one.read_text(encoding="utf-8") for one in found}


def title(page: str) -> str:
    """What a page is called."""
    said = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    return html.unescape(said[1]) if said else ""


def pictures(page: str) -> list[str]:
    """Where the pictures of a page lie."""
    return re.findall(r'<img [^>]*src="([^"]+)"', page)


@needs_hugo
def test_hugo_shows_topics_with_their_titles_tags_and_pictures(written: Path, tmp_path: Path) -> None:
    for name in ("topics", "files"):
        shutil.copytree(written / name, tmp_path / "content" / name)
    (tmp_path / "hugo.toml").write_text(HUGO, encoding="utf-8")
    (tmp_path / "layouts/_default").mkdir(parents=True)
    for name in ("single.html", "list.html"):
        (tmp_path / "layouts/_default" / name).write_text(LAYOUT, encoding="utf-8")
    ran(tmp_path, "hugo", "--destination", "out")
    found = pages(tmp_path / "out")
    assert {number: title(page) for number, page in found.items() if int(number) >= FIRST} == numbered(TITLES)
    assert all(set(re.findall("<b>([^<]+)</b>", found[number])) >= set(TAGS) for number in numbered(TITLES))
    (picture,) = pictures(found["10"])
    assert (tmp_path / "out/topics" / picture).resolve().read_bytes()


def test_pelican_shows_topics_with_their_titles_tags_authors_and_pictures(written: Path, tmp_path: Path) -> None:
    shutil.copytree(written, tmp_path / "content")
    (tmp_path / "settings.py").write_text(PELICAN, encoding="utf-8")
    ran(tmp_path, sys.executable, "-m", "pelican", "content", "-s", "settings.py", "-o", "out", "--fatal", "warnings")
    found = pages(tmp_path / "out")
    assert {number: title(page) for number, page in found.items() if int(number) >= FIRST} == numbered(TITLES)
    assert all(f">{tag}</a>" in found[number] for number in numbered(TITLES) for tag in TAGS)
    assert all(">Claire Moreau</a>" in found[number] for number in numbered(TITLES))
    (picture,) = pictures(found["10"])
    assert (tmp_path / "out/topics" / picture).resolve().read_bytes()


@needs_pandoc
def test_pandoc_reads_every_text_and_every_link(written: Path, tmp_path: Path) -> None:
    for number in numbered(TITLES):
        (file,) = (written / "topics").glob(f"{number}-*.md")
        ran(tmp_path, "pandoc", "--from", "gfm", "--to", "html", "-o", f"{number}.html", str(file))
        page = (tmp_path / f"{number}.html").read_text(encoding="utf-8")
        assert "<b>gras</b>" in page
        assert re.search(r'<a\s+href="10-sujet-10\.md#post-2">là</a>', page)


def numbered(titles: tuple[str, ...]) -> Pages:
    """Titles by the numbers of their topics."""
    return {str(FIRST + n): one for n, one in enumerate(titles)}
