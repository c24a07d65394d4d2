"""What was held for review: whether it still waits, and which topic it became when a moderator approved it.

The forum's queue forgets the external_id. So the topic is known by what the bookmark says was sent: in whose name, with
which title and text. A moderator may change a title or a text before approving: one of the two has to be ours, or the
queue itself has to name the topic.
"""

from collections.abc import Iterator, Set
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from koweb_sync.agreements import Agreement, Fields
from koweb_sync.bookmark import Pending
from koweb_sync.config import Settings
from koweb_sync.errors import ForumForbidden, ForumNotFound, HumanNeeded
from koweb_sync.forum.cache import cached_site
from koweb_sync.forum.models import TopicView
from koweb_sync.forum.review import APPROVED, PENDING, ReviewQueue, Sent, begun_by, decision
from koweb_sync.git.repo import Sha
from koweb_sync.i18n import _
from koweb_sync.posts.dialect import normalise
from koweb_sync.posts.document import parse
from koweb_sync.posts.fields import FIELDS
from koweb_sync.posts.ids import PostId, TopicId
from koweb_sync.posts.titles import same_title
from koweb_sync.sync.recover import settle
from koweb_sync.sync.recover.past_versions import Past, is_there, texts
from koweb_sync.sync.recover.settle import written_by
from koweb_sync.sync.world.compose import Composed, StoredPost, agreement, compose
from koweb_sync.sync.world.world import PostAtHead, desired, fields_of
from koweb_sync.times import microseconds

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum

EARLY = timedelta(minutes=30)  # how far two clocks may be apart
LOOKED_AT = 5  # topics of an author that are read, for they may be it under another title


class HeldByModerators(HumanNeeded):
    """The create waits for a moderator, or may."""


class Undecided(HeldByModerators):
    """It certainly waits."""


class Rejected(HeldByModerators):
    """It will certainly never appear."""


def outcome(
    queue: ReviewQueue, past: Past, pending: Pending, wants: Fields, path: str, claimed: TopicId | None = None
) -> Agreement | HeldByModerators:
    """What came of a post that was held: what is agreed on about its topic, or why there is none.

    One request for all that wait of an author; then one for what was decided, one for the author's topics, and one for
    each that may be it. `wants` are the fields of its file, for what an older koweb-sync sent; `claimed` is the topic
    that the file names, where its author says what nobody tells us.
    """
    forum, sent = queue.forum, sent_of(pending, past.settings.username, wants)
    knows = True
    try:
        if settle.waits(queue, past.settings, sent):
            return waiting(path)
    except ForumForbidden:
        knows = False
    told = decision(forum, sent.number)
    if told is not None and told.status == PENDING:
        return waiting(path)
    if told is not None and told.status != APPROVED:
        return rejected(path)
    approved = told.topic if told is not None else None
    for view in topics(forum, past, sent, (approved, claimed, pending)):
        named = view.id in (approved, claimed) or bool(view.external_id)
        agreed = bound(forum, past, pending, sent, view, named=named)
        if agreed is not None:
            return agreed
    if not pending.sure and not knows:
        return unsure(path, sent.author, forum.host)
    return gone(path) if told is not None or is_staff(past.settings) else unseen(path)


def is_staff(settings: Settings) -> bool:
    """Whether the key's user is told what became of what waited, as far as that is known."""
    site = cached_site(settings.url, settings.username)
    return site is not None and site.staff


def sent_of(pending: Pending, who: str, wants: Fields) -> Sent:
    """What was sent. `who` and `wants` hold for what an older koweb-sync sent, which wrote neither down."""
    return Sent(pending.author or wants.author or who, pending.title or wants.title or "", pending.raw, pending.reason)


def topics(
    forum: "Forum", past: Past, sent: Sent, told: tuple[TopicId | None, TopicId | None, Pending]
) -> Iterator[TopicView]:
    """The topics that it may have become: the one that the queue names, else the one that the file does, and those that
    its author began since, the ones with its title first. `told`: those names, and what waited.
    """
    named, claimed, pending = told
    view = read(forum, named) if named is not None else None
    if view is not None and is_there(view):
        yield view
        return
    known = {agreed.topic for agreed in past.world.bookmark.agreed.values()}
    since = microseconds(datetime.fromisoformat(pending.since).astimezone(UTC) - EARLY)
    for topic in candidates(forum, sent, claimed, known, since):
        view = read(forum, topic)
        if view is not None and view.created >= since and may_be(view, sent.author, pending.id):
            yield view


