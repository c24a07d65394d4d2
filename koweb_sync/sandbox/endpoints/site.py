"""The endpoints about the forum itself, its categories and its tags."""

import re
from typing import Any

from flask import Response

from koweb_sync.sandbox.model.data_files import data
from koweb_sync.sandbox.model.permissions import permission
from koweb_sync.sandbox.model.records import CategoryRecord, TopicRecord
from koweb_sync.sandbox.model.refusals import forbidden, invalid, not_found, not_logged_in, unprocessable, words
from koweb_sync.sandbox.model.texts import slug
from koweb_sync.sandbox.request_data import Routes, answer, caller, flagged, given, services, state, there
from koweb_sync.sandbox.rules.validations import listed, number_of, truthy
from koweb_sync.sandbox.serializers import about, categories, session, site

routes = Routes("site")


@routes.get("/srv/status")
def status() -> Response:
    return Response("ok", content_type="text/plain; charset=utf-8")


@routes.get("/site")
def whole_site() -> Response:
    return answer(site.site(state, caller()))


@routes.get("/site/settings")
def settings() -> Response:
    names = data("site_settings.json")["public"]
    if state.flavour.translations != "none":
        names = [*names, "content_localization_enabled"]  # guess: sources of 2025, site_settings (client: true)
    return answer({name: state.settings.get(name) for name in names})


@routes.get("/site/basic-info")
def basic_info() -> Response:
    return answer(site.basic_info(state))


@routes.get("/site/statistics")
def statistics() -> Response:
    return answer(about.stats(state))


@routes.get("/about")
def about_site() -> Response:
    return answer(about.about(state))


@routes.get("/session/current")
def current() -> Response:
    user = there(caller().user)
    return answer({"current_user": session.current_user(state, user)})


@routes.get("/session/scopes")
def scopes() -> Response:
    key = caller().key
    if key is None:
        raise not_logged_in(state)
    pairs = [scope.partition(":") for scope in key.scopes]
    return answer({"scopes": [scope_shown(resource, action) for resource, _sign, action in pairs]})


def scope_shown(resource: str, action: str) -> dict[str, Any]:
    """One scope: `parameters` are the names of those that it could be limited to, `allowed_parameters` their values."""
    names = {"write": ["topic_id"], "update": ["topic_id", "category_id"], "read": ["topic_id"], "edit": ["id"]}
    found = names.get(action, []) if resource in ("topics", "posts") else []
    facts = {"parameters": found, "urls": [], "allowed_parameters": {}}
    return {"resource": resource, "action": action.replace("_", " "), **facts, "key": action}


@routes.get("/categories")
def every_category() -> Response:
    shown = categories.tree(state, caller(), whole=flagged("include_subcategories"))
    may = {"can_create_category": caller().admin, "can_create_topic": caller().user is not None}
    return answer({"category_list": {**may, "categories": shown}})


@routes.get("/c/<int:number>/show")
def show(number: int) -> Response:
    found = state.categories.get(number)
    if found is None or permission(caller().user, found) is None:
        raise not_found(state)
    return answer({"category": categories.whole(state, caller(), found)})


@routes.post("/categories")
def create() -> Response:
    """A category, with the pinned topic that describes it."""
    if not caller().admin:
        raise forbidden(state)
    said = given("name")
    name = str(said["name"]).strip()
    refuse_name(name, None)
    parent = number_of(said.get("parent_category_id"))
    if parent is not None and parent not in state.categories:
        raise not_found(state)
    number = state.next_id("categories")
    made = CategoryRecord(number, name, slug(name), parent_id=parent, position=number)
    change(made, said)
    state.categories[number] = made
    describe(made)
    shown = {**categories.whole(state, caller(), made), "permission": None, **categories.approval(state, made)}
    return answer({"category": shown})


