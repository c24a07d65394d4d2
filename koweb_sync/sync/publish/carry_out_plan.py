"""Carrying out a whole plan: one post's trouble does not stop the others, and what was done is always saved."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from itertools import takewhile
from typing import assert_never

from koweb_sync.agreements import Agreement
from koweb_sync.errors import (
    AnswerMalformed,
    EditConflict,
    ForumForbidden,
    ForumKeyRefused,
    ForumNotFound,
    ForumRefused,
    HumanNeeded,
    InputError,
    KowebError,
    LimitReached,
    SomebodyPublishing,
)
from koweb_sync.sync.publish.actions import Action, Ask, Create, Drop, Edit, Record, Take, left_to_send
from koweb_sync.sync.publish.adopted_elsewhere import take
from koweb_sync.sync.publish.authors import Bars, another_name, concerns_author
from koweb_sync.sync.publish.carry_out_action import PublishRun, settle_with
from koweb_sync.sync.publish.confirm import confirm
from koweb_sync.sync.publish.create import ask, create
from koweb_sync.sync.publish.drop import drop, undo
from koweb_sync.sync.publish.edit import as_post, edit
from koweb_sync.sync.publish.may_write import closed_there
from koweb_sync.sync.publish.moderated import HeldByModerators, Rejected
from koweb_sync.sync.publish.outcome import Outcome
from koweb_sync.sync.publish.titles import made_room
from koweb_sync.sync.world.compose import compose
from koweb_sync.times import HOUR_IN_SECONDS


def act(run: PublishRun, actions: Sequence[Action], refused: Set[str] = frozenset()) -> Iterator[Outcome]:
    """Carry out a plan's actions; yields what came of each, as soon as it is known. `refused`: paths of the files that
    the plan leaves alone.

    What makes titles free comes first, then creates, then links that could not be complete before, then everything
    else. Raises what concerns the whole run: the forum is down, the key is refused, somebody took the lock.
    """
    creates = [action for action in actions if isinstance(action, Create)]
    early = list(takewhile(lambda action: not isinstance(action, Create), actions)) if creates else []
    closed = newly_closed(run, [action for action in actions if isinstance(action, Edit)])
    room = Room(run)
    yield from room.given_up(refused)
    made: list[Create | Edit] = []
    for action in early:
        if isinstance(action, Drop):
            yield from room.make(action)
            continue
        outcome = other(run, action, closed)
        made += [action] if isinstance(action, Edit) and not outcome.error else []
        yield outcome
    yield from creating(run, creates, room, made)
    for ready in made:
        yield from completed(run, ready)
    confirm(run, (ready.source.ident for ready in made if isinstance(ready, Create)))
    for action in actions[len(early) :]:
        if not isinstance(action, Create):
            outcome = other(run, action, closed)
            yield outcome
            yield from room.put_back(action, outcome) if isinstance(action, Ask) else ()


def creating(run: PublishRun, creates: Sequence[Create], room: "Room", made: list[Create | Edit]) -> Iterator[Outcome]:
    """Create topics; those that came are added to `made`."""
    stopped: dict[str, LimitReached] = {}
    bars = Bars()
    for action in creates:
        author = action.wants.author or run.settings.username
        bar = bars.known(action, author) or another_name(run.settings, author)
        lack = bar.error(action.source.path) if bar else stopped.get(author)
        outcome = one(run, action, lack or room.lacks.get(action.source.ident))
        if isinstance(outcome.error, LimitReached):
            stopped[author] = outcome.error
        elif outcome.done == "created":
            made.append(action)
        elif bar is None and concerns_author(run, outcome.error, author):
            bar = bars.look(run, action, author)
            outcome = outcome_of(run, action, error=bar.error(action.source.path))
        yield outcome
        yield from room.put_back(action, outcome)


def other(run: PublishRun, action: Action, closed: Mapping[int, HumanNeeded]) -> Outcome:
    """What came of anything but a create. `closed`: topics that are left alone, and why."""
    return one(run, action, closed.get(action.agreed.topic) if isinstance(action, Edit) else None)


class Room:
    """Topics that are deleted, for a file is to have the title of one. `lacks`: ids of files whose title is not free,
    and why. What was deleted stands in the bookmark with the file that it was deleted for: an earlier push may have
    been cut off in between, or the new post wait for a moderator.
    """

    def __init__(self, run: PublishRun) -> None:
        self.run = run
        self.lacks: dict[str, KowebError] = {}

    def make(self, action: Drop) -> Iterator[Outcome]:
        """Withdraw. Where nothing could be done, the file that wants the title says why."""
        outcome = one(self.run, action, None)
        if action.room_for and outcome.error:
            self.lacks[action.room_for.ident] = outcome.error
        else:
            yield outcome

    def put_back(self, action: Create | Ask, outcome: Outcome) -> Iterator[Outcome]:
        """Recover the topic that made room for one that was refused. What may have come, or waits, stays as it is."""
        error = outcome.error
        unsure = isinstance(error, AnswerMalformed | HeldByModerators) and not isinstance(error, Rejected)
        if error is not None and not unsure:
            yield from self.recover({action.source.ident})

    def given_up(self, paths: Set[str]) -> Iterator[Outcome]:
        """Recover what an earlier push deleted for files that are not even sent now."""
        yield from self.recover({one.ident for one in self.run.world.sources if one.path in paths})

    def recover(self, idents: Set[str]) -> Iterator[Outcome]:
        """Recover what was deleted for files."""
        for agreed in made_room({**self.run.hold.bookmark.agreed, **self.run.done}):
            if agreed.room_for in idents:
                yield recovered(self.run, agreed)


def recovered(run: PublishRun, agreed: Agreement) -> Outcome:
    """What came of putting a topic back."""
    url = run.forum.topic_url(agreed.topic)
    try:
        undo(run, agreed, "delete")
    except (ForumRefused, ForumForbidden, ForumNotFound) as error:
        return Outcome(agreed.path, "", url, error)
    return Outcome(agreed.path, "recovered", url)


def one(run: PublishRun, action: Action, stop: KowebError | None) -> Outcome:
    """What came of one action; `stop` is a reason not to try."""
    if stop is not None:
        return outcome_of(run, action, error=stop)
    try:
        return carried(run, action)
    except SomebodyPublishing:
        raise
    except (ForumRefused, ForumForbidden, ForumNotFound, EditConflict, HumanNeeded, LimitReached, InputError) as error:
        return outcome_of(run, action, error=error)
    except AnswerMalformed as error:  # nobody knows what came of it: the next push settles it
        return outcome_of(run, action, error=error)
    except ForumKeyRefused as error:
        if isinstance(action, Drop) or not action.wants.author:
            raise
        return outcome_of(run, action, error=error)


def carried(run: PublishRun, action: Action) -> Outcome:
    """Carry out one action."""
    match action:
        case Create():
            made = create(run, action)
            # An older version of the file is there already: what changed since is planned again.
            same = (made.blob, made.sent.author) == (action.source.blob, action.wants.author)
            return outcome_of(run, action, done="created" if same else "taken")
        case Ask():
            made = ask(run, action)
            return outcome_of(run, action, done="approved" if made.blob == action.source.blob else "taken")
        case Take():
            take(run, action)
            return outcome_of(run, action, done="taken")
        case Edit():
            now = edit(run, action)
            run.world.atlas.anchors = run.forum.anchors or run.world.atlas.anchors
            # What it was to link to may have been refused: then there was nothing to send.
            sent = bool(action.fields or action.restore) or now.raw != action.agreed.raw
            note = run.notes.pop(action.source.ident, "")
            return outcome_of(run, action, done="updated" if sent else "recorded", note=note)
        case Record():
            record(run, action)
            return outcome_of(run, action, done="recorded")
        case Drop():
            agreed, note = drop(run, action)
            return outcome_of(run, action, done=agreed.withdrawn, note=note)
        case _:
            assert_never(action)


def outcome_of(
    run: PublishRun, action: Action, *, done: str = "", error: KowebError | None = None, note: str = ""
) -> Outcome:
    """An outcome with the topic's address, where it has one."""
    path, ident = (action.agreed.path, action.agreed.id.lower()) if isinstance(action, Drop) else about(action)
    agreed = run.agreed(ident)
    url = run.forum.topic_url(agreed.topic) if agreed else ""
    return Outcome(path, done, url, error, note)


