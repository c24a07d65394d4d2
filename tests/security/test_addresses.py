"""Nobody makes us fetch what they may not read, or ask our own network: one corpus, every way to a file."""

import ast
import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

import koweb_sync
from koweb_sync.archive.exports.export import EXPORTS, export, target
from koweb_sync.archive.read.model import ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store, put
from koweb_sync.errors import AddressRefused, ForumAnswerUnclear, ForumError, ForumForbidden, ForumNotFound
from koweb_sync.forum.addresses import FilePlace, at_home, base62, by_name, join, place, read, sent_on
from koweb_sync.forum.budget import SystemClock
from koweb_sync.forum.client import Forum
from koweb_sync.forum.files import fetch, is_data, is_page
from koweb_sync.forum.network import Network, NetworkKind, kind, resolve
from koweb_sync.forum.reader import ForumReader
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.gateway.faults import Fault
from koweb_sync.sync.links.forum_files import Downloads
from tests.answers import amend
from tests.archive.crawling import FREE, Archive, archive_of, forum_of
from tests.security.addresses import GOOD, HOSTILE, HOSTILE_HOPS
from tests.security.servers import Storage
from tests.workspace import PNG, TEXT, Clone

HOMES = ("https://kafe.example.org", "https://example.org/forum", "http://127.0.0.1:3000")
SECRET = "Ceci reste entre nous, merci bien."
NAMES = {
    "private.example": ("10.1.2.3",),
    "metadata.example": ("169.254.169.254",),
    "both.example": ("127.0.0.1", "10.1.2.3"),
    "storage.example": ("127.0.0.1",),
}


def around(name: str, port: int) -> tuple[str, ...]:
    """Names of the test, and numeric addresses; nothing is asked of any server of names."""
    if name in NAMES:
        return NAMES[name]
    if not re.fullmatch(r"[0-9a-fx.:]+|localhost", name):
        raise OSError(name)
    return resolve(name, port)


def on_the_web(address: str) -> NetworkKind:
    """As if this computer's first address were one of the web, and everything else what it is."""
    return NetworkKind.WEB if address == "127.0.0.1" else kind(address)


WEB = Network(around, on_the_web)


class Restless(SystemClock):
    """Waits for nothing."""

    def sleep(self, seconds: float) -> None:
        """Go on at once."""


def connected(box: Sandbox, folder: Path, network: Network = WEB, *, key: bool = True) -> Forum:
    """The way to a forum."""
    given = box.keys["all_users"] if key else ""
    return Forum(box.url, "admin", given, limits=FREE, state=folder, network=network, clock=Restless())


def filled(text: str, home: str, web: str = "storage.example") -> str:
    """An address of the corpus for a forum."""
    parts = urlsplit(home)
    host = parts.netloc
    for name, value in (("home", home), ("host", host), ("port", str(parts.port or 443)), ("web", web)):
        text = text.replace(f"{{{name}}}", value)
    return text


# ---- what is decided, without a network


def test_the_corpus_is_large_and_says_everything_once() -> None:
    assert len(HOSTILE) == len(set(HOSTILE)) >= 80
    assert len(GOOD) == len(set(GOOD)) >= 30
    assert len(HOSTILE_HOPS) == len(set(HOSTILE_HOPS)) >= 30


@pytest.mark.parametrize("home", HOMES)
def test_a_hostile_address_is_no_file(home: str) -> None:
    ours = read(home)
    assert ours is not None
    for text in HOSTILE:
        found = read(join(home, filled(text, home)))
        assert found is None or place(found, ours) is FilePlace.ELSEWHERE, ascii(text)


@pytest.mark.parametrize("home", HOMES)
def test_a_good_address_is_asked_for_in_one_way(home: str) -> None:
    ours = read(home)
    assert ours is not None
    for text, path in GOOD:
        given = filled(text, home)
        if given.startswith("/") and not given.startswith("//"):
            given = home + given
        if text.startswith(("//{host}", "HTTP://{host}")):
            given = given.replace(urlsplit(home).netloc, home.partition("://")[2])
        found = read(join(home, given))
        assert found is not None, text
        assert place(found, ours) in (FilePlace.UPLOAD, FilePlace.PICTURE), text
        assert at_home(found, ours).url == home + path, text


