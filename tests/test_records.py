"""Records outlive versions: files of every version are read for ever, what is unknown in them stays, and a newer one is
refused in words by every command that reads it.
"""

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from koweb_sync import agreements, bookmark, records
from koweb_sync.agreements import Agreement, Fields, Used, mark
from koweb_sync.bookmark import Bookmark, Intention, Lock, Pending, Server
from koweb_sync.errors import KowebError
from koweb_sync.forum.budget import Budget, Budgets
from koweb_sync.forum.cache import cached_site, keep_site
from koweb_sync.forum.display_names import FILE, DisplayNames
from koweb_sync.forum.machine import machine_folder, site_file
from koweb_sync.git.repo import Repo, Sha
from koweb_sync.journal import Journal
from koweb_sync.sandbox import Sandbox
from koweb_sync.sync.recover.settle import replay
from koweb_sync.sync.world import past_looks, seen
from tests.clocks import Clock
from tests.workspace import TEXT, Clone

pytestmark = pytest.mark.server("2022")

FROZEN = Path(__file__).parent / "records"  # one folder for each version that was released; never changed afterwards
VERSIONS = sorted(folder.name for folder in FROZEN.iterdir())
SAYS = Fields({"title": "Un sujet nommé un", "tags": ("accueil", "réunion"), "closed": False})
SENT = Fields(
    {
        "title": "Un sujet nommé un",
        "category": "koweb-kafe",
        "tags": ("accueil", "réunion"),
        "author": "claire",
        "created": "2026-03-01T08:00:00Z",
        "pinned": True,
        "closed": False,
        "listed": True,
    }
)
USED = {
    "img/a.png": Used("posts/img/a.png", "upload://abc.png", "|3x2", "6" * 40, width=3, height=2),
    "deux.md": Used("posts/deux.md"),
    "#fin": Used("", "#fin-1"),
}
RAW = "Un texte.\n\nEt sa fin\u2028."
AT = 1772352000.0
AT_MICROS = 1_772_352_000_000_000


def agreed(raw: str = RAW, **more: Any) -> Agreement:
    """What all frozen files tell about one post."""
    facts = {"id": "Un", "path": "posts/un.md", "blob": "1" * 40, "topic": 12, "post": 34, "says": SAYS, "sent": SENT}
    shown = {"used": USED, "title": SENT.title, "tags": SENT.tags, "revision": 3, "withdrawn": "close"}
    return Agreement(**{**facts, **shown, "raw": raw, **more})


@pytest.fixture(params=VERSIONS)
def frozen(request: pytest.FixtureRequest) -> Path:
    """What a version of koweb-sync wrote."""
    return FROZEN / str(request.param)


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """An empty repository."""
    here = Clone(tmp_path / "repository", box=None)  # type: ignore[arg-type]
    here.folder.mkdir()
    here.git("init", "--quiet")
    return Repo.find(here.folder)


# ---- files of every version


def test_the_bookmark_of_every_version_is_read(frozen: Path, repo: Repo) -> None:
    names = {"topic": "topics/0/12", "pending": "pending/deux", "intended": "intended/ab/un"}
    files: dict[str, bytes | Sha | None] = {
        names.get(path.name, path.name): path.read_bytes() for path in (frozen / "bookmark").iterdir()
    }
    found = bookmark.read(repo, repo.write_commit(None, files, "Publish", 0.0))
    assert found.agreed == {"un": agreed()}
    assert found.pending == {"deux": Pending("Deux", "posts/deux.md", "2" * 40, "À approuver", "2026-03-01T08:00:00Z")}
    first = frozen.name == "0.1.0"
    assert found.lock == Lock("Amina", "portable", "ailleurs", 1, AT, "x", *(() if first else (77, "publish", "8")))
    assert found.intended == ({} if first else {"un": Intention("claire", agreed())})
    assert found.server == Server("post-id", AT)


def test_what_every_version_saw_is_read(frozen: Path) -> None:
    found = seen.decode((frozen / "seen" / "topic").read_bytes(), "seen")
    pair = agreed("Un texte.\n\nDe Claire.", withdrawn="", over=mark(RAW))
    assert found == seen.Seen(
        pair, mark(RAW), seen.LastEdit("claire", "Claire É.", AT + 0.5, "une faute", ("bilal",)), "f" * 16
    )


