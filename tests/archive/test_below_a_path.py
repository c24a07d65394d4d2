"""An archive of a forum that shares its host with a site: what its posts lead to, show, and become elsewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from koweb_sync.archive.exports.export import export, target
from koweb_sync.archive.exports.files import KnownFiles
from koweb_sync.archive.exports.site_links import SiteContext
from koweb_sync.archive.ingest.references import PostReference, link
from koweb_sync.archive.read.model import ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.restore.rewrite import Ways, translate
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store, put
from koweb_sync.cli.archive.topic_page import place_of
from koweb_sync.errors import InputError
from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import Archive, archive_of, forum_of
from tests.archive.exhibits import crowd
from tests.archive.test_beside import PICTURE, files, upload
from tests.archive.web_server import PACKAGES, RULES, program, running
from tests.workspace import BELOW, served


@pytest.fixture
def town() -> Iterator[Sandbox]:
    """A forum below a path."""
    with served("below", forum_of(6, 30, likes=5, authorized_extensions="*")) as box:
        yield box


@pytest.fixture
def kept(town: Sandbox, tmp_path: Path) -> Iterator[Archive]:
    """Its archive, with all that posts show."""
    image, paper = upload(town, "plan.png", PICTURE), upload(town, "fiche.pdf", b"%PDF-1.4 une fiche")
    root = town.url.removesuffix(BELOW)
    links = f"[a]({BELOW}/t/-/2) [b]({town.url}/t/x/3/1) [c](/t/-/4) [d]({root}/t/-/5) [e]({BELOW}/u/membre3)"
    town.reply(1, f"{links}\n\n![plan]({image}) [fiche.pdf|attachment]({paper}) @membre4 :smile:", username="admin")
    with archive_of(town, tmp_path, avatars=True) as archive:
        archive.run()
        yield archive


def test_a85_what_posts_show_and_lead_to_is_the_forums_and_nothing_beside_it_is_asked(
    town: Sandbox, kept: Archive
) -> None:
    assert not any(one.beside for one in town.log)
    assert {status for status, _sha in files(kept).values()} == {"held"}
    assert sum(f"{BELOW}/letter_avatar/" in url for url in files(kept)) > 5
    rows = kept.rows("SELECT to_topic FROM edges WHERE forum = :f AND kind = 'link'", f=kept.forum)
    assert sorted(row[0] for row in rows if row[0]) == [2, 3]
    assert len(kept.rows("SELECT 1 FROM edges WHERE forum = :f AND kind = 'mention'", f=kept.forum)) == 1
    assert kept.run().requests == 3


def test_a86_its_pages_lead_to_each_other_and_what_is_shown_is_found_by_its_address(
    town: Sandbox, kept: Archive, tmp_path: Path
) -> None:
    with kept.store.read() as connection:
        reader = Reader(connection, kept.forum)
        export(reader, "site", target(str(tmp_path / "site"), "site", town.url), ArchiveFilter())
        assert place_of(reader, f"{town.url}/t/question-2/2") == (2, None)
        assert place_of(reader, f"{town.url.upper().replace(BELOW.upper(), BELOW)}/t/2/1") == (2, 1)
        with pytest.raises(InputError):
            place_of(reader, f"{town.url.removesuffix(BELOW)}/t/question-2/2")
    page = (tmp_path / "site" / "topic" / "1.html").read_text(encoding="utf-8")
    leads = dict(re.findall(r'<a [^<>]*?href="([^"]*)"[^<>]*>([a-e])</a>', page))
    assert {name: to for to, name in leads.items()} == {
        "a": "../topic/2.html#post-1",
        "b": "../topic/3.html#post-1",
        "c": f"{town.url.removesuffix(BELOW)}/t/-/4",
        "d": f"{town.url.removesuffix(BELOW)}/t/-/5",
    }
    assert f"{BELOW}/uploads/" not in page


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[a](/forum/t/-/12#titre)", "[a](/t/-/512#titre)"),
        ("[a](/forum/t/caf%C3%A9/12/3?u=amina)", "[a](/t/caf%C3%A9/512/2?u=amina)"),
        ("[a](https://OLD.example.org/forum/t/sujet/12)", "[a](https://new.example.org/t/sujet/512)"),
        ("Voir http://old.example.org/forum/t/12/3.", "Voir https://new.example.org/t/512/2."),
        ("[a](/forum/p/77)", "[a](/p/977)"),
        ("[a](/forum/u/amina)", "[a](/u/amina)"),
        ("[a](/t/-/12)", "[a](/t/-/12)"),
        ("[a](https://old.example.org/t/-/12)", "[a](https://old.example.org/t/-/12)"),
        ("[a](https://old.example.org/forums/t/-/12)", "[a](https://old.example.org/forums/t/-/12)"),
    ],
)
def test_a87_a_restored_text_has_the_new_forums_path_and_back(old: str, new: str) -> None:
    there = Ways("https://old.example.org/forum", "https://new.example.org", {12: 512}, {(12, 3): (512, 2)}, {77: 977})
    back = Ways("https://new.example.org", "https://old.example.org/forum", {512: 12}, {(512, 2): (12, 3)}, {977: 77})
    assert translate(old, 12, there).raw == new
    if old != new:
        again = translate(new, 512, back).raw
        assert again == old.replace("OLD", "old").replace("http:", "https:")


@pytest.mark.parametrize("base", ["https://example.org/u/forum", "https://example.org/t/9/forum"])
def test_a88_a_path_that_looks_like_a_route_is_none(base: str) -> None:
    look = SiteContext(base, {2: frozenset({1})}, KnownFiles({}), {})
    assert look.link(f"{base}/t/x/2/1") == "../topic/2.html#post-1"
    assert look.link(f"{base}/u/claire") == ""
    assert look.link(f"{base}/about") == f"{base}/about"
    assert link(f"{base}/about", base) == PostReference("link", url=f"{base}/about")
    assert link(f"{base}/t/2", base).topic == 2


def test_an_archive_knows_a_forum_however_its_address_is_written(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "archive.sqlite")) as store:
        first = store.enter("https://Example.org/Communs/forum", "kafe", 1)
        for same in ("https://example.org/Communs/forum", "HTTPS://EXAMPLE.ORG:443/Communs/forum/"):
            assert store.enter(same, "kafe", 2) == first
        others = ("https://example.org/communs/forum", "https://example.org", "https://example.org/Communs/forum/2")
        assert len({store.enter(other, "autre", 3) for other in others} - {first}) == 3


def test_a89_a_picture_from_before_the_forum_moved_below_its_path_is_found_by_its_name(
    town: Sandbox, tmp_path: Path
) -> None:
    upload(town, "plan.png", PICTURE)
    root = town.url.removesuffix(BELOW)
    town.reply(2, f"Une image d'avant : ![plan]({root}{town.uploads()[0].path}), la voici.", username="admin")
    with archive_of(town, tmp_path) as archive:
        archive.run()
        assert {status for status, _sha in files(archive).values()} == {"held"}
    assert not any(one.beside for one in town.log)


PATH = "/forum"


@pytest.fixture(scope="module")
def placed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a server serves: in it, in a folder of that name, the site of a forum that was below a path."""
    root = tmp_path_factory.mktemp("served") / "www"  # which servers may read that are somebody else
    with Store.open(str(root.with_suffix(".sqlite"))) as store:
        forum = crowd(store, 180, each=60, url=f"https://kafe.example.org{PATH}")
        with store.begin() as connection:
            old = {"forum": forum, "post": None, "category": None, "tag": "", "target": ""}
            urls = ("viewtopic.php", "viewtopic.php?t=2", "showthread.php?2-sujet")
            put(connection, schema.PERMALINKS, [old | {"id": n, "url": url, "topic": 2} for n, url in enumerate(urls)])
        with store.read() as connection:
            reader = Reader(connection, forum)
            export(reader, "website", target(str(root / PATH[1:]), "website", reader.source().url), ArchiveFilter())
    return root