@pytest.mark.parametrize("home", HOMES)
def test_what_is_sent_is_what_was_judged(home: str) -> None:
    """requests reads an address in its own way: what we hand it, it leaves alone."""
    every = [*HOSTILE, *(text for text, _path in GOOD), *HOSTILE_HOPS]
    found = [one for text in every if (one := read(join(home, filled(text, home)))) is not None]
    assert len(found) > 80
    for one in found:
        sent = urlsplit(str(requests.Request("GET", one.url).prepare().url))
        assert f"{sent.scheme}://{sent.netloc}{sent.path}" == one.url.partition("?")[0]
        again = read(one.url)
        assert again is not None
        assert (again.origin, again.path) == (one.origin, one.path)


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("https://KAFE.example.org/uploads/a.png", True),
        ("https://kafe.example.org./uploads/a.png", True),
        ("https://kafe.example.org:443/uploads/a.png", True),
        ("http://kafe.example.org/uploads/a.png", True),  # posts outlive a move to https; it is asked by https
        ("http://kafe.example.org:443/uploads/a.png", False),
        ("https://kafe.example.org:80/uploads/a.png", False),
        ("https://kafe.example.org:8443/uploads/a.png", False),
        ("https://ｋａｆｅ.example.org/uploads/a.png", True),
        ("https://kafe。example。org/uploads/a.png", True),
        ("https://xn--kaf-dma.example.org/uploads/a.png", False),
        ("https://kafé.example.org/uploads/a.png", False),
        ("https://kafe.example.org.evil.example/uploads/a.png", False),
    ],
)
def test_a_name_is_the_forums_however_it_is_written(name: str, same: bool) -> None:
    ours, found = read("https://kafe.example.org"), read(name)
    assert ours is not None
    assert found is not None
    assert (place(found, ours) is FilePlace.UPLOAD) == same
    assert not same or at_home(found, ours).url == "https://kafe.example.org/uploads/a.png"


def test_a_name_in_any_script_is_one_name() -> None:
    assert read("https://faß.example/") == read("https://xn--fa-hia.example/")
    assert read("https://[0:0::1]/") == read("https://[::1]/")


def test_a_forum_below_a_path_has_nothing_beside_it() -> None:
    ours = read("https://example.org/forum")
    assert ours is not None
    for text in ("/uploads/a.png", "/forums/uploads/a.png", "/forum2/uploads/a.png", "/forum/../uploads/a.png"):
        found = read(f"https://example.org{text}")
        assert found is not None
        assert place(found, ours) is FilePlace.ELSEWHERE


def test_a_storage_is_only_what_the_forum_named() -> None:
    ours, cdn, other = map(read, ("https://kafe.example.org", "https://cdn.example/a", "http://cdn.example/a"))
    assert ours is not None
    assert cdn is not None
    assert other is not None
    named = frozenset((cdn.origin, other.origin, ours.origin))
    assert place(cdn, ours, named) is FilePlace.STORAGE
    assert place(cdn, ours) is FilePlace.ELSEWHERE
    assert place(other, ours, named) is FilePlace.ELSEWHERE  # in the clear, where the forum is not
    topic = read("https://kafe.example.org/t/10.json")
    assert topic is not None
    assert place(topic, ours, named) is FilePlace.ELSEWHERE


@pytest.mark.parametrize(
    ("old", "new", "may"),
    [
        ("{home}/uploads/a.png", "https://cdn.example/a.png", True),
        ("{home}/uploads/a.png", "http://cdn.example/a.png", False),
        ("{home}/uploads/a.png", "{home}/uploads/b.png", True),
        ("{home}/uploads/a.png", "{home}/t/10.json", False),
        ("{home}/user_avatar/a.png", "https://cdn.example/a.png", True),
        ("{home}/t/10.json", "https://cdn.example/a.png", False),
        ("https://cdn.example/a.png", "https://cdn.example/b.png", True),
        ("https://cdn.example/a.png", "https://other.example/b.png", False),
        ("https://cdn.example/a.png", "{home}/t/10.json", False),
        ("https://cdn.example/a.png", "{home}/uploads/b.png", True),
    ],
)
def test_only_the_forums_own_routes_send_us_to_another_server(old: str, new: str, may: bool) -> None:
    home = "https://kafe.example.org"
    ours, first, second = read(home), read(filled(old, home)), read(filled(new, home))
    assert ours is not None
    assert first is not None
    assert second is not None
    assert sent_on(first, second, ours) == may


