"""Carrying out one action of a plan: guarded, journalled, and checked against the forum's answer.

What is written is never guessed: an edit carries the agreed raw as its guard, a create its external_id, and every
answer must name the topic that was meant.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from koweb_sync.agreements import Agreement, Used, encode
from koweb_sync.bookmark import Pending
from koweb_sync.config import Settings
from koweb_sync.errors import (
    AnswerMalformed,
    EditConflict,
    ForumAnswerUnclear,
    ForumDown,
    ForumForbidden,
    ForumKeyRefused,
    ForumNotFound,
    ForumRefused,
    ForumUnreachable,
    HumanNeeded,
)
from koweb_sync.forum.client import Forum
from koweb_sync.forum.models import Post, TopicView
from koweb_sync.forum.review import ReviewQueue
from koweb_sync.forum.site import Site
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.sync.links import destinations
from koweb_sync.sync.lock.hold import Hold
from koweb_sync.sync.recover.past_versions import Past
from koweb_sync.sync.world.compose import Composed, agreement, stored
from koweb_sync.sync.world.seen import overtaken
from koweb_sync.sync.world.world import PostAtHead, World

EVERY = 50  # writes between two commits of the bookmark


class TopicGone(HumanNeeded):
    """Somebody deleted the topic on the forum."""


@dataclass(slots=True)
class PublishRun:
    """What every action needs, and what was done so far."""

    repo: Repo
    settings: Settings
    hold: Hold
    forum: Forum
    world: World
    site: Site | None
    no_bump: bool = False
    done: dict[str, Agreement] = field(default_factory=dict)
    pending: dict[str, Pending] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    notes: dict[str, str] = field(default_factory=dict)  # by id, what a person should read beside what was done
    unsure: set[str] = field(default_factory=set)  # ids of posts of which something was sent without an answer
    created: set[int] = field(default_factory=set)  # posts of topics that this run made
    speaks: Mapping[str, str] = field(default_factory=dict)  # by id, the language of posts that get translations
    writes: int = 0
    walked: Past | None = None
    asked: ReviewQueue | None = None
    sending: Callable[[str, int, int], None] = lambda _path, _nth, _count: None  # before a file is sent for a post

    @property
    def past(self) -> Past:
        """The history of the commit that is published."""
        if self.walked is None or self.walked.world is not self.world:
            self.walked = Past(self.repo, self.settings, self.world)
        return self.walked

    @property
    def queue(self) -> ReviewQueue:
        """What waits of earlier pushes."""
        self.asked = self.asked or ReviewQueue(self.forum)
        return self.asked

    def agreed(self, ident: str) -> Agreement | None:
        """The agreement about a post, with what this run did."""
        return self.done.get(ident) or self.hold.bookmark.agreed.get(ident)

    def record(self, agreed: Agreement) -> None:
        """Take an agreement over; it reaches the bookmark with the next save."""
        ident = agreed.id.lower()
        self.done[ident] = replace(agreed, over="")
        self.settled |= {ident} & self.hold.bookmark.pending.keys()
        if agreed.withdrawn != "delete":
            self.world.atlas.topics[ident] = (agreed.topic, agreed.post)

    def save(self, *, last: bool = False) -> None:
        """Commit and push the bookmark with all that was done since the last time."""
        if self.forum.anchors:
            self.hold.learned |= {"anchors": self.forum.anchors, "sure": True}
        self.hold.save(self.done.values(), self.pending.values(), settled=self.settled, last=last)
        if fresh := self.done.keys() - self.world.newer.keys():
            overtaken(self.repo, self.settings, self.hold.bookmark, fresh, self.hold.clock())
        self.done, self.pending, self.settled = {}, {}, set()

    def lost(self, key: str, error: AnswerMalformed | ForumDown | ForumUnreachable) -> bool:
        """Whether something was sent about a post, and nobody knows what came of it; that is noted."""
        if isinstance(error, ForumUnreachable) and not error.sent:
            return False
        self.unsure.add(key)
        return True

    @contextmanager
    def writing(self, do: str, key: str, facts: Mapping[str, Any]) -> Iterator[Callable[[Mapping[str, Any]], None]]:
        """The journal around one write: the intention before, the answer after; an answer that says no settles it too.

        The intention stays open when nobody knows what came of it (no answer, a server error).
        """
        number = self.hold.journal.intend(do, key, facts)
        try:
            yield lambda answer: self.hold.journal.answer(number, answer)
        except (ForumRefused, ForumForbidden, ForumKeyRefused, ForumNotFound, HumanNeeded, EditConflict):
            self.hold.journal.answer(number, {"refused": True})
            raise
        except (AnswerMalformed, ForumDown, ForumUnreachable) as error:
            self.lost(key, error)
            raise
        self.writes += 1
        if self.writes % EVERY == 0:
            self.save()


def agreeing(answer: Callable[[Mapping[str, Any]], None], run: PublishRun, agreed: Agreement) -> Agreement:
    """Settle a write with the agreement that came of it."""
    agreed = replace(agreed, over="")
    answer({"agreement": encode(agreed).decode()})
    run.record(agreed)
    return agreed


def upload(run: PublishRun, path: str, used: Mapping[str, Used]) -> None:
    """Upload the files of a post (its `path`) that the forum does not have yet, each content once; where they are is
    then known.
    """
    there = run.world.atlas.uploads
    new = {one.blob: one for one in used.values() if one.blob and not one.url and one.blob not in there}
    for nth, one in enumerate(new.values(), 1):
        run.sending(path, nth, len(new))
        with run.writing("upload", one.blob, {"forum": run.settings.url}) as answer:
            stored = send_file(run, one)
            answer({"url": stored.url, "width": stored.width, "height": stored.height})
        there[one.blob] = stored


def send_file(run: PublishRun, used: Used) -> destinations.StoredUpload:
    """One upload."""
    data = run.repo.blob(used.blob)
    try:
        found = run.forum.upload(PurePosixPath(used.path).name, data)
    except (ForumRefused, ForumAnswerUnclear) as error:
        raise ForumRefused(
            _("The forum does not take the file {path}: {why}").format(path=used.path, why=error.message),
            where=used.path,
            remedy=_("Make it smaller or use another format; the forum's settings say which it allows."),
        ) from error
    return destinations.StoredUpload(found.short_url, found.width, found.height)


def checked(run: PublishRun, view: Post, topic: int, where: str) -> Post:
    """An answer that names the expected, living topic. Raises HumanNeeded otherwise."""
    if view.topic == topic and view.deleted and not view.user_deleted:
        raise topic_gone(run, topic, where)
    if view.topic != topic or view.user_deleted or view.hidden or view.raw is None:
        raise HumanNeeded(
            _("Topic {topic} was merged, split or hidden on the forum, or its author removed the text.").format(
                topic=topic
            ),
            where=where,
            remedy=look_at(run, topic),
        )
    return view


def alive(run: PublishRun, view: TopicView, where: str, post: int = 0) -> TopicView:
    """A topic whose text is there to be edited; `post`: the first post that it has to have, 0 for any."""
    checked(run, view.first if post in (0, view.first.id) else replace(view.first, raw=None), view.id, where)
    if view.deleted:
        raise topic_gone(run, view.id, where)
    return view


def topic_gone(run: PublishRun, topic: int, where: str) -> TopicGone:
    """The error about a topic that somebody deleted on the forum."""
    return TopicGone(
        _("Topic {topic} was deleted on the forum.").format(topic=topic),
        where=where,
        remedy=_(
            'To bring it back, recover it at {url} or set deleted = "recover" in koweb.toml; else remove the file.'
        ).format(url=run.forum.topic_url(topic)),
    )


def look_at(run: PublishRun, topic: int) -> str:
    """Where a person has to look."""
    return _("Look at {url}, and decide there.").format(url=run.forum.topic_url(topic))


def settle_with(source: PostAtHead, composed: Composed, was: Agreement, view: Post) -> Agreement:
    """The agreement after an edit of the text: the fields that were sent before stay as they are."""
    made = agreement(source, composed, was.sent, stored(view), was)
    return replace(made, title=was.title, tags=was.tags, withdrawn=was.withdrawn)
