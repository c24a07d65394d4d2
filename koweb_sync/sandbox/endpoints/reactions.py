"""The endpoints of the plugins of reactions and of accepted answers."""

from flask import Response, request

from koweb_sync.sandbox.model.permissions import in_public, known_user, may_see, seen_post, seen_topic
from koweb_sync.sandbox.model.records import Accepted, PostRecord, UserRecord
from koweb_sync.sandbox.model.refusals import RefusedRequest, forbidden, missing, not_found
from koweb_sync.sandbox.request_data import Routes, answer, caller, given, member, services, state, whole
from koweb_sync.sandbox.rules.validations import number_of
from koweb_sync.sandbox.serializers import posts, reaction_lists, reactions

routes = Routes("opinions")
MOST = 20  # entries in a list of somebody's reactions
SOLVED = 30  # and of somebody's accepted answers, unless more are asked for


def enabled(setting: str) -> None:
    """Raises Refused where a plugin is off."""
    if not state.settings[setting]:
        raise not_found(state)


@routes.put("/discourse-reactions/posts/<int:number>/custom-reactions/<emoji>/toggle")
def react(number: int, emoji: str) -> Response:
    enabled("discourse_reactions_enabled")
    user = member()
    post = seen_post(state, caller(), number)
    count = services.likes.react(user, post, emoji)
    return answer(reactions.toggled(user, post, posts.post(state, caller(), post, raw=False), count))


@routes.get("/discourse-reactions/posts/<int:number>/reactions-users")
def reacted(number: int) -> Response:
    enabled("discourse_reactions_enabled")
    post = seen_post(state, caller(), number)
    return answer({"reaction_users": reactions.users(state, caller(), post, request.args.get("reaction_value"))})


@routes.get("/discourse-reactions/posts/reactions")
def reactions_given() -> Response:
    """What somebody chose, the newest first."""
    enabled("discourse_reactions_enabled")
    member()
    user = asked()
    found = [row for row in reaction_lists.rows(state) if row[1].id == user.id and in_public(state, caller(), row[0])]
    return answer(listed(found, whole("before_reaction_user_id")))


@routes.get("/discourse-reactions/posts/reactions-received")
def reactions_received() -> Response:
    """What others chose under somebody's posts, the newest first: told to themselves and to staff."""
    enabled("discourse_reactions_enabled")
    me, user = member(), asked()
    if not (me.staff or me.id == user.id):
        raise forbidden(state)
    found = [row for row in reaction_lists.rows(state) if row[0].user_id == user.id and may_read(row[0])]
    actor = request.args.get("acting_username")
    found = [row for row in found if actor in (None, row[1].username)]
    return answer(listed(found, whole("before_reaction_user_id")))


@routes.get("/discourse-reactions/custom-reactions")
def nothing() -> Response:
    """The address is known and nobody answers it any more."""
    raise RefusedRequest(404, {"status": 404, "error": "Not Found"})


def asked() -> UserRecord:
    """The person that a request names. Raises Refused."""
    if not request.args.get("username"):
        raise missing("username")
    return known_user(state, request.args["username"])


def listed(rows: list[reaction_lists.Row], before: int | None) -> list[dict[str, object]]:
    """One page of reactions."""
    return [reaction_lists.chosen(state, *row) for row in rows if before is None or row[2].id < before][:MOST]


def may_read(post: PostRecord) -> bool:
    """Whether the caller may read where a post stands."""
    return may_see(state, caller(), state.topics[post.topic_id])


@routes.post("/solution/accept")
def accept() -> Response:
    return solve(accepted=True)


@routes.post("/solution/unaccept")
def unaccept() -> Response:
    return solve(accepted=False)


def solve(*, accepted: bool) -> Response:
    """Mark a reply as the answer of its topic, or no more; older servers know one answer of a topic."""
    enabled("solved_enabled")
    user, data = member(), given()
    post = seen_post(state, caller(), number_of(data.get("id")) or 0)
    topic = seen_topic(state, caller(), post.topic_id)
    if post.number == 1 or not reactions.may_accept(caller(), topic):
        raise forbidden(state)
    if accepted and not state.flavour.many_answers:
        topic.answers.clear()
    topic.answers.pop(post.id, None)
    if accepted:
        topic.answers[post.id] = Accepted(user.id, state.clock())
    state.changed(topic.id)
    state.tell("solved", "accepted_solution" if accepted else "unaccepted_solution", post.id)
    if not (accepted and state.flavour.solved_table):
        return answer({"success": "OK"})
    if state.flavour.many_answers:  # guess: sources of 2026, answer_controller of solved
        return answer(reaction_lists.answers(state, topic))
    return answer(reaction_lists.accepted(state, topic, post))


@routes.get("/solution/by_user")
def by_user() -> Response:
    """Somebody's accepted answers, those that were accepted last first."""
    if not state.flavour.solved_table:  # since the plugin has its own table
        raise not_found(state)
    enabled("solved_enabled")
    user = asked()
    mine = [
        (one.at, state.posts[post])
        for topic in state.topics.values()
        if topic.deleted_at is None and topic.archetype == "regular"
        for post, one in topic.answers.items()
        if state.posts[post].user_id == user.id and state.posts[post].alive and may_read(state.posts[post])
    ]
    mine.sort(key=lambda one: one[0], reverse=True)
    start, most = max(0, whole("offset") or 0), whole("limit")
    page = mine[start : start + (SOLVED if most is None else max(0, most))]
    home = request.root_url.rstrip("/")
    return answer({"user_solved_posts": [reaction_lists.solved(state, post, home) for _at, post in page]})