@pytest.mark.parametrize(
    ("address", "where"),
    [
        (one, where)
        for where, group in {
            NetworkKind.WEB: "93.184.216.34 2606:2800:220:1::1 64:ff9b::5db8:d822 ::ffff:8.8.8.8",
            NetworkKind.HERE: "127.0.0.1 127.9.9.9 ::1 ::ffff:127.0.0.1 64:ff9b::7f00:1",
            NetworkKind.PRIVATE: "10.0.0.1 172.31.255.255 192.168.0.1 100.64.0.1 100.127.255.255 fc00::1 fd12::1"
            " fec0::1 ::ffff:10.0.0.1 64:ff9b::a00:1 2002:a00:1::1 2001:db8::5efe:10.0.0.1 ::10.0.0.1 64:ff9b:1::a00:1",
            NetworkKind.NOWHERE: "169.254.169.254 fe80::1 fe80::1%eth0 fd00:ec2::254 0.0.0.0 ::ffff:169.254.169.254 ::"
            " 64:ff9b::a9fe:a9fe 2002:a9fe:a9fe::1 100.100.100.200 168.63.129.16 224.0.0.1 ff02::1 255.255.255.255"
            " 192.0.0.192 198.18.0.1 203.0.113.1 240.0.0.1 2001:db8::1 kafe.example.org 1.2.3 2130706433",
        }.items()
        for one in group.split(" ")
    ],
)
def test_where_a_numeric_address_leads(address: str, where: NetworkKind) -> None:
    assert kind(address) is where


def test_an_upload_that_lies_elsewhere_is_asked_of_the_forum_by_its_name() -> None:
    sha = "0123456789abcdef0123456789abcdef01234567"
    short = f"https://kafe.example.org/uploads/short-url/{base62(int(sha, 16))}"
    for source in (f"//cdn.example/original/2X/0/{sha}.png", f"//cdn.example/uploads/x/original/1X/{sha}.png"):
        assert by_name("https:" + source, "https:" + source, "https://kafe.example.org") == f"{short}.png"
    thumbnail = f"https://cdn.example/optimized/3X/0/1/{sha}_2_690x388.jpeg"
    assert by_name(thumbnail, thumbnail, "https://kafe.example.org") == f"{short}.jpeg"
    assert by_name("upload://abc.png", "https://x.example/y", "https://k.example") == (
        "https://k.example/uploads/short-url/abc.png"
    )
    for text in ("upload://../../t/10.json", "upload://abc.png/../../x", "https://x.example/original/1X/abc.png"):
        assert by_name(text, text, "https://kafe.example.org") is None


# ---- every way to a file, on a forum that is attacked


@pytest.fixture
def town() -> Iterator[Sandbox]:
    """A forum whose topic 10 is a personal message."""
    with Sandbox.start(forum_of(11, 12, people=2, authorized_extensions="*"), flavour="2025") as box:
        with box.state.lock:
            box.state.topics[10].archetype = "private_message"
            first = next(one for one in box.state.posts.values() if one.topic_id == 10)
            first.raw, first.html = SECRET, f"<p>{SECRET}</p>"
        yield box


@pytest.fixture(scope="module")
def always() -> Iterator[Sandbox]:
    """A forum that answers what a test says, for those that leave nothing in it."""
    with Sandbox.start(flavour="2025") as box:
        yield box


@pytest.fixture
def quiet(always: Sandbox) -> Sandbox:
    """The same, with nothing said and nothing asked yet."""
    always.front.faults.waiting.clear()
    always.forget()
    return always


@pytest.fixture
def kept(town: Sandbox, tmp_path: Path) -> Iterator[Archive]:
    """An archive of it, with the administrator's key."""
    with archive_of(town, tmp_path) as found:
        found.network = WEB
        yield found


def show(town: Sandbox, html: str, topic: int = 1) -> None:
    """A public post holds this."""
    post = town.reply(topic, TEXT, username="admin")
    with town.state.lock:
        post.html = html


def uploaded(town: Sandbox, name: str, data: bytes = PNG) -> str:
    """A file that somebody uploaded, by its short name."""
    with town.state.lock:
        return str(town.state.store(name, data, (3, 2), 1).short_url)


def served(town: Sandbox) -> list[str]:
    """The paths of what was asked for as a file."""
    return [one.path for one in town.log if not one.path.endswith(".json") or "/uploads/" in one.path]


def statuses(kept: Archive) -> dict[str, int]:
    """How many files stand how."""
    return dict(kept.rows("SELECT status, COUNT(*) FROM uploads GROUP BY status"))


def nothing_leaked(kept: Archive) -> None:
    """No content holds the message, and no file is held that nobody uploaded."""
    blobs = [bytes(data) for (data,) in kept.rows("SELECT data FROM blobs")]
    assert all(SECRET.encode() not in one for one in blobs)
    assert all(one == PNG or one.startswith(b"<svg") for one in blobs)


