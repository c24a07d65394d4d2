"""The same figures on DuckDB, PostgreSQL and Spark."""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import ibis
import pytest

from koweb_sync.archive.store.store import Store
from koweb_sync.errors import InputError
from koweb_sync.report.compute import Report, compute_report
from koweb_sync.report.engine import source
from koweb_sync.report.engine.source import Engine, opened
from koweb_sync.report.engine.window import ReportSettings
from koweb_sync.report.lists.published import Bound
from tests.report.forums import DAY, Forum, october

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


def test_an_archive_in_postgresql_says_the_same(tmp_path: Path, database: Callable[[], str]) -> None:
    with Store.open(str(tmp_path / "archive.sqlite")) as small, Store.open(database()) as large:
        here = report(small, lively().save(small), "duckdb")
        assert report(large, lively().save(large), "duckdb") == here
    assert len([figure for figure in here.values.values() if figure.value is not None]) > 60


def test_postgresql_says_the_same_as_duckdb(database: Callable[[], str]) -> None:
    pytest.importorskip("pandas", reason="pandas, of the extra “postgres”, is not installed")
    with Store.open(database()) as store:
        number = lively().save(store)
        assert report(store, number, "postgres") == report(store, number, "duckdb")


def test_an_engine_that_is_not_installed_is_named(database: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with Store.open(database()) as store, pytest.raises(InputError, match=r"koweb-sync\[postgres\]"):
        report(store, lively().save(store), "postgres")


def test_duckdb_gets_the_memory_that_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(str(tmp_path / "archive.sqlite")) as store:
        number = lively().save(store)
        plenty = report(store, number, "duckdb")
        monkeypatch.setattr(source, "MEMORY", "2MB")
        asked: list[int] = []
        widened = source.widened

        def watched(backend: Any) -> bool:
            asked.append(source.memory_of(backend))
            return widened(backend)

        monkeypatch.setattr(source, "widened", watched)
        assert report(store, number, "duckdb") == plenty
        assert asked
        assert asked == sorted(asked)
        monkeypatch.setattr(source, "widened", lambda _backend: False)
        with pytest.raises(InputError, match="more memory"):
            report(store, number, "duckdb")


def test_memory_ends_with_the_machine() -> None:
    backend = ibis.duckdb.connect()
    most = source.memory_of(backend)
    assert not source.widened(backend)
    backend.raw_sql(f"SET memory_limit = '{most // 2}B'")
    for _time in range(9):
        before = source.memory_of(backend)
        if not source.widened(backend):
            break
        assert before < source.memory_of(backend) <= most
    assert source.memory_of(backend) == most
    backend.disconnect()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # sockets that py4j leaves open
def test_spark_says_the_same_as_duckdb(tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="pyspark, the extra “spark”, is not installed")
    if not shutil.which("java") and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java, which is not here")
    with Store.open(str(tmp_path / "archive.sqlite")) as store:
        number = lively().save(store)
        assert replace(report(store, number, "spark")) == report(store, number, "duckdb")
