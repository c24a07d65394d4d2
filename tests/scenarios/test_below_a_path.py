"""Forums that share their host with a site: `https://example.org/forum`. Every address begins with the forum's own."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests

from koweb_sync.errors import ForumAnswerUnclear
from koweb_sync.forum.client import Forum
from koweb_sync.posts.paths import base_path, outside_base_path
from koweb_sync.sandbox import Fault, Sandbox
from koweb_sync.sync.links.topic_addresses import topic_at
from tests.archive.crawling import FREE
from tests.workspace import BELOW, PNG, TEXT, Clone, served

HREF = re.compile(r'<a [^<>]*?href="([^"#]+)')


@pytest.fixture
def box() -> Iterator[Sandbox]:
    """A forum below a path."""
    with served("below") as forum:
        yield forum


def read_on(box: Sandbox, topic: int) -> list[tuple[str, int]]:
    """Every link in a topic's first post as a browser follows it: where it leads, and what is there."""
    page = f"{box.url}/t/-/{topic}"
    links = [urljoin(page, found) for found in HREF.findall(box.first_post(topic).cooked)]
    return [(link, requests.get(link, timeout=30).status_code) for link in links]


def test_p105_links_between_posts_lead_somewhere_and_nothing_beside_the_forum_is_asked(
    here: Clone, box: Sandbox
) -> None:
    here.write("posts/plan.png", PNG)
    here.write("posts/fiche.pdf", b"%PDF-1.4 une fiche")
    box.set(authorized_extensions="png|pdf")
    here.post("un", f"{TEXT}\n\n## Une partie\n\n[deux](deux.md#fin) et <a href='deux.md'>lui</a>\n\n![](plan.png)")
    here.post("deux", f"{TEXT}\n\n## Fin\n\n[un](un.md), [là](un.md#une-partie), [la fiche](fiche.pdf)")
    here.commit()
    here.push()
    for ident, count in (("un", 2), ("deux", 3)):
        found = read_on(box, box.by_id(ident).id)
        assert [status for _link, status in found] == [200] * len(found), found
        assert here.raw(ident).count(f"{BELOW}/t/-/") == 2
        assert len(found) >= count
    box.forget()
    here.push()
    here.run("fetch")
    assert here.writes() == []
    assert not any(one.beside for one in box.log)


