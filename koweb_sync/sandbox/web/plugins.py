"""The endpoints of plugins: polls, reactions, solutions."""

from flask import Blueprint, Response, request

from koweb_sync.sandbox.acts import polls
from koweb_sync.sandbox.acts.rules import listed, number_of
from koweb_sync.sandbox.core.people import hidden_from, logged_in, seen_post, seen_topic
from koweb_sync.sandbox.core.refused import forbidden, invalid, missing, not_found
from koweb_sync.sandbox.core.state import iso
from koweb_sync.sandbox.core.things import Post, User
from koweb_sync.sandbox.given import answer, caller, desk, given, state, whole
from koweb_sync.sandbox.views import posts
from koweb_sync.sandbox.views.people import basic

routes = Blueprint("plugins", __name__)


def asked() -> Post:
    """The post that a request about polls names."""
    data = given()
    if "post_id" not in data:
        raise missing("post_id")
    return seen_post(state, caller(), number_of(data["post_id"]) or 0)


# ---- polls


@routes.put("/polls/vote")
def vote() -> Response:
    with state.lock:
        user, post, data = logged_in(caller()), asked(), given()
        poll = polls.vote(state, user, post, str(data.get("poll_name") or ""), listed(data.get("options")))
        return answer(
            {"poll": posts.poll(state, poll, shown=posts.results_shown(caller(), poll)), "vote": poll.votes[user.id]}
        )


@routes.delete("/polls/vote")
def unvote() -> Response:
    with state.lock:
        user, post = logged_in(caller()), asked()
        poll = polls.unvote(state, user, post, str(given().get("poll_name") or ""))
        return answer({"poll": posts.poll(state, poll, shown=posts.results_shown(caller(), poll))})


@routes.put("/polls/toggle_status")
def toggle() -> Response:
    with state.lock:
        user, post, data = logged_in(caller()), asked(), given()
        if not (user.staff or user.id == post.user_id):
            raise forbidden(state)
        status = data.get("status")
        if status not in ("open", "closed"):
            raise invalid(state, "status")
        poll = polls.poll_of(state, post, str(data.get("poll_name") or ""))
        poll.status = str(status)
        state.changed(post.topic_id)
        return answer({"poll": posts.poll(state, poll, shown=posts.results_shown(caller(), poll))})


@routes.get("/polls/voters")
def voters() -> Response:
    with state.lock:
        post = seen_post(state, caller(), whole("post_id") or 0)
        poll = polls.poll_of(state, post, request.args.get("poll_name", ""))
        if not poll.public or not posts.results_shown(caller(), poll):
            raise forbidden(state)
        if hidden_from(caller(), post):
            raise not_found(state)
        page, limit = max(1, whole("page") or 1), max(1, min(50, whole("limit") or 25))
        chosen = request.args.get("option_id")
        found = {
            option: people(poll.votes, option)[(page - 1) * limit : page * limit]
            for option in poll.options
            if chosen in (None, option)
        }
        return answer({"voters": {option: who for option, who in found.items() if who}})


def people(votes: dict[int, list[str]], option: str) -> list[dict[str, object]]:
    """Who chose an option."""
    return [{**basic(state.users[user]), "title": None} for user, chosen in votes.items() if option in chosen]


# ---- reactions


@routes.put("/discourse-reactions/posts/<int:number>/custom-reactions/<emoji>/toggle")
def react(number: int, emoji: str) -> Response:
    with state.lock:
        user = logged_in(caller())
        if not state.settings["discourse_reactions_enabled"]:
            raise not_found(state)
        post = seen_post(state, caller(), number)
        desk.admirer.react(user, post, emoji)
        return answer(posts.post(state, caller(), post, raw=False))


@routes.get("/discourse-reactions/posts/<int:number>/reactions-users")
def reacted(number: int) -> Response:
    with state.lock:
        if not state.settings["discourse_reactions_enabled"]:
            raise not_found(state)
        post = seen_post(state, caller(), number)
        by: dict[str, list[tuple[float, User]]] = {}
        for user, at in post.likes:
            by.setdefault("heart", []).append((at, state.users[user]))
        for user, (emoji, at) in post.reactions.items():
            by.setdefault(emoji, []).append((at, state.users[user]))
        only = request.args.get("reaction_value")
        return answer({"reaction_users": [kind(emoji, who) for emoji, who in by.items() if only in (None, emoji)]})


def kind(emoji: str, who: list[tuple[float, User]]) -> dict[str, object]:
    """One reaction with its people, the newest first."""
    newest = sorted(who, key=lambda one: -one[0])
    shown = [{**basic(user), "can_undo": False, "created_at": iso(at)} for at, user in newest]
    return {"id": emoji, "count": len(shown), "users": shown}


# ---- solutions


@routes.post("/solution/accept")
def accept() -> Response:
    return solve(accepted=True)


@routes.post("/solution/unaccept")
def unaccept() -> Response:
    return solve(accepted=False)


def solve(*, accepted: bool) -> Response:
    """Mark a reply as the answer of its topic, or no more; older servers know one answer of a topic."""
    with state.lock:
        user, data = logged_in(caller()), given()
        if not state.settings["solved_enabled"]:
            raise not_found(state)
        post = seen_post(state, caller(), number_of(data.get("id")) or 0)
        topic = seen_topic(state, caller(), post.topic_id)
        if post.number == 1 or not (user.staff or user.id == topic.user_id):
            raise forbidden(state)
        others = [one for one in topic.answers if one != post.id] if state.flavour.many_answers or not accepted else []
        topic.answers = [*others, post.id] if accepted else others
        state.changed(topic.id)
        return answer({"success": "OK"} if not accepted else {"success": "OK", "accepted_answer": {"id": post.id}})
