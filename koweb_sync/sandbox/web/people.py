"""The endpoints about people: groups, the directory, what somebody wrote."""

from flask import Blueprint, Response, request

from koweb_sync.sandbox.core.people import known_user, may_see, staff_only
from koweb_sync.sandbox.core.state import Post, User, iso
from koweb_sync.sandbox.given import answer, caller, state, whole
from koweb_sync.sandbox.views import lists
from koweb_sync.sandbox.views import things as views

routes = Blueprint("people", __name__)
TOPIC, REPLY = 4, 5


@routes.get("/groups")
def groups() -> Response:
    with state.lock:
        shown = [lists.group(state, caller(), one) for one in state.groups if one["id"]]
        kinds = ["my", "owner", "public", "close", "automatic"]
        facts = {
            "extras": {"type_filters": kinds},
            "total_rows_groups": len(shown),
            "load_more_groups": "/groups?page=1",
        }
        return answer({"groups": [] if whole(request.args.get("page")) else shown, **facts})


@routes.get("/directory_items")
def directory() -> Response:
    """Empty, as on a forum whose statistics were never computed: they are a nightly job."""
    period, order = request.args.get("period", "weekly"), request.args.get("order", "likes_received")
    more = f"/directory_items.json?order={order}&page=1&period={period}"
    meta = {"last_updated_at": None, "total_rows_directory_items": 0, "load_more_directory_items": more}
    return answer({"directory_items": [], "meta": meta})


@routes.get("/user_actions")
def actions() -> Response:
    with state.lock:
        user = known_user(state, request.args.get("username", ""))
        wanted = {int(one) for one in request.args.get("filter", "4,5").split(",") if one.strip().isdigit()}
        mine = [one for one in state.posts.values() if one.user_id == user.id and shown(one, wanted)]
        mine.sort(key=lambda one: one.created_at, reverse=True)
        start = whole(request.args.get("offset")) or 0
        return answer({"user_actions": [action(one, user) for one in mine[start : start + 30]]})


def shown(one: Post, wanted: set[int]) -> bool:
    """Whether a post is among somebody's public actions of the wanted kinds."""
    topic = state.topics[one.topic_id]
    kind = TOPIC if one.number == 1 else REPLY
    living = one.deleted_at is None and topic.deleted_at is None and one.type == 1
    definitions = {category.topic_id for category in state.categories.values()}
    return kind in wanted and living and topic.id not in definitions and may_see(state, caller(), topic)


def action(one: Post, user: User) -> dict[str, object]:
    """One topic or reply of a person."""
    topic, picture, first = state.topics[one.topic_id], views.avatar(user), one.number == 1
    return {
        "excerpt": views.excerpt(one.cooked),
        "action_type": TOPIC if first else REPLY,
        "created_at": iso(one.created_at),
        "avatar_template": picture,
        "acting_avatar_template": picture,
        "slug": topic.slug,
        "topic_id": topic.id,
        "target_user_id": user.id,
        "target_name": user.name,
        "target_username": user.username,
        "post_number": one.number,
        "post_id": None if first else one.id,
        "username": user.username,
        "name": user.name,
        "user_id": user.id,
        "acting_username": user.username,
        "acting_name": user.name,
        "acting_user_id": user.id,
        "title": topic.title,
        "deleted": False,
        "hidden": None if first else one.hidden,
        "post_type": None if first else one.type,
        "action_code": one.action_code,
        "category_id": topic.category_id,
        "closed": topic.closed,
        "archived": topic.archived,
    }


@routes.get("/topics/created-by/<name>")
def created_by(name: str) -> Response:
    with state.lock:
        user = known_user(state, name)
        mine = {one.id for one in state.topics.values() if one.user_id == user.id}
        return answer(lists.topic_list(state, caller(), request.args, only=mine))


@routes.get("/u/<name>/emails")
def emails(name: str) -> Response:
    with state.lock:
        staff_only(state, caller())
        user = known_user(state, name)
        return answer(
            {"email": user.email, "secondary_emails": [], "unconfirmed_emails": [], "associated_accounts": []}
        )