def test_a_member_reads_nothing_through_the_archive(town: Sandbox, kept: Archive, tmp_path: Path) -> None:
    asked: list[str] = []

    def names(name: str, port: int) -> tuple[str, ...]:
        asked.append(name)
        return around(name, port)

    kept.network = Network(names, on_the_web)
    links = [escape(filled(text, town.url), quote=True) for text in HOSTILE if "\ud800" not in text]
    show(town, "".join(f'<p><img src="{one}"> <a class="attachment" href="{one}">x.pdf</a></p>' for one in links))
    kept.run(files=False)
    town.forget()
    kept.run()
    assert statuses(kept).keys() == {"foreign"}
    assert statuses(kept)["foreign"] >= 80
    assert [one for one in served(town) if one != "/about.json"] == []
    assert [one.path for one in town.log if one.keyed and "/t/10" in one.path] == []
    assert asked == []
    nothing_leaked(kept)
    for style in EXPORTS.names():
        everything(kept, style, tmp_path / style)


def everything(kept: Archive, style: str, folder: Path, *, public: bool = True) -> dict[str, bytes]:
    """The export of what everybody may read; its files."""
    with kept.store.read() as connection:
        reader = Reader(connection, kept.forum)
        export(reader, style, target(str(folder), style, kept.box.url), ArchiveFilter(public=public))
    found = {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}
    assert not any(SECRET.encode() in one for one in found.values())
    return found


def test_nobodys_picture_leads_elsewhere(town: Sandbox, kept: Archive) -> None:
    kept.run()
    links = [text for text in HOSTILE if "\ud800" not in text]
    people = [
        {"forum": kept.forum, "id": 1000 + n, "username": f"p{n}", "folded": f"p{n}", "avatar": filled(one, town.url)}
        for n, one in enumerate(links)
        if one
    ]
    with kept.store.begin() as connection:
        put(connection, schema.PEOPLE, people)
    town.forget()
    kept.run(avatars=True)
    assert statuses(kept).keys() == {"held", "foreign"}
    assert {one.rpartition("/")[0].split("/")[1] for one in served(town)} <= {"letter_avatar", ""}
    nothing_leaked(kept)


def test_nothing_hostile_is_downloaded_beside_posts(quiet: Sandbox, tmp_path: Path) -> None:
    links = [text for text in HOSTILE if "\ud800" not in text]
    with connected(quiet, tmp_path) as forum:
        for text in links:
            given = filled(text, quiet.url)
            with pytest.raises(AddressRefused):
                fetch(forum, join(quiet.url, given))
        for text in (*links, "../../t/10.json?include_raw=1", "upload://%2e%2e/%2e%2e/t/10.json"):
            with pytest.raises(AddressRefused):
                forum.download(filled(text, quiet.url))
        assert quiet.log == []
        assert Downloads(forum.download, set()).save("![x](upload://../../t/10.json) ![y](/t/10.json)", "a.md") == {}


def test_adopt_saves_no_answer_that_is_no_file(here: Clone, box: Sandbox) -> None:
    with box.state.lock:
        url = box.state.store("a.png", PNG, (3, 2), 1).short_url
    raw = f"{TEXT}\n\n![a]({url}) ![b](/t/1.json) ![c]({box.url}/uploads/../t/1.json) ![d](upload://../../t/1.json)"
    topic = box.new_topic("Un sujet qui montre tout", raw, category=3).id
    secret = json.dumps({"post_stream": SECRET}).encode()
    box.fail(Fault("status", path="/uploads/short-url/", status=200, body=secret, content_type="image/png", times=9))
    done = here.run("adopt", f"{box.url}/t/-/{topic}")
    assert url in done.text
    assert here.git("ls-files", "posts/**/img/*", "posts/img/*") == ""


@pytest.mark.parametrize("text", HOSTILE_HOPS)
def test_a_server_sends_us_nowhere(quiet: Sandbox, tmp_path: Path, text: str) -> None:
    location = filled(text, quiet.url, f"127.0.0.1:{quiet.server.port}")
    answer = Fault("status", path="/uploads/", status=302, headers={"Location": location.encode().decode("latin-1")})
    if "\x01" in location:
        answer = Fault("status", path="/uploads/", status=302, headers={"Location": "/uploads/%01"})
    quiet.fail(answer, answer)
    with (
        connected(quiet, tmp_path) as forum,
        pytest.raises(ForumError),
    ):
        fetch(forum, f"{quiet.url}/uploads/short-url/a.png")
    assert {one.path for one in quiet.log} == {"/uploads/short-url/a.png"}


@pytest.mark.parametrize(("text", "_path"), GOOD[:31])
def test_good_addresses_come(quiet: Sandbox, tmp_path: Path, text: str, _path: str) -> None:
    quiet.fail(Fault("status", path="/uploads/|-uploads/|avatar", status=200, body=PNG, content_type="image/png"))
    with connected(quiet, tmp_path, key=False) as forum:
        got = fetch(forum, join(quiet.url, filled(text, quiet.url)))
    assert (got.content, got.keyed) == (PNG, False)


