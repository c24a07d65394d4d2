"""What the looks at a forum came to so far, where nothing reads all topics at once: which were read, up to when the
forum's signs of edits are known, and how far the reading in turn is. On this computer alone, beside what was seen.

Every instant is the forum's own, in microseconds since 1970, so that this computer's clock does not matter.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from koweb_sync import records
from koweb_sync.forum.models import RecentEdit

VERSION = 1
MARGIN = 600_000_000  # microseconds within which what a sign tells may still come: a transaction ends late


@dataclass(frozen=True, slots=True)
class EditSign(records.Extended):
    """One of the forum's signs of edits: what it told until `since` is known, and `known` are the names of what it told
    of the time just before. `refused`: when the forum last would not tell it, 0 if it does.
    """

    since: int
    known: tuple[str, ...] = ()
    refused: int = 0

    def news(self, told: tuple[RecentEdit, ...]) -> list[RecentEdit]:
        """What it tells now and did not before. Of a topic of which it tells less there is news, too: an edit that
        brings the old text back takes its version away.
        """
        late = [one for one in told if one.at >= self.since - MARGIN]
        names = {one.name for one in late}
        gone = [RecentEdit(int(name.partition(" ")[0]), self.since) for name in self.known if name not in names]
        return [*gone, *(one for one in late if one.name not in self.known)]

    def after(self, told: Iterable[RecentEdit], now: int) -> "EditSign":
        """The same after an answer that was asked for now."""
        return EditSign(now, tuple(sorted(one.name for one in told if one.at >= now - MARGIN)), extra=self.extra)


@dataclass(frozen=True, slots=True)
class PastLooks(records.Extended):
    """The looks so far. `forum`: whose topics, as whom. `at`: when the last one began. `read`: topics that were read,
    or agreed on since. `due`: those with a sign that no look has followed yet. `soon`: by topic, until when an edit may
    join the version before it, of which there is no sign. `signs`: the forum's, by name; an editor's own under their
    username. `turn`: the topic that was last read in turn. `shared`: when some were read so.
    """

    forum: str
    at: int
    read: tuple[int, ...] = ()
    due: tuple[int, ...] = ()
    soon: Mapping[int, int] = field(default_factory=dict)
    signs: Mapping[str, EditSign] = field(default_factory=dict)
    turn: int = 0
    shared: int = 0


def decode_looks(data: bytes, where: str) -> PastLooks:
    """From its bytes. Raises KowebError for what is none, or is newer."""
    meta = records.read(data, where, VERSION)
    with records.undamaged(where):
        signs = {name: records.made(EditSign, one, known=strings(one["known"])) for name, one in meta["signs"].items()}
        soon = dict(zip(numbers(map(int, meta["soon"])), numbers(meta["soon"].values()), strict=True))
        lists = {name: numbers(meta[name]) for name in ("read", "due")}
        return records.made(PastLooks, meta, signs=signs, soon=soon, **lists)


def numbers(values: Any) -> tuple[int, ...]:
    """Whole numbers. Raises TypeError for anything else."""
    found = tuple(values)
    if not all(records.is_of(int, one) for one in found):
        raise TypeError(found)
    return found


def strings(values: Any) -> tuple[str, ...]:
    """Names of what a sign told. Raises TypeError or ValueError for anything else."""
    found = tuple(values)
    for one in found:
        int(one.partition(" ")[0])
    return found


def encode_looks(one: PastLooks) -> bytes:
    """The inverse."""
    signs = {name: records.plain(sign) for name, sign in one.signs.items()}
    return json.dumps({"version": VERSION, **records.plain(one), "signs": signs}, sort_keys=True).encode()
