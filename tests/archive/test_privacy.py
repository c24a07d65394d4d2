"""Forgetting somebody in an archive: nothing is left of them, and nothing brings them back."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.archive.names import erasures, secret
from koweb_sync.archive.names.erasures import Policy
from koweb_sync.archive.privacy import consent, forget, forget_everywhere, purge
from koweb_sync.archive.privacy.compact import compact
from koweb_sync.archive.privacy.find_names import Sought, Trace
from koweb_sync.archive.store.store import Archive as Place
from koweb_sync.errors import ConfigError, InputError
from koweb_sync.forum.machine import machine_folder
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.model.records import PostRecord, TopicRecord
from koweb_sync.sandbox.rules.accounts import anonymize, rename
from tests.archive.crawling import Archive, archive_of

pytestmark = pytest.mark.server("2022")

NAMES = ["claire", "Claire Moreau"]
TOLD = (
    "Bonjour @claire, et merci à Claire Moreau !\n\n"
    '[quote="claire, post:1, topic:{topic}"]\nLe carnet partagé nous a sauvés.\n[/quote]\n\n'
    "Voir [son profil](/u/claire/summary) et `@claire`. Une page éclairée, clairement."
)


@pytest.fixture
def talk(box: Sandbox) -> TopicRecord:
    """A topic that Claire opened, in which Amina quotes, mentions, names and likes her, and Claire likes Amina."""
    topic = box.new_topic("Un carnet partagé pour tout le monde", "Le carnet partagé nous a sauvés.", category=2)
    said = box.reply(topic.id, TOLD.format(topic=topic.id), username="amina")
    box.reply(topic.id, "Je suis de l’avis de CLAIRE MOREAU, et de @Claire.", username="bilal")
    like(box, "claire", said)
    like(box, "amina", box.first_post(topic.id))
    return topic


def like(box: Sandbox, username: str, post: PostRecord) -> None:
    """Somebody likes a post."""
    with box.state.lock:
        post.likes.append((box.state.user(username).id, box.state.clock()))
        box.state.changed(post.topic_id)


@pytest.fixture
def kept(box: Sandbox, talk: TopicRecord, tmp_path: Path) -> Iterator[Archive]:
    """An archive of that forum, with its people's pictures."""
    with archive_of(box, tmp_path, avatars=True) as archive:
        archive.run()
        yield archive


def place(kept: Archive, *folders: Path) -> Place:
    """The archive, as the commands see it."""
    return Place(kept.store, kept.forum, kept.box.url, folders)


def erase(
    kept: Archive, user: str, policy: Policy, *folders: Path, more: tuple[str, ...] = ()
) -> forget_everywhere.ForgetOutcome:
    """Forget somebody."""
    with kept.store.read() as connection:
        one = forget.find(connection, kept.forum, user)
    return forget_everywhere.perform(
        place(kept, *folders), [forget.whole_person(one, policy, more)], kept.clock.micros()
    )