def describe(made: CategoryRecord) -> None:
    """The topic that describes a category, pinned in it."""
    now, user = state.clock(), caller().user
    title = words(state, "About the {name} category").format(name=made.name)
    owner = user.id if user else -1
    topic = TopicRecord(state.next_id("topics"), title, slug(title), owner, made.id, now, now, pinned_at=now)
    made.topic_id = topic.id
    state.add_topic(topic)
    text = words(state, "Say here in a few words what this category is for, and what belongs into it.")
    services.writer.add(topic, state.users[owner], text, now)


@routes.put("/categories/<int:number>")
def update(number: int) -> Response:
    if not caller().admin:
        raise forbidden(state)
    found = there(state.categories.get(number))
    said = given()
    if "name" in said:
        refuse_name(str(said["name"]), found)
        found.name = str(said["name"]).strip()
    change(found, said)
    shown = {**categories.whole(state, caller(), found), "permission": None, **categories.approval(state, found)}
    return answer({"success": "OK", "category": shown})


def refuse_name(name: str, mine: CategoryRecord | None) -> None:
    """Every category has a name of its own. Raises Refused."""
    if not name or any(one.name.casefold() == name.casefold() and one is not mine for one in state.categories.values()):
        raise unprocessable([words(state, "The category's name has already been taken")])


def change(one: CategoryRecord, said: dict[str, Any]) -> None:
    """Colours, slug and rights: `permissions` maps a group to 1 (everything), 2 (reply) or 3 (read)."""
    for name in ("color", "text_color"):
        value = said.get(name) or getattr(one, name)
        if not isinstance(value, str) or not re.fullmatch(r"[0-9A-Fa-f]{3,6}", value):
            raise invalid(state, name)
        setattr(one, name, value)
    one.slug = slug(str(said.get("slug") or one.slug))
    demand(one, said)
    change_tag_rules(one, said)
    rights = said.get("permissions")
    if isinstance(rights, dict):
        levels = {str(name): number_of(level) or 0 for name, level in rights.items()}
        if not set(levels.values()) <= {1, 2, 3}:
            raise invalid(state, "permissions")
        one.permissions = levels
        one.read_restricted = bool(one.permissions) and "everyone" not in one.permissions
    state.changes += 1


def demand(one: CategoryRecord, said: dict[str, Any]) -> None:
    """What must be approved in a category."""
    for name, where in (("approves_topics", "require_topic_approval"), ("approves_replies", "require_reply_approval")):
        for section in ("category_setting_attributes", "custom_fields"):  # the second on servers of 2022
            rights = said.get(section)
            if isinstance(rights, dict) and where in rights:
                setattr(one, name, truthy(rights[where]))


def change_tag_rules(one: CategoryRecord, said: dict[str, Any]) -> None:
    """Which tags a category takes, and how many topics there must have. Raises Refused."""
    rules = one.tag_rules
    numbers = {group.name: group.id for group in state.labels.groups.values()}
    if "allowed_tags" in said:
        rules.allowed = set(services.editor.rules.tagger.clean(listed(said["allowed_tags"])))
        for tag in rules.allowed:
            state.tags.setdefault(tag, len(state.tags) + 1)
    if "allowed_tag_groups" in said:
        rules.groups = {numbers[name] for name in listed(said["allowed_tag_groups"]) if name in numbers}
    if "allow_global_tags" in said:
        rules.open_to_all = truthy(said["allow_global_tags"])
    if "minimum_required_tags" in said:
        rules.least = number_of(said["minimum_required_tags"]) or 0
    if "required_tag_groups" in said or "required_tag_group_name" in said:
        single = {"name": said.get("required_tag_group_name"), "min_count": said.get("min_tags_from_required_group")}
        given = said.get("required_tag_groups", [single])
        items = [item for item in given if isinstance(item, dict)] if isinstance(given, list) else []
        rules.required = [
            (numbers[item["name"]], number_of(item.get("min_count")) or 1)
            for item in items
            if item.get("name") in numbers
        ]
