"""Files that are no backups, or are meant to do harm: a clear error, and nothing is written."""

import gzip
import io
import tarfile
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from koweb_sync.archive.backups import container, directory
from koweb_sync.archive.backups.backup import Backup
from koweb_sync.archive.backups.copying import lines, statement, value
from koweb_sync.archive.backups.ruby import NotPlain, loaded
from koweb_sync.archive.backups.tables import ALLOWED
from koweb_sync.errors import InputError, KowebError
from tests.archive.backups.taking import emptied, raws, take
from tests.archive.backups.writing import Dump, as_directory, as_sql, packed, written

Bad = Callable[[Path], Path]


def small() -> Dump:
    """The least that a forum has."""
    dump = Dump()
    for name, table in ALLOWED.items():
        if table.must:
            dump.add(name, table.columns, [])
    return dump


def read(file: Path) -> None:
    """Read all of a backup."""
    with Backup(file) as backup:
        for table in backup.tables(*ALLOWED):
            for _row in table.rows:
                pass
        for member in backup.uploads():
            backup.content(member)


# ---- the file


def member(name: str, **traits: object) -> tarfile.TarInfo:
    """A member of a tar."""
    head = tarfile.TarInfo(name)
    for trait, said in traits.items():
        setattr(head, trait, said)
    return head


HEADS = (
    member("../outside"),
    member("/etc/outside"),
    member("uploads/../../outside"),
    member("uploads/link", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
    member("uploads/link", type=tarfile.LNKTYPE, linkname="dump.sql.gz"),
    member("uploads/device", type=tarfile.CHRTYPE, devmajor=1, devminor=3),
    member("uploads/device", type=tarfile.BLKTYPE),
    member("uploads/pipe", type=tarfile.FIFOTYPE),
    member("uploads/sparse", type=tarfile.GNUTYPE_SPARSE),
    member("x" * 200_000),
)


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("head", HEADS, ids=range(len(HEADS)))
def test_a_name_that_leads_elsewhere_and_what_is_no_file_are_refused(
    head: tarfile.TarInfo, compressed: bool, tmp_path: Path
) -> None:
    path = tmp_path / "in" / "bad.tar"
    path.parent.mkdir()
    with tarfile.open(path, "w:gz" if compressed else "w:") as tar:
        content = gzip.compress(small().sql())
        tar.addfile(member("dump.sql.gz", size=len(content)), io.BytesIO(content))
        tar.addfile(head)
    before = set(tmp_path.rglob("*"))
    with pytest.raises(InputError):
        read(path)
    assert set(tmp_path.rglob("*")) == before


def shortened(folder: Path) -> Path:
    """A download that was broken off."""
    path = as_sql(folder, small())
    path.write_bytes(path.read_bytes()[:-100])
    return path


def shortened_directory(folder: Path) -> Path:
    """The same of the other form."""
    path = as_directory(folder, small())
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def altered(folder: Path) -> Path:
    """A byte is another one."""
    path = as_sql(folder, small())
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    return path


def lying(folder: Path) -> Path:
    """A size that is not true."""
    path = as_sql(folder, small())
    content = bytearray(gzip.decompress(path.read_bytes()))
    head = tarfile.TarInfo.frombuf(bytes(content[:512]), "utf-8", "strict")
    head.size = 2**40
    content[:512] = head.tobuf(tarfile.GNU_FORMAT)
    path.write_bytes(gzip.compress(content))
    return path


def without_a_dump(folder: Path) -> Path:
    """A tar of something else."""
    return packed(folder, {"readme.txt": b"bonjour"}, "bad.tar", compressed=False)


def no_file(folder: Path) -> Path:
    """Nothing is there."""
    return folder / "nowhere.tar"


def a_picture(folder: Path) -> Path:
    """Something else altogether."""
    (folder / "bad.png").write_bytes(b"\x89PNG" + bytes(range(256)) * 10)
    return folder / "bad.png"


def with_row(row: str) -> Bad:
    """A dump with a row in the table of tags."""

    def write(folder: Path) -> Path:
        dump = small()
        dump.tables["tags"] = (("id", "name"), [(row,)])
        return as_sql(folder, dump)

    return write


def without_a_column(folder: Path) -> Path:
    """A table of another shape."""
    dump = small()
    dump.without("posts", "raw")
    return as_directory(folder, dump)


def of_tomorrow(folder: Path) -> Path:
    """A directory of a pg_dump that nobody here knows."""
    return packed(folder, {"dump/toc.dat": small().contents((1, 99))}, "bad.tar", compressed=False)


BAD: tuple[Bad, ...] = (
    *(shortened, shortened_directory, altered, lying, without_a_dump, no_file, a_picture, without_a_column),
    *(of_tomorrow, with_row("1"), with_row("1\tdeux\ttrois"), with_row("1\t\\xff"), with_row("1\t\\000")),
)


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_what_is_no_backup_is_said_in_words(bad: Bad, tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        read(bad(tmp_path))
    assert error.value.message
    assert error.value.where


def without_a_file(folder: Path) -> Path:
    """A directory that ends behind the list of its tables."""
    files = small().directory()
    kept = {name: content for name, content in files.items() if name.endswith("toc.dat")}
    return packed(folder, kept, "bad.tar", compressed=False)


@pytest.mark.parametrize(
    "bad, said",
    [
        (without_a_file, "download broke off"),
        (shortened_directory, "too early|broke off"),
        (without_a_dump, "no backup of Discourse"),
        (a_picture, "no backup of Discourse"),
    ],
)
def test_a_download_that_broke_off_and_what_is_no_backup_are_not_said_to_be_of_a_new_form(
    bad: Bad, said: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=said) as error:
        read(bad(tmp_path))
    assert "koweb archive" not in error.value.remedy


def test_content_that_grows_beyond_measure_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "GROWN", 2**22)
    monkeypatch.setattr("koweb_sync.archive.backups.copying.LONGEST", 2**20)
    path = tmp_path / "bad.sql.gz"
    with gzip.open(path, "wb", 9) as file:
        file.write(b"-- PostgreSQL database dump\n")
        for _n in range(64):
            file.write(b"\n" * 2**18)
    tracemalloc.start()
    with pytest.raises(InputError, match="larger"):
        read(path)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 2**23


def test_a_row_without_an_end_takes_no_more_memory_than_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in ("copying", "plain"):
        monkeypatch.setattr(f"koweb_sync.archive.backups.{room}.LONGEST", 2**20)
    path = tmp_path / "bad.sql.gz"
    path.write_bytes(
        gzip.compress(b"-- PostgreSQL database dump\nCOPY public.tags (id, name) FROM stdin;\n1\t" + b"x" * 2**22)
    )
    with pytest.raises(InputError, match="longer"):
        read(path)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_list_of_tables_or_an_error(content: bytes) -> None:
    head = small().contents()[:60]
    for found in (content, head + content):
        with suppress(KowebError):
            list(directory.tables(io.BytesIO(found), "here"))


def test_a_table_of_a_plugin_that_nobody_knows_in_that_form_is_named_and_left_out(tmp_path: Path) -> None:
    dump = small()
    dump.add("polls", ("id", "question"), [("1", "qui ?")])
    with emptied(tmp_path) as store:
        found = take(store, as_directory(tmp_path, dump))
        assert "post_id" in found.backup.other["polls"]
        assert found.unreadable == 0


# ---- rows


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_what_copy_writes_is_read_as_it_was(text: str) -> None:
    said = written(text)
    assert said is not None
    assert value(said.encode()) == text
    assert b"\n" not in said.encode()


def test_a_statement_names_a_table_and_its_columns() -> None:
    found = statement(b'COPY public.categories (id, "position", name) FROM stdin;\n')
    assert found is not None
    assert (found.schema, found.table, found.columns) == ("public", "categories", ("id", "position", "name"))
    assert statement(b"CREATE TABLE public.x (id integer);\n") is None
    assert list(lines(io.BytesIO(b"a\n\\.b\n\\.\nc\n"), "tags", "here")) == [b"a", b"\\.b"]


# ---- what Rails keeps of edits


SAID = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x85"), max_size=30
)  # NEL ends a line there


