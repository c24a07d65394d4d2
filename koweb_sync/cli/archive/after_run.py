"""What follows a run of `koweb archive`: what the forum did about people and their texts is done here too."""

import time
from contextlib import nullcontext
from typing import TYPE_CHECKING

from koweb_sync.cli.archive.exports_again import erasing, make_again
from koweb_sync.cli.archive.location import ArchivePlace, say_forgotten_elsewhere
from koweb_sync.cli.output import complain, labelled, say
from koweb_sync.errors import KowebError
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.times import DAY

if TYPE_CHECKING:
    from koweb_sync.archive.exports.history import MadeExport
    from koweb_sync.archive.privacy.forget import Erased
    from koweb_sync.archive.store.store import Archive, Store


def now() -> int:
    """The time in microseconds."""
    return time.time_ns() // 1_000


def after_run(place: ArchivePlace, store: "Store", forum: int) -> "tuple[list[MadeExport], bool]":
    """Forget who was made anonymous, empty what was deleted, as koweb.toml wants it. The store is ours alone.

    The exports are answered that still hold what was erased, since they could not be made again; and whether the
    database's files hold nothing of it. Where there is no room to write them anew, archiving goes on all the same.
    """
    from koweb_sync.archive.store.store import Archive
    from koweb_sync.cli.archive.forgetting_bar import forgetting_watched

    archive = Archive.of(store, forum, place.settings.url)
    with forgetting_watched():
        return followed(place, archive)


def followed(place: ArchivePlace, archive: "Archive") -> "tuple[list[MadeExport], bool]":
    """The same, with a bar for whatever of it takes long."""
    from koweb_sync.archive.privacy import copies, forget, forget_everywhere

    before = forget.Erased()
    forget_everywhere.tidy(archive, before)
    late = [before.late, follow(place, archive)]
    keeping = place.settings.archive
    if keeping.deletions == "purge":
        done = purged(archive, now() - keeping.purge_after_days * DAY)
        late.append(done.late)
        if count := done.rows.get("texts of posts", 0):
            say(
                ngettext(
                    "Emptied {n} post that the forum deleted.", "Emptied {n} posts that the forum deleted.", count
                ).format(n=number(count))
            )
        say_unclear(place, archive)
    copies.note(archive)
    say_forgotten_elsewhere(archive)
    return make_again(archive), compacted(*late)


def compacted(*late: "KowebError | None") -> bool:
    """Whether nothing is in the way of writing the files anew, else it is said, once."""
    reasons = [one for one in late if one is not None]
    if reasons:
        complain(reasons[-1])
    return not reasons


def purged(archive: "Archive", before: int) -> "Erased":
    """Empty the posts that the forum deleted before a moment. The exports are still to be made again."""
    from koweb_sync.archive.privacy import forget_everywhere, purge

    with archive.store.read() as connection:
        due = purge.due(connection, archive.forum, before)
    with erasing(archive) if due else nullcontext():
        return forget_everywhere.empty_deleted(archive, before, now())


def say_unclear(place: ArchivePlace, archive: "Archive") -> int:
    """Say how many posts may be deleted and are not emptied, as nobody told that they are, and what finds it out: how
    many they are.
    """
    from koweb_sync.archive.privacy import purge
    from koweb_sync.cli.archive.next_reading import reading_command

    with archive.store.read() as connection:
        count = len(purge.unclear(connection, archive.forum))
    if count:
        text = ngettext(
            "{n} post is not shown by the forum any more, and its text stays: whether it was deleted, the forum tells "
            "only an administrator’s key. With one, “{command}” finds it out.",
            "{n} posts are not shown by the forum any more, and their texts stay: whether they were deleted, the forum "
            "tells only an administrator’s key. With one, “{command}” finds it out.",
            count,
        )
        say(text.format(n=number(count), command=reading_command(place)), fg="yellow")
    return count


def follow(place: ArchivePlace, archive: "Archive") -> "KowebError | None":
    """Forget the old names of those whom the forum made anonymous, or say that they are still here: what is in the way
    of writing the files anew.
    """
    from koweb_sync.archive.privacy import forget, forget_everywhere

    with archive.store.read() as connection:
        orders = forget.upstream(connection, archive.forum)
    if not orders:
        return None
    count = len(orders)
    if place.settings.archive.erasure == "ask":
        say(
            ngettext(
                "The forum made {n} person anonymous who still has a name in the archive.",
                "The forum made {n} people anonymous who still have a name in the archive.",
                count,
            ).format(n=number(count))
        )
        say(_("“koweb archive forget --upstream” forgets it."))
        return None
    with erasing(archive):
        late = forget_everywhere.perform(archive, orders, now()).done.late
    say(
        ngettext(
            "Forgot the old names of {n} person whom the forum made anonymous.",
            "Forgot the old names of {n} people whom the forum made anonymous.",
            count,
        ).format(n=number(count))
    )
    left = forget_everywhere.search(archive, forget_everywhere.sought(orders))
    if left:
        say(
            ngettext(
                "{n} place in running text may still name them. Look at it:",
                "{n} places in running text may still name them. Look at them:",
                len(left),
            ).format(n=number(len(left)))
        )
        for one in left[:20]:
            say(f"  {labelled(one.where, one.context)}")
    return late
