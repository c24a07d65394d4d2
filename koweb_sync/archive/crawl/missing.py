"""What the forum does not show any more: why, as far as one may conclude it.

That something was deleted is concluded only from the forum's own `deleted_at`, or from a 404 to an administrator's key
that is good right afterwards: anybody else gets a 404 for what is private too. Without a key all we know is that it is
not shown to us, and that only while the forum shows the public anything at all. A key that is refused stops the run,
and nothing is concluded. Whatever the reason, what we hold of it stays.
"""

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select

from koweb_sync.archive.crawl.people_and_categories import read_doubted_category, read_new_categories
from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.schema import OPEN
from koweb_sync.errors import ForumForbidden, ForumNotFound, InputError
from koweb_sync.forum.answers import NOT_FOR_US
from koweb_sync.forum.models import Post, Topic, TopicPage
from koweb_sync.i18n import _

MissingReason = Literal["gone", "private", "unseen"]


@dataclass(frozen=True, slots=True)
class Absence:
    """A topic or a post that we held and that was not where it was."""

    kind: Literal["topic", "post"]
    id: int


def look_for(run: Run, what: Absence, *, key: bool) -> None:
    """Find out where something is, and keep what was found: one request, and one more before anything is concluded or
    a post is kept of a topic that is not known to be open.

    Raises ForumKeyRefused, InputError where the forum shows us nothing at all any more.
    """
    try:
        shown = ask(run, what, key=key)
    except ForumNotFound:
        reason: MissingReason = "gone" if sees_all(run) else "unseen"
    except ForumForbidden:
        reason = "private"
    else:
        if shown is not None:
            here = ours(run, shown) if what.kind == "topic" else in_ours(run, shown)
            look_at_category(run, shown.topic if what.kind == "topic" else shown)
            with run.page() as writer:
                keep(run, writer, what, shown, here=here)
            return
        still_open(run)
        reason = "unseen"
    with run.page() as writer:
        writer.vanished(what.kind, what.id, reason)
        writer.done(what.kind, [what.id])


def ask(run: Run, what: Absence, *, key: bool) -> Any:
    """The thing itself; with the key where there is one. None if there is nobody to ask that we did not ask already."""
    if not run.wishes.uses_key:
        if what.kind == "topic" or key:
            return None
        try:
            return run.talk.post(what.id)
        except NOT_FOR_US:
            return None
    return run.talk.topic(what.id, key=True) if what.kind == "topic" else run.talk.post(what.id, key=True)


def sees_all(run: Run) -> bool:
    """Whether the key is good right now, and an administrator's: one request. Raises ForumKeyRefused."""
    run.talk.sent["keyed"] += 1
    me = run.talk.forum.me()
    return me is not None and bool(me.admin)


def still_open(run: Run) -> None:
    """Raises InputError where the public reads nothing any more: one request. With a key nobody asked the public."""
    if run.wishes.uses_key:
        return
    run.talk.sent["anonymous"] += 1
    if not run.talk.forum.open_to_all():
        raise closed(run)


def closed(run: Run) -> InputError:
    """The error about a forum that wants a login, where there is no key."""
    text, remedy = _("The forum shows nothing without a login."), _("Give koweb a key for it.")
    return InputError(text, where=run.base, remedy=remedy)


def look_at_category(run: Run, shown: Topic | Post) -> None:
    """See that the category is known in which something stands that the public was not shown."""
    read_new_categories(run, [shown.category])
    if shown.deleted is None and run.wishes.uses_key:
        read_doubted_category(run, shown.category)


def ours(run: Run, opened: TopicPage) -> bool:
    """Whether a topic is no personal message, or one that somebody asked for in which the key's user takes part."""
    if opened.topic.archetype in OPEN:
        return True
    if not run.wishes.messages:
        return False
    who, groups = run.talk.me()
    return who in opened.people or bool(groups & opened.groups)


def in_ours(run: Run, post: Post) -> bool:
    """Whether a post stands in a topic that is `ours`: whoever has a key is shown posts of messages, too, by their
    numbers. One request, where the topic is not one that we hold and that everybody could find.
    """
    if not (run.wishes.uses_key or run.talk.keyed) or is_open(run, post.topic):
        return True
    try:
        opened = run.talk.topic(post.topic, key=True)
    except NOT_FOR_US:
        return False
    look_at_category(run, opened.topic)
    return opened.topic.category not in run.left_out and ours(run, opened)


def is_open(run: Run, topic: int) -> bool:
    """Whether we hold a topic that is no message, as far as we know."""
    topics = schema.TOPICS
    mine = (topics.c.forum == run.forum, topics.c.id == topic, topics.c.shown == 1, topics.c.archetype.in_(OPEN))
    with run.store.read() as connection:
        return connection.execute(select(topics.c.id).where(*mine)).first() is not None


def keep(run: Run, writer: PageWriter, what: Absence, shown: Any, *, here: bool) -> None:
    """Keep a thing that was found after all: deleted, moved, or for fewer people than before. `here`: it is in a topic
    that is `ours`.
    """
    topic = shown.topic if what.kind == "topic" else None
    if not here or (topic is not None and topic.category in run.left_out):
        writer.vanished(what.kind, what.id, "private")
    elif topic is not None:
        writer.topics([topic], "topic")
        writer.posts(run.wanted([one for one in shown.posts if one.deleted is None]), "topic")
    else:
        found = run.wanted([shown])
        writer.posts(found, "post")
        writer.strangers(found)
    writer.done(what.kind, [what.id])
