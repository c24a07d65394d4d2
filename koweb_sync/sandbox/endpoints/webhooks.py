"""The administration of webhooks: which addresses the forum tells of what happens. The sandbox tells nobody."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import Response

from koweb_sync.sandbox.model.records import WebHook
from koweb_sync.sandbox.model.refusals import missing, not_found, unprocessable, words
from koweb_sync.sandbox.request_data import Routes, admins, answer, given, state, whole
from koweb_sync.sandbox.rules.validations import listed, number_of, truthy

routes = Routes("webhooks", only=admins)
PAGE = 50
SECRET = 12  # characters at least
JSON, FORM = 1, 2
DISABLED, INACTIVE = 4, 1  # states of the last delivery
CONTENT_TYPES = {JSON: "application/json", FORM: "application/x-www-form-urlencoded"}
STATUSES = ("inactive", "failed", "successful", "disabled")
DEFAULT = (201, 202, 203, 204)
# The kinds of events: one number for each event; older servers have one for each group alone.
EVENTS: Mapping[str, tuple[int, tuple[str, ...]]] = {
    "topic": (101, ("topic_created", "topic_revised", "topic_edited", "topic_destroyed", "topic_recovered")),
    "post": (201, ("post_created", "post_edited", "post_destroyed", "post_recovered")),
    "user": (
        301,
        (
            *("user_logged_in", "user_logged_out", "user_confirmed_email", "user_created", "user_approved"),
            *("user_updated", "user_destroyed", "user_suspended", "user_unsuspended"),
        ),
    ),
    "group": (401, ("group_created", "group_updated", "group_destroyed")),
    "category": (501, ("category_created", "category_updated", "category_destroyed")),
    "tag": (601, ("tag_created", "tag_updated", "tag_destroyed")),
    "reviewable": (901, ("reviewable_created", "reviewable_updated")),
    "notification": (1001, ("notification_created",)),
    "solved": (1101, ("accepted_solution", "unaccepted_solution")),
    "user_badge": (1301, ("user_badge_granted", "user_badge_revoked")),
    "group_user": (1401, ("user_added_to_group", "user_removed_from_group")),
    "like": (1501, ("post_liked",)),
    "user_promoted": (1601, ("user_promoted",)),
    "voting": (1701, ("topic_upvote", "topic_unvote")),
    "chat": (
        1801,
        ("chat_message_created", "chat_message_edited", "chat_message_trashed", "chat_message_restored"),
    ),
}
OLDER = {
    1: "topic",
    2: "post",
    3: "user",
    4: "group",
    5: "category",
    6: "tag",
    9: "reviewable",
    10: "notification",
    11: "solved",
    12: "assign",
    13: "user_badge",
    14: "group_user",
    15: "like",
}


def grouped() -> dict[str, list[dict[str, Any]]]:
    """The kinds of events of newer servers, by what they are about."""
    return {
        group: [{"id": first + nth, "name": name, "group": group} for nth, name in enumerate(names)]
        for group, (first, names) in EVENTS.items()
    }


def kinds() -> dict[int, dict[str, Any]]:
    """The kinds of events that this server knows, by their numbers."""
    if state.flavour.fields == "2022":
        return {number: {"id": number, "name": name} for number, name in OLDER.items()}
    return {one["id"]: one for group in grouped().values() for one in group}


def shown(one: WebHook) -> dict[str, Any]:
    """A webhook; whoever administers the forum sees its secret."""
    known = kinds()
    return {
        "id": one.id,
        "payload_url": one.url,
        "content_type": one.content_type,
        "last_delivery_status": INACTIVE if one.active else DISABLED,
        "secret": one.secret,
        "wildcard_web_hook": one.everything,
        "verify_certificate": one.verified,
        "active": one.active,
        "category_ids": one.categories,
        "tag_names": one.tags,
        "group_ids": one.groups,
        "web_hook_event_types": [known[number] for number in one.events],
    }


def whole_answer(one: WebHook) -> Response:
    """A webhook, with the categories that it is for."""
    mine = [state.categories[number] for number in one.categories if number in state.categories]
    names = [{"id": place.id, "name": place.name, "slug": place.slug, "color": place.color} for place in mine]
    return answer({"categories": names, "web_hook": shown(one)})


@routes.get("/admin/api/web_hooks")
def index() -> Response:
    offset = max(0, whole("offset") or 0)
    found = sorted(state.web_hooks.values(), key=lambda one: one.id)
    known = kinds()
    if state.flavour.fields == "2022":
        events: dict[str, Any] = {"event_types": list(known.values()), "default_event_types": [known[2]]}
    else:
        default = [known[number] for number in DEFAULT]
        events = {"categories": [], "grouped_event_types": grouped(), "default_event_types": default}
    extras = {
        **events,
        "content_types": [{"id": number, "name": name} for number, name in CONTENT_TYPES.items()],
        "delivery_statuses": [{"id": nth, "name": name} for nth, name in enumerate(STATUSES, 1)],
    }
    body = {"web_hooks": [shown(one) for one in found[offset : offset + PAGE]], "extras": extras}
    more = state.at(f"/admin/api/web_hooks.json?limit={PAGE}&offset={offset + PAGE}")
    return answer({**body, "total_rows_web_hooks": len(found), "load_more_web_hooks": more})


@routes.get("/admin/api/web_hooks/<int:number>")
def show(number: int) -> Response:
    return whole_answer(hook(number))


@routes.post("/admin/api/web_hooks")
def create() -> Response:
    made = WebHook(0, "", events=[])
    change(made, sent())
    made.id = state.next_id("web_hooks")
    state.web_hooks[made.id] = made
    return whole_answer(made)


@routes.put("/admin/api/web_hooks/<int:number>")
def update(number: int) -> Response:
    found = hook(number)
    change(found, sent())
    return whole_answer(found)


@routes.delete("/admin/api/web_hooks/<int:number>")
def delete(number: int) -> Response:
    del state.web_hooks[hook(number).id]
    return answer({"success": "OK"})


@routes.post("/admin/api/web_hooks/<int:number>/ping")
def ping(number: int) -> Response:
    """Promises a delivery; the sandbox makes none."""
    hook(number)
    return answer({"success": "OK"})


@routes.get("/admin/api/web_hook_events/<int:number>")
@routes.get("/admin/api/web_hooks/<int:number>/events")
def events(number: int) -> Response:
    """What was delivered: nothing."""
    found, offset = hook(number), max(0, whole("offset") or 0)
    more = state.at(f"/admin/api/web_hook_events/{found.id}.json?limit={PAGE}&offset={offset + PAGE}")
    facts = {"total_rows_web_hook_events": 0, "load_more_web_hook_events": more}
    return answer({"web_hook_events": [], **facts, "extras": {"web_hook_id": found.id}})


def hook(number: int) -> WebHook:
    """The webhook of that number. Raises Refused."""
    found = state.web_hooks.get(number)
    if found is None:
        raise not_found(state)
    return found


def sent() -> Mapping[str, Any]:
    """The webhook that a request carries. Raises Refused without one."""
    data = given().get("web_hook")
    if not isinstance(data, Mapping) or not data:
        raise missing("web_hook")
    return data


def change(one: WebHook, data: Mapping[str, Any]) -> None:
    """Take what is given. Raises Refused for what cannot be, and then nothing is changed."""
    known, url = kinds(), str(data.get("payload_url", one.url)).strip()
    secret = str(data.get("secret", one.secret) or "")
    everything = truthy(data["wildcard_web_hook"]) if "wildcard_web_hook" in data else one.everything
    wanted = numbers(data["web_hook_event_type_ids"]) if "web_hook_event_type_ids" in data else one.events
    chosen = [number for number in wanted if number in known]
    errors = []
    if not re.match(r"https?://[^\s/]", url):
        errors.append(words(state, "Payload URL is invalid"))
    elif internal(url):
        errors.append(words(state, "The payload URL cannot be used because it is a blocked or internal address."))
    if secret and len(secret) < SECRET:
        errors.append(words(state, "Secret is too short (minimum is {n} characters)").format(n=SECRET))
    if not chosen and not everything:
        errors.append(words(state, "Event types can't be blank"))
    if errors:
        raise unprocessable(errors)
    one.url, one.secret, one.everything, one.events = url, secret, everything, chosen
    kind = number_of(data.get("content_type", one.content_type))
    one.content_type = kind if kind in (JSON, FORM) else one.content_type
    one.active = truthy(data["active"]) if "active" in data else one.active
    one.verified = truthy(data["verify_certificate"]) if "verify_certificate" in data else one.verified
    one.categories = numbers(data["category_ids"]) if "category_ids" in data else one.categories
    one.groups = numbers(data["group_ids"]) if "group_ids" in data else one.groups
    one.tags = listed(data["tag_names"]) if "tag_names" in data else one.tags
    state.changes += 1


def numbers(value: Any) -> list[int]:
    """Numbers, however they were sent."""
    items = value if isinstance(value, list) else [value]
    return [number for one in items if (number := number_of(one)) is not None]


def internal(url: str) -> bool:
    """Whether an address is within the forum's own network, which newer servers refuse."""
    if state.flavour.fields == "2022":
        return False
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or not ip_address(host).is_global
    except ValueError:  # a name, or no address at all: nothing is looked up here
        return False
