"""Exports fit where they go: what we write is what other programs read, be they of YAML 1.1 or of 1.2."""

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import duckdb
import jsonschema
import pyarrow.dataset as tables
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from koweb_sync.archive.exports.export import EXPORTS
from koweb_sync.archive.exports.formats.parquet import TABLES
from koweb_sync.archive.exports.yaml_text import as_yaml
from koweb_sync.archive.read.model import ArchiveFilter
from koweb_sync.archive.store.store import Store
from tests.archive.exhibits import START, URL, friendly, keep, post, topic
from tests.archive.exporting import exported

# Out of these are numbers of all bases, times, truths and nothings of YAML 1.1 and 1.2.
TOKENS = st.lists(
    st.sampled_from(
        [*"0123456789abefinoxyETZ+-.:_~=<,# \t'\"\n", "yes", "off", "null", ".inf", "2026-11-24", "0x", "0o"]
    ),
    max_size=8,
).map("".join)


@given(st.lists(TOKENS | st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=4))
@example(["off", "no", "12:30", "1:1", "1e3", "2026-11-24", "1_000", "0o17", "010", "=", "<<", "~", "", ".", "1."])
@example(["190:20:30", "2001-12-14t21:59:43.10-05:00", "+12e03", "-.INF", "y", "N", "0b1", "1,000", "\x85", "\ufeffa"])
def test_a_text_is_the_same_text_to_every_reader_of_yaml(texts: list[str]) -> None:
    said = {"one": texts[0] if texts else "", "many": texts, "inside": [{"a": one} for one in texts]}
    written = as_yaml(said)
    assert yaml.safe_load(written) == said
    assert YAML(typ="safe", pure=True).load(written) == said
    old = YAML(typ="safe", pure=True)
    old.version = (1, 1)
    assert old.load(written) == said


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An archive in a file: that databases give the same bytes is looked at elsewhere."""
    with Store.open(str(tmp_path / "archive.sqlite")) as found:
        yield found


def markdown(store: Store, to: Path, raw: str, wanted: ArchiveFilter | None = None) -> str:
    """What becomes of a text, in topic 13 beside the friendly topics 10 to 12."""
    forum = friendly(store)
    keep(store, [topic(13, "Des liens")], [post(20, 13, 1, raw)])
    exported(store, forum, "md", to, wanted or ArchiveFilter())
    return (to / "topics" / "13-sujet-13.md").read_text(encoding="utf-8").split("UTC*\n\n")[1].rstrip("\n")


def test_links_between_topics_lead_to_their_files(store: Store, tmp_path: Path) -> None:
    raw = f"""[un]({URL}/t/le-compte-rendu/11/2), [deux](/t/x/10), [trois][3] et <{URL}/t/11>.

Voir {URL}/t/x/13/1, ou ({URL}/t/x/12).

[ailleurs]({URL}/t/x/999), [lui](/u/claire), [haut](https://autre.example/t/x/11/1), `{URL}/t/11`, {URL}/t/x/999

    {URL}/t/11

[3]: {URL}/t/11/1
"""
    assert markdown(store, tmp_path / "out", raw) == raw.rstrip("\n").replace(
        f"({URL}/t/le-compte-rendu/11/2)", "(11-sujet-11.md#post-2)"
    ).replace("(/t/x/10)", "(10-sujet-10.md)").replace(f"<{URL}/t/11>", f"[{URL}/t/11](11-sujet-11.md)").replace(
        f"Voir {URL}/t/x/13/1", f"Voir [{URL}/t/x/13/1](#post-1)"
    ).replace(f"({URL}/t/x/12)", f"([{URL}/t/x/12](12-sujet-12.md))").replace(
        f"[3]: {URL}/t/11/1", "[3]: 11-sujet-11.md#post-1"
    )
    for place in ("10-sujet-10.md", "11-sujet-11.md", "12-sujet-12.md"):
        assert (tmp_path / "out" / "topics" / place).is_file()


def test_links_to_what_is_not_in_the_export_stay(store: Store, tmp_path: Path) -> None:
    raw = f"[un]({URL}/t/x/11/2) {URL}/t/x/10"
    assert markdown(store, tmp_path / "out", raw, ArchiveFilter(topics=frozenset([13]))) == raw


@pytest.mark.parametrize("style", EXPORTS.names())
def test_every_export_says_what_it_is(store: Store, tmp_path: Path, style: str) -> None:
    exported(store, friendly(store), style, tmp_path / "out")
    said = yaml.safe_load((tmp_path / "out" / "CITATION.cff").read_text(encoding="utf-8"))
    place = files("check_jsonschema") / "builtin_schemas" / "vendor" / "citation-file-format.json"
    schema = json.loads(place.read_text(encoding="utf-8"))
    jsonschema.validators.validator_for(schema)(schema).validate(said)
    assert said["date-released"] == "2023-11-14"  # the day when its last run began
    assert said["abstract"] == f"3 topics, 8 posts, archived from {URL}."


def test_tables_without_rows_have_their_columns(store: Store, tmp_path: Path) -> None:
    forum = store.enter(URL, "kafe", START)
    exported(store, forum, "parquet", tmp_path / "out")
    for name, columns in TABLES.items():
        found = duckdb.sql(f"FROM read_parquet('{tmp_path}/out/{name}/**/*.parquet', hive_partitioning = true)")
        month = [] if name in ("people", "categories") else ["month"]
        kinds = [kind.replace("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE") for kind in columns.values()]
        assert found.columns == [*columns, "forum", *month]
        assert list(map(str, found.types[: len(columns)])) == kinds
        assert tables.dataset(tmp_path / "out" / name, partitioning="hive").count_rows() == 0
    keep(store, [topic(10, "Un sujet")], [post(1, 10, 1, "Bonjour")])
    exported(store, forum, "parquet", tmp_path / "out")
    assert not list(tmp_path.glob("out/posts/forum=kafe/month=none/*"))
