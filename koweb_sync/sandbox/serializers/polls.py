"""Polls, as Discourse's JSON shows them."""

from typing import Any

from koweb_sync.sandbox.model.permissions import Caller
from koweb_sync.sandbox.model.records import PollRecord, PostRecord
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.sandbox.serializers.people import basic

VOTERS = 25  # of one option, within a poll


def of_post(state: ForumState, caller: Caller, post: PostRecord) -> dict[str, Any]:
    """The polls of a post, and how the viewer voted in each of them; without a vote nothing of that."""
    found: dict[str, Any] = {"polls": [poll(state, caller, post, one) for one in post.polls]}
    me = caller.user.id if caller.user else None
    mine = {one.name: one.votes.get(me, []) for one in post.polls} if me is not None else {}
    return found | ({"polls_votes": mine} if any(mine.values()) else {})


def results_shown(state: ForumState, caller: Caller, post: PostRecord, one: PollRecord) -> bool:
    """Whether somebody sees how a poll stands: always, once they voted, to its author, once it is closed, or staff
    alone.
    """
    me = caller.user.id if caller.user else None
    closed = one.closed(state.clock())
    voted = me is not None and (me in one.votes or me == post.user_id)
    ways = {"on_vote": voted or closed, "on_close": closed, "staff_only": caller.staff}
    return ways.get(one.results, True)


def poll(state: ForumState, caller: Caller, post: PostRecord, one: PollRecord) -> dict[str, Any]:
    """A poll, with its votes if the viewer sees how it stands."""
    shown = results_shown(state, caller, post, one)
    counts = {option: sum(option in chosen for chosen in one.votes.values()) for option in one.options}
    facts: dict[str, Any] = {"id": one.id} if state.newer else {}
    facts |= {"name": one.name, "type": one.kind, "status": one.status}
    facts |= {"public": True} if one.public else {}
    facts |= {"results": one.results, **limits(one)}
    facts["options"] = [
        {"id": option, "html": text, **({"votes": counts[option]} if shown else {})}
        for option, text in one.options.items()
    ]
    facts["voters"] = len(one.votes)
    if one.public and shown:
        facts["preloaded_voters"] = preloaded(state, one)
    facts |= {"groups": one.groups} if one.groups else {}
    return {**facts, "chart_type": one.chart, "title": one.title}


def limits(one: PollRecord) -> dict[str, int]:
    """How many options may be chosen, or which numbers; nothing for other kinds."""
    names = {"multiple": ("min", "max"), "number": ("min", "max", "step")}.get(one.kind, ())
    known = {"min": one.least, "max": one.most, "step": one.step}
    return {name: value for name in names if (value := known[name]) is not None}


def preloaded(state: ForumState, one: PollRecord) -> dict[str, Any] | list[dict[str, Any]] | None:
    """The first voters of a poll, as it shows them itself."""
    found = voters(state, one, range(VOTERS))
    return found or (found if not state.newer else None)


def voters(
    state: ForumState, one: PollRecord, rows: range, only: str | None = None
) -> dict[str, list[dict[str, Any]]] | list[dict[str, Any]]:
    """Who chose what: by option those of the given rows, who voted first; of a poll about a number, just who voted."""
    if one.kind == "number":
        return [named(state, user) for user in list(one.votes)[rows.start : rows.stop]]
    found: dict[str, list[dict[str, Any]]] = {}
    for option in one.options if only is None else [only]:
        people = [user for user, chosen in one.votes.items() if option in chosen][rows.start : rows.stop]
        if people or only is not None:
            found[option] = [named(state, user) for user in people]
    return found


def named(state: ForumState, user: int) -> dict[str, Any]:
    return {**basic(state.users[user]), "title": None}
