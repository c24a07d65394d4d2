"""The address of a database may hold a password: no text of ours says it, also where it names the archive."""

from pathlib import Path

import pytest

from koweb_sync.archive.from_backup.other_forum import NamedForum
from koweb_sync.cli.archive import moved, neighbours, next_reading
from koweb_sync.cli.archive.location import ArchivePlace, not_held
from koweb_sync.config import Settings
from koweb_sync.errors import KowebError

SECRET = "amina-et-claire"
ADDRESSES = (f"postgresql://koweb:{SECRET}@db.example/koweb", f"postgresql://koweb@db.example/koweb?password={SECRET}")


class AnyBackup:
    """A backup of which only the file is said."""

    where = "forum.tar.gz"


@pytest.fixture(params=ADDRESSES)
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ArchivePlace:
    monkeypatch.chdir(tmp_path)
    settings = Settings("kafe", "https://kafe.example.org", "")
    return ArchivePlace(tmp_path, settings, request.param)


def said(error: KowebError) -> str:
    return f"{error.message} {error.where} {error.remedy}"


def test_what_names_an_archive_names_no_password(place: ArchivePlace) -> None:
    forum = NamedForum("Kafé", place.settings.url)
    texts = [
        place.shown,
        next_reading.at_store(place),
        next_reading.reading_command(place),
        next_reading.more_to_read(place, asked=False, backup=True),
        said(moved.held_twice(place, "https://ancien.example.org")),
        said(neighbours.held_already(place, AnyBackup(), forum, forum)),  # type: ignore[arg-type]
        said(not_held(place, place.shown)),
    ]
    for text in texts:
        assert "db.example" in text
        assert SECRET not in text
