"""Creating a topic exactly once, whatever happens to the answer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from koweb_sync import records
from koweb_sync.bookmark import Agreement, Fields, Intention
from koweb_sync.config import Settings
from koweb_sync.errors import AnswerMalformed, ForumDown, ForumRefused, ForumUnreachable, HumanNeeded
from koweb_sync.forum.models import HeldForReview, NewTopic, PostView, TopicView
from koweb_sync.i18n import _
from koweb_sync.posts.ids import PostId, TopicId
from koweb_sync.sync import settle
from koweb_sync.sync.actions import STATUS, Action, Ask, Create
from koweb_sync.sync.carry import Desk, agreeing, upload
from koweb_sync.sync.compose import Composed, Stored, agreement, alike, compose, stored
from koweb_sync.sync.links import uses
from koweb_sync.sync.past import is_there, texts
from koweb_sync.sync.settle import promised, written_by
from koweb_sync.sync.world import World

NOWHERE = Stored(TopicId(0), PostId(0), "")  # what the forum holds of what was not sent yet


class HeldByModerators(HumanNeeded):
    """The create waits for a moderator."""


def create(desk: Desk, action: Create) -> Agreement:
    """Create the topic of a file, with its uploads first. One request and the uploads.

    Raises HeldByModerators where a moderator must look first. A lost answer is looked up before anything is repeated.
    """
    post = action.post
    upload(desk, uses(post, desk.world.atlas, None), {})
    composed = compose(post, desk.world.atlas, desk.settings, None, None)
    facts = promised(intention(action, composed, desk.settings))
    with desk.writing("create", action.source.ident, facts) as answer:
        view = send(desk, action, composed)
        if isinstance(view, Agreement):
            return agreeing(answer, desk, view)
        if isinstance(view, PostView):
            return agreeing(answer, desk, made(action, composed, stored(view)))
        pending = settle.pending(desk.hold, made(action, composed, NOWHERE), view)
        desk.pending[action.source.ident] = pending
        answer({"held": records.plain(pending)})
    raise waiting(action.source.path)


def made(action: Create, composed: Composed, there: Stored) -> Agreement:
    """What is agreed on once the topic is there; its status comes with requests of its own."""
    return agreement(action.source, composed, at_first(action.wants), there)


def at_first(wants: Fields) -> Fields:
    """Of the fields that a file wants, those that its new topic has: none is pinned or closed yet.

    A file that says so need not be told to the forum, which would show a note that somebody unpinned the topic.
    """
    return replace(wants, closed=None if wants.closed else wants.closed, pinned=None if wants.pinned else wants.pinned)


def intention(action: Create, composed: Composed, settings: Settings) -> Intention:
    """What is written down before a create is sent."""
    expected = made(action, composed, replace(NOWHERE, raw=composed.raw))
    return Intention(action.wants.author or settings.username, expected)


def intended(world: World, settings: Settings, actions: Sequence[Action]) -> dict[str, Intention]:
    """The creates of a plan, by id, as far as their texts are known before the first upload and topic."""
    return {
        action.source.ident: intention(action, compose(action.post, world.atlas, settings, None, None), settings)
        for action in actions
        if isinstance(action, Create)
    }


def send(desk: Desk, action: Create, composed: Composed) -> PostView | HeldForReview | Agreement:
    """The create itself. After a lost answer or a refusal, what is there is looked up by its external_id; after a lost
    answer, or where an earlier run may have sent it, among what waits for a moderator too.
    """
    topic = new_topic(action, composed)
    waits = in_queue(desk, topic) if action.source.ident in desk.hold.inherited else None
    if waits:
        return waits
    try:
        return desk.forum.create(topic)
    except ForumRefused as error:
        found = desk.forum.find(topic.external_id)
        if found is None:
            raise refused(desk, action, error) from error
        return ours(desk, action, found)
    except (AnswerMalformed, ForumUnreachable, ForumDown) as error:
        if isinstance(error, ForumUnreachable) and not error.sent:
            raise
        found_out = looked_up(desk, action, topic, again=not isinstance(error, AnswerMalformed))
        if found_out is None:  # it may come yet: nothing is sent twice
            raise
        return found_out


def looked_up(
    desk: Desk, action: Create, topic: NewTopic, *, again: bool
) -> PostView | HeldForReview | Agreement | None:
    """What came of a create whose answer was lost. If nothing did, it is sent `again`: the external_id keeps a late
    twin from becoming a second topic.
    """
    found = desk.forum.find(topic.external_id)
    if found is not None:
        return ours(desk, action, found)
    return in_queue(desk, topic) or (desk.forum.create(topic) if again else None)


def in_queue(desk: Desk, topic: NewTopic) -> HeldForReview | None:
    """The same post, if it waits for a moderator already. One request, none for staff's."""
    author = topic.author or desk.settings.username
    return settle.waits(desk.forum, desk.settings, author, topic.title, topic.raw)


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
        created=datetime.fromisoformat(wants.created).astimezone(UTC) if wants.created else None,
        listed=wants.listed is not False,
    )


