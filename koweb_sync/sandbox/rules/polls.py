"""Polls: what a post asks, who may ask, and who answered."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from koweb_sync.i18n import _
from koweb_sync.sandbox.cooking import voting
from koweb_sync.sandbox.cooking.context import CookingContext
from koweb_sync.sandbox.cooking.cook import polls
from koweb_sync.sandbox.model.permissions import Caller, groups, may_reply
from koweb_sync.sandbox.model.records import PollRecord, PostRecord, UserRecord
from koweb_sync.sandbox.model.refusals import unprocessable, words
from koweb_sync.sandbox.model.state import ForumState, unix

WINDOW = 5 * 60.0  # seconds for which a poll with votes can still be changed
OPTIONS = 20  # at most
RULES = ("kind", "public", "results", "title", "least", "most", "step", "closes_at", "groups")


def asked(state: ForumState, raw: str) -> bool:
    """Whether a text may ask something."""
    return bool(state.settings["poll_enabled"]) and "[/poll]" in raw.lower()


def poll_errors(state: ForumState, user: UserRecord, raw: str) -> list[str]:
    """Why the polls of a text are refused: an author at trust level 0, two of one name, answers that cannot be."""
    found = polls(raw) if asked(state, raw) else ()
    names = [one.name for one in found]
    errors = [text for one in found if (text := malformed(state, one, alone=names.count(one.name) == 1))][:1]
    if found and not errors and not (user.staff or user.trust_level >= 1):
        errors.append(words(state, "You are not allowed to create polls."))
    return errors


def malformed(state: ForumState, one: voting.PollMarkup, *, alone: bool) -> str:
    """What is wrong with a poll; "" where nothing is."""
    count, ids = len(one.options), {option.id for option in one.options}
    least, most = one.min if one.min is not None else 1, one.max if one.max is not None else count
    several = one.type == "multiple" and (least > most or least <= 0 or most > count or least >= count)
    faults = {
        words(state, "There are multiple polls with the same name: {name}."): not alone,
        words(state, "The poll named {name} must have different options."): len(ids) < count,
        words(state, "The poll named {name} must have at least 1 option."): not count,
        words(state, "The poll named {name} has too many options."): one.type != "number" and count > OPTIONS,
        words(state, "The poll named {name} with several choices has invalid parameters."): several,
    }
    return next((text.format(name=one.name) for text, wrong in faults.items() if wrong), "")


def read_polls(state: ForumState, post: PostRecord) -> list[PollRecord]:
    """The polls of a post, where the plugin is on; of two with one name, the first. They have no number yet."""
    if not asked(state, post.raw):
        return []
    found: dict[str, PollRecord] = {}
    for one in polls(post.raw, CookingContext(state, post)):
        found.setdefault(one.name, made(one, state.clock()))
    return list(found.values())


def made(one: voting.PollMarkup, now: float) -> PollRecord:
    """A poll without votes."""
    return PollRecord(
        name=one.name,
        options={option.id: option.html for option in one.options},
        opened_at=now,
        kind=one.type,
        public=one.public,
        results=one.results,
        status=one.status,
        title=one.title,
        least=one.min,
        most=one.max,
        step=one.step,
        chart=one.chart_type,
        closes_at=closing(one.close),
        groups=one.groups,
    )


def closing(said: str | None) -> float | None:
    """When a poll ends; None for what is no time."""
    try:
        return unix(said)
    except (ValueError, OverflowError):
        return None


def opened(state: ForumState, post: PostRecord) -> list[PollRecord]:
    """The polls of a new post, each with a number of the forum's."""
    return [replace(one, id=state.next_id("polls")) for one in read_polls(state, post)]


def open_polls(state: ForumState) -> None:
    """Read the polls of a seed's posts, and count its votes. Raises ValueError for a vote without its option."""
    for post in state.posts.values():
        post.polls = opened(state, post)
        for one in post.polls:
            one.opened_at = post.created_at
    for number, person, option in state.ballots:
        options = [list(poll.options) for poll in state.posts[number].polls[:1]]
        if not options or not 1 <= option <= len(options[0]):
            raise ValueError(_("votes: post {post} has no option {n}").format(post=number, n=option))
        state.posts[number].polls[0].votes.setdefault(person, []).append(options[0][option - 1])
    state.ballots.clear()