# ---- the key


def test_only_uploads_get_the_key_and_the_archive_remembers_it(town: Sandbox, kept: Archive, tmp_path: Path) -> None:
    secret, plain = uploaded(town, "secret.png", PNG + b"1"), uploaded(town, "plain.png")
    show(town, f'<img src="/uploads/short-url/{secret[9:]}"><img src="/uploads/short-url/{plain[9:]}">')
    show(town, '<img src="/user_avatar/x/admin/144/1.png">', topic=2)
    town.fail(Fault("status", path=secret[9:], status=403), Fault("status", path="/user_avatar/", status=403))
    kept.run()
    keyed = dict(kept.rows("SELECT url, keyed FROM uploads WHERE status = 'held'"))
    assert keyed == {secret: 1, plain: 0}
    assert [one.keyed for one in town.requests(path=secret[9:])] == [False, True]
    assert [one.keyed for one in town.requests(path="/user_avatar/")] == [False]
    showing = set()
    for style in EXPORTS.names():
        shown, whole = (everything(kept, style, tmp_path / f"{style}{n}", public=n == 0).values() for n in range(2))
        assert PNG + b"1" not in shown, style
        assert (PNG in shown) == (PNG + b"1" in whole), style
        showing |= {style} if PNG in shown else set()
    assert showing >= {"site", "md", "jsonl"}


def test_an_archive_of_what_is_public_never_asks_with_the_key(town: Sandbox, kept: Archive) -> None:
    secret = uploaded(town, "secret.png")
    show(town, f'<img src="/uploads/short-url/{secret[9:]}">')
    town.fail(Fault("status", path=secret[9:], status=403))
    kept.run(public_only=True)
    assert [one.keyed for one in town.requests(path=secret[9:])] == [False]
    assert statuses(kept) == {"refused": 1}


def test_files_of_an_older_archive_are_not_public_until_they_were_asked_for(
    town: Sandbox, kept: Archive, tmp_path: Path
) -> None:
    image, gone = uploaded(town, "a.png"), uploaded(town, "b.png", PNG + b"1")
    show(town, f'<img src="/uploads/short-url/{image[9:]}"><img src="/uploads/short-url/{gone[9:]}">')
    kept.run()
    with kept.store.begin() as connection:
        connection.execute(schema.UPLOADS.update().values(keyed=None))
    assert PNG not in everything(kept, "site", tmp_path / "before").values()
    assert PNG in everything(kept, "site", tmp_path / "whole", public=False).values()
    town.fail(Fault("status", path=gone[9:], status=404, times=2))
    assert kept.run().paths("/uploads/") == []  # not on the same day
    kept.clock.pass_days(1)
    assert len(kept.run().paths("/uploads/")) == 2
    assert kept.rows("SELECT url, status, keyed FROM uploads ORDER BY url") == sorted(
        [(image, "held", 0), (gone, "held", 1)]
    )
    assert PNG in everything(kept, "site", tmp_path / "after").values()
    kept.clock.pass_days(1)
    assert kept.run().paths("/uploads/") == []


def test_what_an_older_koweb_took_for_a_file_goes_with_the_next_daily_run(town: Sandbox, kept: Archive) -> None:
    message, picture = f"{town.url}/t/10.json?include_raw=1", f"{town.url}/images/plan.png"
    show(town, f'<img src="{escape(message, quote=True)}"><img src="{picture}">')
    kept.run()
    secret = f'{{"raw": "{SECRET}"}}'.encode()
    with kept.store.begin() as connection:
        for url, data in ((message, secret), (picture, PNG)):
            sha = hashlib.sha256(data).hexdigest()
            row = {"forum": 1, "sha256": sha, "bytes": len(data), "type": "", "data": data}
            connection.execute(schema.BLOBS.insert().values(**row))
            mine = schema.UPLOADS.c.url.contains(url.partition("?")[0].removeprefix(town.url))
            held = schema.UPLOADS.update().where(mine).values(status="held", sha256=sha, keyed=None)
            assert connection.execute(held).rowcount == 1
    kept.clock.pass_days(1)
    kept.run()
    assert [bytes(data) for (data,) in kept.rows("SELECT data FROM blobs")] == [PNG]
    assert statuses(kept) == {"foreign": 1, "held": 1}


LATER = (  # columns that koweb 0.1.0 did not know
    *(("uploads", name) for name in ("keyed", "server", "since", "tries", "again")),
    *(("posts", name) for name in ("locale", "localised")),
    *(("topics", name) for name in ("accepted_by", "accepted_at")),
)


