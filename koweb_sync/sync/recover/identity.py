"""Whether a topic is ours *now*: a forum that was put back from a backup gives its numbers to others, and a bookmark
may name anything.

A topic that we published has our external_id. One that was adopted, or that came through the review queue, has none:
the file names it, or what was agreed on about it is what a version of the file says.
"""

from typing import TYPE_CHECKING

from koweb_sync.agreements import Agreement
from koweb_sync.errors import HumanNeeded, PostFileError
from koweb_sync.forum.models import TopicView
from koweb_sync.git.repo import Sha
from koweb_sync.i18n import _
from koweb_sync.posts.dialect import normalise
from koweb_sync.posts.document import PostFile, parse
from koweb_sync.posts.titles import same_title
from koweb_sync.sync.recover.past_versions import Past
from koweb_sync.sync.recover.settle import written_by

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum


class NotOurs(HumanNeeded):
    """Another topic has the number of ours."""


def has_our_name(view: TopicView, agreed: Agreement) -> bool:
    """Whether a topic was published with a file's id."""
    return (view.external_id or "").lower() == f"koweb-{agreed.id}".lower()


def agreed_file(past: Past, agreed: Agreement, data: bytes | None = None) -> PostFile | None:
    """The file that was agreed on, of which the content may have been read; None where git has none of it."""
    try:
        return parse(agreed.path, past.repo.blob(agreed.blob) if data is None else data)
    except PostFileError:
        return None


def file_says(past: Past, agreed: Agreement, data: bytes | None = None) -> bool:
    """Whether the file that was agreed on says the text that was, so that the bookmark names no text of others. `data`:
    the file's content, where it was read.
    """
    key, found = (agreed.id.lower(), agreed.blob, agreed.raw), past.world.vouched
    if key not in found:
        post = agreed_file(past, agreed, data)
        own = post if post is not None and is_named(post, agreed) else None
        found[key] = own is not None and past.version(own, Sha(agreed.blob), agreed.raw) is not None
    return found[key]


def is_named(post: PostFile, agreed: Agreement) -> bool:
    """Whether a file has the id of what was agreed on, or names its topic."""
    return post.front.id.lower() in (agreed.id.lower(), agreed.alias.lower()) or post.front.topic == agreed.topic


def named_in_file(past: Past, agreed: Agreement) -> bool:
    """Whether the file that was agreed on names the topic, as an adopted one does."""
    post = agreed_file(past, agreed)
    return post is not None and post.front.topic == agreed.topic


def is_ours(past: Past, agreed: Agreement, view: TopicView) -> bool:
    """Whether a topic that was just read is the one that was agreed on, so that something may be written to it."""
    if view.first.id != agreed.post:
        return False
    if has_our_name(view, agreed):
        return True
    same = normalise(view.first.raw or "") == normalise(agreed.raw) or same_title(
        view.title, agreed.sent.title or agreed.title
    )
    return same and (named_in_file(past, agreed) or (not view.external_id and file_says(past, agreed)))


def is_own(past: Past, agreed: Agreement, view: TopicView) -> bool:
    """Whether we opened a topic that is ours, so that it may be withdrawn: others' are only adopted."""
    mine, author = past.settings.username, agreed.sent.author or ""
    if written_by(view, mine):
        return True
    if named_in_file(past, agreed):
        return has_our_name(view, agreed) and written_by(view, author)
    return has_our_name(view, agreed) or written_by(view, author)


def is_foreign(past: Past, agreed: Agreement, view: TopicView | None) -> bool:
    """Whether a topic is certainly not the one that was agreed on: neither id, author, title nor text are."""
    if view is None:
        return False
    author = agreed.sent.author or past.settings.username
    title = agreed.sent.title or agreed.title
    if has_our_name(view, agreed) or written_by(view, author) or same_title(view.title, title):
        return False
    same = normalise(view.first.raw or "") == normalise(agreed.raw)
    return not same and not named_in_file(past, agreed)


def not_ours(forum: "Forum", topic: int, where: str) -> NotOurs:
    """The error about a number that others have now."""
    return NotOurs(
        _("Topic {topic} is not the one that was published from this file: {url}").format(
            topic=topic, url=forum.topic_url(topic)
        ),
        where=where,
        remedy=_(
            "Nothing was sent. If the forum was put back from a backup, “koweb fetch --rebuild” finds out what is ours."
        ),
    )
