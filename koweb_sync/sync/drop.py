"""Withdrawing a topic whose file is gone, by the policy in koweb.toml, and never more than that."""

from dataclasses import replace

from koweb_sync.bookmark import Agreement, encode
from koweb_sync.config import Withdraw
from koweb_sync.errors import ForumNotFound
from koweb_sync.i18n import _
from koweb_sync.posts.dialect import normalise
from koweb_sync.sync.actions import Drop
from koweb_sync.sync.carry import Desk, agreeing
from koweb_sync.sync.compose import alike
from koweb_sync.sync.identity import is_ours, not_ours


def drop(desk: Desk, action: Drop) -> tuple[Agreement, str]:
    """Withdraw a topic. Returns the agreement and what a person should know about it, "" for nothing.

    keep: no request. Else the topic is read first: it has to be ours, and of what a merge left nothing changes. delete:
    it is unlisted instead where somebody replied or edited it: what others wrote is not ours to delete. Raises NotOurs.
    """
    agreed = action.agreed
    how, note = (action.how, "") if action.how == "keep" else possible(desk, agreed, action.how)
    if how == "keep":
        kept = replace(agreed, withdrawn="keep")
        desk.record(kept)
        return kept, note
    facts = {"was": encode(agreed).decode(), "fields": [], "how": how, "undo": False}
    with desk.writing("fields", agreed.id.lower(), facts) as answer:
        if how == "delete":
            desk.forum.delete(agreed.topic)
        elif how == "unlist":
            desk.forum.set_status(agreed.topic, "visible", False)
        else:
            desk.forum.set_status(agreed.topic, "closed", True)
        return agreeing(answer, desk, replace(agreed, withdrawn=how)), note


def possible(desk: Desk, agreed: Agreement, how: Withdraw) -> tuple[Withdraw, str]:
    """What may be done: nothing where it is gone, and no deleting where somebody replied or edited. One request."""
    try:
        view = desk.forum.topic(agreed.topic)
    except ForumNotFound:
        return "keep", _("Topic {topic} was gone from the forum already.").format(topic=agreed.topic)
    if view.deleted or view.first.user_deleted:
        return "keep", _("Topic {topic} was gone from the forum already.").format(topic=agreed.topic)
    if not is_ours(desk.past, agreed, view):
        raise not_ours(desk.forum, agreed.topic, agreed.path)
    if view.emptied:
        text = _("The posts of topic {topic} were moved to another topic, so nothing was withdrawn: {url}")
        return "keep", text.format(topic=agreed.topic, url=desk.forum.topic_url(agreed.topic))
    if how != "delete":
        return how, ""
    ours = view.first.raw is not None and normalise(view.first.raw) == normalise(agreed.raw)
    if view.posts_count > 1 or not ours or not alike(view.title, agreed.sent.title or agreed.title):
        text = _("Somebody replied to topic {topic} or edited it, so it was unlisted and not deleted: {url}")
        return "unlist", text.format(topic=agreed.topic, url=desk.forum.topic_url(agreed.topic))
    return "delete", ""
