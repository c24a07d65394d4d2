"""Which topics a look reads where nothing reads all at once: those with a sign of an edit, and some in turn.

An edit of which the forum gives no sign is found when its topic's turn comes, after at most a hundred looks. Until then
no push writes over it: every edit names the text that it replaces, and fields are read before they are sent.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from koweb_sync.agreements import Agreement
from koweb_sync.forum import recent_edits
from koweb_sync.forum.models import RecentEdit
from koweb_sync.sync.world.past_looks import MARGIN, EditSign, PastLooks
from koweb_sync.times import DAY, HOUR, SECOND, moment

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum

REQUESTS = 5  # of a look that finds nothing, besides its share
LOOKS = 100  # with a share each, and every topic was read
GRACE = MARGIN  # forums let an edit join its editor's last one for 300 seconds (editing_grace_period)
AT_ONCE = 2 * SECOND  # between a post's last change and the version that came of it
EDITORS = 3  # who are asked for by name in one look
OTHERS, LISTS, NOTES, SYSTEM = "/others", "/lists", "/notes", "system"  # signs; no username has a slash
ALWAYS = (OTHERS, LISTS, NOTES, SYSTEM)


@dataclass(frozen=True)
class LookStart:
    """What a look starts from: the looks `before`, what was agreed about each topic, and the topics that are `open`,
    about which a person has something to do yet: they are read every time. `staff`: the key's user is told of
    edits. `began`: when, in seconds, by this computer's clock.
    """

    forum: "Forum"
    before: PastLooks
    agreed: Mapping[int, Agreement]
    open: frozenset[int]
    staff: bool
    began: float

    @property
    def now(self) -> int:
        """When the look began, by the forum's clock, as far as its answers told it."""
        return int((self.began - self.forum.skew) * SECOND)

    @cached_property
    def fresh(self) -> set[int]:
        """Topics about which something was agreed since, so that the forum's text was known then."""
        since = self.before.at - GRACE
        return {topic for topic, agreed in self.agreed.items() if self.before.at and agreed.updated * 1_000 > since}

    def until(self, topic: int) -> int:
        """When no edit may join any more what was agreed about a topic."""
        return self.agreed[topic].updated * 1_000 + GRACE

    def unread(self, topics: Iterable[int]) -> set[int]:
        """Those that no look has read."""
        return set(topics) - set(self.before.read) - self.fresh

    def ours(self, one: RecentEdit) -> bool:
        """Whether an edit is the push on which its topic's agreement rests."""
        agreed = self.agreed[one.topic]
        names = {self.forum.api_username.casefold(), (agreed.sent.author or "").casefold()}
        return abs(one.at - agreed.updated * 1_000) <= AT_ONCE and one.editor.casefold() in names


@dataclass(frozen=True, slots=True)
class TopicsDue:
    """The topics to read now, and what the looks come to once they are read. `all`: these are all that are wanted."""

    topics: tuple[int, ...]
    after: Callable[[], PastLooks]
    all: bool = False


def looks_at(forum: "Forum", before: PastLooks | None) -> PastLooks:
    """The looks at a forum so far; none where there were none, or they were at another one, or as somebody else."""
    name = f"{forum.host} {forum.api_username}"
    return before if before is not None and before.forum == name else PastLooks(name, 0)


def all_due(start: LookStart, wanted: Iterable[int]) -> TopicsDue:
    """All topics that are wanted. What the forum tells of the others stays to be asked for."""
    before, topics = start.before, frozenset(wanted)

    def after() -> PastLooks:
        found = replace(before, due=tuple(topic for topic in before.due if topic not in topics))
        if set(before.read) <= topics:
            asked = dict.fromkeys(ALWAYS, EditSign(0)) | dict(before.signs)
            signs = {name: replace(one, since=start.now, known=(), refused=0) for name, one in asked.items()}
            found = replace(found, at=start.now, shared=start.now, signs=signs, soon=may_still_join(start, {}))
        return with_read(start, found, topics)

    return TopicsDue(tuple(sorted(topics)), after, all=True)