def test_the_journal_of_every_version_is_read(frozen: Path, tmp_path: Path) -> None:
    shutil.copy(frozen / "journal", tmp_path / "journal")
    journal = Journal(tmp_path, lambda: 0.0)
    notes = journal.notes()
    assert [(n.number, n.do, n.key, n.at, n.answer is None) for n in notes] == [
        (1, "create", "un", AT, True),
        (2, "edit", "trois", AT, False),
        (3, "upload", "6" * 40, AT, False),
        (4, "create", "deux", AT, False),
    ]
    assert agreements.agreement(notes[0].facts["agreement"].encode()) == agreed()
    assert list(replay(Bookmark(), notes)[1]) == ["deux"]
    journal.keep(lambda note: note.number == 4)
    assert [note.number for note in Journal(tmp_path, lambda: 0.0).notes()] == [4]


def test_what_every_version_knew_of_a_forum_is_read(frozen: Path, tmp_path: Path) -> None:
    url = "https://kafe.example.org"
    for name in ("names.json", "pause"):
        shutil.copy(frozen / name, tmp_path / name)
    shutil.copy(frozen / "site.json", site_file(url, "admin", tmp_path))
    site = cached_site(url, "admin", tmp_path)
    assert site is not None
    assert (site.title, site.categories[0].path, site.limits.title_min, site.tags) == (
        "Kafe",
        "bases",
        10,
        frozenset({"accueil"}),
    )
    assert DisplayNames(tmp_path).known == {"claire": "Claire É."}
    budget = Budget(tmp_path, Budgets(), Clock(), lambda _text: None)
    assert budget.paused_until() == AT + 30
    budget.close()


# ---- what is unknown stays


def with_unknown(data: bytes) -> bytes:
    """A record of the bookmark with keys of a later version in every place."""
    line, *raw = data.split(b"\n", 1)
    meta = json.loads(line)
    for one in (meta, *(meta[name] for name in ("says", "sent") if name in meta), *meta.get("used", {}).values()):
        one["later"] = {"of": ["another", "version", "", {}]}
    return b"\n".join([json.dumps(meta).encode(), *raw])


def put(here: Clone, change: Callable[[str, bytes], bytes], more: dict[str, bytes] | None = None) -> None:
    """Change the files of the bookmark, as another version of koweb-sync does."""
    with contextlib.chdir(here.folder):
        repo = Repo.find(Path.cwd())
        old = repo.resolve("refs/koweb/kafe")
        files: dict[str, bytes | Sha | None] = {
            path: change(path, data) for path, data in here.agreed().items() if not path.startswith("files/")
        }
        commit = repo.write_commit(old, {**files, **(more or {})}, "Another version", 0.0)
        here.git("push", "--quiet", "--force", "origin", f"{commit}:refs/koweb/kafe")


def unknown(found: Any) -> Iterable[str]:
    """Where a record lacks the keys of a later version."""
    for name in ("", "says", "sent"):
        if (found if not name else found.get(name, {"later": 1})).get("later") is None:
            yield name or "record"
    yield from (url for url, used in found.get("used", {}).items() if used.get("later") is None)


def test_what_another_version_wrote_into_the_bookmark_stays(here: Clone, box: Sandbox) -> None:
    here.post("deux")
    here.post("un", f"{TEXT}\n\nVoir [l'autre](deux.md) et [la fin](#fin).\n\n## Fin\n\n{TEXT}")
    here.commit()
    here.push()
    put(here, lambda _path, data: with_unknown(data), {"intentions/1": b'{"later": 1}'})
    here.run("status")
    here.push("--check")
    here.reword("un", "Voir", "Et voir")
    here.post("trois")
    here.commit()
    here.push()
    topic = box.by_id("un").id
    box.edit(topic, here.raw("un").replace("\n\nEt voir", " Relire.\n\nEt voir"), username="admin")
    here.run("pull")
    here.reword("un", "Et voir", "Voir")
    here.push()
    here.run("fetch", "--rebuild")
    assert "Relire" in here.raw("un")
    found = here.agreed()
    assert found["intentions/1"] == b'{"later": 1}'
    for ident in ("un", "deux"):
        number = box.by_id(ident).id
        record = json.loads(found[f"topics/{number // 100}/{number}"].split(b"\n")[0])
        assert not list(unknown(record)), record
        assert record["version"] == 1
    assert "later" in json.loads(found["server"])
    number = box.by_id("trois").id
    assert list(unknown(json.loads(found[f"topics/{number // 100}/{number}"].split(b"\n")[0])))


