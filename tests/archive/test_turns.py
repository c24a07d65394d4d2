"""Taking one's turn: no request of a run comes too soon, and estimates know how fast a server answers."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from koweb_sync.archive.crawl.costs import lasts
from koweb_sync.archive.crawl.rest_api import crawl
from koweb_sync.archive.crawl.run import CrawlOptions, Run, Silent
from koweb_sync.archive.store.store import Store
from koweb_sync.cli.archive.verify import verify as command
from koweb_sync.forum.client import Forum
from koweb_sync.forum.reader import ForumReader
from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import archive_of, forum_of
from tests.archive.test_beside import PICTURE
from tests.clocks import Clock


@pytest.mark.parametrize("flavour", ["2022", "2025"])
def test_files_wait_their_turn_among_all_requests_of_an_address(flavour: str, tmp_path: Path) -> None:
    """Before: files had a budget of their own, and went over the address's limit with the others."""
    clock = Clock()
    with Sandbox.start(forum_of(20, 120), clock=clock.now, rate_limits=True, flavour=flavour) as box:
        for number in range(120):
            made = box.state.store(f"{number}.png", PICTURE + bytes([number]), (1, 1), 1)
            box.reply(1 + number % 20, f"Un schéma de plus : ![schéma]({made.short_url})", username="admin")
        with Store.open(str(tmp_path / f"{flavour}.sqlite")) as store:
            machine = tmp_path / f"machine {flavour}"
            with Forum(box.url, "admin", box.keys["all_users"], clock=clock, state=machine) as forum:
                number = store.enter(box.url, "kafe", 1)
                wishes = CrawlOptions(key=True)
                crawl(Run(store, number, box.url, ForumReader(forum), wishes, Silent(), lambda: int(clock.now() * 1e6)))
            with store.read() as connection:
                held = connection.exec_driver_sql("SELECT COUNT(*) FROM uploads WHERE status = 'held'").scalar()
        assert held == 120
        assert [one.path for one in box.log if one.status == 429] == []


def test_an_estimate_knows_how_fast_this_server_answers() -> None:
    assert lasts(200, 60, 0.0, key_per_minute=60, anonymous_per_minute=200) == 0
    assert lasts(0, 120, 0.0, key_per_minute=60, anonymous_per_minute=200) == 1
    assert lasts(200, 60, 3.0, key_per_minute=60, anonymous_per_minute=200) == 13
    assert lasts(10, 0, 3.0, key_per_minute=60, anonymous_per_minute=200) == 0


def test_how_fast_it_answered_is_remembered(tmp_path: Path) -> None:
    with Sandbox.start(forum_of(2, 6)) as box, archive_of(box, tmp_path) as kept:
        kept.run()
        ((value,),) = kept.rows("SELECT value FROM cursors WHERE name = 'pace'")
        assert 0 < float(value) < 5


def test_a_comparison_asks_for_what_the_run_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before: what --staff had kept was compared without it, and counted beyond what there is."""
    seed = forum_of(6, 40, likes=10)
    seed["categories"][2] |= {"read_restricted": True, "permissions": {"staff": 1}}
    with Sandbox.start(seed) as box, archive_of(box, tmp_path, staff=True) as kept:
        kept.run()
        toml = f'[forum.kafe]\nurl = "{box.url}"\nusername = "admin"\n'
        (tmp_path / "koweb.toml").write_text(toml)
        store = ["--store", str(tmp_path / "archive.sqlite")]
        env = {"KOWEB_KAFE_API_KEY": box.keys["all_users"]}
        monkeypatch.chdir(tmp_path)
        same = CliRunner().invoke(command, store, env=env, catch_exceptions=False)
        without = CliRunner().invoke(command, [*store, "--no-staff"], env=env, catch_exceptions=False)
        assert "40 of 40 posts" in same.stdout
        assert "left out by wish" not in same.output
        held, total = (int(word) for word in without.stdout.split(" posts")[0].split()[-3:] if word.isdecimal())
        assert held <= total
        assert "left out by wish" in without.output
        assert "no key was there" not in without.output, "a key was there, and nobody wished it to look"