@pytest.mark.parametrize("name", RULES)
def test_each_server_answers_the_old_addresses_of_a_forum_below_a_path(name: str, placed: Path, tmp_path: Path) -> None:
    if program(name) is None:
        pytest.skip(f"{name} is not installed (Debian: {PACKAGES[name]})")
    rules = placed / PATH[1:] / RULES[name]
    with running(name, placed, rules, tmp_path) as server, httpx.Client(follow_redirects=True) as visitor:
        for old in (
            *("/", "/latest", "/about", "/t/sujet/2", "/t/2", "/t/2/7", "/t/un-autre-titre/2/7", "/t/sujet/2/59"),
            *("/p/130", "/c/lieu-2/2", "/c/lieu-2/2/l/latest", "/u/membre3", "/users/membre3/activity", "/search?q=x"),
            *(
                "/viewtopic.php",
                "/viewtopic.php?f=1&t=2",
                "/showthread.php?2-sujet",
                "/g",
                "/users",
                "/tags/intersection/a/b",
            ),
        ):
            answer = visitor.get(f"{server}{PATH}{old}")
            assert answer.status_code == 200, old
            assert answer.url.path.startswith(f"{PATH}/"), old
            assert visitor.get(str(answer.url.join(style(answer)))).status_code == 200, old
        for nothing in ("/showthread.php?3-sujet", "/t/999", "/t/2024/13", "/x", "/servers/nginx.conf"):
            answer = visitor.get(f"{server}{PATH}{nothing}")
            assert answer.status_code == 404, nothing
            if "stylesheet" in answer.text:
                assert visitor.get(str(answer.url.join(style(answer)))).status_code == 200, nothing


def style(answer: httpx.Response) -> str:
    """Where a page says that its style is: a page that does not find it leads nowhere either."""
    found = re.search(r'<link rel="stylesheet" href="([^"]+)">', answer.text)
    assert found is not None
    return found[1]