def test_p106_links_that_an_older_koweb_published_without_the_path_are_named_and_mended(
    here: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.post("un", f"{TEXT} [deux](deux.md)")
    here.post("deux")
    here.commit()
    with monkeypatch.context() as older:
        older.setattr("koweb_sync.sync.links.destinations.base_path", lambda _home: "")
        older.setattr("koweb_sync.sync.links.destinations.leads_out_of_forum", lambda _used, _home: False)
        older.setattr("koweb_sync.sync.publish.nothing_new.program", lambda: "an older one")
        here.push()
    topic = box.by_id("deux").id
    assert f"](/t/-/{topic})" in here.raw("un")
    assert [status for _link, status in read_on(box, box.by_id("un").id)] == [404]
    (told,) = (one for one in here.run("check", "--format", "json").data if one["code"] == "link-astray")
    assert told["path"] == "posts/un.md"
    box.forget()
    here.push()
    assert here.writes() == [f"PUT /posts/{box.first_post(box.by_id('un').id).id}"]
    assert f"]({BELOW}/t/-/{topic})" in here.raw("un")
    assert here.run("check", "--format", "json").data == []
    box.forget()
    here.push()
    assert box.log == []


def test_p107_what_members_wrote_past_the_forum_stays_and_is_named(here: Clone, box: Sandbox) -> None:
    here.post("cible")
    here.commit()
    here.push()
    topic = box.by_id("cible")
    past = f"[dehors](/t/{topic.slug}/{topic.id})"
    raw = f"{TEXT} [dedans]({BELOW}/t/{topic.slug}/{topic.id}), {past}, [elle]({BELOW}/u/claire), [accueil]({BELOW})"
    mine = box.new_topic("Un sujet de quelqu'un d'autre", raw, category=2)
    here.run("adopt", f"{box.url}/t/{mine.slug}/{mine.id}")
    (file,) = (path for path in (here.folder / "posts").rglob("un-sujet-de-quelqu*.md"))
    text = file.read_text(encoding="utf-8")
    assert past in text
    assert f"[elle]({BELOW}/u/claire)" in text
    assert "cible.md)" in text
    found = here.run("check", "--format", "json").data
    assert [(one["code"], one["error"]) for one in found] == [("beside-the-forum", False)]
    box.forget()
    here.push()
    assert here.writes() == []
    assert box.first_post(mine.id).raw == raw


@pytest.mark.parametrize("keyed", [True, False])
def test_p108_a_redirect_past_the_forum_is_not_followed(box: Sandbox, tmp_path: Path, keyed: bool) -> None:
    root = box.url.removesuffix(BELOW)
    box.fail(Fault("status", path=r"^/t/1\.json", status=301, headers={"Location": f"{root}/t/1.json"}))
    key = box.keys["all_users"] if keyed else ""
    with Forum(box.url, "admin", key, limits=FREE, state=tmp_path) as forum, pytest.raises(ForumAnswerUnclear):
        forum._get("/t/1.json")
    assert not any(one.beside for one in box.log)


@pytest.mark.parametrize("url", ["{url}/", "{url}//", "HTTP://{host}{path}", "http://LOCALHOST:{port}{path}/"])
def test_p109_however_koweb_toml_writes_the_address_it_is_the_same_forum(here: Clone, box: Sandbox, url: str) -> None:
    root = box.url.removesuffix(BELOW)
    host, port = root.removeprefix("http://"), root.rpartition(":")[2]
    written = url.format(url=box.url, host=host, path=BELOW, port=port)
    here.write("koweb.toml", here.read("koweb.toml").replace(box.url, written))
    here.post("un", f"{TEXT} [deux](deux.md)")
    here.post("deux")
    here.commit()
    here.push()
    topic = box.by_id("deux")
    assert f"]({BELOW}/t/-/{topic.id})" in here.raw("un")
    home = "http://localhost:" + port if "LOCALHOST" in url else root
    box.edit(box.by_id("un").id, f"{here.raw('un')}\n\nVoir [elle]({home}{BELOW}/t/{topic.slug}/{topic.id}) aussi.")
    here.run("pull")
    assert "[elle](deux.md)" in here.read("posts/un.md")
    box.forget()
    here.push()
    assert box.log == []


@pytest.mark.parametrize(
    ("link", "topic"),
    [
        ("/Communs/forum/t/-/12", 12),
        ("/Communs/forum/t/un-sujet/12?u=claire", 12),
        ("//Example.ORG/Communs/forum/t/12", 12),
        ("http://example.org/Communs/forum/t/un-sujet/12/1", 12),
        ("https://example.org/Communs/%66orum/t/12", 12),
        ("/t/-/12", 0),
        ("/communs/forum/t/-/12", 0),
        ("/Communs/forums/t/-/12", 0),
        ("/Communs/forum/../t/-/12", 0),
        ("https://example.org/t/-/12", 0),
        ("https://example.org.evil.org/Communs/forum/t/-/12", 0),
        ("/Communs/forum/t/-/12#bas", 0),
        ("t/-/12", 0),
        ("Communs/forum/t/-/12", 0),
    ],
)
def test_a_link_leads_to_a_topic_only_below_the_forums_path(link: str, topic: int) -> None:
    assert topic_at(link, "https://example.org/Communs/forum") == topic


def test_the_path_is_what_links_begin_with() -> None:
    assert base_path("https://example.org") == base_path("https://example.org/") == ""
    assert base_path("https://example.org/Communs//forum/") == "/Communs/forum"
    assert base_path("https://example.org/caf\u00e9") == base_path("https://example.org/caf%C3%A9") == "/caf%C3%A9"
    assert outside_base_path("/t/1", "/forum")
    assert outside_base_path("/forumx/t/1", "/forum")
    assert not any(
        outside_base_path(one, "/forum") for one in ("/forum", "/forum/", "/forum?x", "/f%6frum/t/1", "//a/t", "t/1")
    )
    assert not outside_base_path("/t/1", "")