def renewed(state: ForumState, post: PostRecord, raw: str) -> list[PollRecord]:
    """The polls of a post once its text is `raw`. A poll that stays as it was keeps its votes; another one loses them,
    and is refused five minutes after it was opened. Whether it is open never changes. Raises Refused.
    """
    old = {poll.name: poll for poll in post.polls}
    wanted = read_polls(state, replace(post, raw=raw))
    for number, poll in enumerate(wanted):
        known = old.get(poll.name)
        if known is None:
            continue
        if same(known, poll):
            wanted[number] = known
            continue
        if known.votes and state.clock() - known.opened_at > WINDOW:
            text = words(state, "You cannot change the poll named {name} after the first {n} minutes.")
            raise unprocessable([text.format(name=poll.name, n=round(WINDOW / 60))])
        wanted[number] = replace(poll, id=known.id, opened_at=known.opened_at, status=known.status)
    return wanted


def number_polls(state: ForumState, post: PostRecord, wanted: Sequence[PollRecord]) -> None:
    """Give a post its polls after an edit, each new one with a number; the oldest come first."""
    for poll in wanted:
        poll.id = poll.id or state.next_id("polls")
    post.polls = sorted(wanted, key=lambda poll: poll.id)


def same(one: PollRecord, other: PollRecord) -> bool:
    """Whether two polls ask the same in the same way, whatever the order of their options."""
    return set(one.options) == set(other.options) and all(getattr(one, a) == getattr(other, a) for a in RULES)


def voted_on(state: ForumState, user: UserRecord, post: PostRecord | None, name: str) -> PollRecord:
    """The poll on which somebody votes. Raises Refused: 422 for whatever speaks against it."""
    if post is None or not post.alive:
        raise unprocessable([words(state, "The poll is in a deleted post.")])
    topic = state.topics[post.topic_id]
    if topic.archived:
        raise unprocessable([words(state, "The topic must be open to vote.")])
    if not may_reply(state, Caller(user), topic):
        raise unprocessable([words(state, "You can't vote because you can't post in this topic.")])
    poll = poll_of(state, post, name)
    if poll.closed(state.clock()):
        raise unprocessable([words(state, "The poll must be open to vote.")])
    named = {name.strip().lower() for name in (poll.groups or "").split(",") if name.strip()}
    if named and not named & {name.lower() for name in groups(user)}:
        text = words(state, "You need to be a member of {groups} to vote in this poll.")
        raise unprocessable([text.format(groups=poll.groups)])
    return poll


def poll_of(state: ForumState, post: PostRecord, name: str) -> PollRecord:
    """A post's poll of that name. Raises Refused."""
    found = next((poll for poll in post.polls if poll.name == name), None)
    if found is None:
        text = words(state, "No poll named {name} is part of this post.")
        raise unprocessable([text.format(name=f"<strong>{name}</strong>")])
    return found


def vote(state: ForumState, user: UserRecord, post: PostRecord | None, name: str, options: Sequence[str]) -> PollRecord:
    """Vote, or vote anew. Options that are not there do not count. Raises Refused."""
    poll = voted_on(state, user, post, name)
    chosen = [option for option in poll.options if option in options]
    if not chosen:
        raise unprocessable([words(state, "You must select at least 1 valid option.")])
    counts: Mapping[str, tuple[int, int]] = {"multiple": (poll.least or 1, poll.most or len(poll.options))}
    least, most = counts.get(poll.kind, (1, 1))
    if len(chosen) < least:
        raise unprocessable([words(state, "You must vote for at least {n} options.").format(n=least)])
    if len(chosen) > most:
        raise unprocessable([words(state, "At most {n} votes are allowed in this poll.").format(n=most)])
    if poll.votes.get(user.id) != chosen:  # the latest vote comes last
        poll.votes.pop(user.id, None)
        poll.votes[user.id] = chosen
    state.changes += 1
    return poll


def unvote(state: ForumState, user: UserRecord, post: PostRecord | None, name: str) -> PollRecord:
    """Take a vote back, where there is one. Raises Refused."""
    poll = voted_on(state, user, post, name)
    poll.votes.pop(user.id, None)
    state.changes += 1
    return poll


def set_status(state: ForumState, user: UserRecord, post: PostRecord | None, name: str, status: str) -> PollRecord:
    """Close a poll or open it again: its post's author may, and staff. Raises Refused."""
    if post is None or not post.alive:
        raise unprocessable([words(state, "The poll is in a deleted post.")])
    if state.topics[post.topic_id].archived:
        raise unprocessable([words(state, "The topic must be open to change the poll's status.")])
    if not (user.staff or user.id == post.user_id):
        raise unprocessable([words(state, "Only a staff member or the post's author can change a poll's status.")])
    poll = poll_of(state, post, name)
    poll.status = status
    state.changed(post.topic_id)
    return poll
