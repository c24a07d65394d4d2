"""The endpoints of polls: to vote, to take a vote back, to close, and who voted for what."""

from typing import Any

from flask import Response, request

from koweb_sync.sandbox.model.permissions import hidden_from, seen_post
from koweb_sync.sandbox.model.records import PollRecord, PostRecord
from koweb_sync.sandbox.model.refusals import RefusedRequest, invalid, missing
from koweb_sync.sandbox.request_data import Routes, answer, caller, given, member, state, whole
from koweb_sync.sandbox.rules import polls as acts
from koweb_sync.sandbox.rules.validations import listed, number_of
from koweb_sync.sandbox.serializers import polls as views

routes = Routes("polls")
PEOPLE, MOST = 25, 50  # whom a page of voters names


def asked(*names: str) -> tuple[PostRecord | None, dict[str, Any]]:
    """The post that a request names, whoever may see it, and what the request says. Raises Refused."""
    data = given()
    for name in ("post_id", "poll_name", *names):
        if data.get(name) in (None, "", []):
            raise missing(name)
    return state.posts.get(number_of(data["post_id"]) or 0), data


def shown(post: PostRecord | None, poll: PollRecord) -> dict[str, Any]:
    """A poll as the caller sees it."""
    return views.poll(state, caller(), post, poll) if post is not None else {}


@routes.put("/polls/vote")
def vote() -> Response:
    user = member()
    post, data = asked("options")
    sent = listed(data["options"])
    poll = acts.vote(state, user, post, str(data["poll_name"]), sent)
    facts = shown(post, poll)
    if poll.kind == "multiple" and state.newer:
        facts["options"] = [{**one, "chosen": one["id"] in poll.votes[user.id]} for one in facts["options"]]
    return answer({"poll": facts, "vote": [one for one in sent if one in poll.options]})


@routes.delete("/polls/vote")
def unvote() -> Response:
    user = member()
    post, data = asked()
    return answer({"poll": shown(post, acts.unvote(state, user, post, str(data["poll_name"])))})


@routes.put("/polls/toggle_status")
def toggle() -> Response:
    user = member()
    post, data = asked("status")
    if data["status"] not in ("open", "closed"):
        raise invalid(state, "status")
    poll = acts.set_status(state, user, post, str(data["poll_name"]), str(data["status"]))
    return answer({"poll": shown(post, poll)})


@routes.get("/polls/voters")
def voters() -> Response:
    """Who voted, by option; 400 where the caller does not see how the poll stands."""
    for name in ("post_id", "poll_name"):
        if name not in request.args:
            raise missing(name)
    post, name = known(whole("post_id") or 0), request.args["poll_name"]
    poll = next((one for one in post.polls if one.name == name), None)
    if poll is None or not poll.public or not views.results_shown(state, caller(), post, poll):
        raise invalid(state, "poll_name")
    chosen = request.args.get("option_id") or None
    if chosen is not None and chosen not in poll.options:
        raise invalid(state, "option_id")
    given_limit = whole("limit")
    limit = max(0, min(MOST, PEOPLE if given_limit is None else given_limit))
    start = (max(1, whole("page") or 1) - 1) * limit
    return answer({"voters": views.voters(state, poll, range(start, start + limit), chosen)})


def known(number: int) -> PostRecord:
    """The post of that number, if the caller sees it. Raises Refused."""
    try:
        post = seen_post(state, caller(), number)
    except RefusedRequest:
        raise invalid(state, "post_id") from None
    if hidden_from(caller(), post):
        raise invalid(state, "post_id")
    return post
