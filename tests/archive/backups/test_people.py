"""Backups and the people in them: former names, who is forgotten, and what does not come back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.archive.crawl.held_counts import holdings
from koweb_sync.archive.crawl.ledger import ledger_entries, remembered
from koweb_sync.archive.names.erasures import Policy
from koweb_sync.archive.names.secret import Secret
from koweb_sync.archive.privacy import forget
from koweb_sync.archive.privacy.subject import gather
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store
from koweb_sync.sandbox import Sandbox
from tests.archive.backups.taking import emptied, everything, raws, rows, take
from tests.archive.backups.writing import Dump, as_sql, dump_of
from tests.archive.crawling import forum_of

NAME, FORMER = "zephirine77", "zephirine_du_val"
SECRET = Secret(b"s" * 32, "https://kafe.example.org")
HISTORY = ("id", "action", "target_user_id", "previous_value", "new_value", "created_at", "details", "ip_address")
LANGUAGES = ("post_id", "locale", "raw", "cooked", "localizer_user_id", "created_at")
AT = "2024-05-06 07:08:09"


@pytest.fixture(scope="module")
def dump() -> Iterator[Dump]:
    """A forum where somebody wrote, edited, was called otherwise before, and is named by others."""
    seed = forum_of(6, 40, likes=20)
    seed["users"][2] |= {"username": NAME, "name": "Zéphirine du Val", "admin": True}
    seed["topics"][2]["user_id"] = 2
    with Sandbox.start(seed) as box:
        box.edit(2, raw=f"Un texte que @{FORMER} et @{NAME} ont écrit ensemble.", username="admin")
        box.edit(2, raw="Un texte dont plus personne ne dit de qui il est.", username=NAME)
        box.edit(2, title=f"Ce que {NAME} nous a dit hier", username=NAME)
        box.edit(2, title="Ce que l’on nous a dit hier", username=NAME)
        box.edit(3, title="Un sujet qui s’appelle maintenant ainsi", username=NAME)
        found = dump_of(box)
    past = ("1", "21", "2", FORMER, NAME, AT, "secret-detail", "203.0.113.77")
    other = ("2", "24", "3", None, None, AT, None, None)
    third = ("3", "21", "3", "membre_dont_le_nom_est_parti", "anon3", AT, None, None)
    found.add("user_histories", HISTORY, [past, other, third])
    mine = next(row[0] for row in found.tables["posts"][1] if row[1] == "2")
    found.add("post_localizations", LANGUAGES, [(mine, "en", f"By {NAME}", f"<p>By {NAME}</p>", 2, AT)])
    found.add(
        "topic_localizations",
        ("topic_id", "locale", "title", "localizer_user_id", "created_at"),
        [(2, "en", f"Of {NAME}", 2, AT)],
    )
    found.add(
        "permalinks",
        ("id", "url", "topic_id", "post_id", "category_id", "external_url"),
        [(1, f"blog/{NAME}", 2, None, None, None), (2, "x", 999, None, None, None)],
    )
    yield found


def test_former_names_are_kept_but_of_those_whose_name_the_forum_took_away(dump: Dump, tmp_path: Path) -> None:
    with emptied(tmp_path) as store:
        take(store, as_sql(tmp_path, dump))
        names = [
            (row["person"], row["n"], row["username"]) for row in rows(store, schema.NAMES) if row["person"] in (2, 3)
        ]
        assert sorted(names) == [(2, 1, FORMER), (2, 2, NAME), (3, 1, "membre3")]
    assert b"membre_dont_le_nom" not in everything(tmp_path)


def test_other_languages_and_old_addresses_are_kept(dump: Dump, tmp_path: Path) -> None:
    with emptied(tmp_path) as store:
        take(store, as_sql(tmp_path, dump))
        assert {(row["kind"], row["locale"]) for row in rows(store, schema.LOCALISATIONS)} == {
            ("post", "en"),
            ("topic", "en"),
        }
        assert [(row["url"], row["topic"]) for row in rows(store, schema.PERMALINKS)] == [(f"blog/{NAME}", 2)]
        with store.read() as connection:
            told = gather(connection, 1, 2, 0)
        assert [one for post in told["posts"] for one in post["localisations"]]


def forgotten(store: Store, base: str, policy: Policy) -> None:
    """Forget the person, as the command does."""
    with store.begin() as connection:
        person = forget.person(connection, 1, 2)
        forget.carry_out(connection, 1, base, forget.whole_person(person, policy), SECRET, 1)


@pytest.mark.parametrize("policy", ["keep", "remove"])
def test_who_is_forgotten_is_gone_from_every_earlier_text_and_does_not_come_back(
    dump: Dump, policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("koweb_sync.archive.names.erasures.find", lambda *_given: SECRET)
    file = as_sql(tmp_path, dump)
    with emptied(tmp_path) as store:
        take(store, file, "https://kafe.example.org")
        assert named(store)
        forgotten(store, "https://kafe.example.org", policy)
        assert not named(store)
        assert not {row["person"] for row in rows(store, schema.TOPIC_EDITS)} & {2}
        own = {row["id"] for row in rows(store, schema.TOPICS) if row["person"] == 2}
        assert bool(own & {row["topic"] for row in rows(store, schema.TOPIC_EDITS)}) == (policy == "keep")
        before = raws(store)
        take(store, file, "https://kafe.example.org")
        assert not named(store)
        assert raws(store) == before


@pytest.mark.parametrize("policy", ["keep", "remove"])
def test_likes_of_who_is_forgotten_are_not_missing_once_the_backup_is_read_again(
    dump: Dump, policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("koweb_sync.archive.names.erasures.find", lambda *_given: SECRET)
    file = as_sql(tmp_path, dump)
    with emptied(tmp_path) as store:
        take(store, file)
        given = sum(row["person"] == 2 and row["gone"] is None for row in rows(store, schema.REACTIONS))
        forgotten(store, "https://kafe.example.org", policy)
        before = likes_held(store)
        assert before[1:] == (given, 0) and given
        take(store, file)
        assert likes_held(store) == before


def likes_held(store: Store) -> tuple[int, int, int]:
    """How many likes are held with their people, how many without, and how many are missing."""
    with store.read() as connection:
        told = {one.id: one for one in remembered(connection, 1)}
        likes = [one.likes for one in ledger_entries(told.values(), holdings(connection, 1, told))]
    return sum(one.named for one in likes), sum(one.unnamed for one in likes), sum(one.short for one in likes)


def named(store: Store) -> list[str]:
    """The tables that still say one of the names."""
    words = (NAME, FORMER, "Zéphirine")
    return [
        name
        for name, table in schema.METADATA.tables.items()
        for row in rows(store, table)
        if any(word in str(value) for value in row.values() for word in words)
    ]