def topics_due(start: LookStart, wanted: Iterable[int]) -> TopicsDue:
    """What to read of the wanted topics: a few requests tell it. Where they would spare none, all of them."""
    before, topics = start.before, sorted(wanted)
    least = start.unread(topics) | (start.open | set(before.due)).intersection(topics)
    if len(least) + REQUESTS >= len(topics):
        return all_due(start, topics)
    sent = start.forum.transport.answers
    signs, marks = EditSigns(start).answers()
    if start.now < before.at - DAY:  # nobody knows of when the signs told: the forum's clock was wrong, or is
        return all_due(replace(start, before=PastLooks(before.forum, 0)), topics)
    share = -(-len(topics) // LOOKS) if has_a_share(start, signs) else 0
    spare = max(0 if share else 1, REQUESTS - (start.forum.transport.answers - sent))
    now = least | set(marks).intersection(topics)
    late = may_still_join(start, marks)
    # Those first that somebody edited, before those that a push wrote; of each, what one more read is enough for.
    ordered = sorted(late, key=lambda one: (late[one] == start.until(one), late[one] > start.now, late[one]))
    early = [one for one in ordered if one in topics and one not in now][:spare]
    now |= set(early)
    turn = list(in_turn(topics, before.turn, now, share + spare - len(early)))
    now |= set(turn)
    found = replace(
        before,
        at=start.now,
        due=tuple(sorted({*before.due, *marks} - now)),
        soon=late,
        signs=signs,
        turn=turn[-1] if turn else before.turn,
        shared=start.now if share else before.shared,
    )
    return TopicsDue(tuple(sorted(now)), lambda: with_read(start, found, now), all=len(now) == len(topics))


def has_a_share(start: LookStart, signs: Mapping[str, EditSign]) -> bool:
    """Whether some topics are read in turn: in each look where the forum does not tell of edits, else once a day."""
    return bool(signs[OTHERS].refused) or start.now // DAY > start.before.shared // DAY


def may_still_join(start: LookStart, marks: Mapping[int, int]) -> dict[int, int]:
    """By topic, until when an edit may join its last one: of agreements, and of what the forum just told."""
    known = {topic: at for topic, at in start.before.soon.items() if topic in start.agreed and at > start.now - DAY}
    found = known | {topic: start.until(topic) for topic in start.fresh}
    return found | {topic: max(at, found.get(topic, 0)) for topic, at in marks.items()}


def with_read(start: LookStart, after: PastLooks, topics: Iterable[int]) -> PastLooks:
    """The looks with these topics read, at the beginning of this one."""
    done = set(topics)
    kept = {topic: at for topic, at in after.soon.items() if at > start.now or topic not in done}
    found = ({*after.read, *done} | start.fresh).intersection(start.agreed)
    return replace(after, read=tuple(sorted(found)), soon=kept)


def in_turn(topics: list[int], last: int, but: set[int], count: int) -> Iterator[int]:
    """So many of the topics behind the `last` one, round and round; those that are read anyway do not count."""
    ordered = [topic for topic in topics if topic > last] + [topic for topic in topics if topic <= last]
    yield from [topic for topic in ordered if topic not in but][:count]


class EditSigns:
    """The forum is asked for its signs of edits: one request each. For staff it has a report of edits by others than
    the author, and of each editor's own; the author of a text is notified of others' edits, and the lists show topics
    that were lifted by one.
    """

    def __init__(self, start: LookStart) -> None:
        self.start = start
        since = EditSign(start.before.at)
        self.signs = {**dict.fromkeys(ALWAYS, since), **start.before.signs, **dict.fromkeys(authors(start), since)}
        self.told: dict[str, tuple[RecentEdit, ...] | None] = {}

    def answers(self) -> tuple[dict[str, EditSign], dict[int, int]]:
        """The signs, and each topic of ours with something new in them: until when more may follow without one."""
        if not self.start.staff:
            self.told[OTHERS] = None
        if not self.start.staff or not self.ask(OTHERS):
            self.ask(LISTS)
            self.ask(NOTES)
        else:
            people = [name for name in self.signs if "/" not in name and not self.silent(name)]
            for name in sorted(people, key=self.asked)[:EDITORS]:
                self.ask(name)
        marks: dict[int, int] = {}
        for name, told in self.told.items():
            about = tuple(one for one in told or () if one.topic in self.start.agreed)
            for one in self.signs[name].news(about) if told is not None else ():
                # Nobody is notified twice in a day of edits by the same person.
                until = one.at + (DAY if name == NOTES else GRACE)
                if one.topic in self.start.agreed and not self.start.ours(one):
                    marks[one.topic] = max(until, marks.get(one.topic, 0))
            now, sign = self.start.now, self.signs[name]
            self.signs[name] = replace(sign, refused=now) if told is None else sign.after(about, now)
        return self.signs, marks

    def asked(self, name: str) -> int:
        """When the forum was last asked for it, whether it told it or not."""
        return max(self.signs[name].since, self.signs[name].refused)

    def silent(self, name: str) -> bool:
        """Whether the forum did not tell it within the last hour."""
        return 0 < self.start.now - self.signs[name].refused < HOUR

    def ask(self, name: str) -> bool:
        """Ask for one, unless that was in vain lately; whether it was told."""
        if not self.silent(name):
            self.told[name] = ask_forum(self.start, name, self.signs[name].since)
        return self.told.get(name) is not None


def authors(start: LookStart) -> set[str]:
    """Whose posts were published since, as far as no look knows them."""
    known = {name.casefold() for name in start.before.signs}
    found = {start.agreed[topic].sent.author or start.forum.api_username for topic in start.fresh}
    return {name for name in found if name.casefold() not in known}


def with_authors(after: PastLooks, names: Iterable[str]) -> PastLooks:
    """The looks with the authors that the topics of this one have, as the forum writes them."""
    signs = dict(after.signs)
    for name in names:
        same = next((one for one in signs if one.casefold() == name.casefold()), None)
        if name and same != name:
            signs[name] = signs.pop(same) if same else EditSign(after.at)
    return replace(after, signs=signs)


def ask_forum(start: LookStart, name: str, since: int) -> tuple[RecentEdit, ...] | None:
    """What a sign tells of the time since then; None where the forum does not tell it: one request, or two."""
    if name == LISTS:
        return recent_edits.edits_lifting_topics(start.forum, since - MARGIN)
    if name == NOTES:
        return recent_edits.edits_in_notifications(start.forum)
    # Days are the forum's, whose zone nobody tells.
    days = (moment(since - DAY).date(), moment(max(since, start.now) + 365 * DAY).date())
    return recent_edits.edits_in_report(start.forum, days, "" if name == OTHERS else name)
