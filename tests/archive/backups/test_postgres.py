"""Backups that PostgreSQL's own pg_dump wrote, of databases as servers of several years have them."""

import gzip
import random
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from koweb_sync.archive.backups.backup import Backup
from koweb_sync.archive.backups.tables import ALLOWED
from koweb_sync.archive.store import schema
from tests.archive.backups.taking import digest, emptied, everything, raws, rows, take
from tests.archive.backups.writing import packed
from tests.postgres import binaries, new_database

AT = "2021-05-06 07:08:09.123456"
SECRETS = (
    "courrier@secret.example.org",
    "203.0.113.77",
    "$secret$hash",
    "jeton-secret",
    "lettre secrète",
    "sel-secret",
)
# The columns of each table; those of some years stand behind the first of them that has them.
TABLES = {
    "site_settings": "id int, name text, data_type int, value text",
    "categories": "id int, name text, slug text, parent_category_id int, description text, color text, position int, "
    "read_restricted bool, topic_id int, email_in text",
    "category_groups": "id int, category_id int, group_id int, permission_type int",
    "groups": "id int, name text, automatic bool, user_count int, visibility_level int, email_password text; "
    "2020: full_name text; 2025: members_visibility_level int",
    "group_users": "id int, group_id int, user_id int",
    "users": "id int, username text, name text, created_at timestamp, trust_level int, admin bool, moderator bool, "
    "staged bool, active bool, last_seen_at timestamp, suspended_till timestamp, title text, ip_address inet; "
    "2020-2024: password_hash text, salt text",
    "user_emails": "id int, user_id int, email text",
    "user_auth_tokens": "id int, user_id int, auth_token text",
    "tags": "id int, name text",
    "topic_tags": "id int, topic_id int, tag_id int",
    "topics": "id int, title text, slug text, archetype text, category_id int, user_id int, created_at timestamp, "
    "bumped_at timestamp, last_posted_at timestamp, deleted_at timestamp, deleted_by_id int, visible bool, "
    "closed bool, archived bool, pinned_at timestamp, pinned_globally bool, views int, "
    "posts_count int, highest_post_number int, like_count int; 2022: external_id text",
    "posts": "id int, user_id int, topic_id int, post_number int, raw text, cooked text, created_at timestamp, "
    "updated_at timestamp, reply_to_post_number int, deleted_at timestamp, like_count int, reads int, post_type int, "
    "last_editor_id int, hidden bool, user_deleted bool, deleted_by_id int, edit_reason text, wiki bool, "
    "public_version int, action_code text, raw_email text; 2025: locale text",
    "post_revisions": "id int, user_id int, post_id int, modifications text, number int, created_at timestamp, "
    "updated_at timestamp, hidden bool",
    "post_actions": "id int, post_id int, user_id int, post_action_type_id int, deleted_at timestamp, "
    "created_at timestamp",
    "polls": "id int, post_id int, name text, type int, status int, results int, visibility int, close_at timestamp, "
    "anonymous_voters int; 2022: title text",
    "poll_options": "id int, poll_id int, digest text, html text, anonymous_votes int",
    "poll_votes": "poll_id int, poll_option_id int, user_id int",
    "topic_custom_fields": "id int, topic_id int, name text, value text, created_at timestamp",
    "user_actions": "id int, action_type int, target_post_id int, acting_user_id int",
    "uploads": "id int, url text, sha1 text, original_filename text; 2022: secure bool",
}
ONLY = {
    "discourse_solved_solved_topics": "topic_id int, answer_post_id int, accepter_user_id int, created_at timestamp"
}
STRANGE = ("\\N", "\\.", "a\tb", "a\\b\\\\c", "a\r\nb", "\\n", "é🙂\u2028", "\x01\x7f", "COPY x (a) FROM stdin;", "")
TOLD = """
WITH public AS (SELECT p.* FROM posts p JOIN topics t ON t.id = p.topic_id AND t.archetype = 'regular')
SELECT (SELECT md5(string_agg(md5(raw), '' ORDER BY id)) FROM public),
  (SELECT COUNT(*) FROM post_revisions r JOIN public p ON p.id = r.post_id),
  (SELECT COUNT(*) FROM post_actions a JOIN public p ON p.id = a.post_id WHERE post_action_type_id = 2)
"""
Form = Callable[[str, Path], Path]


