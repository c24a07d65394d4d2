"""What a pull found changed on the forum, topic by topic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from koweb_sync.agreements import Agreement
from koweb_sync.posts.merge_files import Combined
from koweb_sync.sync.pull.news import Side
from koweb_sync.sync.world.seen import Seen
from koweb_sync.sync.world.world import PostAtHead


@dataclass(frozen=True, slots=True)
class Change:
    """One topic that the forum changed: its file on the branch, what was agreed, what came, and the merged file.

    `held`: the branch says all of it already. `files` are images and attachments that come with it. `side`: which one
    the user prefers, where both changed the same; `chosen`: the file with git's side there, where it is that one, while
    `merged` has the forum's.
    """

    source: PostAtHead
    agreed: Agreement | None
    seen: Seen
    base: bytes
    theirs: bytes
    merged: Combined
    what: tuple[str, ...]
    held: bool
    files: Mapping[str, bytes] = field(default_factory=dict)
    chosen: bytes | None = None
    side: Side = ""


def pictures(group: Iterable[Change]) -> dict[str, bytes]:
    """The files that come with changes."""
    return {path: data for one in group for path, data in one.files.items()}


def by_editor(changes: Iterable[Change]) -> list[list[Change]]:
    """Changes of one person together, in the order of their last edits."""
    groups: dict[str, list[Change]] = {}
    for change in changes:
        groups.setdefault(change.seen.edit.username, []).append(change)
    return sorted(groups.values(), key=lambda group: max(one.seen.edit.at for one in group))