def ours(desk: Desk, action: Create | Ask, found: TopicView) -> Agreement:
    """What is agreed on about a topic that was found, if it is ours: written in our name, and its text, now or as it
    was before others edited it, is what we would send, what a version in HEAD's history says, or what was intended.

    Up to five requests where it was edited. Raises HumanNeeded where it is not ours.
    """
    if by_us(desk, action, found):
        agreed = recognised(desk, action, found)
        if agreed is not None:
            return agreed
    raise HumanNeeded(
        _("The forum already has a topic with the id “{id}”, with another text or author: {url}").format(
            id=action.post.front.id, url=desk.forum.topic_url(found.id)
        ),
        where=f"{action.source.path}:{action.post.key_lines.get('id', 1)}",
        remedy=_(
            "If it is this post, as in a fork or an import without the bookmark: “koweb fetch --rebuild” finds out "
            "what both sides share; if not, give the file another id."
        ),
    )


def by_us(desk: Desk, action: Create | Ask, found: TopicView) -> bool:
    """Whether a topic is there, and was begun in our name: as the file says now, or as was intended."""
    one = desk.hold.bookmark.intended.get(action.source.ident)
    who = (action.wants.author or desk.settings.username, desk.settings.username, one.author if one else "")
    return is_there(found) and any(written_by(found, author) for author in who)


def recognised(desk: Desk, action: Create | Ask, found: TopicView) -> Agreement | None:
    """The version of the file that the forum holds, or held before others edited it."""
    past, source, post = desk.past, action.source, action.post
    told = []
    for one in texts(desk.forum, found.first):
        told.append(one)
        version = past.version(post, source.blob, one.raw)
        version = version or next(past.saying(source.path, source.ident, one.raw), None)
        if version is not None:
            agreed = version.agreement(desk.settings, one, found.title, found.tags)
            said = [name for name in STATUS if getattr(agreed.sent, name) is not None]
            status: dict[str, Any] = {name: getattr(found, name) for name in said}
            if agreed.sent.author and not written_by(found, agreed.sent.author):
                status["author"] = found.first.username
            sent = replace(agreed.sent, **status)
            return replace(agreed, sent=sent, title=sent.title or "", tags=sent.tags or ())
    meant = desk.hold.bookmark.intended.get(source.ident)
    if meant is None:
        return None
    # What this run intends itself proves nothing about a topic that may have been there before, but by its text.
    return settle.ours(found, told, meant.expected, meant.author if source.ident in desk.hold.inherited else "")


def refused(desk: Desk, action: Create, error: ForumRefused) -> HumanNeeded | ForumRefused:
    """Why the forum refused a create, in words that help: whose title it is, if it is somebody's."""
    title = action.wants.title or ""
    line = action.post.key_lines.get("title", 1)
    twin = next((topic for topic in desk.forum.search_title(title) if alike(topic.title, title)), None)
    if twin is not None:
        return HumanNeeded(
            _("The forum already has a topic with this title: {url}").format(url=desk.forum.topic_url(twin.id)),
            where=f"{action.source.path}:{line}",
            remedy=_(
                "Choose another title, or bring that topic under version control instead of publishing a second one."
            ),
        )
    return ForumRefused(
        _("The forum refused the post: {why}.").format(
            why="; ".join(reason.rstrip(" .") for reason in error.reasons) or error.message.rstrip(" .")
        ),
        where=action.source.path,
        remedy=_("Mend the file, commit, and push again; a topic that was deleted may still hold this id."),
        reasons=error.reasons,
    )


def waiting(path: str) -> HeldByModerators:
    """The error about a post that nobody sees yet."""
    return HeldByModerators(
        _("The post is pending: a moderator must approve it first."),
        where=path,
        remedy=_("The next push looks again. If it was rejected, push with --resend."),
    )


def ask(desk: Desk, action: Ask) -> Agreement:
    """Look whether a moderator has approved a post. Up to three requests. Raises HeldByModerators if not."""
    found = desk.forum.find(f"koweb-{action.post.front.id}")
    agreed = ours(desk, action, found) if found else approved(desk, action)
    if agreed is None:
        raise waiting(action.source.path)
    desk.record(agreed)
    return agreed


def approved(desk: Desk, action: Ask) -> Agreement | None:
    """The topic of a post that was approved, by its title and text: the external_id does not survive the queue."""
    known = {agreed.topic for agreed in desk.hold.bookmark.agreed.values()}
    title = action.wants.title or ""
    for state in desk.forum.search_title(title):
        if alike(state.title, title) and state.id not in known:
            view = desk.forum.topic(state.id)
            if not view.external_id and by_us(desk, action, view):
                return recognised(desk, action, view)
    return None