def test_an_archive_of_koweb_0_1_0_is_read_and_its_files_are_nobodys_yet(tmp_path: Path) -> None:
    file = tmp_path / "old.sqlite"
    Store.open(str(file)).close()
    with sqlite3.connect(file) as connection:
        found = connection.execute("SELECT type, name FROM sqlite_master WHERE type IN ('view', 'trigger')").fetchall()
        later = [("table", name) for name in ("seals", "localisations", "permalinks", "topic_edits")]
        for what, name in [*found, *later]:
            connection.execute(f"DROP {what} {name}")
        for table, column in LATER:
            connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.execute("UPDATE koweb_archive SET version_num = '0001'")
        connection.execute("INSERT INTO forums (id, url, name, added) VALUES (1, 'https://k.example', 'k', 1)")
        connection.execute("INSERT INTO uploads (forum, url, status) VALUES (1, 'upload://a.png', 'held')")
    connection.close()
    with Store.open(str(file)) as store, store.read() as reading:
        assert reading.execute(schema.UPLOADS.select()).mappings().one()["keyed"] is None


# ---- what is no file


@pytest.mark.parametrize(
    ("kind_told", "content"),
    [
        ("application/json", b'{"a": 1}'),
        ("application/json; charset=utf-8", PNG),
        ("application/vnd.api+json", b"x"),
        ("text/html", b"x"),
        ("application/xhtml+xml", b"x"),
        ("image/png", b'{"post_stream": {"posts": []}}'),
        ("image/png", b' \n[{"id": 1}]\n'),
        ("", b'\xef\xbb\xbf{"a": 1}'),
        ("", '{"a": 1}'.encode("utf-16")),
        ("", b"[" * 60_000 + b"]" * 60_000),
        ("image/png", b"<!DOCTYPE html><title>x</title>"),
        ("image/png", b"<!doctype   HTML>"),
        ("application/octet-stream", b"\n\n  <html lang=fr>"),
        ("", b"<!-- x --><!-- y --><HTML>"),
        ("", b'<?xml version="1.0"?><!-- x --><html xmlns="x">'),
        ("", "<html>".encode("utf-16")),
        ("text/plain", b"<script>1</script>"),
        ("text/plain", b"<body>"),
    ],
)
def test_a_page_or_data_is_never_a_file(quiet: Sandbox, tmp_path: Path, kind_told: str, content: bytes) -> None:
    fault = Fault("status", path="/uploads/", status=200, body=content, content_type=kind_told)
    quiet.fail(fault, fault)
    with (
        connected(quiet, tmp_path) as forum,
        pytest.raises(ForumAnswerUnclear),
    ):
        fetch(forum, f"{quiet.url}/uploads/short-url/a.json")


@pytest.mark.parametrize(
    "content",
    [
        PNG,
        b"",
        b"%PDF-1.4",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b'<?xml version="1.0"?><!-- x --><svg/>',
        b"<!-- never ends",
        b"{\\rtf1\\ansi hello}",
        b"[section]\nkey = value\n",
        b"# Notes\n\n<html> in the text",
        b"<headline>no page</headline>",
        "compte rendu".encode("utf-16"),
    ],
)
def test_other_contents_are_files(content: bytes) -> None:
    assert not is_page(content)
    assert not is_data(content)


# ---- the connection


def test_a_storage_is_reached_at_the_address_that_was_judged(town: Sandbox, tmp_path: Path) -> None:
    """The name is resolved once, by us; the server sees the name, and neither key nor cookie."""
    answers = iter([("127.0.0.1",), ("10.0.0.1",), ("10.0.0.1",)])
    image = uploaded(town, "a.png")[9:]
    with Storage(PNG) as storage, ExitStack() as stack:
        names = Network(lambda name, port: next(answers) if name == "x.example" else around(name, port), on_the_web)
        forum = stack.enter_context(connected(town, tmp_path, names))
        away = f"http://x.example:{storage.port}/original/1X/a.png?X-Amz-Signature=1"
        away_again = Fault("status", path="/uploads/", status=302, headers={"Location": away})
        town.fail(away_again)
        assert fetch(forum, f"{town.url}/uploads/short-url/{image}").content == PNG
        town.forget()
        town.fail(Fault("status", path="/uploads/", status=403), away_again)
        assert fetch(forum, f"{town.url}/uploads/short-url/{image}").keyed
        assert [one.keyed for one in town.log] == [False, True]
    assert [one["path"] for one in storage.seen] == ["/original/1X/a.png?X-Amz-Signature=1"] * 2
    for one in storage.seen:
        assert one["host"] == f"x.example:{storage.port}"
        assert not {"api-key", "api-username", "cookie", "authorization"} & one.keys()


