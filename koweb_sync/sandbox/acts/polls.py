"""Polls: what a post asks, and who answered."""

from collections.abc import Sequence

from koweb_sync.i18n import _
from koweb_sync.sandbox.cooking import voting
from koweb_sync.sandbox.cooking.context import Context
from koweb_sync.sandbox.cooking.cook import polls
from koweb_sync.sandbox.core.refused import forbidden, not_found, unprocessable
from koweb_sync.sandbox.core.state import State
from koweb_sync.sandbox.core.things import Poll, Post, User


def read_polls(state: State, post: Post) -> list[Poll]:
    """The polls of a post, where the plugin is on; of two with one name, the first."""
    if not state.settings["poll_enabled"] or "[poll" not in post.raw.lower():
        return []
    found: dict[str, Poll] = {}
    for one in polls(post.raw, Context(state, post)):
        found.setdefault(one.name, made(one))
    return list(found.values())


def made(one: voting.Poll) -> Poll:
    """A poll without votes."""
    return Poll(
        name=one.name,
        options={option.id: option.html for option in one.options},
        kind=one.type,
        public=one.public,
        results=one.results,
        status=one.status,
        title=one.title,
        least=one.min,
        most=one.max,
        step=one.step,
        chart=one.chart_type,
    )


def open_polls(state: State) -> None:
    """Read the polls of a seed's posts, and count its votes. Raises ValueError for a vote without its option."""
    for post in state.posts.values():
        post.polls = read_polls(state, post)
    for number, person, option in state.ballots:
        options = [list(poll.options) for poll in state.posts[number].polls[:1]]
        if not options or not 1 <= option <= len(options[0]):
            raise ValueError(_("votes: post {post} has no option {n}").format(post=number, n=option))
        state.posts[number].polls[0].votes.setdefault(person, []).append(options[0][option - 1])
    state.ballots.clear()


def renew_polls(state: State, post: Post) -> None:
    """After an edit: the polls of the new text, with the votes that still fit."""
    old = {poll.name: poll for poll in post.polls}
    post.polls = read_polls(state, post)
    for poll in post.polls:
        known = old.get(poll.name)
        if known is not None and known.options == poll.options:
            poll.votes, poll.status = known.votes, known.status


def poll_of(state: State, post: Post, name: str) -> Poll:
    """A post's poll of that name. Raises Refused."""
    found = next((poll for poll in post.polls if poll.name == (name or "poll")), None)
    if found is None or not post.alive:
        raise not_found(state)
    return found


def vote(state: State, user: User, post: Post, name: str, options: Sequence[str]) -> Poll:
    """Vote, or vote anew. Raises Refused."""
    poll = poll_of(state, post, name)
    topic = state.topics[post.topic_id]
    if poll.status != "open" or topic.archived or topic.closed:
        raise forbidden(state)
    chosen = [option for option in poll.options if option in options]
    most = poll.most or len(poll.options) if poll.kind == "multiple" else 1
    least = poll.least or 1 if poll.kind == "multiple" else 1
    if not least <= len(chosen) <= most:
        raise unprocessable([f"poll: {least} – {most}"])
    poll.votes[user.id] = chosen
    state.changed(topic.id)
    return poll


def unvote(state: State, user: User, post: Post, name: str) -> Poll:
    """Take a vote back. Raises Refused."""
    poll = poll_of(state, post, name)
    if poll.votes.pop(user.id, None) is None:
        raise not_found(state)
    state.changed(post.topic_id)
    return poll
