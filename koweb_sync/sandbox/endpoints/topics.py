"""The endpoints that change topics. A write is one step: its caller holds the lock until it is done."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from koweb_sync.sandbox.model.languages import shown_title
from koweb_sync.sandbox.model.permissions import may_edit_topic, may_see, seen_topic
from koweb_sync.sandbox.model.records import TopicRecord, UserRecord
from koweb_sync.sandbox.model.refusals import RefusedRequest, forbidden, invalid, missing, not_found
from koweb_sync.sandbox.model.state import iso
from koweb_sync.sandbox.request_data import Routes, answer, caller, given, member, nothing, services, staff, state
from koweb_sync.sandbox.rules.validations import listed, moment, number_of, truthy
from koweb_sync.sandbox.serializers import posts, topics
from koweb_sync.sandbox.serializers.fields import fields

routes = Routes("topics")
OK = {"success": "OK"}
TIMERS = ("close", "open", "delete", "delete_replies", "publish_to_category", "reminder", "bump", "silent_close")


@routes.put("/t/<int:number>")
@routes.put("/t/-/<int:number>")
@routes.put("/t/<_slug>/<int:number>")
def update(number: int, _slug: str = "") -> Response:
    user = member()
    if number not in state.topics or not may_see(state, caller(), state.topics[number]):
        raise forbidden(state)
    topic = seen_topic(state, caller(), number)
    data = given()
    services.editor.update_topic(user, topic, data)
    return answer({"basic_topic": basic(topic, data)})


def basic(topic: TopicRecord, data: Mapping[str, Any]) -> dict[str, Any]:
    says = "tags" in data and state.flavour.tags_as_objects
    return {
        **fields(topic, "id title slug"),
        "fancy_title": posts.fancy(shown_title(state, caller(), topic)),
        "posts_count": len(state.counts(topic).living),
        **({"tags": topics.tags(state, caller(), topic.tags)} if says else {}),
    }


@routes.put("/t/<int:number>/tags")
def tags(number: int) -> Response:
    user = member()
    topic = seen_topic(state, caller(), number)
    if not may_edit_topic(user, topic):
        raise forbidden(state)
    data = given()
    services.editor.retag(user, topic, data.get("tags") or [])
    return answer({"basic_topic": basic(topic, data)})


@routes.put("/t/<int:number>/status")
def status(number: int) -> Response:
    user = staff()
    topic = seen_topic(state, caller(), number)
    data = given("status", "enabled")
    services.moderation.status(user, topic, str(data["status"]), enabled=truthy(data["enabled"]))
    return answer({**OK, "topic_status_update": None})


@routes.post("/t/<int:number>/timer", only=staff)
def timer(number: int) -> Response:
    """Something that happens to a topic later; without a time, nothing more."""
    topic, data = seen_topic(state, caller(), number), given()
    kind = str(data.get("status_type") or "")
    if kind not in TIMERS:
        raise invalid(state, "status_type")
    when = moment(data["time"]) if data.get("time") else None
    if data.get("time") and (when is None or when <= state.clock()):
        raise invalid(state, "time")
    shown = {"execute_at": iso(when), "duration_minutes": number_of(data.get("duration_minutes"))}
    place = number_of(data.get("category_id"))
    based = truthy(data.get("based_on_last_post"))
    topic.timer = (
        {"id": state.next_id("timers"), "status_type": kind, **shown} if when or shown["duration_minutes"] else None
    )
    facts = {**shown, "based_on_last_post": based, "closed": topic.closed, "category_id": place}
    return answer({**OK, **facts})


@routes.delete("/t/<int:number>")
def delete(number: int) -> Response:
    user = member()
    services.moderation.delete_topic(user, seen_topic(state, caller(), number))
    return nothing()


@routes.put("/t/<int:number>/recover", only=staff)
def recover(number: int) -> Response:
    services.moderation.recover_topic(seen_topic(state, caller(), number))
    return nothing()


@routes.post("/t/<int:number>/change-owner")
def change_owner(number: int) -> Response:
    """Administrators give posts to somebody; moderators where a setting says so."""
    user, data = member(), given()
    for name in ("post_ids", "username"):
        if data.get(name) in (None, "", []):
            raise missing(name)
    if not (user.admin or (user.staff and state.settings["moderators_change_post_ownership"])):
        raise forbidden(state)
    topic, owner = state.topics.get(number), state.names.get(str(data["username"]).lower())
    if topic is None or owner is None:
        raise RefusedRequest(422, {"failed": "FAILED"})
    chosen = [state.posts.get(number_of(ident) or 0) for ident in listed(data["post_ids"])]
    mine = [post for post in chosen if post is not None and post.topic_id == topic.id]
    if len(mine) < len(chosen):
        raise not_found(state)
    services.moderation.hand_over(user, topic, mine, owner)
    return answer(OK)


@routes.put("/t/<int:number>/change-timestamp", only=staff)
def change_timestamp(number: int) -> Response:
    topic = seen_topic(state, caller(), number)
    when = number_of(given().get("timestamp"))
    if when is None or not 0 <= when <= state.clock():
        raise invalid(state, "timestamp")
    services.moderation.shift(topic, float(when))
    return answer(OK)


@routes.put("/t/<int:number>/reset-bump-date")
def reset_bump(number: int) -> Response:
    user = member()
    if not (user.staff or user.trust_level >= 4):
        raise forbidden(state)
    topic = seen_topic(state, caller(), number)
    topic.bumped_at = max(one.created_at for one in state.posts_of(topic))
    state.changed(topic.id)
    return nothing()


@routes.post("/t/<int:number>/move-posts")
def move(number: int) -> Response:
    user = mover(number)
    topic, data = seen_topic(state, caller(), number), given()
    if not listed(data.get("post_ids")):
        raise missing("post_ids")
    numbers = [number_of(one) or 0 for one in listed(data["post_ids"])]
    return moved_to(services.moderation.move(user, topic, numbers, data))


@routes.post("/t/<int:number>/merge-topic")
def merge(number: int) -> Response:
    user = mover(number)
    topic, data = seen_topic(state, caller(), number), given("destination_topic_id")
    return moved_to(services.moderation.move(user, topic, list(topic.post_ids), data))


def mover(number: int) -> UserRecord:
    """Who may move posts out of a topic: staff, and people at trust level 4. Raises Refused."""
    user = member()
    if number not in state.topics or not (user.staff or user.trust_level >= 4):
        raise forbidden(state)
    return user


def moved_to(target: TopicRecord) -> Response:
    """Where posts went."""
    return answer({"success": True, "url": state.at(f"/t/{target.slug}/{target.id}")})
