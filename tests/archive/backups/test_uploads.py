"""Files that posts show, out of the backup itself: known by what they hold."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from koweb_sync.archive.from_backup.uploads import DIGITS, lacking
from koweb_sync.archive.store import schema
from tests.archive.backups.taking import emptied, rows, take
from tests.archive.backups.test_hostile import row, small
from tests.archive.backups.writing import as_directory, as_sql

AT = "2024-01-01 00:00:00"
PICTURE, PAPER, OTHER = b"\x89PNG a picture", b"%PDF a paper", b"\x89PNG of nobody's post"


def sha(content: bytes) -> str:
    """What the forum calls a file by."""
    return hashlib.sha1(content).hexdigest()  # noqa: S324


def short(content: bytes) -> str:
    """The same in the forum's short names."""
    number, found = int(sha(content), 16), ""
    while number:
        number, digit = divmod(number, len(DIGITS))
        found = DIGITS[digit] + found
    return found


def place(content: bytes, ending: str, site: str = "default") -> str:
    """Where a file lies."""
    return f"uploads/{site}/original/2X/{sha(content)[0]}/{sha(content)}.{ending}"


@pytest.mark.parametrize("write", [as_sql, as_directory])
@pytest.mark.parametrize("site", ["default", "second"])  # several forums on one server have folders of their own
def test_files_are_kept_by_what_they_hold(write: Callable[..., Path], site: str, tmp_path: Path) -> None:
    dump = small()
    dump.add("uploads", ("id", "url", "sha1", "original_filename", "secure"), [
        (1, f"/{place(PICTURE, 'png', site)}", sha(PICTURE), "a.png", False),
        (2, f"//bucket.example.org/original/2X/{sha(PAPER)}.pdf", sha(PAPER), "b.pdf", True),
    ])  # fmt: skip
    cooked = (
        f'<p><img src="/uploads/{site}/optimized/2X/{sha(PICTURE)}_2_690x388.png" data-base62-sha1="{short(PICTURE)}">'
        f'<a class="attachment" href="/uploads/short-url/{short(PAPER)}.pdf">b.pdf</a></p>'
    )
    topic = {"visible": "t", "closed": "f", "archived": "f", "pinned_globally": "f", "archetype": "regular"}
    counts = {"views": "0", "posts_count": "1", "highest_post_number": "1", "like_count": "0"}
    row(dump, "topics", id="1", title="Un", created_at=AT, **topic, **counts)
    where = {"id": "1", "topic_id": "1", "post_number": "1", "post_type": "1", "public_version": "1"}
    plain = {"raw": "oui", "user_deleted": "f", "hidden": "f", "wiki": "f", "like_count": "0", "reads": "0"}
    row(dump, "posts", cooked=cooked, created_at=AT, updated_at=AT, **where, **plain)
    files: Mapping[str, bytes] = {
        place(PICTURE, "png", site): PICTURE,
        place(PAPER, "pdf", site): PAPER,
        place(OTHER, "png", site): OTHER,
    }
    with emptied(tmp_path) as store:
        assert lacking(take(store, write(tmp_path, dump, {place(OTHER, "png", site): OTHER}))) == 2
        assert lacking(take(store, write(tmp_path, dump, files))) == 0
        held = {row["sha256"]: row["keyed"] for row in rows(store, schema.UPLOADS) if row["status"] == "held"}
        assert held == {hashlib.sha256(PICTURE).hexdigest(): 0, hashlib.sha256(PAPER).hexdigest(): 1}
        assert {bytes(one["data"]) for one in rows(store, schema.BLOBS)} == {PICTURE, PAPER}