def columns(said: str, year: int) -> str:
    """The columns that a table has in a year."""
    first, *others = said.split("; ")
    found = [first]
    for one in others:
        years, _colon, more = one.partition(": ")
        begin, _dash, end = years.partition("-")
        found += [more] if int(begin) <= year <= int(end or 9999) else []
    return ", ".join(found)


@dataclass
class Town:
    """A database of some year, and what PostgreSQL says of it."""

    year: int
    address: str
    sum: str
    revisions: int
    likes: int


def edited(before: str, after: str) -> str:
    """An edit, as Rails keeps it."""
    said = yaml.safe_dump({"raw": [before, after], "cooked": [f"<p>{len(before)}</p>", f"<p>{len(after)}</p>"]})
    return f"--- !ruby/hash:ActiveSupport::HashWithIndifferentAccess\n{said}"


def fill(connection: "psycopg.Connection[Any]", year: int) -> None:
    """Topics and posts with every sign that COPY writes in a way of its own, and what nobody may keep."""
    dice = random.Random(year)

    def add(table: str, **values: Any) -> None:
        names = ", ".join(values)
        marks = ", ".join(["%s"] * len(values))
        query = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608
        connection.execute(query.encode(), [*values.values()])

    mail, address, password, token, letter, salt = SECRETS
    plain = {"created_at": AT, "trust_level": 1, "admin": False, "moderator": False, "staged": False, "active": True}
    for n in range(1, 4):
        old = {"password_hash": password, "salt": salt} if year < 2025 else {}
        add("users", id=n, username=f"membre{n}", name=f"Membre {n}", ip_address=address, **plain, **old)
        add("user_emails", id=n, user_id=n, email=mail)
        add("user_auth_tokens", id=n, user_id=n, auth_token=token)
    add("categories", id=1, name="Lieu", slug="lieu", color="aabbcc", position=1, read_restricted=False, email_in=mail)
    add("groups", id=11, name="amis", automatic=False, user_count=1, visibility_level=0, email_password=password)
    flags = {"visible": True, "closed": False, "archived": False, "pinned_globally": False, "views": 3}
    counts = {"posts_count": 12, "highest_post_number": 12, "like_count": 1}
    for n in range(1, 6):
        kind, place = ("private_message", None) if n == 5 else ("regular", 1)
        moments = {"created_at": AT, "bumped_at": AT, "last_posted_at": AT}
        title = letter if n == 5 else f"Sujet {n}"
        add(
            "topics",
            id=n,
            title=title,
            slug=f"s-{n}",
            archetype=kind,
            category_id=place,
            user_id=1,
            **moments,
            **flags,
            **counts,
        )
    numbers = list(range(1, 61))
    dice.shuffle(numbers)  # rows lie in no order
    for n in numbers:
        topic = (n - 1) // 12 + 1
        raw = letter if topic == 5 else "\n".join(dice.choices(STRANGE, k=4)) + f" {n}"
        when: dict[str, Any] = {
            "created_at": AT,
            "updated_at": AT,
            "post_type": 1,
            "last_editor_id": 1,
            "hidden": False,
        }
        more = {"user_deleted": False, "wiki": False, "public_version": 1, "like_count": 0, "reads": 1}
        add(
            "posts",
            id=n,
            user_id=1 + n % 3,
            topic_id=topic,
            post_number=(n - 1) % 12 + 1,
            raw=raw,
            cooked="<p>.</p>",
            raw_email=mail,
            **when,
            **more,
        )
        if n % 4 == 0:
            said = edited(letter if topic == 5 else f"avant {n} \\ \t", raw)
            add("post_revisions", id=n, user_id=2, post_id=n, modifications=said, number=2, created_at=AT, hidden=False)
        gone = "2021-06-07 08:09:10.5" if n % 3 == 0 else None
        add("post_actions", id=n, post_id=n, user_id=1, post_action_type_id=2, deleted_at=gone, created_at=AT)
        add("post_actions", id=100 + n, post_id=n, user_id=2, post_action_type_id=8, created_at=AT)  # a flag
    if year >= 2025:
        add("discourse_solved_solved_topics", topic_id=2, answer_post_id=14, accepter_user_id=3, created_at=AT)
    else:
        add("topic_custom_fields", id=1, topic_id=2, name="accepted_answer_post_id", value="14", created_at=AT)
        add("topic_custom_fields", id=2, topic_id=2, name="autre", value=token, created_at=AT)
        add("user_actions", id=1, action_type=15, target_post_id=14, acting_user_id=3)


