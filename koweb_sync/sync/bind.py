"""Finding the file that a topic was published from: adopting it binds it to that file, and writes no second one."""

from typing import TYPE_CHECKING

from koweb_sync.forum.models import TopicView
from koweb_sync.i18n import _
from koweb_sync.sync.past import Past, texts
from koweb_sync.sync.seen import Edit, Seen
from koweb_sync.sync.world import Source, World

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum


def file_of(world: World, view: TopicView) -> Source | None:
    """The file whose id a topic was published with, if it is here and nothing is agreed about it yet."""
    name = (view.external_id or "").lower()
    ident = name.removeprefix("koweb-")
    if name == ident or ident in world.bookmark.agreed:
        return None
    return next((source for source in world.sources if source.ident == ident), None)


def bind(forum: "Forum", past: Past, source: Source, view: TopicView) -> Seen | None:
    """What a push will agree on: the version of the file that says what the forum does, or what it did before somebody
    edited it there; a pull brings the rest. None if no version does. Up to five requests where it was edited.
    """
    for stored in texts(forum, view.first):
        version = next(past.saying(source.path, source.ident, stored.raw), None)
        if version is not None:
            pair = version.agreement(past.settings, stored, view.title, view.tags)
            return Seen(pair, "", Edit(view.first.username, view.first.name, view.first.updated.timestamp()))
    return None


def unlike(view: TopicView, source: Source) -> str:
    """Why a topic is not bound to its file."""
    text = _("Topic {topic} is the one of {path}, and its text is none of the versions of that file.")
    return text.format(topic=view.id, path=source.path) + " " + _("“koweb fetch --rebuild” says how to choose.")