@settings(max_examples=60)
@example({"raw": ["0008", "-09"]})
@given(st.dictionaries(st.sampled_from(["raw", "cooked", "title"]), st.lists(SAID, min_size=2, max_size=2)))
def test_plain_data_is_read_as_it_was(said: dict[str, list[str]]) -> None:
    text = yaml.dump(said, Dumper=yaml.CSafeDumper, allow_unicode=True)
    assert loaded(f"--- !ruby/hash:ActiveSupport::HashWithIndifferentAccess\n{text}") == said


@pytest.mark.parametrize(
    "text",
    [
        "--- !ruby/object:Gem::Installer\ni: x\n",
        "--- !ruby/hash-with-ivars:ActiveSupport::HashWithIndifferentAccess\nelements: {raw: [a, b]}\nivars: {}\n",
        "--- !!python/object/apply:os.system ['touch /tmp/koweb-was-here']\n",
        "--- !ruby/regexp /a/\n",
    ],
)
def test_no_tag_makes_an_object(text: str) -> None:
    found = loaded(text)
    assert isinstance(found, dict | list | str)


def test_names_that_stand_for_lists_of_lists_are_refused() -> None:
    lines_ = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines_ += [
        f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}]" for a, b in zip("abcdefg", "bcdefgh", strict=True)
    ]
    for text in ("\n".join(lines_), "[" * 5_000, "- " * 5_000, "a: [" + "x," * 100_000 + "]", "a: *b", ": :\n- x"):
        with pytest.raises(NotPlain):
            loaded(text)


def test_an_edit_that_cannot_be_read_leaves_its_post_alone(tmp_path: Path) -> None:
    dump = small()
    at = "2024-01-01 00:00:00"
    facts = {
        "visible": "t",
        "closed": "f",
        "archived": "f",
        "pinned_globally": "f",
        "archetype": "regular",
        "title": "Un",
    }
    row(
        dump,
        "topics",
        id="1",
        created_at=at,
        views="0",
        posts_count="1",
        highest_post_number="1",
        like_count="0",
        **facts,
    )
    place = {"id": "1", "topic_id": "1", "post_number": "1", "post_type": "1", "public_version": "2"}
    plain = {"raw": "oui", "cooked": "<p>oui</p>", "user_deleted": "f", "hidden": "f", "wiki": "f"}
    row(dump, "posts", created_at=at, updated_at=at, like_count="0", reads="0", **place, **plain)
    row(dump, "post_revisions", post_id="1", number="2", modifications="[" * 100, created_at=at, hidden="f")
    with emptied(tmp_path) as store:
        found = take(store, as_sql(tmp_path, dump))
        assert raws(store) == {1: "oui"}
        assert found.unreadable == 1


def row(dump: Dump, table: str, **values: str) -> None:
    """Add a row; columns that nobody names are null."""
    columns, rows = dump.tables[table]
    rows.append(tuple(values.get(name) for name in columns))
