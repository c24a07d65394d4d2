"""Forums that are no forums are never entered, and a forum that is not wanted goes whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from koweb_sync.archive.exports.history import made_of
from koweb_sync.archive.privacy import compact, drop
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store, count
from koweb_sync.archive.verify.integrity import flaws
from koweb_sync.cli.archive.location import find
from koweb_sync.cli.archive.restore import archived
from koweb_sync.cli.root import koweb
from koweb_sync.errors import InputError
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.gateway.faults import Fault
from tests.archive.crawling import forum_of

STORE = "koweb-archive.sqlite"
WRONG = "https://mistyped.example.org"


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A small forum, and a folder that is no repository."""
    with Sandbox.start(forum_of(6, 40, likes=10)) as box:
        monkeypatch.chdir(tmp_path)
        yield box


def run(*words: str, text: str = "") -> Result:
    """A command in this process."""
    done = CliRunner().invoke(koweb, words, input=text)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert "did not expect" not in done.stderr
    return done


def forums() -> list[str]:
    """The addresses of the forums in the archive."""
    with Store.open(STORE, create=False) as store, store.read() as connection:
        return [one.url for one in drop.holdings(connection)]


def test_b12_nothing_is_written_before_the_forum_answered(town: Sandbox, tmp_path: Path) -> None:
    """Before: the archive was made, the forum entered, and a run begun, of which each later command heard."""
    town.fail(Fault("status", status=200, body=b"<html><body>Maintenance</body></html>", times=99))
    assert run("archive", "--url", town.url).exit_code == 1
    assert [one.name for one in tmp_path.iterdir() if one.name != "home"] == []
    town.front.faults.waiting = []
    before = len(town.log)
    assert run("archive", "--url", town.url).exit_code == 0
    assert [one.path.partition("?")[0] for one in town.log[before:]].count("/about.json") == 1
    town.fail(Fault("status", status=404, body=b"nothing here", times=99))
    other = town.url.replace("127.0.0.1", "localhost")
    assert run("archive", "--url", other).exit_code == 1
    assert forums() == [town.url]


def test_b12_a_forum_is_named_by_any_address_on_it(town: Sandbox) -> None:
    topic = town.topics()[0]
    bare = town.url.removeprefix("http://")
    for typed in (f"{bare}/", f"{town.url}/t/{topic.slug}/{topic.id}/2?u=claire", f"<{bare}/latest>"):
        assert run("archive", "--url", typed, "--store", STORE).exit_code == 0, typed
        assert forums() == [town.url]
        assert run("archive", "list", "--forum", typed, "--store", STORE).exit_code == 0, typed
    for typed in (f"{bare}/t/{topic.slug}/{topic.id}", f"/t/{topic.id}", f"<{town.url}/t/{topic.slug}/{topic.id}/>"):
        assert topic.title in run("archive", "show", typed, "--store", STORE).stdout, typed
    assert "address of a forum" in run("archive", "--url", "forum", "--store", STORE).stderr
    assert run("archive", "drop", f"{bare}/latest/", "--store", STORE, "--yes").exit_code == 0
    assert forums() == []


def test_b12_a_phantom_is_not_restored_and_is_dropped_with_consent(town: Sandbox) -> None:
    assert run("archive", "--url", town.url).exit_code == 0
    with Store.open(STORE) as store:
        store.enter(WRONG, "forum", 1)  # as an earlier koweb left it
        Path("koweb.toml").write_text(f'[forum.kafe]\nurl = "{town.url}"\nusername = "admin"\n', encoding="utf-8")
        assert archived(find(None, None), store, None) == store.forum(town.url)
        with pytest.raises(InputError, match="no topic") as raised:
            archived(find(None, None), store, WRONG)
        assert f"drop {WRONG}" in raised.value.remedy
    assert run("archive", "drop", "nobody").exit_code == 2
    said = run("archive", "drop", WRONG, text="n\n")
    assert said.exit_code == 1
    assert "nothing was ever archived" in said.stderr
    assert forums() == [town.url, WRONG]
    assert run("archive", "drop", WRONG, "--yes").exit_code == 0
    assert forums() == [town.url]


def test_b12_a_forum_goes_whole_and_leaves_the_others(town: Sandbox, tmp_path: Path) -> None:
    assert run("archive", "--url", town.url, "--store", STORE).exit_code == 0
    with Sandbox.start(forum_of(6, 40, likes=5, chance=2)) as other:
        assert run("archive", "--url", other.url, "--store", STORE).exit_code == 0
        Path("koweb.toml").write_text(f'[forum.autre]\nurl = "{other.url}"\nusername = "admin"\n', encoding="utf-8")
        run("archive", "export", "--format", "jsonl", "--to", "out")
        with Store.open(STORE) as store, store.read() as connection:
            gone, stays = store.forum(other.url), store.forum(town.url)
            added = connection.execute(select(schema.FORUMS.c.added).where(schema.FORUMS.c.id == gone)).scalar_one()
        assert made_of(added, other.url)
        said = run("archive", "drop", other.url, "--yes")
        assert said.exit_code == 0
        assert str(tmp_path / "out") in said.stderr
    assert gone is not None
    assert stays is not None
    assert made_of(added, other.url) == []
    with Store.open(STORE) as store:
        with store.read() as connection:
            for table in schema.METADATA.sorted_tables:
                if table is not schema.FORUMS:
                    assert count(connection, table, gone) == 0, table.name
            assert count(connection, schema.POSTS, stays) == 40
        assert list(flaws(store, stays, town.url)) == []
    assert other.url.encode() not in Path(STORE).read_bytes()


def test_b3_archiving_goes_on_where_there_is_no_room_to_write_the_file_anew(
    town: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before: what was to be written anew needed twice the archive's size, and every run ended there."""
    assert run("archive", "--url", town.url).exit_code == 0
    Path("koweb.toml").write_text(f'[forum.kafe]\nurl = "{town.url}"\nusername = "admin"\n', encoding="utf-8")
    run("archive", "export", "--format", "jsonl", "--to", "out")
    spare = compact.SPARE
    monkeypatch.setattr(compact, "SPARE", 1 << 62)  # no disk has so much
    said = run("archive", "forget", "membre3", "--yes")
    assert said.exit_code == 3
    assert "Make room" in said.stderr
    assert '"membre3"' not in Path("out/people.jsonl").read_text(encoding="utf-8")
    town.reply(1, "Une réponse qui vient quand le disque est plein.", username="membre4")
    said = run("archive", "--format", "json")
    assert said.exit_code == 3
    assert '"posts": 1' in said.stdout
    monkeypatch.setattr(compact, "SPARE", spare)
    assert run("archive").exit_code == 0