def test_what_another_version_saw_stays(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    here.push()
    box.edit(box.by_id("un").id, f"{TEXT} Et encore.", username="admin")
    here.run("fetch")
    with contextlib.chdir(here.folder):
        repo = Repo.find(Path.cwd())
        old = repo.resolve("refs/koweb-seen/kafe")
        path = here.git("ls-tree", "-r", "--name-only", "refs/koweb-seen/kafe", "topics/").splitlines()[0]
        first, pair = repo.git("show", f"{old}:{path}").split(b"\n", 1)
        meta = {**json.loads(first), "later": 1}
        meta["edit"]["later"] = 2
        text = json.dumps(meta).encode() + b"\n" + with_unknown(pair)
        repo.set_ref("refs/koweb-seen/kafe", repo.write_commit(old, {path: text, "more": b"3"}, "Seen", 0.0), old)
    box.edit(box.by_id("un").id, f"{TEXT} Et encore plus.", username="admin")
    here.run("fetch")
    line, below = here.git("show", f"refs/koweb-seen/kafe:{path}").split("\n", 1)
    kept = json.loads(line)
    assert (kept["later"], kept["edit"]["later"]) == (1, 2)
    assert not list(unknown(json.loads(below.split("\n")[0])))
    assert here.git("show", "refs/koweb-seen/kafe:more") == "3"


def test_what_the_looks_came_to_is_read_as_it_was_written_with_what_is_unknown() -> None:
    sign = past_looks.EditSign(AT_MICROS, ("12 5 claire",), extra={"later": 1})
    looks = past_looks.PastLooks("https://kafe.example.org admin", 7, (12, 13), (13,), {12: 9}, {"/others": sign})
    data = past_looks.encode_looks(replace(looks, extra={"more": [2]}))
    again = past_looks.decode_looks(data, "seen")
    assert again == looks
    assert (again.extra, again.signs["/others"].extra) == ({"more": [2]}, {"later": 1})
    assert past_looks.encode_looks(again) == data
    for bad in (b"[]", data.replace(b'"12 5 claire"', b'"claire"'), data.replace(b"[12, 13]", b'["x"]')):
        with pytest.raises(KowebError):
            past_looks.decode_looks(bad, "seen")


def test_what_another_version_wrote_into_the_journal_stays(tmp_path: Path) -> None:
    journal = Journal(tmp_path, lambda: AT)
    number = journal.intend("create", "un", {"agreement": "x"})
    other = journal.intend("edit", "deux", {})
    journal.answer(other, {"settled": True})
    rows = [json.loads(row) for row in journal.path.read_text().splitlines()]
    lines = [{**row, "later": 1} for row in rows] + [{"version": 1, "later": 2}]
    journal.path.write_text("".join(json.dumps(row) + "\n" for row in lines))
    journal.keep(lambda note: note.answer is None)
    kept = [json.loads(row) for row in journal.path.read_text().splitlines()]
    assert [(row.get("n"), row["later"]) for row in kept] == [(number, 1), (None, 2)]


def holds(new: object, old: object) -> bool:
    """Whether all that an older record says still stands in a new one, which may say more."""
    if isinstance(old, dict):
        return isinstance(new, dict) and all(name in new and holds(new[name], one) for name, one in old.items())
    if isinstance(old, list):
        return isinstance(new, list) and len(new) == len(old) and all(map(holds, new, old))
    return new == old


def test_what_another_version_knew_of_a_forum_stays(tmp_path: Path) -> None:
    url, path = "https://kafe.example.org", site_file("https://kafe.example.org", "admin", tmp_path)
    record = json.loads((FROZEN / "0.2.0" / "site.json").read_text())
    for one in (record, record["site"], record["site"]["limits"], record["site"]["categories"][0]):
        one["later"] = 1
    path.write_text(json.dumps(record))
    site = cached_site(url, "admin", tmp_path)
    assert site is not None
    keep_site(url, "admin", site, tmp_path)
    assert holds(json.loads(path.read_text()), record)
    names = tmp_path / FILE
    names.write_text(json.dumps({"version": 1, "names": {"a": "A"}, "later": 1}))
    assert DisplayNames(tmp_path).of("b", str.upper) == "B"
    assert json.loads(names.read_text()) == {"version": 1, "names": {"a": "A", "b": "B"}, "later": 1}


# ---- what is newer is refused


def newer(data: bytes) -> bytes:
    """A record of a version that is not there yet."""
    line, *raw = data.split(b"\n", 1)
    return b"\n".join([json.dumps({**json.loads(line), "version": 99}).encode(), *raw])


@pytest.mark.parametrize("name", ["topics/", "lock", "server", "version"])
def test_a_newer_bookmark_is_refused_by_every_command(here: Clone, name: str) -> None:
    here.post("un")
    here.commit()
    here.push()
    put(
        here,
        lambda path, data: newer(data) if path.startswith(name) else data,
        {} if name in ("topics/", "server") else {name: b'{"version": 99}'},
    )
    before = here.writes()
    for words in (
        ["push"],
        ["status"],
        ["plan"],
        ["pull"],
        ["fetch"],
        ["fetch", "--rebuild"],
        ["check"],
        ["push", "--check"],
    ):
        if words == ["check"] and name == "lock":
            continue
        run = here.run(*words, code=1)
        assert "99" in run.err
        assert "Upgrade koweb-sync" in run.err
    assert here.writes() == before


def test_newer_records_of_a_clone_are_refused(here: Clone, box: Sandbox) -> None:
    here.post("un", f"{TEXT}\n\nUne phrase.")
    here.commit()
    here.push()
    state = here.folder / ".git" / "koweb" / "kafe"
    cache = machine_folder(box.url)
    for path, commands in (
        (state / "journal", (["push"], ["status"], ["pull"])),
        (state / "pull.json", (["pull"], ["pull", "--continue"], ["pull", "--abort"])),
        (next(cache.glob("site-*.json")), (["plan"], ["push", "--check"])),
        (cache / "pause", (["pull"], ["fetch"])),
    ):
        was = path.read_bytes() if path.exists() else None
        path.write_bytes(b'{"version": 99, "n": 1}\n')
        for words in commands:
            run = here.run(*words, code=1)
            assert "99" in run.err, (path, words)
            assert str(path) in run.err.replace("\n", ""), (path, words)
        path.unlink()
        if was is not None:
            path.write_bytes(was)
    here.run("plan", "-o", "plan.json")
    here.write("plan.json", json.dumps({**json.loads(here.read("plan.json")), "version": 99}))
    assert "99" in here.run("push", "plan.json", code=1).err
    here.write("plan.json", json.dumps({"version": 1, "forum": "kafe", "options": {}}))
    here.run("push", "plan.json", code=2)


def test_a_newer_file_of_windows_is_refused_and_a_damaged_one_made_again(tmp_path: Path) -> None:
    path = tmp_path / "budget.sqlite"
    for first in (b"", b"not a database at all" * 50):
        path.write_bytes(first)
        Budget(tmp_path, Budgets(), Clock(), lambda _text: None).close()
        with contextlib.closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(KowebError, match="99"):
        Budget(tmp_path, Budgets(), Clock(), lambda _text: None)


# ---- what is damaged


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"null", b"7", b'{"version": "x"}', b'{"version": null}', b"{", b"\xff", b"[" * 100_000,
        b'{"version": 1}', b'{"id": 1}\nx', b'{"topic": [], "post": 1, "says": {}, "sent": {}, "tags": []}\nx',
        b'{"id":"a","path":"p","blob":"b","topic":1,"post":1,"says":3,"sent":{},"tags":[]}\nx',
        b'{"id":"a","path":"p","blob":"b","topic":1,"post":1,"says":{},"sent":{},"tags":[],"used":[]}\nx',
        b'{"id":7,"path":"p","blob":"b","topic":1,"post":1,"says":{},"sent":{},"tags":[]}\nx',
    ],
)  # fmt: skip
def test_a_damaged_record_is_told_in_words(repo: Repo, data: bytes) -> None:
    for path in ("topics/0/1", "pending/x", "lock", "server"):
        if path in ("pending/x", "server", "lock") and data.startswith((b'{"version": 1', b'{"id"', b'{"topic"')):
            continue
        with pytest.raises(KowebError, match="damaged"):
            bookmark.read(repo, repo.write_commit(None, {path: data}, "Publish", 0.0))


def test_an_older_record_is_upgraded_step_by_step() -> None:
    steps: records.Upgrades = {
        1: lambda one: {**{key: value for key, value in one.items() if key != "a"}, "b": one["a"]},
        2: lambda one: {**one, "c": 3},
    }
    assert records.read(b'{"a": 1, "later": 0}', "x", 3, steps) == {"b": 1, "c": 3, "later": 0}
    assert records.read(b'{"version": 2, "b": 1}', "x", 3, steps) == {"b": 1, "c": 3}
