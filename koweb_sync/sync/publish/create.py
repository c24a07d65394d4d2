"""Creating a topic exactly once, whatever happens to the answer."""

import shlex
from collections.abc import Sequence
from dataclasses import replace

from koweb_sync import records
from koweb_sync.agreements import Agreement, Fields
from koweb_sync.bookmark import Intention, Pending
from koweb_sync.config import Settings
from koweb_sync.errors import AnswerMalformed, ForumDown, ForumForbidden, ForumRefused, ForumUnreachable, HumanNeeded
from koweb_sync.forum.models import HeldForReview, NewTopic, Post, Topic
from koweb_sync.forum.review import ReviewQueue, Sent
from koweb_sync.i18n import _
from koweb_sync.posts.fields import FIELDS
from koweb_sync.posts.ids import PostId, TopicId
from koweb_sync.posts.titles import same_title
from koweb_sync.sync.links.destinations import uses
from koweb_sync.sync.publish.actions import Action, Ask, Create, Drop, left_to_send
from koweb_sync.sync.publish.carry_out_action import PublishRun, agreeing, upload
from koweb_sync.sync.publish.moderated import (
    HeldByModerators,
    Undecided,
    fields_through_queue,
    outcome,
    read,
    unsure,
    waiting,
)
from koweb_sync.sync.publish.recognise import by_us, recognised, recognised_topic
from koweb_sync.sync.recover import settle
from koweb_sync.sync.recover.settle import journalled_create
from koweb_sync.sync.world.compose import Composed, StoredPost, agreement, compose, stored
from koweb_sync.sync.world.world import World

NOWHERE = StoredPost(TopicId(0), PostId(0), "")  # what the forum holds of what was not sent yet


def create(run: PublishRun, action: Create) -> Agreement:
    """Create the topic of a file, with its uploads first. One request and the uploads.

    Raises HeldByModerators where a moderator must look first. A lost answer is looked up before anything is repeated.
    """
    post = action.post
    upload(run, action.source.path, uses(post, run.world.atlas, None))
    composed = compose(post, run.world.atlas, run.settings, None, None)
    facts = journalled_create(intention(action, composed, run.settings))
    with run.writing("create", action.source.ident, facts) as answer:
        view = send(run, action, composed)
        if isinstance(view, Agreement):
            return agreeing(answer, run, view)
        if isinstance(view, Post):
            run.created.add(view.id)
            return agreeing(answer, run, made(action, composed, stored(view)))
        pending = held(run, action, composed, view)
        run.pending[action.source.ident] = pending
        answer({"held": records.plain(pending)})
    if not pending.sure:
        raise unsure(action.source.path, pending.author, run.forum.host)
    raise waiting(action.source.path)


def held(run: PublishRun, action: Create, composed: Composed, view: HeldForReview) -> Pending:
    """The note about a create that waits for a moderator."""
    topic = new_topic(action, composed)
    sent = Sent(topic.author or run.settings.username, topic.title, topic.raw, view.reason)
    return settle.pending(run.hold, made(action, composed, NOWHERE), sent, sure=view.sure)


def made(action: Create, composed: Composed, there: StoredPost) -> Agreement:
    """What is agreed on once the topic is there; its status comes with requests of its own."""
    found = agreement(action.source, composed, at_first(action.wants), there)
    return replace(found, locale=action.locale) if there.locale is None else found


def at_first(wants: Fields) -> Fields:
    """Of the fields that a file wants, those that its new topic has: none is pinned, say, or closed yet.

    A file that says so need not be told to the forum, which would show a note that somebody unpinned the topic.
    """
    return wants.but(**dict.fromkeys(left_to_send(wants)))


def intention(action: Create, composed: Composed, settings: Settings, room: str = "") -> Intention:
    """What is written down before a create is sent. `room`: the id of the topic that is deleted for it."""
    expected = made(action, composed, replace(NOWHERE, raw=composed.raw))
    return Intention(action.wants.author or settings.username, expected, room)


def intended(world: World, settings: Settings, actions: Sequence[Action]) -> dict[str, Intention]:
    """The creates of a plan, by id, as far as their texts are known before the first upload and topic."""
    drops = (one for one in actions if isinstance(one, Drop))
    rooms = {drop.room_for.ident: drop.agreed.id.lower() for drop in drops if drop.room_for}
    creates = (one for one in actions if isinstance(one, Create))
    return {
        one.source.ident: intention(
            one, compose(one.post, world.atlas, settings, None, None), settings, rooms.get(one.source.ident, "")
        )
        for one in creates
    }


