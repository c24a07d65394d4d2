"""Before a topic is written to: it is ours now, it is there, and no merge left it as a stub."""

from koweb_sync.agreements import Agreement
from koweb_sync.errors import ForumNotFound, HumanNeeded
from koweb_sync.forum.models import Topic, TopicView
from koweb_sync.i18n import _
from koweb_sync.posts.fields import FIELDS
from koweb_sync.sync.publish.actions import Edit
from koweb_sync.sync.publish.carry_out_action import PublishRun, alive, look_at, topic_gone
from koweb_sync.sync.recover.identity import has_our_name, is_ours, not_ours


def read_and_check(run: PublishRun, action: Edit) -> None:
    """Read a topic that nothing else tells to be ours now: one request. Raises NotOurs, and what `alive` raises."""
    was, where = action.agreed, action.source.path
    try:
        view = run.forum.topic(was.topic)
    except ForumNotFound as error:
        raise topic_gone(run, was.topic, where) from error
    checked(run, action, view)


def checked(run: PublishRun, action: Edit, view: TopicView) -> TopicView:
    """A topic that was just read, if it is ours and may be written to. Raises NotOurs, HumanNeeded, TopicGone."""
    check_ours(run, action.agreed, view, action.source.path)
    if action.restore != "delete":
        alive(run, view, action.source.path, action.agreed.post)
    error = closed_there(run, action, view)
    if error:
        raise error
    return view


def check_ours(run: PublishRun, was: Agreement, view: TopicView, where: str) -> None:
    """Raise NotOurs for a topic that is not the one that was agreed on; where posts were moved, `alive` says so."""
    moved = view.first.id != was.post and has_our_name(view, was)
    if not moved and not is_ours(run.past, was, view):
        raise not_ours(run.forum, was.topic, where)


def closed_there(run: PublishRun, action: Edit, state: TopicView | Topic | None) -> HumanNeeded | None:
    """Why a topic that was closed or archived on the forum is left alone; None if git closed it."""
    shutting, wants = [name for name, field in FIELDS.items() if field.shuts], action.wants
    if state is None or not (state.archived or any(state.fields.get(name) for name in shutting)):
        return None
    if any(wants.get(name) or action.agreed.sent.get(name) for name in shutting) or action.restore == "close":
        return None
    if any(wants.get(name) is False and name in action.fields for name in shutting):
        return None
    return HumanNeeded(
        _("Topic {topic} was closed on the forum: it may have been merged or split.").format(topic=state.id),
        where=action.source.path,
        remedy=look_at(run, state.id) + " " + _("If its text is still there, write “closed: true” into the file."),
    )