def test_a_storage_that_the_forum_names_is_asked_without_the_key(town: Sandbox, kept: Archive) -> None:
    with Storage(PNG) as storage:
        root = f"http://storage.example:{storage.port}"

        def logo(path: str, _query: Any, body: dict[str, Any]) -> None:
            if path.startswith("/site/basic-info"):
                body["logo_url"] = f"{root}/original/1X/logo.png"

        amend(town, logo)
        show(town, f'<img src="{root}/some/file.png"><img src="http://elsewhere.example/uploads/x.png">')
        found = kept.run()
    assert [one["path"] for one in storage.seen] == ["/some/file.png"]
    assert statuses(kept) == {"held": 1, "foreign": 1}
    assert len(found.paths("/site/basic-info")) == 1


def test_an_upload_on_a_storage_comes_through_the_forum(town: Sandbox, kept: Archive) -> None:
    image = uploaded(town, "a.png")
    name = image[9:].partition(".")[0]
    show(town, f'<img src="http://169.254.169.254/optimized/x.png" data-base62-sha1="{name}">')
    found = kept.run()
    assert statuses(kept) == {"held": 1}
    assert found.paths("/uploads/") == [f"/uploads/short-url/{image[9:]}"]


def test_a_forum_in_a_private_network_is_reached_and_so_is_its_storage(town: Sandbox, tmp_path: Path) -> None:
    image = uploaded(town, "a.png")[9:]
    for allowed, here in ((True, NetworkKind.PRIVATE), (False, NetworkKind.WEB)):
        kinds = {"127.0.0.1": here, "127.0.0.2": NetworkKind.PRIVATE}
        names = Network(
            lambda name, port: ("127.0.0.2",) if name == "x.example" else around(name, port), kinds.__getitem__
        )
        with Storage(PNG, "127.0.0.2") as storage, ExitStack() as stack:
            folder = tmp_path / str(allowed)
            forum = stack.enter_context(connected(town, folder, names, key=False))
            away = f"http://x.example:{storage.port}/a.png"
            town.fail(Fault("status", path="/uploads/", status=302, headers={"Location": away}))
            if allowed:
                assert fetch(forum, f"{town.url}/uploads/short-url/{image}").content == PNG
            else:
                with pytest.raises(ForumAnswerUnclear, match="network"):
                    fetch(forum, f"{town.url}/uploads/short-url/{image}")
            assert len(storage.seen) == allowed


def test_a_forum_that_moves_into_our_network_is_not_followed(town: Sandbox, tmp_path: Path) -> None:
    """Its name led to the web when the run began."""
    image = uploaded(town, "a.png")[9:]
    kinds = iter([NetworkKind.WEB, NetworkKind.WEB, NetworkKind.PRIVATE])
    names = Network(around, lambda _address: next(kinds))
    with connected(town, tmp_path, names, key=False) as forum:
        assert fetch(forum, f"{town.url}/uploads/short-url/{image}").content == PNG
        forum.transport.guard.judged.clear()
        with pytest.raises(ForumAnswerUnclear, match="network"):
            fetch(forum, f"{town.url}/uploads/short-url/{image}")


def test_certificate_and_handshake_stay_the_names(
    town: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = uploaded(town, "a.png")[9:]
    with Storage(PNG, certified="storage.example", folder=tmp_path) as storage:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(storage.certificate))
        for name in ("storage.example", "other.example"):
            names = Network(lambda _name, _port: ("127.0.0.1",), on_the_web)
            with connected(town, tmp_path / name, names, key=False) as forum:
                away = f"https://{name}:{storage.port}/a.png"
                town.fail(Fault("status", path="/uploads/", status=302, headers={"Location": away}))
                if name == "storage.example":
                    assert fetch(forum, f"{town.url}/uploads/short-url/{image}").content == PNG
                else:
                    town.fail(Fault("status", path="/uploads/", status=302, headers={"Location": away}, times=4))
                    with pytest.raises(ForumError, match="certificate"):
                        fetch(forum, f"{town.url}/uploads/short-url/{image}")
    assert storage.asked[0] == "storage.example"
    assert len(storage.seen) == 1