def sha(path: Path) -> str:
    """The checksum of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def traces(kept: Archive, *folders: Path, names: list[str] | None = None) -> list[Trace]:
    """Every place that still says a name."""
    return forget_everywhere.search(place(kept, *folders), Sought(names or NAMES))


def bytes_beside(kept: Archive) -> bytes:
    """Everything in the folder of the archive, in small letters."""
    return b"\n".join(one.read_bytes() for one in sorted(kept.folder.glob("archive.sqlite*"))).lower()


def test_a21_nothing_is_left_of_somebody_and_the_others_texts_stay(kept: Archive, talk: TopicRecord) -> None:
    assert b"claire moreau" in bytes_beside(kept)
    before = kept.texts()
    erase(kept, "claire", "keep")
    assert traces(kept) == []
    found = bytes_beside(kept)
    assert b"claire moreau" not in found
    assert b"@claire" not in found
    raw, cooked = kept.texts()[talk.post_ids[1]]
    mine = f"personne-partie-{kept.box.state.user('claire').id}"
    assert raw == before[talk.post_ids[1]][0].replace("Claire Moreau", mine).replace("claire,", f"{mine},").replace(
        "@claire", f"@{mine}"
    ).replace("/u/claire", f"/u/{mine}")
    assert "une page éclairée, clairement." in raw.lower()
    assert f'data-username="{mine}"' in cooked
    assert kept.texts()[talk.post_ids[0]][0] == "Le carnet partagé nous a sauvés."


def test_a21_a_later_run_brings_nobody_back_and_sees_no_edit(kept: Archive, box: Sandbox, talk: TopicRecord) -> None:
    erase(kept, "claire", "keep")
    box.reply(talk.id, "Et @claire ? Claire Moreau, es-tu là ?", username="amina")
    box.reply(talk.id, "Me voici, moi, Claire Moreau.", username="claire")
    for _day in range(3):
        kept.clock.pass_days(1)
        result = kept.run(rolling=1)
        assert "versions" not in result.found
        assert "renamed" not in result.found
    assert traces(kept) == []
    who = box.state.user("claire").id
    assert kept.rows("SELECT username, name, title, avatar FROM people WHERE id = :w", w=who) == [
        (f"personne-partie-{who}", "", "", "")
    ]
    for table in ("names", "activity", "reactions", "poll_votes", "group_members"):
        assert kept.rows(f"SELECT * FROM {table} WHERE person = :w", w=who) == []  # noqa: S608
    new = kept.texts()[talk.post_ids[-2]][0]
    assert new == f"Et @personne-partie-{who} ? personne-partie-{who}, es-tu là ?"


def test_nobody_is_named_who_accepted_an_answer_and_was_forgotten(
    kept: Archive, box: Sandbox, talk: TopicRecord
) -> None:
    box.accept(talk.post_ids[1], username="claire")
    kept.clock.pass_days(1)
    kept.run(rolling=1)
    accepted = "SELECT accepted, accepted_by FROM topics WHERE id = :t"
    assert kept.rows(accepted, t=talk.id)[0][0] == 2
    erase(kept, "claire", "keep")
    assert kept.rows(accepted, t=talk.id) == [(2, None)]
    box.reply(talk.id, "Une réponse de plus, après tout cela.", username="amina")
    kept.clock.pass_days(1)
    kept.run(rolling=1)
    assert kept.rows(accepted, t=talk.id) == [(2, None)], "a later run tells again who did"
    assert traces(kept) == []


def test_likes_of_the_forgotten_count_without_a_name(kept: Archive, box: Sandbox, talk: TopicRecord) -> None:
    erase(kept, "claire", "keep")
    liked = talk.post_ids[1]
    assert kept.rows("SELECT told, count FROM counts WHERE post = :p", p=liked) == [(1, 1)]
    like(box, "bilal", box.post(liked))
    kept.clock.pass_days(1)
    kept.run()
    assert kept.rows("SELECT told, count FROM counts WHERE post = :p", p=liked) == [(2, 1)]
    assert {person for post, person in kept.likes() if post == liked} == {box.state.user("bilal").id}


def test_texts_are_removed_where_that_is_wanted_and_quotes_of_them_too(
    kept: Archive, box: Sandbox, talk: TopicRecord
) -> None:
    box.edit(talk.id, "Le carnet partagé nous a sauvés, deux fois.")
    kept.run()
    erase(kept, "claire", "remove")
    assert traces(kept, names=[*NAMES, "nous a sauvés"]) == []
    assert kept.texts()[talk.post_ids[0]] == ("", "")
    assert kept.versions(talk.post_ids[0]) == [""]
    assert b"nous a sauv" not in bytes_beside(kept)
    kept.clock.pass_days(2)
    box.edit(talk.id, "Le carnet partagé nous a sauvés, trois fois.")
    result = kept.run(rolling=1)
    assert "versions" not in result.found
    assert traces(kept, names=[*NAMES, "nous a sauvés"]) == []
    assert len(kept.texts()) == len({post for (post,) in kept.rows("SELECT id FROM posts")})


def test_files_that_only_they_used_go_with_their_texts(kept: Archive, box: Sandbox, talk: TopicRecord) -> None:
    mine = talk.post_ids[0]
    with kept.store.begin() as connection:
        for sha, post, url in (
            ("a", mine, "upload://a.png"),
            ("b", mine, "upload://b.png"),
            ("b", talk.post_ids[1], ""),
        ):
            values = {"f": kept.forum, "s": sha, "p": post, "u": url or "upload://b.png"}
            for sql in (
                "INSERT OR IGNORE INTO blobs (forum, sha256, bytes, type, data) VALUES (:f, :s, 1, 'image/png', x'00')",
                "INSERT OR IGNORE INTO uploads (forum, url, kind, sha256, status) VALUES (:f, :u, 'image', :s, 'held')",
                "INSERT INTO upload_uses (forum, post, url) VALUES (:f, :p, :u)",
            ):
                connection.exec_driver_sql(sql, values)
    erase(kept, "claire", "remove")
    held = "SELECT sha256 FROM {} WHERE sha256 IN ('a', 'b')"
    assert kept.rows(held.format("blobs")) == kept.rows(held.format("uploads")) == [("b",)]


def test_a_rehearsal_changes_nothing_and_says_what_a_person_must_look_at(
    kept: Archive, box: Sandbox, talk: TopicRecord
) -> None:
    box.reply(talk.id, "Merci Claire, et bravo.", username="amina")
    kept.run()
    before = kept.content()
    with kept.store.read() as connection:
        orders = [forget.whole_person(forget.find(connection, kept.forum, "claire"), "keep")]
    outcome = forget_everywhere.rehearse(place(kept), orders, kept.clock.micros())
    assert kept.content() == before
    assert not secret.place().exists()
    assert outcome.done.rows["likes"] == 2
    assert any("Merci [Claire], et bravo." in one.context for one in outcome.left)
    done = erase(kept, "claire", "keep")
    assert done.done.rows == outcome.done.rows
    assert any("Merci [Claire], et bravo." in one.context for one in traces(kept))
    erase(kept, f"personne-partie-{box.state.user('claire').id}", "keep", more=("Claire",))
    assert traces(kept) == []


def test_a21_who_was_made_anonymous_upstream_is_so_in_the_archive(
    kept: Archive, box: Sandbox, talk: TopicRecord
) -> None:
    with box.state.lock:
        anonymize(box.state, box.state.user("claire"))
    kept.clock.pass_days(1)
    kept.run()
    assert traces(kept) != []
    forget_everywhere.follow(place(kept), kept.clock.micros())
    assert traces(kept) == []
    kept.clock.pass_days(2)
    result = kept.run(rolling=1)
    assert "versions" not in result.found  # the forum writes the new name into old mentions, and so did we
    assert traces(kept) == []
    assert forget_everywhere.follow(place(kept), kept.clock.micros()).done.rows == {}


def test_a21_old_names_are_kept_until_somebody_wants_them_forgotten(
    kept: Archive, box: Sandbox, talk: TopicRecord
) -> None:
    with box.state.lock:
        rename(box.state, box.state.user("claire"), "helene")
        box.state.user("helene").name = "Hélène Moreau"
    kept.clock.pass_days(1)
    kept.run(rolling=1)
    assert [row[0] for row in kept.rows("SELECT username FROM names WHERE person = 3 ORDER BY n")] == [
        "claire",
        "helene",
    ]
    with kept.store.read() as connection:
        order = forget.former_names(forget.find(connection, kept.forum, "claire"))
    forget_everywhere.perform(place(kept), [order], kept.clock.micros())
    assert traces(kept) == []
    assert kept.rows("SELECT username, name FROM names WHERE person = 3") == [("helene", "Hélène Moreau")]
    assert kept.likes()  # only names were forgotten


def test_a_name_that_somebody_else_took_is_left_to_them(kept: Archive, box: Sandbox, talk: TopicRecord) -> None:
    with box.state.lock:
        rename(box.state, box.state.user("claire"), "helene")
        rename(box.state, box.state.user("bilal"), "claire")
    kept.clock.pass_days(1)
    kept.run(rolling=1)
    with kept.store.read() as connection:
        one = forget.find(connection, kept.forum, "helene")
        order = forget.former_names(one)
    assert "claire" in one.shared
    assert "claire" not in order.known.account


def test_the_search_finds_what_deleting_leaves_behind(kept: Archive) -> None:
    path = kept.folder / "archive.sqlite"
    kept.store.close()
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA secure_delete = OFF")
        raw.execute("CREATE TABLE notes (text TEXT)")
        raw.executemany("INSERT INTO notes VALUES (?)", [("zébulon d’or " * 40,)] * 50)
        raw.commit()
        raw.execute("DELETE FROM notes")
        raw.commit()
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    assert {one.where for one in traces(kept, names=["zébulon"])} == {str(path)}
    compact(kept.store)
    assert traces(kept, names=["zébulon"]) == []


@pytest.mark.parametrize(
    "said", ["CLAIRE MOREAU", "Claire%20Moreau", "claire-moreau", "Clai\u0301re Moreau", "Claire&nbsp;Moreau"]
)
def test_the_search_knows_every_way_of_writing(said: str) -> None:
    assert list(Sought(["Cláire Moreau"]).within(f"Merci {said} !")) == [f"Merci [{said}] !"]
    assert list(Sought(["Claire"]).within("éclaire clairement")) == []


def test_exports_are_rewritten_and_foreign_folders_are_not_touched(kept: Archive, tmp_path: Path) -> None:
    export, foreign = tmp_path / "export", tmp_path / "foreign"
    for folder in (export, foreign):
        (folder / "topics").mkdir(parents=True)
        (folder / "topics" / "1.md").write_text("Merci @claire et Claire Moreau.\n", encoding="utf-8")
    (export / "koweb-export.json").write_text('{"version": 1}', encoding="utf-8")
    outside = tmp_path / "outside.md"
    outside.write_text("@claire", encoding="utf-8")
    page = export / "topics" / "1.md"
    rows = export / "people.jsonl"
    row = {
        "id": 3,
        "username": "claire",
        "name": "Claire Moreau",
        "cooked": '<a class="mention" href="/u/claire">@claire</a>',
    }
    rows.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    listed = f"{sha(page)}  topics/1.md\n{sha(outside)}  ../outside.md\n{sha(rows)}  people.jsonl\n"
    (export / "SHA256SUMS").write_text(listed, encoding="utf-8")
    outcome = erase(kept, "claire", "keep", export, foreign)
    assert [(one.folder, one.known, len(one.rewritten)) for one in outcome.reached] == [
        (export, True, 2),
        (foreign, False, 0),
    ]
    assert traces(kept, export) == []
    assert (export / "SHA256SUMS").read_text(encoding="utf-8").startswith(f"{sha(page)}  topics/1.md\n")
    assert outside.read_text(encoding="utf-8") == "@claire"
    assert json.loads(rows.read_text(encoding="utf-8"))["username"] == "personne-partie-3"
    assert {one.where for one in traces(kept, foreign)} == {str(foreign / "topics" / "1.md")}


def test_names_that_this_machine_remembers_are_forgotten_too(kept: Archive, box: Sandbox) -> None:
    path = machine_folder(box.url) / "names.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"Claire": "Claire Moreau", "amina": "Amina Cherif"}), encoding="utf-8")
    assert traces(kept, names=["Claire Moreau"]) != []
    assert erase(kept, "claire", "keep").remembered == 1
    assert json.loads(path.read_text(encoding="utf-8"))["names"] == {"amina": "Amina Cherif"}


def test_a_kill_between_the_rows_and_the_files_is_made_good(
    kept: Archive, talk: TopicRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(_store: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(forget_everywhere, "compact", killed)
        with pytest.raises(KeyboardInterrupt):
            erase(kept, "claire", "keep")
    forget_everywhere.finish(place(kept))
    assert traces(kept) == []
    assert kept.rows("SELECT name FROM cursors WHERE name = 'compact'") == []


def test_without_the_secret_nothing_is_archived_that_could_bring_a_name_back(
    kept: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    erase(kept, "claire", "keep")
    path = secret.place()
    assert path.stat().st_mode & 0o777 == 0o600
    value = path.read_text(encoding="utf-8").strip()
    assert value.encode() not in bytes_beside(kept)
    path.unlink()
    kept.clock.pass_days(1)
    with pytest.raises(ConfigError):
        kept.run()
    monkeypatch.setenv(secret.VARIABLE, "another secret than the one before")
    with pytest.raises(ConfigError):
        kept.run()
    monkeypatch.setenv(secret.VARIABLE, value)
    kept.run()
    assert traces(kept) == []


def test_the_forum_itself_is_nobody_to_be_forgotten(kept: Archive) -> None:
    with pytest.raises(InputError):
        erase(kept, "system", "keep")
    with pytest.raises(InputError):
        erase(kept, "nobody-at-all", "keep")


def test_two_forgettings_of_one_person_are_one_erasure(kept: Archive) -> None:
    erase(kept, "claire", "keep")
    erase(kept, "#3", "remove", more=("Clairette",))
    key = secret.find(kept.box.url)
    with kept.store.read() as connection:
        (found,) = erasures.read(connection, kept.forum, key)
    assert found.policy == "remove"
    assert len(found.marks["account"]) == 1
    assert found.longest == 2


def test_what_the_forum_deleted_is_emptied_after_some_days_and_its_grave_stays(
    kept: Archive, box: Sandbox, talk: TopicRecord
) -> None:
    box.delete(talk.id)
    kept.clock.pass_days(1)
    kept.run()
    held = kept.texts()
    assert held[talk.post_ids[0]][0] != ""
    now = kept.clock.micros()
    with kept.store.begin() as connection:
        assert purge.due(connection, kept.forum, now - 2 * 86_400_000_000) == []
        assert purge.purge(connection, kept.forum, box.url, now, now).rows["texts of posts"] == 3
    compact(kept.store)
    assert "Le carnet partagé nous a sauvés".lower().encode() not in bytes_beside(kept)
    assert kept.tombstones("topic")[talk.id] in ("deleted", "gone")
    assert {post: text for post, text in kept.texts().items() if post not in talk.post_ids} == {
        post: text for post, text in held.items() if post not in talk.post_ids
    }
    box.recover(talk.id)
    kept.clock.pass_days(1)
    kept.run(rolling=1)
    assert kept.texts()[talk.post_ids[0]] == held[talk.post_ids[0]]


def test_wishes_not_to_be_counted_are_kept_with_their_time(kept: Archive) -> None:
    with kept.store.begin() as connection:
        assert consent.wish(connection, kept.forum, 3, 10, counted=False)
        assert not consent.wish(connection, kept.forum, 3, 11, counted=False)
        assert consent.wishes(connection, kept.forum) == [consent.Consent(3, "claire", consent.WISH, 10)]
        assert consent.wish(connection, kept.forum, 3, 20, counted=True)
        assert consent.wishes(connection, kept.forum) == []
    assert kept.rows("SELECT since, until FROM consents") == [(10, 20)]


def test_of_wishes_about_being_quoted_only_the_last_one_holds(kept: Archive) -> None:
    with kept.store.begin() as connection:
        assert consent.quoting(connection, kept.forum) == {}
        for time, chosen in enumerate(consent.Quoting):
            assert consent.wish_quoting(connection, kept.forum, 3, time, chosen)
            assert not consent.wish_quoting(connection, kept.forum, 3, time + 90, chosen)
            assert consent.quoting(connection, kept.forum) == {3: chosen}
        consent.wish(connection, kept.forum, 3, 95, counted=False)
        assert consent.quoting(connection, kept.forum) == {3: consent.Quoting.NEVER}


def test_a22_neither_addresses_of_mail_nor_keys_are_in_the_archive(kept: Archive, box: Sandbox) -> None:
    with box.state.lock:
        for user in box.state.users.values():
            user.email = f"address-of-{user.id}@mail.example"
    kept.clock.pass_days(1)
    kept.run()
    found = bytes_beside(kept)
    assert b"mail.example" not in found
    assert all(key.encode().lower() not in found for key in box.keys.values())
