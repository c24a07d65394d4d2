"""What a post said before: also what it said twice, for somebody spoilt it and somebody else mended it."""

import json
import time
from itertools import count
from pathlib import Path

import pytest

from koweb_sync.archive.ingest.changes import Row
from koweb_sync.archive.ingest.earlier_texts import merged
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store
from koweb_sync.sandbox import Sandbox
from tests.archive.backups.taking import emptied, rows, take
from tests.archive.backups.writing import NOW, Dump, as_sql, dump_of
from tests.archive.crawling import archive_of, forum_of

GOOD, SPOILT, LAST = "Un texte qui tient bon.", "Un texte que quelqu’un abîme.", "Un texte qui a mûri."
EDITS = (GOOD, SPOILT, GOOD, SPOILT, GOOD)
POST = 1


def forum() -> Sandbox:
    """A small forum in which everybody may edit everything, and nothing happens twice in a minute."""
    seed, clock = forum_of(2, 4), count(int(time.time()) - 90_000, 60)
    return Sandbox.start(
        {**seed, "users": [{**one, "admin": True} for one in seed["users"]]}, clock=lambda: next(clock)
    )


def edit(box: Sandbox, *texts: str) -> None:
    """Two people edit a post by turns."""
    for raw in texts:
        box.edit(1, raw=raw, username=("admin", "membre9")[len(box.state.posts[POST].revisions) % 2])


def changed(dump: Dump, table: str, which: dict[str, str], **values: str) -> None:
    """Change a row of a dump."""
    columns, found = dump.tables[table]
    for nth, row in enumerate(found):
        facts = dict(zip(columns, row, strict=True))
        if all(facts[name] == value for name, value in which.items()):
            found[nth] = tuple({**facts, **values}.values())


def history(store: Store) -> list[tuple[str, int]]:
    """What a post said, oldest first, and as which of its versions; the last one counts."""
    held = sorted((row for row in rows(store, schema.POST_VERSIONS) if row["post"] == POST), key=lambda row: row["n"])
    assert [row["n"] for row in rows(store, schema.POSTS) if row["id"] == POST] == [len(held)]
    return [(row["raw"], row["version"]) for row in held]


WHOLE = [(raw, nth) for nth, raw in enumerate(EDITS, 2)]


def test_a_text_that_came_back_stands_in_every_place_that_it_had(tmp_path: Path) -> None:
    with forum() as box, emptied(tmp_path) as store:
        edit(box, *EDITS)
        take(store, as_sql(tmp_path, dump_of(box)))
        assert history(store)[1:] == WHOLE
        take(store, as_sql(tmp_path, dump_of(box), at=NOW + 60))
        assert history(store)[1:] == WHOLE
        edit(box, SPOILT, LAST)
        take(store, as_sql(tmp_path, dump_of(box), at=NOW + 120))
        assert history(store)[1:] == [*WHOLE, (SPOILT, 7), (LAST, 8)]
        take(store, as_sql(tmp_path, dump_of(box), at=NOW - 60))  # an older backup changes nothing
        assert history(store)[1:] == [*WHOLE, (SPOILT, 7), (LAST, 8)]


@pytest.mark.parametrize("through", range(1, len(EDITS)))
def test_texts_that_were_seen_meanwhile_keep_their_places(tmp_path: Path, through: int) -> None:
    with forum() as box, emptied(tmp_path) as store:
        edit(box, *EDITS[:through])
        early = as_sql(tmp_path, dump_of(box), at=NOW - 60)
        early = early.rename(tmp_path / "early.tar.gz")
        edit(box, *EDITS[through:])
        take(store, as_sql(tmp_path, dump_of(box)))
        take(store, early)
        assert history(store)[1:] == WHOLE
        (tmp_path / "other").mkdir()
        with emptied(tmp_path / "other") as other:
            take(other, early)
            take(other, as_sql(tmp_path, dump_of(box)))
            assert history(other) == history(store)


def test_the_api_tells_a_text_that_came_back_as_often(tmp_path: Path) -> None:
    with forum() as box, archive_of(box, tmp_path, revisions=True) as kept:
        edit(box, *EDITS)
        kept.run()
        assert history(kept.store)[1:] == WHOLE


def version(number: int, raw: str, n: int = 0) -> Row:
    """A text, as a version that an edit made, or that was seen where `n` says."""
    facts = {"version": number, "edited": number * 60_000_000, "raw": raw, "digest": raw, "placeholder": 0}
    return {**facts, "cooked": "", **({"n": n} if n else {})}


def test_what_counts_stands_behind_what_was_before_though_it_is_counted_without_hidden_edits() -> None:
    seen = {**version(3, LAST, 1), "edited": 300_000_000}
    told = [version(1, GOOD), version(4, SPOILT), version(5, LAST)]  # 2 and 3 are hidden
    found = merged([seen], told, 1)
    assert found is not None
    assert ([row["raw"] for row in found[0]], found[1]) == ([GOOD, SPOILT, LAST], 3)
    assert merged(found[0], told, 3) is None


def test_a_text_that_its_author_took_back_and_the_forum_deleted_then_stays_deleted(tmp_path: Path) -> None:
    with forum() as box, emptied(tmp_path) as store:
        edit(box, "(message supprimé par son auteur)")
        dump = dump_of(box)
        gone = {"user_deleted": "t", "deleted_at": "2026-11-20 10:00:00.123456", "deleted_by_id": "-1"}
        changed(dump, "posts", {"id": str(POST)}, **gone)
        take(store, as_sql(tmp_path, dump))
        tombstones = [row for row in rows(store, schema.TOMBSTONES) if (row["kind"], row["id"]) == ("post", POST)]
        assert [(row["reason"], row["by"], row["lifted"]) for row in tombstones] == [("deleted", -1, None)]
        assert "recovered" not in json.loads(rows(store, schema.RUNS)[-1]["found"])


@pytest.mark.parametrize("staff", [False, True])
def test_what_staff_hid_is_not_told_by_the_next_edit_either(tmp_path: Path, staff: bool) -> None:
    with forum() as box, emptied(tmp_path) as store:
        edit(box, GOOD, SPOILT, LAST)
        for title, who in (("Un titre que quelqu’un abîme", "membre9"), ("Un titre qui a mûri", "admin")):
            box.edit(1, title=title, username=who)
        dump = dump_of(box)
        for number in ("3", "5"):
            changed(dump, "post_revisions", {"post_id": str(POST), "number": number}, hidden="t")
        columns, found = dump.tables["post_revisions"]
        place = columns.index("modifications")
        for nth, row in enumerate(found):  # and somebody changed it at once, without leaving a trace
            text = (row[place] or "").replace(f'["{SPOILT}"', f'["{SPOILT} Vraiment."')
            found[nth] = (*row[:place], text, *row[place + 1 :])
        take(store, as_sql(tmp_path, dump), staff=staff)
        titles = [row["title"] or "" for row in rows(store, schema.TOPIC_EDITS)]
        assert [raw for raw, _n in history(store) if "abîme" in raw] == (
            [SPOILT, f"{SPOILT} Vraiment."] if staff else []
        )
        assert any("abîme" in one for one in titles) == staff
        assert any(one.startswith("Comment faire") for one in titles)
