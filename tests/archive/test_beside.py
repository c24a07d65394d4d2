"""What stands beside the texts: images and attachments, polls, reactions, groups, personal messages."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import requests

from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.gateway.faults import Fault
from tests.archive.crawling import Archive, archive_of, forum_of
from tests.workspace import SERVERS, served

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


@pytest.fixture(params=SERVERS)
def town(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A forum of ten topics that takes any file."""
    with served(request.param, forum_of(10, 60, authorized_extensions="*")) as box:
        yield box


def upload(town: Sandbox, name: str, content: bytes) -> str:
    """Store a file on the forum; its short address."""
    headers = {"Api-Key": town.keys["all_users"], "Api-Username": "admin"}
    answer = requests.post(
        f"{town.url}/uploads.json",
        files={"file": (name, content)},
        data={"upload_type": "composer"},
        headers=headers,
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["short_url"])


def files(kept: Archive) -> dict[str, tuple[str, str | None]]:
    """How each file is held, by what it was called: status and hash."""
    rows = kept.rows("SELECT url, status, sha256 FROM uploads WHERE forum = :f", f=kept.forum)
    return {url: (status, sha) for url, status, sha in rows}


def test_images_and_attachments_are_kept_once_by_what_they_hold(town: Sandbox, tmp_path: Path) -> None:
    image, paper = upload(town, "schéma.png", PICTURE), upload(town, "../../etc/passwd.pdf", b"%PDF-1.4 compte rendu")
    town.reply(1, f"Voici un schéma : ![schéma]({image}) et [le compte rendu|attachment]({paper}).", username="admin")
    town.reply(2, f"Le même schéma encore une fois : ![schéma|10x10]({image}).", username="admin")
    with archive_of(town, tmp_path) as kept:
        kept.run()
        held = files(kept)
        assert held[image] == ("held", hashlib.sha256(PICTURE).hexdigest())
        assert held[paper] == ("held", hashlib.sha256(b"%PDF-1.4 compte rendu").hexdigest())
        blobs = kept.rows("SELECT sha256, data FROM blobs")
        assert {hashlib.sha256(data).hexdigest() for _sha, data in blobs} == {sha for sha, _data in blobs}
        assert kept.run().paths("/uploads/") == []
        assert len(kept.rows("SELECT 1 FROM upload_uses WHERE url = :u", u=image)) == 2


def test_no_image_is_fetched_unless_wanted(town: Sandbox, tmp_path: Path) -> None:
    image = upload(town, "schéma.png", PICTURE)
    town.reply(1, f"Voici un schéma, pour en parler ensemble : ![schéma]({image})", username="admin")
    with archive_of(town, tmp_path, files=False) as kept:
        assert kept.run().paths("/uploads/") == []
        assert files(kept)[image] == ("wanted", None)
        assert kept.run(files=True).paths("/uploads/") != []
        assert files(kept)[image][0] == "held"


def test_a_file_that_is_gone_is_named(town: Sandbox, tmp_path: Path) -> None:
    image = upload(town, "a.png", PICTURE)
    town.reply(1, f"Une image qui ne restera pas : ![a]({image}), hélas.", username="admin")
    town.fail(Fault("status", path="/uploads/", status=404))
    with archive_of(town, tmp_path) as kept:
        kept.run()
        assert files(kept)[image] == ("gone", None)


def test_a_file_that_fails_is_tried_again_in_the_next_run(town: Sandbox, tmp_path: Path) -> None:
    image = upload(town, "a.png", PICTURE)
    town.reply(1, f"Une image qui se fait attendre : ![a]({image}), patience.", username="admin")
    town.fail(Fault("refuse", path="/uploads/", times=4))
    with archive_of(town, tmp_path) as kept:
        kept.run()
        assert files(kept)[image] == ("wanted", None)
        kept.run()
        assert files(kept)[image][0] == "held"


def test_an_image_on_somebody_elses_server_is_named_not_fetched(town: Sandbox, tmp_path: Path) -> None:
    town.reply(1, "Une image d’ailleurs : ![x](https://ailleurs.example.org/x.png), à voir.", username="admin")
    with archive_of(town, tmp_path) as kept:
        kept.run()
        assert files(kept)["https://ailleurs.example.org/x.png"] == ("foreign", None)


def test_a22_files_in_a_storage_elsewhere_are_fetched_without_the_key(town: Sandbox, tmp_path: Path) -> None:
    seen: list[dict[str, str]] = []

    class Storage(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(PICTURE)))
            self.end_headers()
            self.wfile.write(PICTURE)

        def log_message(self, *_args: object) -> None:
            """Nothing."""

    storage = HTTPServer(("127.0.0.1", 0), Storage)
    threading.Thread(target=storage.serve_forever, daemon=True).start()
    try:
        place = f"http://127.0.0.1:{storage.server_port}/original/1X/a.png"
        image = upload(town, "schéma.png", PICTURE)
        town.reply(1, f"Voici un schéma, rangé ailleurs : ![schéma]({image}).", username="admin")
        town.fail(Fault("status", path="/uploads/", status=302, headers={"Location": place}))
        with archive_of(town, tmp_path) as kept:
            kept.run()
            assert files(kept)[image][0] == "held"
    finally:
        storage.shutdown()
        storage.server_close()
    assert len(seen) == 1
    assert not {"api-key", "api-username", "cookie", "authorization"} & set(seen[0])


