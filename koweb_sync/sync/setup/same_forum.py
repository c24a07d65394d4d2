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
from koweb_sync.sync.recover.identity import has_our_name, is_ours, named_in_file
from koweb_sync.sync.recover.past_versions import Past
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

    What was adopted proves little: each forum begins with the same few topics, under the same numbers.
    """
    bookmark = with_own_journal(repo, settings, fetch(repo, settings))
    world = survey(repo, settings, bookmark, style_of(bookmark, known_site(settings)))
    known = sorted(world.bookmark.agreed.values(), key=lambda one: -one.updated)
    if not known:
        sent = bookmark.intended or bookmark.pending or any(one.do != "upload" for one in journalled(repo, settings))
        return PostsThere.OPEN if sent else PostsThere.UNBOUND
    past, alike, others = Past(repo, settings, world), 0, 0
    known = [one for one in known if not one.withdrawn] or known
    asked = ([one for one in known if not named_in_file(past, one)] or known)[:MOST]
    for one in asked:
        view = topic(one.topic)
        if view is not None and has_our_name(view, one) and is_ours(past, one, view):
            return PostsThere.OURS
        ours = view is not None and is_ours(past, one, view)
        alike, others = alike + ours, others + (view is not None and not ours)
    if alike > len(asked) // 2:
        return PostsThere.OURS
    return PostsThere.OTHERS if others else PostsThere.UNSEEN
