"""The same figures on SQLite, DuckDB, PostgreSQL and Spark."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from koweb_sync.archive.store.store import Store
from koweb_sync.errors import InputError
from koweb_sync.report.compute import Report, compute_report
from koweb_sync.report.engine import databases, source
from koweb_sync.report.engine.databases import Duck
from koweb_sync.report.engine.source import Engine, opened, quickest
from koweb_sync.report.engine.window import ReportSettings
from koweb_sync.report.lists.published import Bound
from tests.benchmarks.random_forums import grown
from tests.report.forums import DAY, URL, Forum, october

SETTINGS = ReportSettings(resamples=50, months=3, categories=("general",))


def lively() -> Forum:
    """A forum in which everything happens that the figures ask about."""
    forum = Forum()
    forum.people_named("a b c d e f")
    forum.person("mod", moderator=1)
    forum.group(5, "team", "a b")
    forum.not_counted("f")
    topics = [forum.topic("abcdef"[n % 6], n * 20 - 30 * DAY, tags=("t",)) for n in range(70)]
    for n, topic in enumerate(topics):
        if n % 4:
            post = forum.post(topic, "abcdef"[n % 5], n * 20 - 30 * DAY + n)
            forum.post(topic, "mod", n * 20 - 30 * DAY + n + 1, to=2)
            forum.quote(post, forum.first(topics[(n * 7) % 70]))
            forum.mention(post, "abcdef"[(n * 5) % 6])
            forum.like(forum.first(topic), "bcdefa"[n % 6], n * 20)
    for n, name in enumerate("abcdef"):
        forum.add("activity", person=forum.people[name], at=october(-1).since, days_visited=5, posts_read=9)
        forum.add("activity", person=forum.people[name], at=october(9).since, days_visited=5 + n % 2, posts_read=9)
    forum.run(40 * DAY)
    return forum


def report(store: Store, number: int, engine: Engine) -> Report:
    """All figures, on an engine."""
    with opened(store, number, engine) as tables:
        return compute_report(tables, october(), SETTINGS, [Bound(100), Bound(101)])


def test_p231_all_engines_say_the_same(tmp_path: Path, database: Callable[[], str]) -> None:
    with Store.open(str(tmp_path / "archive.sqlite")) as small, Store.open(database()) as large:
        number = lively().save(small)
        here = report(small, number, "sqlite")
        assert report(small, number, "duckdb") == here
        number = lively().save(large)
        assert report(large, number, "duckdb") == here
        assert report(large, number, "postgres") == here
        with pytest.raises(InputError, match="SQLite cannot read it"):
            report(large, number, "sqlite")
    assert len([figure for figure in here.values.values() if figure.value is not None]) > 60


@pytest.mark.parametrize("seed", range(2))
def test_p231_all_engines_say_the_same_of_a_forum_of_chance(
    tmp_path: Path, database: Callable[[], str], seed: int
) -> None:
    with Store.open(str(tmp_path / "archive.sqlite")) as small, Store.open(database()) as large:
        number = grown(seed + 7).save(small)
        here = report(small, number, "sqlite")
        assert report(small, number, "duckdb") == here
        assert report(large, grown(seed + 7).save(large), "postgres") == here


def test_a115_a_report_of_a_small_archive_loads_no_engine_but_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(str(tmp_path / "archive.sqlite")) as store:
        number = store.enter(URL, "kafe", 0)
        assert quickest(store, number) == "sqlite"
        monkeypatch.setattr(source, "SMALL", -1)
        assert quickest(store, number) == "duckdb"
    (tmp_path / "koweb.toml").write_text(f'[forum.kafe]\nurl = "{URL}"\n', encoding="utf-8")
    assert loaded(tmp_path, "sqlite") == []
    assert loaded(tmp_path, "duckdb", without="pyarrow") == ["duckdb", "adbc_driver_sqlite"]


def loaded(folder: Path, engine: str, without: str = "") -> list[str]:
    """Which heavy libraries a watch list loads, on a machine without one that these tests have."""
    words = ["report", "--watch-list", "--store", "archive.sqlite", "--engine", engine]
    heavy = ("numpy", "duckdb", "pyarrow", "adbc_driver_sqlite")
    code = (
        f"import sys; sys.argv = ['koweb', *{words}]; sys.modules.update(dict.fromkeys({without.split()}))\n"
        "from koweb_sync.__main__ import main\n"
        f"try: main()\nexcept SystemExit: print([name for name in {heavy} if sys.modules.get(name)], file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    found: list[str] = ast.literal_eval(ran.stderr)
    return found


def test_duckdb_gets_the_memory_that_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(str(tmp_path / "archive.sqlite")) as store:
        number = lively().save(store)
        plenty = report(store, number, "duckdb")
        monkeypatch.setattr(databases, "MEMORY", "2MB")
        asked: list[int] = []
        widened = Duck.widened

        def watched(duck: Duck) -> bool:
            asked.append(duck.memory())
            return widened(duck)

        monkeypatch.setattr(Duck, "widened", watched)
        assert report(store, number, "duckdb") == plenty
        assert asked
        assert asked == sorted(asked)
        monkeypatch.setattr(Duck, "widened", lambda _duck: False)
        with pytest.raises(InputError, match="more memory"):
            report(store, number, "duckdb")


def test_memory_ends_with_the_machine() -> None:
    with duckdb.connect(":memory:") as connection:
        duck = Duck(connection)
        most = duck.memory()
        assert not duck.widened()
        connection.execute(f"SET memory_limit = '{most // 2}B'")
        for _time in range(9):
            before = duck.memory()
            if not duck.widened():
                break
            assert before < duck.memory() <= most
        assert duck.memory() == most


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # sockets that py4j leaves open
def test_spark_says_the_same_as_duckdb(tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="pyspark, the extra “spark”, is not installed")
    if not shutil.which("java") and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java, which is not here")
    with Store.open(str(tmp_path / "archive.sqlite")) as store:
        number = lively().save(store)
        assert report(store, number, "spark") == report(store, number, "duckdb")