def test_avatars_come_when_somebody_asks_for_them(town: Sandbox, tmp_path: Path) -> None:
    with archive_of(town, tmp_path) as kept:
        kept.run()
        assert kept.rows("SELECT COUNT(*) FROM uploads WHERE kind = 'avatar'") == [(0,)]
        kept.run(avatars=True)
        assert kept.rows("SELECT COUNT(*) > 0 FROM uploads WHERE kind = 'avatar'") == [(1,)]


def test_polls_and_public_votes_are_kept(town: Sandbox, tmp_path: Path) -> None:
    raw = "On vote ensemble :\n\n[poll public=true results=always]\n* Lundi\n* Mardi\n[/poll]\n\nMerci à tous !"
    post = town.reply(1, raw, username="admin")
    with town.state.lock:
        poll = post.polls[0]
        poll.votes[2] = [next(iter(poll.options))]
    with archive_of(town, tmp_path) as kept:
        kept.run()
        assert kept.rows("SELECT voters FROM polls WHERE post = :p", p=post.id) == [(1,)]
        html = [row[0] for row in kept.rows("SELECT html FROM poll_options ORDER BY position")]
        assert html == ["Lundi", "Mardi"]
        assert kept.rows("SELECT person FROM poll_votes") == [(2,)]


def test_reactions_are_kept_with_their_people(town: Sandbox, tmp_path: Path) -> None:
    people = [user.username for user in town.state.users.values() if user.id in (5, 6)]
    for emoji, name in zip(("clap", "hugs"), people, strict=True):
        town.react(3, emoji, username=name)
    with archive_of(town, tmp_path) as kept:
        kept.run()
        query = "SELECT person, kind FROM reactions WHERE post = 3 AND kind <> 'like' ORDER BY person"
        assert kept.rows(query) == [(5, "clap"), (6, "hugs")]
        assert kept.run().requests <= 3


def test_a19_personal_messages_of_the_keys_user_come_when_asked_for(town: Sandbox, tmp_path: Path) -> None:
    headers = {"Api-Key": town.keys["all_users"], "Api-Username": "admin"}
    answer = requests.post(
        f"{town.url}/posts.json",
        json={
            "title": "Un mot entre nous deux",
            "raw": "Ceci reste entre nous, merci bien.",
            "archetype": "private_message",
            "target_recipients": "membre2",
        },
        headers=headers,
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    with archive_of(town, tmp_path) as kept:
        kept.run()
        assert b"Ceci reste entre nous" not in (tmp_path / "archive.sqlite").read_bytes()
        kept.run(messages=True)
        found = kept.rows("SELECT archetype FROM topics WHERE id = :t", t=answer.json()["topic_id"])
        assert found == [("private_message",)]
        assert "Ceci reste entre nous, merci bien." in {raw for raw, _cooked in kept.texts().values()}


def test_messages_of_others_are_not_kept_whatever_an_administrators_key_shows(town: Sandbox, tmp_path: Path) -> None:
    """Before: servers of 2025 show an administrator everybody's messages, and all of them were kept."""

    def send(title: str, raw: str, who: str, to: str) -> int:
        given = {"title": title, "raw": raw, "archetype": "private_message", "target_recipients": to}
        headers = {"Api-Key": town.keys["all_users"], "Api-Username": who}
        answer = requests.post(f"{town.url}/posts.json", json=given, headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["topic_id"])

    others = send("Un mot entre eux seuls", "Cela ne regarde personne d’autre.", "membre3", "membre4")
    mine = send("Un mot entre nous deux", "Ceci reste entre nous, merci bien.", "membre3", "admin")
    with archive_of(town, tmp_path, messages=True) as kept:
        kept.run()
        kept.clock.pass_days(1)
        again = kept.run()
        assert not again.paths(f"/t/{others}"), "what is not ours is looked at once"
        held = kept.rows("SELECT id FROM topics WHERE archetype = 'private_message'")
        assert held == [(mine,)]
        assert "Cela ne regarde personne" not in str(kept.texts())
        assert b"Cela ne regarde personne" not in (tmp_path / "archive.sqlite").read_bytes()
        town.topic(mine).allowed.discard(1)
        town.reply(mine, "Cela ne regarde plus que moi.", username="membre3")
        kept.clock.pass_days(1)
        kept.run()
        assert kept.tombstones("topic") == {mine: "private"}
        assert "Cela ne regarde plus que moi." not in str(kept.texts()), "who left reads on no more"


def test_a_page_that_stands_for_a_file_is_not_kept_as_the_file(town: Sandbox, tmp_path: Path) -> None:
    image = upload(town, "a.png", PICTURE)
    town.reply(1, f"Une image pendant la maintenance : ![a]({image}), patience.", username="admin")
    town.fail(Fault("status", path="/uploads/", status=200, body=b"<html>Maintenance</html>"))
    with archive_of(town, tmp_path, key=False) as kept:
        kept.run()
        assert files(kept)[image] == ("refused", None)
        assert kept.run().requests <= 3
        kept.clock.pass_days(1)
        kept.run()
        assert files(kept)[image][0] == "held"
