"""The endpoints of plugins: reactions, solutions."""

from flask import Blueprint, Response, request

from koweb_sync.sandbox.acts.rules import number_of
from koweb_sync.sandbox.core.people import logged_in, seen_post, seen_topic
from koweb_sync.sandbox.core.refused import forbidden, not_found
from koweb_sync.sandbox.core.state import iso
from koweb_sync.sandbox.core.things import User
from koweb_sync.sandbox.given import answer, caller, desk, given, state
from koweb_sync.sandbox.views import posts
from koweb_sync.sandbox.views.people import basic

routes = Blueprint("plugins", __name__)


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
