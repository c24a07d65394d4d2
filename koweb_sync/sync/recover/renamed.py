"""A published file that got another id: its topic stays on the forum with its title, so it stays the file's.

Only where the topic is to be deleted, another id means another topic, for then its title becomes free. A file that no
longer names the topic that it was adopted from is none of these: somebody took that line away.
"""

from collections import defaultdict

from koweb_sync.agreements import Agreement
from koweb_sync.config import Settings
from koweb_sync.git.repo import Repo
from koweb_sync.posts.titles import words_of
from koweb_sync.sync.recover.identity import named_in_file
from koweb_sync.sync.recover.past_versions import Past
from koweb_sync.sync.world.world import PostAtHead, World


def renamed(repo: Repo, settings: Settings, world: World) -> dict[str, str]:
    """Path of each file that is a published one under another id, and goes on with its topic -> the topic's key.

    It is one if no file has the old id, nothing is known of the new one, the title is the topic's own, and the file is
    where that was, or what it was stands in the file's history: one process of git, where it comes to that.
    """
    here = {source.ident for source in world.sources}
    bookmark = world.bookmark
    free = ("delete", "") if settings.withdraw == "delete" else ("delete",)
    lost = {key: one for key, one in bookmark.agreed.items() if key not in here and one.withdrawn not in free}
    new = [source for source in world.sources if is_new(source, world)] if lost else []
    past = Past(repo, settings, world)
    titled: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for key, one in lost.items() if new else ():
        titled[tuple(words_of(one.sent.title or one.title))].append(key)
    found: dict[str, str] = {}
    for source in new:
        same = titled[tuple(words_of(source.says.title or ""))]  # so that the forum would take no second one
        mine = next((key for key in same if was_there(past, lost[key], source)), None)
        if mine is not None:
            same.remove(mine)
            found[source.path] = mine
    return found


def is_new(source: PostAtHead, world: World) -> bool:
    """Whether a push would make a topic of a file."""
    known = (world.bookmark.agreed, world.bookmark.pending)
    named = source.post is None or source.post.front.topic is not None
    return not named and not source.draft and not any(source.ident in one for one in known)


def was_there(past: Past, agreed: Agreement, source: PostAtHead) -> bool:
    """Whether a file is the one that was agreed on, further written."""
    there = agreed.path == source.path or agreed.blob in past.contents(source.path)
    return there and not named_in_file(past, agreed)