def send(run: PublishRun, action: Create, composed: Composed) -> Post | HeldForReview | Agreement:
    """The create itself. After a lost answer or a refusal, what is there is looked up by its external_id; after a lost
    answer, or where an earlier run may have sent it, among what waits for a moderator too.
    """
    topic = new_topic(action, composed)
    there = approved(run, action) or (in_queue(run, topic) if action.source.ident in run.hold.inherited else None)
    if there:
        return there
    try:
        return run.forum.create(topic)
    except ForumRefused as error:
        found = run.forum.find(topic.external_id)
        return recognised_topic(run, action, found) if found is not None else twin(run, action, error)
    except (AnswerMalformed, ForumUnreachable, ForumDown) as error:
        if not run.lost(action.source.ident, error):
            raise
        found_out = looked_up(run, action, topic, again=not isinstance(error, AnswerMalformed))
        if found_out is None:  # it may come yet: nothing is sent twice
            raise
        return found_out


def looked_up(
    run: PublishRun, action: Create, topic: NewTopic, *, again: bool
) -> Post | HeldForReview | Agreement | None:
    """What came of a create whose answer was lost. If nothing did, it is sent `again`: the external_id keeps a late
    twin from becoming a second topic.
    """
    found = run.forum.find(topic.external_id)
    if found is not None:
        return recognised_topic(run, action, found)
    return in_queue(run, topic) or (run.forum.create(topic) if again else None)


def in_queue(run: PublishRun, topic: NewTopic) -> HeldForReview | None:
    """The same post, if it waits for a moderator already, or may, where nobody tells. One request, none for staff's."""
    sent = Sent(topic.author or run.settings.username, topic.title, topic.raw)
    try:
        return settle.waits(ReviewQueue(run.forum), run.settings, sent)
    except ForumForbidden:
        return HeldForReview("", sure=False)


def approved(run: PublishRun, action: Create) -> Agreement | None:
    """The topic of a post that was held before, and is to be sent again: it may have been approved. Raises Waits where
    it still waits.
    """
    pending = run.hold.bookmark.pending.get(action.source.ident)
    if pending is None:
        return None
    found = outcome(run.queue, run.past, pending, action.wants, action.source.path)
    if isinstance(found, Undecided):
        raise found
    return found if isinstance(found, Agreement) else None


def new_topic(action: Create, composed: Composed) -> NewTopic:
    """What is sent."""
    wants = action.wants
    return NewTopic(
        title=wants.title or "",
        raw=composed.raw,
        external_id=f"koweb-{action.post.front.id}",
        category=action.category,
        tags=wants.tags or (),
        author=wants.author,
        more={
            **{key: value for name, field in FIELDS.items() for key, value in field.in_create(wants.get(name)).items()},
            **({"locale": action.locale} if action.locale else {}),
        },
    )


def twin(run: PublishRun, action: Create, error: ForumRefused) -> Agreement:
    """What is agreed on about the topic that has the title already, if it is this one: its author, and a text of this
    file's. So it is where a moderator approved what no bookmark tells of any more. Else raises why it was refused.
    """
    title = action.wants.title or ""
    known = {agreed.topic for agreed in run.hold.bookmark.agreed.values()}
    found = next((topic for topic in run.forum.search_title(title) if same_title(topic.title, title)), None)
    if found is not None and found.id not in known:
        view = read(run.forum, found.id)
        if view is not None and not view.external_id and by_us(run, action, view):
            agreed = recognised(run, action, view)
            if agreed is not None:
                return replace(agreed, sent=fields_through_queue(agreed.sent, view))
    raise refused(run, action, error, found) from error


def refused(run: PublishRun, action: Create, error: ForumRefused, found: Topic | None) -> HumanNeeded | ForumRefused:
    """Why the forum refused a create, in words that help: whose title it is, if it is somebody's (`found`)."""
    line = action.post.key_lines.get("title", 1)
    if found is not None:
        return HumanNeeded(
            _("The forum already has a topic with this title: {url}").format(url=run.forum.topic_url(found.id)),
            where=f"{action.source.path}:{line}",
            remedy=_(
                "Choose another title. Or is it this post? “koweb adopt {url}” brings that topic here: then put your "
                "text into the file that it writes."
            ).format(url=shlex.quote(run.forum.topic_url(found.id))),
        )
    return ForumRefused(
        _("The forum refused the post: {why}.").format(
            why="; ".join(reason.rstrip(" .") for reason in error.reasons) or error.message.rstrip(" .")
        ),
        where=action.source.path,
        remedy=_(
            "Mend the file, commit, and push again; a topic that was deleted may still hold this id. If another topic "
            "has the title, “koweb adopt ADDRESS” brings that one here."
        ),
        reasons=error.reasons,
    )


def ask(run: PublishRun, action: Ask) -> Agreement:
    """Look whether a moderator has approved a post: one request for all that wait of an author, see `outcome`. Raises
    HeldByModerators if not.
    """
    claimed = action.post.front.topic
    found = outcome(run.queue, run.past, action.pending, action.wants, action.source.path, claimed)
    if isinstance(found, HeldByModerators):
        raise found
    run.record(found)
    return found