def candidates(
    forum: "Forum", sent: Sent, claimed: TopicId | None, known: Set[TopicId], since: int
) -> Iterator[TopicId]:
    """The numbers of topics to look at, `known` ones left out."""
    if claimed is not None and claimed not in known:
        yield claimed
    found = [one for one in begun_by(forum, sent.author) if one.id not in known and one.created >= since]
    found.sort(key=lambda one: not same_title(one.title, sent.title))
    yield from (one.id for one in found[:LOOKED_AT] if one.id != claimed)


def read(forum: "Forum", topic: TopicId) -> TopicView | None:
    """A topic, None where it is gone."""
    try:
        return forum.topic(topic)
    except ForumNotFound:
        return None


def may_be(view: TopicView, author: str, ident: str) -> bool:
    """Whether a topic can be it: of that author, no private message, and either from the queue or published with the
    file's own id.
    """
    ours = (view.external_id or "").lower() in ("", f"koweb-{ident}".lower())
    return ours and is_there(view) and not view.private and written_by(view, author)


def bound(
    forum: "Forum", past: Past, pending: Pending, sent: Sent, view: TopicView, *, named: bool
) -> Agreement | None:
    """What is agreed on about an approved topic: what was sent. What a moderator changed of it is the forum's edit, and
    a pull brings it. None if neither title nor text is what was sent and the queue did not name it.
    """
    post = parse(pending.path, past.repo.blob(pending.blob))
    composed = compose(post, past.world.atlas, past.settings, None, None)
    raw = normalise(sent.raw or composed.raw)
    same = next((one for one in texts(forum, view.first) if normalise(one.raw) == raw), None)
    if same is None and not named and not same_title(view.title, sent.title):
        return None
    stored = same or StoredPost(view.id, PostId(view.first.id), raw, 1, view.first.locale)
    if view.first.version == stored.revision:  # what differs now was changed in the queue, and is nobody's edit
        stored = replace(stored, updated=view.first.changed)
    source = PostAtHead(
        pending.path, Sha(pending.blob), post.front.id.lower(), fields_of(post.front), draft=False, post=post
    )
    made = agreement(source, Composed(stored.raw, composed.used), desired(source, past.settings), stored)
    return replace(made, sent=fields_through_queue(made.sent, view))


def fields_through_queue(sent: Fields, view: TopicView) -> Fields:
    """The fields that came through the queue: what did not is sent again."""
    return sent.but(**{name: field.through_queue(sent.get(name), view) for name, field in FIELDS.items()})


def held() -> tuple[str]:
    """What is told of a post that waits, or of which nobody tells that it does not."""
    return (_("The post is pending: a moderator must approve it first."),)


def again() -> str:
    """What to do about it."""
    return _("The next push looks again. If it was rejected, push with --resend.")


def waiting(path: str) -> Undecided:
    """The error about a post that nobody sees yet."""
    return Undecided(*held(), where=path, remedy=again())


def unseen(path: str) -> HeldByModerators:
    """The error about a post that waited, and of which this key may not see what was decided."""
    return HeldByModerators(
        *held(),
        where=path,
        remedy=_(
            "This key may not see what was decided. If it appeared, write its number into the file (“topic: 347”), and "
            "push again; if it was rejected, push with --resend."
        ),
    )


def unsure(path: str, author: str, url: str) -> HeldByModerators:
    """The error about a post that may wait, or was never sent."""
    return HeldByModerators(
        _("The answer was lost, and this key may not see whether the post waits for a moderator: not sent again."),
        where=path,
        remedy=_("Look at {url}. If nothing of “{author}” waits there, push with --resend.").format(
            url=f"{url}/review", author=author
        ),
    )


def rejected(path: str) -> Rejected:
    """The error about a post that will never appear."""
    return Rejected(
        _("A moderator rejected the post."),
        where=path,
        remedy=_("Talk to them; after a change, send it again with --resend, or remove the file."),
    )


def gone(path: str) -> HeldByModerators:
    """The error about a post that waits no more, and of which no topic is there."""
    return HeldByModerators(
        _("The post does not wait any more, and no topic came of it: it was rejected, or the topic was deleted."),
        where=path,
        remedy=_("Talk to the moderators; after a change, send it again with --resend, or remove the file."),
    )
