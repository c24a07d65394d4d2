"""Withdrawing a topic whose file is gone, by the policy in koweb.toml, and never more than that."""

from collections.abc import Mapping
from dataclasses import replace

from koweb_sync.agreements import Agreement, encode
from koweb_sync.config import Withdraw
from koweb_sync.errors import ForumNotFound, HumanNeeded
from koweb_sync.forum.models import TopicView
from koweb_sync.i18n import _
from koweb_sync.posts.dialect import normalise
from koweb_sync.posts.titles import same_title
from koweb_sync.sync.publish.actions import Drop
from koweb_sync.sync.publish.carry_out_action import PublishRun, agreeing
from koweb_sync.sync.recover.identity import is_ours, is_own, not_ours
from koweb_sync.sync.recover.settle import journalled_withdrawal


def drop(run: PublishRun, action: Drop) -> tuple[Agreement, str]:
    """Withdraw a topic. Returns the agreement and what a person should know about it, "" for nothing.

    keep: no request. Else the topic is read first: it has to be ours, and of what a merge left nothing changes. delete:
    it is unlisted instead where somebody replied or edited it: what others wrote is not ours to delete; where another
    topic is to have its title, nothing is done then. Raises NotOurs, HumanNeeded.
    """
    agreed = action.agreed
    how, note = (action.how, "") if action.how == "keep" else possible(run, action)
    if action.others:
        note = let_go(run, agreed, action.others)
    if how == "keep":
        kept = replace(agreed, withdrawn="keep")
        run.record(kept)
        return kept, note
    room = action.room_for.ident if action.room_for else ""
    with run.writing("fields", agreed.id.lower(), journalled_withdrawal(agreed, how, room)) as answer:
        if how == "delete":
            run.forum.delete(agreed.topic)
        elif how == "unlist":
            run.forum.set_status(agreed.topic, "visible", False)
        else:
            run.forum.set_status(agreed.topic, "closed", True)
        return agreeing(answer, run, replace(agreed, withdrawn=how, room_for=room)), note


def possible(run: PublishRun, action: Drop) -> tuple[Withdraw, str]:
    """What may be done: nothing where it is gone, or somebody else's, and no deleting where somebody replied or edited.
    One request.
    """
    agreed, how = action.agreed, action.how
    view = living(run, agreed)
    if view is None:
        return "keep", _("Topic {topic} was gone from the forum already.").format(topic=agreed.topic)
    if not is_ours(run.past, agreed, view):
        raise not_ours(run.forum, agreed.topic, agreed.path)
    own = is_own(run.past, agreed, view)
    if action.room_for and not (own and is_as_we_left_it(agreed, view)):
        raise no_room(agreed, action.room_for.path)
    if not own:
        return "keep", let_go(run, agreed, view.first.username)
    if view.emptied:
        text = _("The posts of topic {topic} were moved to another topic, so nothing was withdrawn: {url}")
        return "keep", text.format(topic=agreed.topic, url=run.forum.topic_url(agreed.topic))
    if how != "delete":
        return how, ""
    if not is_as_we_left_it(agreed, view):
        text = _("Somebody replied to topic {topic} or edited it, so it was unlisted and not deleted: {url}")
        return "unlist", text.format(topic=agreed.topic, url=run.forum.topic_url(agreed.topic))
    return "delete", ""


def living(run: PublishRun, agreed: Agreement) -> TopicView | None:
    """The topic, None where it is gone. One request."""
    try:
        view = run.forum.topic(agreed.topic)
    except ForumNotFound:
        return None
    return None if view.deleted or view.first.user_deleted else view


def is_as_we_left_it(agreed: Agreement, view: TopicView) -> bool:
    """Whether nobody replied to a topic or edited it."""
    same = view.first.raw is not None and normalise(view.first.raw) == normalise(agreed.raw)
    return view.posts_count <= 1 and same and same_title(view.title, agreed.sent.title or agreed.title)


def let_go(run: PublishRun, agreed: Agreement, who: str) -> str:
    """What is said of a topic that somebody else opened: it is theirs."""
    text = _("{name} opened topic {topic}: koweb lets it go, and it stays on the forum as it is: {url}")
    return text.format(name=who, topic=agreed.topic, url=run.forum.topic_url(agreed.topic))


def no_room(agreed: Agreement, path: str) -> HumanNeeded:
    """The error about a topic that must not be deleted, and whose title a file wants for another one."""
    return HumanNeeded(
        _(
            "Topic {topic} has this title and is not deleted: somebody else replied to it, edited it or opened it."
        ).format(topic=agreed.topic),
        where=path,
        remedy=_(
            "Nothing was changed. Write “topic: {topic}” into the file to keep that topic, or change the title."
        ).format(topic=agreed.topic),
    )


def undo(run: PublishRun, was: Agreement, how: str) -> Agreement:
    """Undo what was done when a file was gone: it is back."""
    status: Mapping[str, str] = {"unlist": "visible", "close": "closed"}
    facts = {"was": encode(was).decode(), "fields": [], "how": how, "undo": True}
    with run.writing("fields", was.id.lower(), facts) as answer:
        if how == "delete":
            run.forum.recover(was.topic)
        else:
            run.forum.set_status(was.topic, status[how], how == "unlist")
        return agreeing(answer, run, replace(was, withdrawn="", room_for=""))