@pytest.fixture(scope="module", params=[2020, 2022, 2025])
def town(request: pytest.FixtureRequest, postgres: str) -> Iterator[Town]:
    """A database of some year."""
    year = int(request.param)
    with new_database(postgres, f"town_{year}") as address, psycopg.connect(address, autocommit=True) as connection:
        for name, said in {**TABLES, **(ONLY if year >= 2025 else {})}.items():
            connection.execute(f"CREATE TABLE {name} ({columns(said, year)})".encode())
        fill(connection, year)
        told = connection.execute(TOLD).fetchone()
        assert told is not None
        yield Town(year, address, *told)


def dumped(address: str, *options: str) -> bytes:
    """What pg_dump writes."""
    folder = binaries()
    assert folder is not None
    command = [str(folder / "pg_dump"), "--no-owner", *options, address]
    return subprocess.run(command, check=True, capture_output=True).stdout


def plain(address: str, folder: Path) -> Path:
    """The form of before September 2026."""
    return packed(folder, {"dump.sql.gz": gzip.compress(dumped(address))}, "forum.tar.gz", compressed=True)


def directory(address: str, folder: Path) -> Path:
    """The form of since."""
    dumped(address, "-Fd", "-f", str(folder / "dump"))
    files = {f"dump/{one.name}": one.read_bytes() for one in sorted((folder / "dump").iterdir())}
    return packed(folder, files, "forum.tar", compressed=False)


@pytest.mark.parametrize("form", [plain, directory])
def test_every_year_and_form_gives_what_postgresql_says(town: Town, form: Form, tmp_path: Path) -> None:
    file = form(town.address, tmp_path)
    (tmp_path / "held").mkdir()
    with emptied(tmp_path / "held") as store:
        assert not take(store, file).unreadable
        assert digest(raws(store)) == town.sum
        earlier = [
            row for row in rows(store, schema.POST_VERSIONS) if row["version"] == 1 and row["raw"].startswith("avant")
        ]
        assert len(earlier) == town.revisions
        likes = rows(store, schema.REACTIONS)
        assert len(likes) == town.likes
        assert {(row["gone"] is not None, row["at"] % 1_000_000) for row in likes} == {(True, 123456), (False, 123456)}
        assert {row["gone"] % 1_000_000 for row in likes if row["gone"]} == {500_000}
        solved = [(row["accepted"], row["accepted_by"]) for row in rows(store, schema.TOPICS) if row["accepted"]]
        assert solved == [(2, 3)]
        assert len(rows(store, schema.TOPICS)) == 4
    assert not [one for one in SECRETS if one.encode() in everything(tmp_path / "held")]


def test_messages_are_taken_where_they_are_wanted(town: Town, tmp_path: Path) -> None:
    file = plain(town.address, tmp_path)
    with emptied(tmp_path) as store:
        take(store, file, messages=True)
        assert len(raws(store)) == 60


def test_both_forms_name_the_same_tables(town: Town, tmp_path: Path) -> None:
    found = []
    for form in (plain, directory):
        with Backup(form(town.address, tmp_path)) as backup:
            found.append({table.name: (table.columns, list(table.rows)) for table in backup.tables(*ALLOWED)})
    assert found[0] == found[1]
