"""The endpoints about categories and tags, beside their lists of topics."""

from typing import Any

from flask import Blueprint, Response, request

from koweb_sync.sandbox.core.people import permission, seen_topic, staff_only
from koweb_sync.sandbox.core.refused import forbidden, not_found, unprocessable, words
from koweb_sync.sandbox.core.state import Category
from koweb_sync.sandbox.core.texts import slug
from koweb_sync.sandbox.given import answer, caller, given, state, whole
from koweb_sync.sandbox.views import lists

routes = Blueprint("categories", __name__)


@routes.get("/c/<int:number>/show")
def show(number: int) -> Response:
    with state.lock:
        found = state.categories.get(number)
        if found is None or permission(caller().user, found) is None:
            raise not_found(state)
        return answer({"category": lists.whole_category(state, caller(), found)})


@routes.post("/categories")
def create() -> Response:
    with state.lock:
        if not caller().admin:
            raise forbidden(state)
        data = given()
        name = str(data.get("name") or "").strip()
        refuse_name(name, None)
        number = state.next_id("categories")
        made = Category(number, name, slug(name), parent_id=whole(data.get("parent_category_id")), position=number)
        change(made, data)
        state.categories[number] = made
        return answer({"category": lists.whole_category(state, caller(), made)})


@routes.put("/categories/<int:number>")
def update(number: int) -> Response:
    with state.lock:
        staff_only(state, caller())
        found = state.categories.get(number)
        if found is None:
            raise not_found(state)
        data = given()
        if "name" in data:
            refuse_name(str(data["name"]), found)
            found.name = str(data["name"])
        change(found, data)
        return answer({"success": "OK", "category": lists.whole_category(state, caller(), found)})


def refuse_name(name: str, mine: Category | None) -> None:
    """Every category has a name of its own beside its sisters. Raises Refused."""
    if not name or any(one.name.casefold() == name.casefold() and one is not mine for one in state.categories.values()):
        raise unprocessable([words(state, "The category's name has already been taken")])


def change(one: Category, data: dict[str, Any]) -> None:
    """Colours and slug."""
    one.color = str(data.get("color") or one.color)
    one.text_color = str(data.get("text_color") or one.text_color)
    one.slug = str(data.get("slug") or one.slug)


@routes.get("/tags/filter/search")
def search() -> Response:
    with state.lock:
        start = request.args.get("q", "").casefold()
        names = [name for name in sorted(state.tags) if start in name.casefold()]
        empty = {"description": None, "pm_count": 0, "target_tag": None}
        limit = whole(request.args.get("limit")) or 5
        shown = [{"id": name, "text": name, "name": name, "count": state.tags[name], **empty} for name in names]
        return answer({"results": shown[:limit]})


@routes.get("/t/<int:number>/post_ids")
def post_ids(number: int) -> Response:
    with state.lock:
        topic = seen_topic(state, caller(), number)
        after = whole(request.args.get("post_number")) or 0
        posts = [one for one in state.posts_of(topic) if one.number > after and one.deleted_at is None]
        return answer({"post_ids": [one.id for one in posts][:20]})
