"""New replies to the topics of this folder, since the last look at the forum and as long as nobody said that they read
them: `.git/koweb/NAME/replies`, which may be removed at any time.
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from koweb_sync import safe_files
from koweb_sync.bookmark import read
from koweb_sync.config import Settings
from koweb_sync.errors import InputError
from koweb_sync.forum.cache import cached_site
from koweb_sync.forum.recent_replies import LastReply, last_replies
from koweb_sync.forum.site import Site, person_shown
from koweb_sync.git.repo import Repo
from koweb_sync.sync.lock.state import state_folder
from koweb_sync.sync.world.past_looks import MARGIN
from koweb_sync.times import SECOND

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum

FILE = "replies"
VERSION = 1


@dataclass(frozen=True, slots=True)
class NewReply:
    """The last of the new replies to a topic: its number there, when it was written (µs), by whom; and how many are
    new, 0 where nobody knows.
    """

    topic: int
    number: int
    at: int
    who: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class HeardReplies:
    """What is known of replies. `since`: up to when they were heard (µs); `numbers`: by topic, of its last post then;
    `news`: those of which nobody said that they read them, the newest first.
    """

    since: int
    numbers: Mapping[int, int] = field(default_factory=dict)
    news: tuple[NewReply, ...] = ()


def heard(
    before: HeardReplies, told: Iterable[LastReply], own: Iterable[int], me: str, now: int, site: Site | None = None
) -> HeardReplies:
    """What is known after the forum told of last posts. `own`: the topics of this folder; `me`: who looks, and has
    read what stands before a reply of theirs; `site` tells what people are called. Pure.
    """
    topics, numbers, news = set(own), dict(before.numbers), {one.topic: one for one in before.news}
    for one in told:
        if one.topic not in topics:
            continue
        known = numbers.get(one.topic)
        numbers[one.topic] = one.number
        if one.username.casefold() == me.casefold():
            news.pop(one.topic, None)
        elif one.number > (known or 1) and (known is not None or one.at > before.since):
            earlier = news.get(one.topic)
            count = one.number - known + (earlier.count if earlier else 0) if known is not None else 0
            news[one.topic] = NewReply(one.topic, one.number, one.at, person_shown(site, one.username, one.name), count)
    left = (one for one in news.values() if one.topic in topics)
    return HeardReplies(now, numbers, tuple(sorted(left, key=lambda one: -one.at)))


def hear(repo: Repo, settings: Settings, forum: "Forum", clock: float, looked: int | None) -> None:
    """Ask the forum who replied; nothing is asked where this folder has no topics there. One request, rarely two.

    `looked`: when somebody last looked (µs), from which on replies are news where nobody asked for them before.
    """
    bookmark = read(repo, repo.resolve(settings.bookmark))
    own = [int(one.topic) for one in bookmark.agreed.values() if not one.withdrawn]
    now = int((clock - forum.skew) * SECOND)
    before = known(repo, settings) or HeardReplies((now if looked is None else looked) - MARGIN)
    told = last_replies(forum, before.since) if own else ()
    if told is not None:  # a post may become visible somewhat after its time
        site = cached_site(settings.url, settings.username)
        keep(repo, settings, heard(before, told, own, settings.username, now - MARGIN, site))


def known(repo: Repo, settings: Settings) -> HeardReplies | None:
    """What is known of replies; None before anybody asked."""
    with suppress(InputError, ValueError, KeyError, TypeError, AttributeError):
        data = json.loads(safe_files.read(state_folder(repo, settings), FILE))
        if data["version"] == VERSION:
            numbers = {int(topic): int(number) for topic, number in data["numbers"].items()}
            return HeardReplies(int(data["since"]), numbers, tuple(NewReply(**one) for one in data["news"]))
    return None


def heard_at(repo: Repo, settings: Settings, looked: int | None) -> bool:
    """Whether the forum was asked for replies when somebody looked (µs): not every look asks for them."""
    found = known(repo, settings)
    return found is not None and looked is not None and found.since + 2 * MARGIN >= looked


def keep(repo: Repo, settings: Settings, found: HeardReplies) -> None:
    """Note it; where that cannot be written, it is told again."""
    with suppress(InputError):
        safe_files.write(
            state_folder(repo, settings), FILE, json.dumps({"version": VERSION, **asdict(found)}), lasting=False
        )


def mark_read(repo: Repo, settings: Settings, topics: Iterable[int]) -> None:
    """Somebody read what is new in these topics."""
    found, done = known(repo, settings), set(topics)
    if found is not None:
        keep(repo, settings, replace(found, news=tuple(one for one in found.news if one.topic not in done)))
