"""Two backups that a real Discourse wrote, read to the last word, where they lie beside the repository."""

import gzip
import tarfile
from pathlib import Path

import pytest

from koweb_sync.archive.store import schema
from tests.archive.backups.taking import digest, emptied, everything, raws, rows, take

FOLDER = Path(__file__).parents[3].parent / "shared" / "backups"
FILES = ("discourse-3.5-staged.tar.gz", "discourse-2026-form-staged.tar")
SUM = "04ec01545f298f2b6b22614aa9bd325a"
pytestmark = pytest.mark.skipif(not (FOLDER / FILES[1]).is_file(), reason="the backups are not here")


@pytest.mark.parametrize("name", FILES)
def test_a_real_backup_is_read_whole(name: str, tmp_path: Path) -> None:
    with emptied(tmp_path) as store:
        found = take(store, FOLDER / name, staff=True)
        assert digest(raws(store)) == SUM
        assert len(raws(store)) == 17  # and one in a personal message
        assert len(rows(store, schema.TOPICS)) == 13
        assert [row["id"] for row in rows(store, schema.PEOPLE) if row["username"] == ""] == []
        assert len(rows(store, schema.PEOPLE)) == 9
        assert len([row for row in rows(store, schema.REACTIONS) if row["kind"] == "like" and row["at"]]) == 3
        earlier = [row for row in rows(store, schema.POST_VERSIONS) if row["n"] == 1 and row["version"] == 1]
        assert {row["post"] for row in earlier} >= {4, 6}
        titles = {row["topic"]: row["title"] for row in rows(store, schema.TOPIC_EDITS)}
        assert titles == {4: "FAQ/Guidelines", 5: "Welcome to Discourse! :wave:"}
        assert {row["person"] for row in rows(store, schema.TOPIC_EDITS)} == {-1}
        assert found.unreadable == 0
    assert not [one for one in addresses() if one in everything(tmp_path)]


@pytest.mark.parametrize("name", FILES)
def test_only_what_everybody_may_read_is_taken_where_nobody_asks_for_more(name: str, tmp_path: Path) -> None:
    with emptied(tmp_path) as store:
        take(store, FOLDER / name)
        assert not [row for row in rows(store, schema.CATEGORIES) if row["restricted"]]
        assert not {row["category"] for row in rows(store, schema.TOPICS)} & {3, 9}
        assert not [row for row in rows(store, schema.TOPICS) if row["archetype"] == "private_message"]


def addresses() -> set[bytes]:
    """The e-mail addresses of people in the backup."""
    with tarfile.open(FOLDER / FILES[0]) as tar:
        packed = tar.extractfile("dump.sql.gz")
        assert packed is not None
        text = gzip.decompress(packed.read())
    block = text.partition(b"COPY public.user_emails ")[2].partition(b"\n\\.\n")[0]
    lines = block.split(b"\n")[1:]
    assert len(lines) == 9
    return {field for line in lines for field in line.split(b"\t") if b"@" in field}
