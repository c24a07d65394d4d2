"""The endpoints about posts of all topics: the newest ones, one post in its many forms, and likes."""

from flask import Blueprint, Response, request

from koweb_sync.sandbox.core.people import logged_in, may_see, seen_post, seen_topic
from koweb_sync.sandbox.core.refused import Refused, forbidden, missing, not_found
from koweb_sync.sandbox.core.state import Post
from koweb_sync.sandbox.given import answer, caller, given, state, whole
from koweb_sync.sandbox.views import things as views

routes = Blueprint("posts", __name__)
LIKE = 2
WINDOW = 50


@routes.get("/posts")
def latest() -> Response:
    """The newest posts that the caller may see. `before=N` starts at the post N itself, as servers of 2022 do."""
    with state.lock:
        before = whole(request.args.get("before")) or max(state.posts, default=0)
        found = [one for one in state.posts.values() if before - WINDOW < one.id <= before and readable(one)]
        found.sort(key=lambda one: (one.created_at, one.id), reverse=True)
        return answer({"latest_posts": [with_topic(one) for one in found]})


def readable(one: Post) -> bool:
    """Whether the caller may see a post in a list of all posts."""
    topic = state.topics[one.topic_id]
    living = one.deleted_at is None and topic.deleted_at is None
    return living and topic.archetype == "regular" and may_see(state, caller(), topic)


def with_topic(one: Post) -> dict[str, object]:
    """A post with the topic that it stands in."""
    topic = state.topics[one.topic_id]
    names = {"topic_title": topic.title, "topic_html_title": views.fancy(topic.title), "category_id": topic.category_id}
    return {**views.post(state, caller(), one, raw=True), **names}


@routes.get("/posts/by_number/<int:number>/<int:nth>")
def by_number(number: int, nth: int) -> Response:
    with state.lock:
        topic = seen_topic(state, caller(), number)
        found = next((one for one in state.posts_of(topic) if one.number == nth and one.deleted_at is None), None)
        if found is None:
            raise not_found(state)
        return answer(views.post(state, caller(), found, raw=True))


@routes.get("/posts/<int:number>/cooked")
def cooked(number: int) -> Response:
    with state.lock:
        return answer({"cooked": seen_post(state, caller(), number).cooked})


@routes.get("/posts/<int:number>/raw")
def raw(number: int) -> Response:
    with state.lock:
        return Response(seen_post(state, caller(), number).raw, content_type="text/plain; charset=utf-8")


@routes.get("/posts/<int:number>/replies")
def replies(number: int) -> Response:
    with state.lock:
        post = seen_post(state, caller(), number)
        topic = state.topics[post.topic_id]
        found = [one for one in state.posts_of(topic) if one.reply_to == post.number and one.deleted_at is None]
        return answer([views.post(state, caller(), one, raw=False) for one in found])


# ---- likes


@routes.post("/post_actions")
def act() -> Response:
    with state.lock:
        user, data = logged_in(caller()), given()
        if "id" not in data:
            raise missing("id")
        post = seen_post(state, caller(), whole(data["id"]) or 0)
        if whole(data.get("post_action_type_id")) != LIKE:
            raise Refused(400, {"errors": ["post_action_type_id"], "error_type": "invalid_parameters"})
        if post.user_id == user.id or any(liker == user.id for liker, _at in post.likes):
            raise Refused(403, {"errors": forbidden(state).body["errors"]})
        post.likes.append((user.id, state.clock()))
        return answer(views.post(state, caller(), post, raw=False))


@routes.delete("/post_actions/<int:number>")
def undo(number: int) -> Response:
    with state.lock:
        user = logged_in(caller())
        post = seen_post(state, caller(), number)
        if not any(liker == user.id for liker, _at in post.likes):
            raise not_found(state)
        post.likes = [(liker, at) for liker, at in post.likes if liker != user.id]
        return answer(views.post(state, caller(), post, raw=False))


@routes.get("/post_action_users")
def who() -> Response:
    with state.lock:
        for name in ("id", "post_action_type_id"):
            if name not in request.args:
                raise missing(name)
        post = seen_post(state, caller(), whole(request.args["id"]) or 0)
        likers = post.likes if whole(request.args["post_action_type_id"]) == LIKE else []
        limit = whole(request.args.get("limit")) or 200
        people = [state.users[user] for user, _at in likers]
        shown = [{**views.basic_user(one), "post_url": None, "username_lower": one.username.lower()} for one in people]
        more = {"total_rows_post_action_users": len(shown)} if len(shown) > limit else {}
        return answer({"post_action_users": shown[:limit], **more})
