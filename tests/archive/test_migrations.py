"""The migrations make the tables that schema.py describes; what is not an archive of ours is refused and left alone."""

import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url, select, text

from koweb_sync.archive.store import checksums, search_hits, upgrade
from koweb_sync.archive.store.engines import Origin, sqlite_engine
from koweb_sync.archive.store.schema import FORUMS, METADATA, POSTS, TOPICS
from koweb_sync.archive.store.store import Store, count, put
from koweb_sync.archive.store.views import VIEWS, drop_views
from koweb_sync.archive.verify.search_index import index_flaws
from koweb_sync.errors import HumanNeeded, InputError, StoreUnusable

URL = "https://kafe.example.org"
HEAD = upgrade.HEAD
NEXT = f"{int(HEAD) + 1:04}"


def test_migrations_and_tables_agree(store: Store) -> None:
    with store.read() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "version_table": upgrade.TABLE,
                "compare_type": True,
                "compare_server_default": store.postgresql,  # SQLite's are compared to the letter below
                "include_name": lambda name, kind, _parents: (
                    kind != "table" or not name.startswith(("search", "seals"))
                ),
            },
        )
        assert compare_metadata(context, METADATA) == []


def test_migrations_make_what_the_tables_would_make_themselves(tmp_path: Path) -> None:
    """What compare_metadata does not see: strict tables, rows kept in their key, the index."""
    Store.open(str(tmp_path / "made.sqlite")).close()
    engine = sqlite_engine(make_url(f"sqlite:///{tmp_path / 'migrated.sqlite'}"), migrates=True)
    with engine.begin() as connection:
        upgrade.upgrade(connection)
        rows = connection.execute(text("SELECT * FROM koweb_archive")).all()
    engine.dispose()
    migrated, made = (described(tmp_path / f"{name}.sqlite") for name in ("migrated", "made"))
    assert migrated == made
    assert rows == [(upgrade.HEAD,)]
    assert len(made) > 30
    assert strict(tmp_path / "made.sqlite") >= set(METADATA.tables)


def strict(file: Path) -> set[str]:
    """The strict tables of a SQLite file."""
    connection = sqlite3.connect(file)
    rows = connection.execute("SELECT name FROM pragma_table_list WHERE strict").fetchall()
    connection.close()
    return {name for (name,) in rows}


def described(file: Path) -> dict[str, list[str]]:
    """What a SQLite file says that its tables are: the parts of each, the order of constraints apart. SQLite writes a
    column that was added later into the line of the one before.
    """
    connection = sqlite3.connect(file)
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    connection.close()
    return {
        name: [
            *sorted(re.sub(r",?\s*\n\s*|, (?=\w+ (?:INTEGER|TEXT)\b)", "\n", sql).split("\n")[:-1]),
            sql.split("\n")[-1],
        ]
        for name, sql in rows
    }


