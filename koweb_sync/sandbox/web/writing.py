"""The endpoints that write. A write is one step: its caller holds the lock until it is done."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from koweb_sync.sandbox.acts.rules import listed, truthy
from koweb_sync.sandbox.core import files
from koweb_sync.sandbox.core.people import logged_in, seen_post, seen_topic, staff_only
from koweb_sync.sandbox.core.refused import forbidden, invalid, missing, not_found, unprocessable
from koweb_sync.sandbox.core.state import Post, Topic
from koweb_sync.sandbox.given import answer, caller, desk, given, state, whole
from koweb_sync.sandbox.views import things as views

routes = Blueprint("write", __name__)
OK = {"success": "OK"}


@routes.post("/posts")
def create() -> Response:
    with state.lock:
        user = logged_in(caller())
        made = desk.writer.create(user, given())
        if isinstance(made, Mapping):
            return answer(made)
        return answer({**views.post(state, caller(), made, raw=True), "draft_sequence": 0})


@routes.put("/posts/<int:number>")
def edit(number: int) -> Response:
    with state.lock:
        user = logged_in(caller())
        post = seen_post(state, caller(), number)
        data = given()
        if request.is_json and "post" not in data:
            data = {**data, "post": data}
        desk.editor.edit(user, post, data)
        return answer({"post": {**views.post(state, caller(), post, raw=True), "draft_sequence": 1}})


@routes.delete("/posts/<int:number>")
def delete_post(number: int) -> Response:
    with state.lock:
        user = logged_in(caller())
        post = seen_post(state, caller(), number)
        if post.number == 1:
            raise forbidden(state)
        remove(post, staff=user.staff, mine=user.id == post.user_id)
        return Response(status=200, content_type="text/plain; charset=utf-8")


def remove(post: Post, *, staff: bool, mine: bool) -> None:
    if staff:
        post.deleted_at = state.clock()
    elif mine:
        post.user_deleted = True
    else:
        raise forbidden(state)


@routes.put("/posts/<int:number>/recover")
def recover_post(number: int) -> Response:
    with state.lock:
        staff_only(state, caller())
        post = seen_post(state, caller(), number)
        post.deleted_at = None
        return answer(views.post(state, caller(), post, raw=True))


@routes.put("/t/<int:number>")
@routes.put("/t/-/<int:number>")
def update(number: int) -> Response:
    with state.lock:
        user = logged_in(caller())
        if number not in state.topics:
            raise forbidden(state)
        topic = seen_topic(state, caller(), number)
        data = given()
        desk.editor.update_topic(user, topic, data)
        return answer({"basic_topic": basic(topic, data)})


def basic(topic: Topic, data: Mapping[str, Any]) -> dict[str, Any]:
    names = {"id": topic.id, "title": topic.title, "fancy_title": views.fancy(topic.title), "slug": topic.slug}
    says = "tags" in data and state.flavour.tags_as_objects
    return {
        **names,
        "posts_count": len(topic.post_ids),
        **({"tags": views.tags(state, topic.tags)} if says else {}),
    }


@routes.put("/t/<int:number>/tags")
def tags(number: int) -> Response:
    with state.lock:
        user = logged_in(caller())
        topic = seen_topic(state, caller(), number)
        desk.editor.retag(user, topic, listed(given().get("tags")))
        return answer(OK)


@routes.put("/t/<int:number>/status")
def status(number: int) -> Response:
    with state.lock:
        user = staff_only(state, caller())
        topic = seen_topic(state, caller(), number)
        data = given()
        if "status" not in data:
            raise missing("status")
        desk.editor.status(user, topic, str(data["status"]), enabled=truthy(data.get("enabled")))
        return answer({**OK, "topic_status_update": None})


@routes.delete("/t/<int:number>")
def delete_topic(number: int) -> Response:
    with state.lock:
        user = logged_in(caller())
        desk.editor.delete_topic(user, seen_topic(state, caller(), number))
        return Response(status=200, content_type="text/plain; charset=utf-8")


@routes.put("/t/<int:number>/recover")
def recover_topic(number: int) -> Response:
    with state.lock:
        staff_only(state, caller())
        desk.editor.recover_topic(seen_topic(state, caller(), number))
        return Response(status=200, content_type="text/plain; charset=utf-8")


@routes.post("/t/<int:number>/change-owner")
def change_owner(number: int) -> Response:
    with state.lock:
        user = staff_only(state, caller())
        topic = seen_topic(state, caller(), number)
        data = given()
        owner = state.names.get(str(data.get("username", "")).lower())
        if owner is None:
            raise invalid(state, "username")
        for ident in listed(data.get("post_ids")):
            post = state.posts[int(ident)]
            desk.editor.revise(topic, post, user, post.raw, "owner")
            post.user_id = owner.id
            topic.user_id = owner.id if post.number == 1 else topic.user_id
        return answer(OK)


@routes.put("/t/<int:number>/change-timestamp")
def change_timestamp(number: int) -> Response:
    with state.lock:
        staff_only(state, caller())
        topic = seen_topic(state, caller(), number)
        when = whole(given().get("timestamp"))
        if when is None or when > state.clock():
            raise invalid(state, "timestamp")
        shift = when - topic.created_at
        topic.created_at = float(when)
        for post in state.posts_of(topic):
            post.created_at += shift
            post.updated_at += shift
        return answer(OK)


@routes.put("/t/<int:number>/reset-bump-date")
def reset_bump(number: int) -> Response:
    with state.lock:
        staff_only(state, caller())
        topic = seen_topic(state, caller(), number)
        topic.bumped_at = max(one.created_at for one in state.posts_of(topic))
        return answer(OK)


@routes.post("/t/<int:number>/move-posts")
def move(number: int) -> Response:
    with state.lock:
        user = staff_only(state, caller())
        topic, data = seen_topic(state, caller(), number), given()
        numbers = [int(one) for one in listed(data.get("post_ids"))]
        target = desk.editor.move(user, topic, numbers, data)
        return answer({"success": True, "url": f"/t/{target.slug}/{target.id}"})


@routes.post("/t/<int:number>/merge-topic")
def merge(number: int) -> Response:
    with state.lock:
        user = staff_only(state, caller())
        topic, data = seen_topic(state, caller(), number), given()
        if (whole(data.get("destination_topic_id")) or 0) not in state.topics:
            raise not_found(state)
        target = desk.editor.move(user, topic, list(topic.post_ids), data)
        return answer({"success": True, "url": f"/t/{target.slug}/{target.id}"})


@routes.post("/uploads")
def upload() -> Response:
    logged_in(caller())
    data = given()
    if not (data.get("upload_type") or data.get("type")):
        raise invalid(state, "upload_type")
    sent = request.files.get("file") or request.files.get("files[]")
    if sent is None:
        raise unprocessable(["file"])
    content = sent.read()
    with state.lock:
        return answer(views.upload(files.store(state, sent.filename or "file", content)))


@routes.post("/uploads/lookup-urls")
def lookup() -> Response:
    with state.lock:
        found = [state.by_short_url.get(url) for url in listed(given().get("short_urls"))]
        return answer(
            [
                {"short_url": one.short_url, "url": one.path, "short_path": views.upload(one)["short_path"]}
                for one in found
                if one
            ]
        )
