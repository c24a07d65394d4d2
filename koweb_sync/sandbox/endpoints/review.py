"""The endpoints about what waits for a moderator."""

from flask import Response, request

from koweb_sync.sandbox.model.data_files import data
from koweb_sync.sandbox.model.permissions import known_user
from koweb_sync.sandbox.model.records import WaitingPost
from koweb_sync.sandbox.model.refusals import invalid, not_found, unprocessable, words
from koweb_sync.sandbox.request_data import Routes, answer, given, member, services, staff, state, there, whole
from koweb_sync.sandbox.rules.review_queue import conflict
from koweb_sync.sandbox.rules.validations import number_of
from koweb_sync.sandbox.serializers import review as shown

routes = Routes("review")
PAGE = 10
OTHER = ("reviewed", "all")  # what a list may be asked for besides one status


@routes.get("/review", only=staff)
def queue() -> Response:
    """What waits, the newest first; or what was decided."""
    asked = {name: value or None for name, value in request.args.items()}
    status = asked.get("status") or "pending"
    if status not in (*shown.STATUSES, *OTHER):
        raise invalid(state, "status")
    if asked.get("type") not in (None, *data("review.json")["types"]):
        raise invalid(state, "type")
    found = [one for one in reversed(state.queue.values()) if chosen(one, asked, status)]
    start = max(0, whole("offset") or 0)
    page = found[start : start + PAGE]
    meta = shown.meta(state, asked, len(found))
    if start + PAGE < len(found):
        meta["load_more_reviewables"] = state.at(f"/review?offset={start + PAGE}&status={status}")
    one = [shown.reviewable(state, request.root_url.rstrip("/"), each) for each in page]
    return answer({"reviewables": one, "meta": meta, **shown.beside(state, request.root_url.rstrip("/"), page)})


def chosen(one: WaitingPost, asked: dict[str, str | None], status: str) -> bool:
    """Whether something is in a list."""
    if status == "all" or (status == "reviewed" and one.status):
        right = True
    else:
        right = status in shown.STATUSES and shown.STATUSES.index(status) == one.status
    name = asked.get("username")
    user = state.names.get(name.lower()) if name else None
    return (
        right
        and asked.get("type") in (None, "ReviewableQueuedPost")
        and (not name or (user is not None and one.user_id == user.id))
        and all(not asked.get(key) or number_of(asked[key]) == getattr(one, key) for key in ("category_id", "topic_id"))
    )


def version() -> int:
    """The version that a moderator decides about. Raises Refused where none is named."""
    found = number_of(given().get("version"))
    if found is None:
        raise unprocessable([words(state, "The version is missing.")])
    return found


@routes.get("/review/<int:number>", only=staff)
def show(number: int) -> Response:
    one = there(state.queue.get(number))
    about = {
        "reviewable": shown.reviewable(state, request.root_url.rstrip("/"), one),
        "meta": {"types": data("review.json")["kinds"]},
    }
    return answer({**shown.beside(state, request.root_url.rstrip("/"), [one]), **about})


@routes.put("/review/<int:number>", only=staff)
def update(number: int) -> Response:
    """A moderator changes what waits."""
    said, now = given().get("reviewable"), version()
    return answer(
        services.writer.queue.change(there(state.queue.get(number)), said if isinstance(said, dict) else {}, now)
    )


@routes.put("/review/<int:number>/perform/<deed>")
def perform(number: int, deed: str) -> Response:
    """A moderator approves what waits, or rejects it."""
    user, now = staff(), version()
    one = there(state.queue.get(number))
    if one.version != now:
        raise conflict(state)
    services.writer.queue.perform(services.writer, user, one, deed)
    return answer({"reviewable_perform_result": shown.performed(state, one)})


@routes.get("/posts/<name>/pending")
def pending(name: str) -> Response:
    """What of somebody's own waits, the newest first; nobody else but staff is told."""
    user, me = known_user(state, name), member()
    if not (me.staff or me.id == user.id):
        raise not_found(state)
    mine = [one for one in reversed(state.pending) if one.user_id == user.id]
    return answer({"pending_posts": [shown.pending(state, one) for one in mine]})
