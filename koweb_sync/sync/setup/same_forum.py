"""Whether the forum at an address is the one that has a folder's posts: what was agreed on about them names topics by
number, and nothing else tells one forum from another.
"""

from collections.abc import Callable
from enum import StrEnum

from koweb_sync.config import Settings
from koweb_sync.forum.models import TopicView
from koweb_sync.git.repo import Repo
from koweb_sync.posts.ids import TopicId
from koweb_sync.sync.lock.hold import fetch
from koweb_sync.sync.publish.anchors import style_of
from koweb_sync.sync.publish.push import journalled, known_site, with_own_journal
from koweb_sync.sync.recover.identity import is_ours
from koweb_sync.sync.recover.past import Past
from koweb_sync.sync.survey import survey

MOST = 5  # topics that are looked at


class PostsThere(StrEnum):
    """What is found of a folder's posts: one of them; topics of others under their numbers; nothing that may be seen.
    `UNBOUND`: nothing was published from the folder; `OPEN`: nothing that is known, but something was sent.
    """

    OURS = "ours"
    OTHERS = "others"
    UNSEEN = "unseen"
    UNBOUND = "unbound"
    OPEN = "open"


def posts_there(repo: Repo, settings: Settings, topic: Callable[[TopicId], TopicView | None]) -> PostsThere:
    """Look for the posts of a folder: five requests at most, none where nothing was published. `settings` are those of
    now; `topic` reads one at the address in question, None where it may not be seen. Raises KowebError.
    """
    bookmark = with_own_journal(repo, settings, fetch(repo, settings))
    world = survey(repo, settings, bookmark, style_of(bookmark, known_site(settings)))
    known = sorted(world.bookmark.agreed.values(), key=lambda one: (bool(one.withdrawn), -one.updated))
    if not known:
        sent = bookmark.intended or bookmark.pending or any(one.do != "upload" for one in journalled(repo, settings))
        return PostsThere.OPEN if sent else PostsThere.UNBOUND
    past, found = Past(repo, settings, world), PostsThere.UNSEEN
    for one in known[:MOST]:
        view = topic(one.topic)
        if view is not None and is_ours(past, one, view):
            return PostsThere.OURS
        found = PostsThere.OTHERS if view is not None else found
    return found
