"""What was done with a kit, and when: a line of JSON for each event, by the types of PREMIS (Library of Congress)."""

import json
from pathlib import Path

from koweb_sync import __version__, dates, safe_files
from koweb_sync.archive.closing.kit import EVENTS
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store.rows import rows, sql
from koweb_sync.i18n import _

TYPES = "http://id.loc.gov/vocabulary/preservation/eventType/"
CAPTURE, FIXITY, CREATION, DIGESTS, REDACTION = "cap", "fix", "cre", "mes", "red"


def note(root: Path, kind: str, at: int, outcome: str, detail: str) -> None:
    """Add an event. It names nobody."""
    safe_files.append(root, EVENTS, line(kind, at, outcome, detail))


def line(kind: str, at: int, outcome: str, detail: str) -> bytes:
    """An event."""
    told = {
        "eventType": f"{TYPES}{kind}",
        "eventDateTime": dates.second(at),
        "eventOutcome": outcome,
        "eventDetail": detail,
        "linkingAgent": f"koweb-sync {__version__}",
    }
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"


def begin(root: Path, reader: Reader) -> None:
    """Begin the list with what the archive tells of its own runs: the first one, and the last one that was finished."""
    runs = "SELECT started, ended, outcome FROM runs WHERE forum = ? AND outcome = 'done' ORDER BY n"
    found = list(rows(reader.connection, sql(runs, reader.forum)))
    text = b""
    for one, detail in zip(
        found[:1] + found[1:][-1:], (_("The forum was archived."), _("It was brought up to date.")), strict=False
    ):
        text += line(CAPTURE, one["ended"] or one["started"], "success", detail)
    safe_files.write(root, EVENTS, text)