def test_postgresql_tables_are_made_alike(database: Callable[[], str]) -> None:
    migrated, made = database(), database()
    Store.open(made).close()
    engine = create_engine(migrated.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        upgrade.upgrade(connection)
    engine.dispose()
    columns = (
        "SELECT table_name, column_name, ordinal_position, data_type, is_nullable, column_default, collation_name,"
        " is_identity FROM information_schema.columns WHERE table_schema = 'public'"
    )
    constraints = (
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace"
    )
    indexes = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
    for question in (columns, constraints, indexes):
        answers = [sorted(asked(one, question), key=str) for one in (migrated, made)]
        assert answers[0] == answers[1]
        assert len(answers[0]) > 10


def asked(address: str, question: str) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with psycopg.connect(address) as connection:
        return connection.execute(question.encode()).fetchall()


def test_head_is_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(upgrade.config()).get_current_head() == upgrade.HEAD


def test_what_opening_took(places: Callable[[], str], tmp_path: Path, database: Callable[[], str]) -> None:
    with Store.open(places()) as store:
        assert store.origin is Origin.FOUND
        new = database() if store.postgresql else str(tmp_path / "new.sqlite")
    with Store.open(new) as store:
        assert store.origin is Origin.MADE


def test_an_archive_in_memory() -> None:
    with Store.open(":memory:") as store:
        number = store.enter(URL, "kafe", 1)
        assert store.forum(URL) == number
        with store.alone():
            assert store.enter(URL, "kafe", 1) == number


def test_opening_says_nothing(tmp_path: Path) -> None:
    code = "import sys; from koweb_sync.archive.store.store import Store; Store.open(sys.argv[1]).close()"
    for _time in range(2):
        done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.sqlite")], capture_output=True, check=True)
        assert (done.stdout, done.stderr) == (b"", b"")
    assert "alembic" not in subprocess.run(
        [
            sys.executable,
            "-c",
            f"{code}; print([one for one in sys.modules if 'alembic' in one])",
            tmp_path / "a.sqlite",
        ],
        capture_output=True,
        check=True,
        text=True,
    ).stdout.replace("koweb_sync", "")


# ---- older and newer archives


@pytest.fixture
def next_koweb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let this koweb be the one after: with one more migration, whose steps are given."""
    folder = tmp_path / "migrations 100%"
    shutil.copytree(upgrade.FOLDER, folder)

    def migrate(steps: str) -> None:
        body = "".join(f"    {line}\n" for line in steps.splitlines())
        (folder / "versions" / f"{NEXT}_next.py").write_text(
            "import os, signal\nimport sqlalchemy as sa\nfrom alembic import op\n"
            f"revision = '{NEXT}'\ndown_revision = '{HEAD}'\n\n\ndef upgrade() -> None:\n{body}",
            encoding="utf-8",
        )
        monkeypatch.setattr(upgrade, "FOLDER", folder)
        monkeypatch.setattr(upgrade, "HEAD", NEXT)

    return migrate


ADD = 'op.add_column("forums", sa.Column("motto", sa.Text(), server_default="", nullable=False))'
EMPTY = "op.execute('DELETE FROM forums')"
ANEW = """
with op.batch_alter_table("forums", table_kwargs={"sqlite_strict": True}) as batch:
    batch.alter_column("title", new_column_name="heading")
"""


@pytest.mark.parametrize(("steps", "column"), [(ADD, "motto"), (ANEW, "heading")])
def test_an_older_archive_is_migrated(
    places: Callable[[], str], next_koweb: Callable[[str], None], steps: str, column: str
) -> None:
    place = places()
    with Store.open(place) as store:
        number = store.enter(URL, "kafe", 1)
        with store.begin() as connection:
            put(connection, POSTS, [{"forum": number, "id": 1, "topic": 1, "number": 1, "type": 1, "created": 1}])
    next_koweb(steps)
    with Store.open(place) as store:
        assert store.origin is Origin.MIGRATED
        assert store.forum(URL) == number
        with store.read() as connection:
            assert connection.execute(text(f"SELECT {column} FROM forums")).scalar() == ""  # noqa: S608
            assert count(connection, POSTS, number) == 1
    with Store.open(place) as store:
        assert store.origin is Origin.FOUND


@pytest.mark.parametrize("server", [False, True])
def test_a146_an_archive_whose_search_knew_no_plurals_gets_the_new_one(
    database: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: bool
) -> None:
    place = database() if server else str(tmp_path / "archive.sqlite")
    monkeypatch.delitem(VIEWS, "v_translations")  # of a table that there was not yet
    monkeypatch.setattr(upgrade, "HEAD", "0006")
    monkeypatch.setattr(upgrade, "create", upgrade.upgrade)
    with Store.open(place) as store, store.begin() as connection:
        number = 1
        put(connection, FORUMS, [{"id": number, "name": "kafe", "url": URL, "added": 1}])
        put(
            connection,
            TOPICS,
            [{"forum": number, "id": 1, "title": "Le titre", "tags": '["vie-du-lieu"]', "created": 1}],
        )
        put(
            connection,
            POSTS,
            [{"forum": number, "id": n, "topic": 1, "number": n, "type": 1, "created": n} for n in (1, 2)],
        )
        rows = dict(connection.execute(select(POSTS.c.id, POSTS.c.row)).all())
        name, words = ("row", "array_to_tsvector('{outils}')") if store.postgresql else ("rowid", "'outils'")
        for post, title in ((1, "Le titre"), (2, "")):
            connection.execute(
                text(f"INSERT INTO search ({name}, title, text, words) VALUES (:row, :title, 'Des outils', {words})"),  # noqa: S608
                {"row": rows[post], "title": title},
            )
    monkeypatch.undo()
    told: list[tuple[int, int]] = []
    upgrade.watcher.set(lambda done, total: told.append((done, total)))
    with Store.open(place) as store, store.read() as connection:
        assert store.origin is Origin.MIGRATED
        assert told == [(2, 2)]
        for asked, wanted in (("outil", [2, 1]), ("titres", [1]), ("vie-du-lieu", [1])):
            assert [one.row for one in search_hits.find(connection, number, asked)] == [rows[one] for one in wanted]
        assert store.postgresql or list(index_flaws(connection)) == []


@pytest.mark.parametrize("end", ["raise RuntimeError('broken')", "op.execute('SELECT nonsense FROM nowhere')"])
def test_a_failed_migration_leaves_the_old_archive(
    places: Callable[[], str], next_koweb: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    place = places()
    with Store.open(place) as store:
        number = store.enter(URL, "kafe", 1)
    with monkeypatch.context():
        next_koweb(f"{ADD}\n{ANEW}\n{EMPTY}\n{end}")
        with pytest.raises((RuntimeError, StoreUnusable)):
            Store.open(place)
    monkeypatch.undo()
    with Store.open(place) as store:
        assert store.origin is Origin.FOUND
        assert store.forum(URL) == number
        with store.read() as connection:
            assert connection.execute(text("SELECT title FROM forums")).scalar() == ""


def test_a_killed_migration_leaves_the_old_archive(
    places: Callable[[], str], next_koweb: Callable[[str], None]
) -> None:
    place = places()
    with Store.open(place) as store:
        number = store.enter(URL, "kafe", 1)
        kept = upgrade.FOLDER
    next_koweb(f"{ADD}\n{ANEW}\n{EMPTY}\nos.kill(os.getpid(), signal.SIGKILL)")
    code = (
        "import sys, pathlib; from koweb_sync.archive.store import upgrade; upgrade.FOLDER = pathlib.Path(sys.argv[1]);"
        f"upgrade.HEAD = '{NEXT}'; from koweb_sync.archive.store.store import Store; Store.open(sys.argv[2])"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(upgrade.FOLDER), place], capture_output=True, check=False)
    assert killed.returncode == -9, killed.stderr
    upgrade.FOLDER, upgrade.HEAD = kept, HEAD  # next_koweb's monkeypatch puts them back too
    with Store.open(place) as store:
        assert store.origin is Origin.FOUND
        assert store.forum(URL) == number


def test_a_newer_archive_is_refused(places: Callable[[], str]) -> None:
    place = places()
    with Store.open(place) as store, store.begin() as connection:
        connection.execute(text("UPDATE koweb_archive SET version_num = '9999'"))
    with pytest.raises(StoreUnusable, match="newer koweb"):
        Store.open(place)


def test_nobody_migrates_what_somebody_writes(places: Callable[[], str], next_koweb: Callable[[str], None]) -> None:
    place = places()
    with Store.open(place) as store, store.alone():
        next_koweb(ADD)
        with pytest.raises(HumanNeeded):
            Store.open(place)


# ---- what is not an archive


def other_tables(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE posts (id INTEGER)")
    connection.commit()
    connection.close()


def other_tables_and_a_log(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
    connection.commit()
    connection.close()


def sqlite_and_then_noise(file: Path) -> None:
    file.write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 40)


def no_revision(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE koweb_archive (version_num TEXT)")
    connection.commit()
    connection.close()


@pytest.mark.parametrize("create", [True, False])
@pytest.mark.parametrize(
    "make",
    [
        other_tables,
        other_tables_and_a_log,
        sqlite_and_then_noise,
        no_revision,
        lambda file: file.write_bytes(bytes(range(256)) * 64),
        lambda file: file.write_text("# Des notes\n", encoding="utf-8"),
        lambda file: file.mkdir(),
        lambda file: file.symlink_to("nowhere"),
    ],
)
def test_what_is_not_an_archive_is_refused_and_left_alone(
    tmp_path: Path, make: Callable[[Path], object], create: bool
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    make(folder / "notes.sqlite")
    before = listing(folder)
    with pytest.raises(StoreUnusable) as raised:
        Store.open(str(folder / "notes.sqlite"), create=create)
    assert raised.value.remedy
    assert raised.value.where == str(folder / "notes.sqlite")
    assert listing(folder) == before


def listing(folder: Path) -> dict[str, bytes | None]:
    """All files of a folder, with what is in them."""
    return {one.name: one.read_bytes() if one.is_file() else None for one in folder.iterdir()}


def test_a_database_with_other_tables_is_refused_and_left_alone(database: Callable[[], str]) -> None:
    address = database()
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE topics (id INT)")
    with pytest.raises(StoreUnusable, match="other tables"):
        Store.open(address)
    assert asked(address, "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace") == [("topics",)]


@pytest.mark.parametrize("place", ["/proc/archive.sqlite", "/nowhere/at/all/archive.sqlite", "/dev/null/a.sqlite"])
def test_a_folder_that_cannot_be_written(place: str) -> None:
    with pytest.raises(StoreUnusable) as raised:
        Store.open(place)
    assert raised.value.where == place
    assert raised.value.remedy


def test_what_is_to_be_read_is_not_made(tmp_path: Path, database: Callable[[], str]) -> None:
    for place in (str(tmp_path / "none.sqlite"), str(tmp_path / "no" / "none.sqlite"), database()):
        with pytest.raises(StoreUnusable, match="no archive"):
            Store.open(place, create=False)
    assert not list(tmp_path.glob("none*"))


@pytest.mark.parametrize("place", ["mysql://a:secret@b/c", "sqlite:///a.db?mode=memory", "postgresql://a:sec/ret@b/c"])
def test_unclear_addresses(place: str) -> None:
    with pytest.raises(InputError) as raised:
        Store.open(place)
    assert "sec" not in str(raised.value)


def test_a_killed_creation_leaves_nothing_that_looks_like_an_archive(tmp_path: Path) -> None:
    place = tmp_path / "a.sqlite"
    code = (
        "import sys, os, signal; from koweb_sync.archive.store import upgrade\n"
        "from koweb_sync.archive.store.store import Store\n"
        "before = upgrade.create\n"
        "def killed(connection):\n before(connection); os.kill(os.getpid(), signal.SIGKILL)\n"
        "upgrade.create = killed; Store.open(sys.argv[1])"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(place)], capture_output=True, check=False)
    assert killed.returncode == -9, killed.stderr
    assert not place.exists()
    assert list(tmp_path.glob("a.sqlite.new*"))
    with Store.open(str(place)) as store:
        assert store.origin is Origin.MADE
        assert store.enter(URL, "kafe", 1)
    assert not list(tmp_path.glob("a.sqlite.new*"))


def test_the_wheel_holds_the_migrations() -> None:
    """Git ignored a folder of that name once; what git ignores, the wheel lacks."""
    found = subprocess.run(
        ["git", "check-ignore", "--no-index", str(upgrade.FOLDER / "script.py.mako"), str(upgrade.FOLDER / "env.py")],
        cwd=upgrade.FOLDER,
        capture_output=True,
        check=False,
    )
    assert found.stdout == b""
    assert FORUMS.name == "forums"


@pytest.mark.parametrize("damage", [False, True])
def test_what_is_damaged_is_not_taken_for_what_was_kept_by_an_upgrade(tmp_path: Path, damage: bool) -> None:
    file = tmp_path / "archive.sqlite"
    with Store.open(str(file)) as store, store.begin() as connection:
        connection.execute(FORUMS.insert().values(id=1, url="https://k.example", name="k", added=1))
        drop_views(connection)
        checksums.unseal(connection)
        later = (("posts", "locale"), ("posts", "localised"), ("topics", "accepted_by"), ("topics", "accepted_at"))
        files = (("uploads", name) for name in ("keyed", "server", "since", "tries", "again"))
        for table, column in (*files, *later):
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
        for name in ("localisations", "permalinks", "topic_edits"):
            connection.execute(text(f"DROP TABLE {name}"))
        checksums.seal(connection)
        connection.execute(text("UPDATE koweb_archive SET version_num = '0002'"))
        if damage:
            connection.execute(text("DROP TRIGGER seal_forums_update"))
            connection.execute(text("UPDATE forums SET name = 'x'"))
    if not damage:
        Store.open(str(file)).close()
        return
    for _again in range(2):
        with pytest.raises(StoreUnusable, match="forums"):
            Store.open(str(file))