def test_behind_a_proxy_names_are_judged_all_the_same(
    town: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proxy resolves. What we find to be private, or cannot find at all, is not asked of it either."""
    image = uploaded(town, "a.png")[9:]
    with Storage(PNG) as proxy, ExitStack() as stack:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        forum = stack.enter_context(connected(town, tmp_path, key=False))
        for name, times in (("storage.example", 1), ("private.example", 1), ("unknown.example", 4)):
            away = {"Location": f"http://{name}/a.png"}
            town.fail(Fault("status", path="/uploads/", status=302, headers=away, times=times))
            if name == "storage.example":
                assert fetch(forum, f"{town.url}/uploads/short-url/{image}").content == PNG
            else:
                with pytest.raises(ForumError):
                    fetch(forum, f"{town.url}/uploads/short-url/{image}")
        assert [one["path"] for one in proxy.seen] == ["http://storage.example/a.png"]
        home = "http://kafe.example"  # nobody here knows it
        own = stack.enter_context(Forum(home, "a", "", limits=FREE, state=tmp_path / "b", network=WEB))
        assert fetch(own, "http://kafe.example/uploads/a.png").content == PNG
        assert proxy.seen[-1]["path"] == "http://kafe.example/uploads/a.png"


# ---- nobody goes around the door

SENDERS = (
    *("aiohttp", "asyncio", "fsspec", "ftplib", "http", "httpx", "imaplib", "nntplib", "poplib", "pycurl", "requests"),
    *("smtplib", "socket", "ssl", "telnetlib", "urllib.request", "urllib3", "webbrowser", "xmlrpc"),
)
ALLOWED = {
    "forum/network.py": {"socket"},  # resolves names
    "forum/wire.py": {"requests", "socket", "urllib3"},  # the connections
    "forum/transport.py": {"requests", "urllib3"},  # sends
    "forum/connection.py": {"requests"},  # only writes down what is sent
    "archive/exports/history.py": {"fsspec"},  # places that the user names
    "archive/exports/remote.py": {"fsspec"},
    "cli/browser.py": {"webbrowser"},  # shows our own pages, and the forum's own for a login
    "cli/setup/loopback.py": {"http"},  # listens, on loopback alone, for one answer
    "desk/serving/running_desk.py": {"http"},  # asks, on loopback alone, whether a desk runs
    "desk/serving/server.py": {"socket"},  # listens, on loopback alone
    "listen/server.py": {"socket"},  # listens
    "sandbox/deliveries.py": {"http"},  # tells webhooks, on loopback alone
    "sandbox/box.py": {"socket"},  # listens
    "sandbox/gateway/gateway.py": {"socket"},
}


def imported(file: Path) -> set[str]:
    """What a module imports of what can send."""
    text, found = file.read_text(encoding="utf-8"), set[str]()
    if not re.search(rf"\b({'|'.join(map(re.escape, SENDERS))}|import_module|__import__)\b", text):
        return found
    for node in ast.walk(ast.parse(text)):
        names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names = [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            first = node.args[0] if node.args else None
            if called in ("__import__", "import_module") and isinstance(first, ast.Constant):
                names = [str(first.value)]
        found |= {one for name in names for one in SENDERS if name == one or name.startswith(f"{one}.")}
    return found


def test_only_the_transport_sends() -> None:
    root = Path(koweb_sync.__file__).parent
    found = {one.relative_to(root).as_posix(): imported(one) for one in root.rglob("*.py")}
    assert {name: senders for name, senders in found.items() if senders} == ALLOWED


def test_whatever_fetches_a_file_says_so() -> None:
    """A call whose answer is kept as bytes goes through forum/files.py: nobody else reads an answer's content."""
    root = Path(koweb_sync.__file__).parent / "forum"
    users = {
        one.name
        for one in root.glob("*.py")
        for node in ast.walk(ast.parse(one.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Call"
    }
    assert users == {"files.py", "connection.py"}


def test_a_name_that_somebody_gave_themselves_leads_nowhere_else(quiet: Sandbox, tmp_path: Path) -> None:
    with connected(quiet, tmp_path) as forum:
        for path in ("/t/external_id/../../admin/users.json", "/u/%2e%2e/x.json", "/c/../t/10.json", "/u/..%2f10.json"):
            with pytest.raises(ForumNotFound):
                forum._get(path)
    assert quiet.log == []


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "../../admin/users",
        "%2e%2e/%2e%2e/t",
        "..;x",
        "．．/t/1",
        "a?x=y#z",
        "a/b",
        "a\r\nHost: x",
        "\u202e",
        "%ff",
    ],
)
def test_what_a_forum_calls_a_group_leads_to_no_other_page(town: Sandbox, tmp_path: Path, name: str) -> None:
    with Forum(town.url, "admin", town.keys["all_users"], limits=FREE, state=tmp_path / "state") as forum:
        town.forget()
        with pytest.raises((ForumNotFound, ForumForbidden)):
            ForumReader(forum).members(name, 0)
    for one in town.log:
        assert one.path == f"/groups/{name}/members.json"
        assert "x=y" not in one.query
