"""What is asked of a report: the options of `koweb report` as they hold for an archive."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from koweb_sync.cli.archive.after_run import now
from koweb_sync.cli.archive.location import ArchivePlace, archive_to_tell_of
from koweb_sync.i18n import _
from koweb_sync.times import HOUR

if TYPE_CHECKING:
    from koweb_sync.archive.store.store import Archive
    from koweb_sync.report.engine.window import ReportSettings, Window


@dataclass(frozen=True)
class Asked:
    """What is reported, and for whom. `seen`: until when the archive knows the forum (0: it is empty)."""

    archive: "Archive"
    window: "Window"
    settings: "ReportSettings"
    audience: str
    pseudonyms: bool
    engine: Any
    seen: int


def wished(place: ArchivePlace, given: dict[str, Any]) -> Asked:
    """What the options mean for this archive. Raises StoreUnusable, InputError."""
    from koweb_sync.cli.report.window import window_of, zone_of
    from koweb_sync.report.engine.archive_state import known_until
    from koweb_sync.report.engine.source import quickest
    from koweb_sync.report.engine.window import ReportSettings

    zone = zone_of(given["time_zone"], place.settings)
    archive = archive_to_tell_of(place)
    with archive.store.read() as connection:
        seen = known_until(connection, archive.forum)
    return Asked(
        archive=archive,
        window=window_of(given["since"], given["until"], seen or now(), zone, now()),
        settings=ReportSettings(
            horizon=given["horizon"] * HOUR,
            zone=zone,
            categories=given["category"],
            tags=given["tag"],
            ours=tuple(filter(None, [place.settings.username])),
        ),
        audience="facilitators" if given["watch_list"] else given["audience"] or "community",
        pseudonyms=given["pseudonyms"],
        engine=given["engine"] or quickest(archive.store, archive.forum),
        seen=seen,
    )


def disguise(asked: Asked, connection: Any) -> Any:
    """Everybody's pseudonym, the same as in the archive's exports."""
    from koweb_sync.archive.names.secret import make
    from koweb_sync.archive.privacy.pseudonyms import Pseudonyms

    return Pseudonyms.read(connection, asked.archive.forum, make(asked.archive.base), _("Member"))
