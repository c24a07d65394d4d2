"""Whether a topic that is on the forum already is the one that a file was to become."""

from dataclasses import replace

from koweb_sync.agreements import Agreement
from koweb_sync.errors import HumanNeeded
from koweb_sync.forum.models import TopicView
from koweb_sync.i18n import _
from koweb_sync.posts.fields import FIELDS
from koweb_sync.sync.publish.actions import Ask, Create
from koweb_sync.sync.publish.carry_out_action import PublishRun
from koweb_sync.sync.recover import settle
from koweb_sync.sync.recover.past_versions import is_there, texts
from koweb_sync.sync.recover.settle import written_by


def recognised_topic(run: PublishRun, action: Create | Ask, found: TopicView) -> Agreement:
    """What is agreed on about a topic that was found, if it is ours: written in our name, and its text, now or as it
    was before others edited it, is what we would send, what a version in HEAD's history says, or what was intended.

    Up to five requests where it was edited. Raises HumanNeeded where it is not ours.
    """
    if by_us(run, action, found):
        agreed = recognised(run, action, found)
        if agreed is not None:
            return agreed
    raise HumanNeeded(
        _("The forum already has a topic with the id “{id}”, with another text or author: {url}").format(
            id=action.post.front.id, url=run.forum.topic_url(found.id)
        ),
        where=f"{action.source.path}:{action.post.key_lines.get('id', 1)}",
        remedy=_(
            "If it is this post, as in a fork or an import without the bookmark: “koweb fetch --rebuild” finds out "
            "what both sides share; if not, give the file another id."
        ),
    )


def by_us(run: PublishRun, action: Create | Ask, found: TopicView) -> bool:
    """Whether a topic is there, and was begun in our name: as the file says now, or as was intended."""
    one = run.hold.bookmark.intended.get(action.source.ident)
    who = (action.wants.author or run.settings.username, run.settings.username, one.author if one else "")
    return is_there(found) and any(written_by(found, author) for author in who)


def recognised(run: PublishRun, action: Create | Ask, found: TopicView) -> Agreement | None:
    """The version of the file that the forum holds, or held before others edited it."""
    past, source, post = run.past, action.source, action.post
    told = []
    for one in texts(run.forum, found.first):
        told.append(one)
        version = past.version(post, source.blob, one.raw)
        version = version or next(past.saying(source, one.raw), None)
        if version is not None:
            agreed = version.agreement(run.settings, one, found.title, found.tags)
            said = [n for n, field in FIELDS.items() if field.after_create and agreed.sent.get(n) is not None]
            status = {name: found.fields.get(name) for name in said}
            if agreed.sent.author and not written_by(found, agreed.sent.author):
                status["author"] = found.first.username
            sent = agreed.sent.but(**status)
            return replace(agreed, sent=sent, title=sent.title or "", tags=sent.tags or ())
    meant = run.hold.bookmark.intended.get(source.ident)
    if meant is None:
        return None
    # What this run intends itself proves nothing about a topic that may have been there before, but by its text.
    return settle.ours(found, told, meant.expected, meant.author if source.ident in run.hold.inherited else "")
