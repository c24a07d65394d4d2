"""The administration of webhooks: which addresses the forum tells of what happens. The sandbox tells nobody, unless it
is asked to, and then only on this computer (`deliveries`).
"""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import Response

from koweb_sync.sandbox.model.data_files import data
from koweb_sync.sandbox.model.records import WebHook
from koweb_sync.sandbox.model.refusals import missing, unprocessable, words
from koweb_sync.sandbox.request_data import Routes, admins, answer, given, state, there, whole
from koweb_sync.sandbox.rules.validations import listed, number_of, truthy
from koweb_sync.sandbox.serializers.fields import fields

routes = Routes("webhooks", only=admins)
PAGE = 50
SECRET = 12  # characters at least
DISABLED, INACTIVE = 4, 1  # states of the last delivery


def kinds() -> dict[int, dict[str, Any]]:
    """The kinds of events that this server knows, by their numbers: older ones have one for each group alone."""
    known = data("webhooks.json")["events" if state.newer else "events of 2022"]
    return {one["id"]: one for one in known}


def shown(one: WebHook) -> dict[str, Any]:
    """A webhook; whoever administers the forum sees its secret."""
    known = kinds()
    names = {"payload_url": "url", "wildcard_web_hook": "everything", "verify_certificate": "verified"}
    lists = {"category_ids": "categories", "tag_names": "tags", "group_ids": "groups"}
    return {
        **fields(one, "id content_type secret active", **names, **lists),
        "last_delivery_status": INACTIVE if one.active else DISABLED,
        "web_hook_event_types": [known[number] for number in one.events],
    }


def whole_answer(one: WebHook) -> Response:
    """A webhook, with the categories that it is for."""
    mine = [state.categories[number] for number in one.categories if number in state.categories]
    return answer({"categories": [fields(place, "id name slug color") for place in mine], "web_hook": shown(one)})


@routes.get("/admin/api/web_hooks")
def index() -> Response:
    offset = max(0, whole("offset") or 0)
    found = sorted(state.web_hooks.values(), key=lambda one: one.id)
    known, table = kinds(), data("webhooks.json")
    events: dict[str, Any] = {"event_types": list(known.values()), "default_event_types": [known.get(2)]}
    if state.newer:
        groups = dict.fromkeys(one["group"] for one in known.values())
        grouped = {group: [one for one in known.values() if one["group"] == group] for group in groups}
        default = [known[number] for number in table["default events"]]
        events = {"categories": [], "grouped_event_types": grouped, "default_event_types": default}
    extras = {**events, **{name: table[name] for name in ("content_types", "delivery_statuses")}}
    body = {"web_hooks": [shown(one) for one in found[offset : offset + PAGE]], "extras": extras}
    more = state.at(f"/admin/api/web_hooks.json?limit={PAGE}&offset={offset + PAGE}")
    return answer({**body, "total_rows_web_hooks": len(found), "load_more_web_hooks": more})


@routes.get("/admin/api/web_hooks/<int:number>")
def show(number: int) -> Response:
    return whole_answer(there(state.web_hooks.get(number)))


@routes.post("/admin/api/web_hooks")
def create() -> Response:
    made = WebHook(0, "", events=[])
    change(made, sent())
    made.id = state.next_id("web_hooks")
    state.web_hooks[made.id] = made
    return whole_answer(made)


@routes.put("/admin/api/web_hooks/<int:number>")
def update(number: int) -> Response:
    found = there(state.web_hooks.get(number))
    change(found, sent())
    return whole_answer(found)


@routes.delete("/admin/api/web_hooks/<int:number>")
def delete(number: int) -> Response:
    del state.web_hooks[there(state.web_hooks.get(number)).id]
    return answer({"success": "OK"})


@routes.post("/admin/api/web_hooks/<int:number>/ping")
def ping(number: int) -> Response:
    """Promises a delivery."""
    found = there(state.web_hooks.get(number))
    if state.ping is not None:
        state.ping(found)
    return answer({"success": "OK"})


@routes.get("/admin/api/web_hook_events/<int:number>")
@routes.get("/admin/api/web_hooks/<int:number>/events")
def events(number: int) -> Response:
    """What was delivered: nothing."""
    found, offset = there(state.web_hooks.get(number)), max(0, whole("offset") or 0)
    more = state.at(f"/admin/api/web_hook_events/{found.id}.json?limit={PAGE}&offset={offset + PAGE}")
    facts = {"total_rows_web_hook_events": 0, "load_more_web_hook_events": more}
    return answer({"web_hook_events": [], **facts, "extras": {"web_hook_id": found.id}})


def sent() -> Mapping[str, Any]:
    """The webhook that a request carries. Raises Refused without one."""
    said = given().get("web_hook")
    if not isinstance(said, Mapping) or not said:
        raise missing("web_hook")
    return said


def change(one: WebHook, said: Mapping[str, Any]) -> None:
    """Take what is given. Raises Refused for what cannot be, and then nothing is changed."""
    known, url = kinds(), str(said.get("payload_url", one.url)).strip()
    secret = str(said.get("secret", one.secret) or "")
    everything = truthy(said["wildcard_web_hook"]) if "wildcard_web_hook" in said else one.everything
    wanted = numbers(said["web_hook_event_type_ids"]) if "web_hook_event_type_ids" in said else one.events
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
    kind = number_of(said.get("content_type", one.content_type))
    one.content_type = kind if kind in (1, 2) else one.content_type
    reads = {
        "active": ("active", truthy),
        "verify_certificate": ("verified", truthy),
        "category_ids": ("categories", numbers),
        "group_ids": ("groups", numbers),
        "tag_names": ("tags", listed),
    }
    for name, (trait, read) in reads.items():
        if name in said:
            setattr(one, trait, read(said[name]))
    state.changes += 1


def numbers(value: Any) -> list[int]:
    items = value if isinstance(value, list) else [value]
    return [number for one in items if (number := number_of(one)) is not None]


def internal(url: str) -> bool:
    """Whether an address is within the forum's own network, which newer servers refuse."""
    if not state.newer:
        return False
    try:
        host = urlsplit(url).hostname or ""
        if state.ping is not None and (host == "localhost" or ip_address(host).is_loopback):
            return False
        return host == "localhost" or not ip_address(host).is_global
    except ValueError:  # a name, or no address at all: nothing is looked up here
        return False