def about(action: Create | Edit | Record | Ask | Take) -> tuple[str, str]:
    """Path and id of the file that an action is about."""
    return action.source.path, action.source.ident


def completed(run: PublishRun, action: Create | Edit) -> Iterator[Outcome]:
    """What a topic still needs: links to what came after it; a new one also anchors with its own number, its status."""
    was = run.agreed(action.source.ident)
    if was is None or action.post is None:
        return
    fields = left_to_send(action.wants) if isinstance(action, Create) else frozenset[str]()
    body = compose(action.post, run.world.atlas, run.settings, was, action.post.body).raw != was.raw
    if body or fields:
        run.world.before[action.source.ident] = action.post.body
        rest = Edit(action.source, action.post, was, action.wants, body, fields, fresh=True)
        outcome = one(run, rest, None)
        yield outcome if outcome.error else replace(outcome, done="completed")


def record(run: PublishRun, action: Record) -> Agreement:
    """Only the bookmark: the file moved, or changed in a way that the forum does not see."""
    was = action.agreed
    made = was
    if action.post is not None:
        composed = compose(action.post, run.world.atlas, run.settings, was, run.world.before.get(action.source.ident))
        made = settle_with(action.source, composed, was, as_post(was))
    made = replace(
        made, path=action.source.path, blob=action.source.blob, says=action.source.says, sent=action.wants, withdrawn=""
    )
    run.record(made)
    return made


def newly_closed(run: PublishRun, edits: Sequence[Edit]) -> dict[int, HumanNeeded]:
    """Topics that were closed or archived on the forum, as a merge or split leaves them: topic -> why it is left alone.

    A write there would be answered with success and change nothing that anybody sees. One request for 30 topics of
    which only the text is sent, for the others are read anyway; for a lone edit, which costs one request, at most once
    an hour: that is the time in which it may go to such a stub unnoticed.
    """
    bookmark = run.hold.bookmark
    if not bookmark.agreed:  # all topics of this push are new, and open
        run.hold.learned["looked"] = run.hold.clock()
    unread = [action for action in edits if not action.reads and not action.lone]
    recent = 0 <= run.hold.clock() - bookmark.server.looked < HOUR_IN_SECONDS  # not what a clock that is ahead wrote
    if not unread or (len(unread) == 1 and recent):
        return {}
    states = run.forum.states([action.agreed.topic for action in unread])
    found = {action.agreed.topic: closed_there(run, action, states.get(action.agreed.topic)) for action in unread}
    run.hold.learned["looked"] = run.hold.clock()
    return {topic: error for topic, error in found.items() if error}
