"""Finding the file that a topic was published from: adopting it binds it to that file, and writes no second one."""

from typing import TYPE_CHECKING

from koweb_sync.config import Settings
from koweb_sync.forum.models import TopicView
from koweb_sync.i18n import _
from koweb_sync.posts.dialect import normalise
from koweb_sync.posts.titles import same_title
from koweb_sync.sync.publish.moderated import bound, sent_of
from koweb_sync.sync.recover.past_versions import Past, texts
from koweb_sync.sync.recover.settle import written_by
from koweb_sync.sync.world.seen import LastEdit, Seen
from koweb_sync.sync.world.world import PostAtHead, World, desired
from koweb_sync.times import seconds

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum


def file_of(world: World, settings: Settings, view: TopicView) -> PostAtHead | None:
    """The file that a topic was published from, if it is here and nothing is agreed about it yet: by the id that it was
    published with; one that came through the review queue, which forgets ids, by its author, and title or text.
    """
    name = (view.external_id or "").lower()
    ident = name.removeprefix("koweb-")
    fresh = [source for source in world.sources if source.ident not in world.bookmark.agreed]
    if name != ident:
        return next((source for source in fresh if source.ident == ident), None)
    if name:
        return None
    return next((source for source in fresh if source.post and was_sent(world, settings, source, view)), None)


def was_sent(world: World, settings: Settings, source: PostAtHead, view: TopicView) -> bool:
    """Whether a topic without an id of ours has the author of a file, and its title; or the text of what was held."""
    pending = world.bookmark.pending.get(source.ident)
    wants = desired(source, settings)
    author = (pending.author if pending else "") or wants.author or settings.username
    title = (pending.title if pending else "") or wants.title or ""
    text = pending is not None and pending.raw and normalise(pending.raw) == normalise(view.first.raw or "")
    return written_by(view, author) and (bool(text) or same_title(view.title, title))


def bind(forum: "Forum", past: Past, source: PostAtHead, view: TopicView) -> Seen | None:
    """What a push will agree on: the version of the file that says what the forum does, or what it did before somebody
    edited it there; what was held for review, if it was that. A pull brings the rest. None if no version does. Up to
    five requests where it was edited.
    """
    edit = LastEdit(view.first.username, view.first.name, seconds(view.first.updated))
    pending = past.world.bookmark.pending.get(source.ident)
    if pending is not None and not view.external_id:
        wants = desired(source, past.settings)
        pair = bound(forum, past, pending, sent_of(pending, past.settings.username, wants), view, named=False)
        return Seen(pair, "", edit) if pair else None
    for stored in texts(forum, view.first):
        version = next(past.saying(source, stored.raw), None)
        if version is not None:
            pair = version.agreement(past.settings, stored, view.title, view.tags)
            return Seen(pair, "", edit)
    return None


def unlike(view: TopicView, source: PostAtHead) -> str:
    """Why a topic is not bound to its file."""
    text = _("Topic {topic} is the one of {path}, and its text is none of the versions of that file.")
    return text.format(topic=view.id, path=source.path) + " " + _("“koweb fetch --rebuild” says how to choose.")
