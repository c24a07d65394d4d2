"""What the forum does not show any more: why, as far as one may conclude it.

That something was deleted is concluded only from the forum's own `deleted_at`, or from a 404 to a key that is known to
be good. Without a key all we know is that it is not shown to us. Whatever the reason, what we hold of it stays.
"""

from dataclasses import dataclass
from typing import Any, Literal

from koweb_sync.archive.keeper import Keeper
from koweb_sync.archive.run import Run
from koweb_sync.errors import ForumForbidden, ForumKeyRefused, ForumNotFound
from koweb_sync.forum.talk import NOT_FOR_US

Reason = Literal["gone", "private", "unseen"]


@dataclass(frozen=True, slots=True)
class Absence:
    """A topic or a post that we held and that was not where it was."""

    kind: Literal["topic", "post"]
    id: int


def look_for(run: Run, what: Absence, *, key: bool) -> None:
    """Find out where something is, and keep what was found: one request, and one more in a run to trust the key."""
    try:
        shown = ask(run, what, key=key)
    except ForumNotFound:
        reason: Reason = "gone" if trusted(run) else "unseen"
    except (ForumForbidden, ForumKeyRefused):
        reason = "private"
    else:
        if shown is not None:
            with run.page() as keeper:
                keep(run, keeper, what, shown)
            return
        reason = "unseen"
    with run.page() as keeper:
        keeper.vanished(what.kind, what.id, reason)
        keeper.done(what.kind, [what.id])


def ask(run: Run, what: Absence, *, key: bool) -> Any:
    """The thing itself; with the key where there is one. None if there is nobody to ask that we did not ask already."""
    if not run.wishes.key:
        if what.kind == "topic" or key:
            return None
        try:
            return run.talk.post(what.id)
        except NOT_FOR_US:
            return None
    return run.talk.topic(what.id, key=True) if what.kind == "topic" else run.talk.post(what.id, key=True)


def trusted(run: Run) -> bool:
    """Whether the key is good right now: one request in a run."""
    known = run.at("trust").get("good")
    if known is None:
        try:
            known = bool(run.talk.forum.me())
        except NOT_FOR_US:
            known = False
        run.talk.sent["keyed"] += 1
        with run.page() as keeper:
            keeper.cursor("at:trust", {"good": known})
    return bool(known)


def keep(run: Run, keeper: Keeper, what: Absence, shown: Any) -> None:
    """Keep a thing that was found after all: deleted, moved, or for fewer people than before."""
    topic = shown.topic if what.kind == "topic" else None
    if topic is not None:
        if topic.category in run.left_out or (topic.archetype != "regular" and not run.wishes.messages):
            keeper.vanished("topic", what.id, "private")
        else:
            keeper.topics([topic], "topic")
            keeper.posts([one for one in shown.posts if one.deleted is None], "topic")
    else:
        keeper.posts([shown], "post")
        keeper.strangers([shown])
    keeper.done(what.kind, [what.id])
