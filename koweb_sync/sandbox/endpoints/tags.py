"""The endpoints about tags: which there are, what they are synonyms of, which belong together."""

from collections.abc import Iterable
from typing import Any

from flask import Response, request

from koweb_sync.sandbox.model.refusals import missing, not_found
from koweb_sync.sandbox.model.tags_and_words import TagGroup
from koweb_sync.sandbox.request_data import Routes, answer, caller, given, services, staff, state, there, whole
from koweb_sync.sandbox.rules.validations import listed
from koweb_sync.sandbox.serializers import lists
from koweb_sync.sandbox.serializers.fields import fields
from koweb_sync.sandbox.serializers.lists import Selection
from koweb_sync.sandbox.serializers.topics import tag as tag_object

routes = Routes("tags")
OK = {"success": "OK"}
LIST = 51  # tags on a page of /tags/list


@routes.get("/tags")
def tags() -> Response:
    """Every tag that somebody may know, without other names of it."""
    known = lists.seen_tags(state, caller()) - state.labels.synonyms.keys()
    shown = facts_of(name for name in state.tags if name in known)
    seen = [tag for tag in shown if tag["count"] or caller().staff]
    return answer({"tags": seen, "extras": {"categories": []}})


def facts_of(names: Iterable[str]) -> list[dict[str, Any]]:
    """Tags in a list of tags: in the order of their numbers on newer servers, the least used first on older ones."""
    found = [tag_facts(name) for name in sorted(names, key=state.tags.__getitem__)]
    if state.flavour.lists_tags:
        return found
    return sorted(found, key=lambda tag: (tag["count"], tag["name"]))


def tag_facts(name: str) -> dict[str, Any]:
    """A tag in a list of tags: on the newest servers with a number of its own."""
    ident = {"id": name, "text": name, "name": name}
    if state.flavour.tags_as_objects:
        ident = tag_object(state, caller(), name)
        ident["text"] = ident["name"]
    messages = {"pm_only": False} if state.flavour.lists_tags else {"pm_count": 0}
    about, target = state.labels.about.get(name), state.labels.synonyms.get(name)
    return {**ident, "description": about, "count": state.tag_counts()[name], **messages, "target_tag": target}


@routes.get("/tags/list")
def tag_list() -> Response:
    """The tags by name, a page of them; staff see other names of tags, too. Servers of 2022 have no such list."""
    if not state.flavour.lists_tags:
        raise not_found(state)
    chosen = [name for name in lists.seen_tags(state, caller()) if asked_for(name)]
    page = max(0, whole("offset") or 0)
    shown = sorted(chosen, key=str.lower)[page * LIST : (page + 1) * LIST]
    items = [lists.tag_facts(state, name)["tags"][0] for name in shown]
    more = state.at(f"/tags/list.json?offset={page + 1}")
    return answer({"list_tags": items, "meta": {"total_rows_list_tags": len(chosen), "load_more_list_tags": more}})


def asked_for(name: str) -> bool:
    """Whether a tag is among those that the parameters ask for."""
    only, without = request.args.get("only_tags"), request.args.get("exclude_tags")
    part = request.args.get("filter", "").casefold() in name.casefold()
    return part and (not only or name in only.split(",")) and (not without or name not in without.split(","))


@routes.get("/tags/filter/search")
def tag_search() -> Response:
    start = request.args.get("q", "").casefold()
    names = [name for name in sorted(lists.seen_tags(state, caller())) if start in name.casefold()]
    limit = whole("limit") or 5
    return answer({"results": [tag_facts(name) for name in names[: max(0, limit)]]})


def seen(name: str) -> str:
    """A tag that somebody may know. Raises Refused."""
    if name not in lists.seen_tags(state, caller()):
        raise not_found(state)
    return name


@routes.get("/tag/<name>/info")
def tag_info(name: str) -> Response:
    facts = lists.tag_facts(state, seen(name))["tags"][0]
    others = [other for other, target in state.labels.synonyms.items() if target == name]
    groups = [group.name for group in state.labels.groups.values() if name in group.tags]
    places = services.editor.rules.tagger.owners(name)
    more = {"synonyms": facts_of(others), "tag_group_names": groups, "category_restricted": bool(places)}
    shown = [fields(state.categories[number], "id name slug color text_color") for number in sorted(places)]
    return answer({"tag_info": {**facts, **more, "categories": shown}})


@routes.get("/tag/<name>/l/<any(latest, new, top):_kind>")
def tag_topics(name: str, _kind: str) -> Response:
    return answer(lists.topic_list(state, caller(), request.args, Selection(tag=seen(name))))


@routes.put("/tag/<name>", only=staff)
def change(name: str) -> Response:
    """Another name for a tag, or what it is for."""
    data = given().get("tag")
    if not isinstance(data, dict):
        raise missing("tag")
    now = services.editor.rules.tagger.rename(seen(name), str(data["id"])) if data.get("id") else seen(name)
    if "description" in data:
        state.labels.about[now] = str(data["description"] or "")
    return answer({"tag": {"id": now, "description": state.labels.about.get(now)}})


@routes.post("/tag/<name>/synonyms", only=staff)
def add_synonyms(name: str) -> Response:
    target = seen(name)
    wanted = services.editor.rules.tagger.clean(listed(given("synonyms")["synonyms"]))
    # A tag that others are synonyms of becomes none itself, and a synonym gets no synonyms.
    taken = [tag for tag in wanted if tag in state.labels.synonyms.values() or target in state.labels.synonyms]
    if taken:
        failed = dict.fromkeys(taken, "invalid")
        return answer({"failed": "FAILED", "failed_tags": failed})
    services.editor.rules.tagger.add_synonyms(target, wanted)
    return answer(OK)


@routes.delete("/tag/<name>/synonyms/<other>", only=staff)
def drop_synonym(name: str, other: str) -> Response:
    if state.labels.synonyms.get(other) != name:
        raise not_found(state)
    del state.labels.synonyms[other]
    return answer(OK)


@routes.get("/tag_groups", only=staff)
def groups() -> Response:
    return answer({"tag_groups": [group_facts(one) for one in state.labels.groups.values()]})


@routes.post("/tag_groups", only=staff)
def new_group() -> Response:
    data = group_given()
    made = TagGroup(state.next_id("tag_groups"), "")
    services.editor.rules.tagger.regroup(made, data)
    state.labels.groups[made.id] = made
    return answer({"tag_group": group_facts(made)})


@routes.put("/tag_groups/<int:number>", only=staff)
def change_group(number: int) -> Response:
    services.editor.rules.tagger.regroup(there(state.labels.groups.get(number)), group_given())
    return answer({**OK, "tag_group": group_facts(there(state.labels.groups.get(number)))})


@routes.delete("/tag_groups/<int:number>", only=staff)
def delete_group(number: int) -> Response:
    del state.labels.groups[there(state.labels.groups.get(number)).id]
    return answer(OK)


def group_given() -> dict[str, Any]:
    """What is said about a group of tags. Raises Refused."""
    data = given()
    found = data.get("tag_group", data)
    if not isinstance(found, dict) or not (found.get("name") or request.method == "PUT"):
        raise missing("tag_group")
    return found


def group_facts(one: TagGroup) -> dict[str, Any]:
    """A group of tags; everybody may use them. Older servers name the group of people (guess: serializer of 2022)."""
    return {
        **fields(one, "id name", one_per_topic="one"),
        "tag_names": sorted(one.tags),
        "parent_tag_name": [one.parent] if one.parent else [],
        "permissions": {"0" if state.flavour.lists_tags else "everyone": 1},
    }
