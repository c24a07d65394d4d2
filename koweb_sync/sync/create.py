"""Creating a topic exactly once, whatever happens to the answer."""

from dataclasses import asdict, replace
from datetime import UTC, datetime

from koweb_sync.bookmark import Agreement, Pending, encode
from koweb_sync.errors import ForumDown, ForumRefused, ForumUnreachable, HumanNeeded
from koweb_sync.forum.models import HeldForReview, NewTopic, PostView, TopicView
from koweb_sync.i18n import _
from koweb_sync.posts.ids import PostId, TopicId
from koweb_sync.sync.actions import Ask, Create
from koweb_sync.sync.carry import Desk, agreeing, upload
from koweb_sync.sync.compose import Composed, Stored, agreement, alike, compose, same_text
from koweb_sync.sync.links import uses


class HeldByModerators(HumanNeeded):
    """The create waits for a moderator."""


def create(desk: Desk, action: Create) -> Agreement:
    """Create the topic of a file, with its uploads first. One request and the uploads.

    Raises HeldByModerators where a moderator must look first. A lost answer is looked up before anything is repeated.
    """
    post = action.post
    upload(desk, uses(post, desk.world.atlas, None), {})
    composed = compose(post, desk.world.atlas, desk.settings, None, None)
    sent = replace(action.wants, closed=None, pinned=None)
    expected = agreement(action.source, composed, sent, Stored(TopicId(0), PostId(0), composed.raw))
    facts = {"was": "", "agreement": encode(expected).decode()}
    with desk.writing("create", action.source.ident, facts) as answer:
        view = send(desk, action, composed)
        if isinstance(view, PostView):
            made = agreement(action.source, composed, sent, Stored(view.topic, view.id, view.raw or "", view.version))
            return agreeing(answer, desk, made)
        pending = held(desk, action, view)
        desk.pending[action.source.ident] = pending
        answer({"held": asdict(pending)})
    raise waiting(action.source.path)


def send(desk: Desk, action: Create, composed: Composed) -> PostView | HeldForReview:
    """The create itself. After a lost answer or a refusal, what is there is looked up by its external_id."""
    topic = new_topic(action, composed)
    try:
        return desk.forum.create(topic)
    except ForumRefused as error:
        found = desk.forum.find(topic.external_id)
        if found is None:
            raise refused(desk, action, error) from error
    except (ForumUnreachable, ForumDown) as error:
        if isinstance(error, ForumUnreachable) and not error.sent:
            raise
        found = desk.forum.find(topic.external_id)
        if found is None:  # It did not arrive; the external_id keeps a late twin from becoming a second topic.
            return desk.forum.create(topic)
    return ours(desk, action, composed, found).first


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


def ours(desk: Desk, action: Create, composed: Composed, found: TopicView) -> TopicView:
    """A topic found by external_id, if it is ours: its text and author are what we would send."""
    author = (action.wants.author or desk.settings.username).casefold()
    text = found.first.raw is not None and same_text(found.first.raw, action.post, composed, desk.settings)
    if text and found.first.username.casefold() == author and not found.deleted and not found.first.user_deleted:
        return found
    raise HumanNeeded(
        _("The forum already has a topic with the id “{id}”, with another text or author: {url}").format(
            id=action.post.front.id, url=desk.forum.topic_url(found.id)
        ),
        where=f"{action.source.path}:{action.post.key_lines.get('id', 1)}",
        remedy=_(
            "If it is this post, copy its text into the file, commit, and push again; if not, give the file another id."
        ),
    )


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


def held(desk: Desk, action: Create, view: HeldForReview) -> Pending:
    """The note about a create that waits for a moderator."""
    now = datetime.fromtimestamp(desk.hold.clock(), UTC).isoformat(timespec="seconds")
    return Pending(action.source.ident, action.source.path, action.source.blob, view.reason, now)


def waiting(path: str) -> HeldByModerators:
    """The error about a post that nobody sees yet."""
    return HeldByModerators(
        _("The post is pending: a moderator must approve it first."),
        where=path,
        remedy=_("The next push looks again. If it was rejected, push with --resend."),
    )


def ask(desk: Desk, action: Ask) -> Agreement:
    """Look whether a moderator has approved a post. One or two requests. Raises HeldByModerators if not."""
    found = desk.forum.find(f"koweb-{action.post.front.id}")
    if found is None:
        raise waiting(action.source.path)
    composed = compose(action.post, desk.world.atlas, desk.settings, None, None)
    create_action = Create(action.source, action.post, action.wants, None)
    first = ours(desk, create_action, composed, found).first
    sent = replace(action.wants, closed=None, pinned=None)
    made = agreement(action.source, composed, sent, Stored(first.topic, first.id, first.raw or "", first.version))
    desk.record(made)
    return made
