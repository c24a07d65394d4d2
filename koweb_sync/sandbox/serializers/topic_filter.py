"""Topics by conditions in one line, as newer servers understand `/filter?q=…`."""

from collections.abc import Callable, Mapping
from typing import Any

from koweb_sync.sandbox.model.data_files import data
from koweb_sync.sandbox.model.records import CategoryRecord, TopicRecord
from koweb_sync.sandbox.model.refusals import words
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.sandbox.rules.validations import number_of

Wish = tuple[tuple[str, str], ...]
SPELLED = {"likes-op": "op_likes", "latest-post": "activity"}
KNOWN = ("activity", "category", "created", "likes", "op_likes", "posters", "views")
COUNTS: Mapping[str, Callable[[ForumState, TopicRecord], int]] = {
    "likes": lambda state, one: state.counts(one).likes,
    "likes-op": lambda state, one: len(state.first_post(one).likes),
    "posts": lambda state, one: len(state.counts(one).living),
    "posters": lambda state, one: len(state.counts(one).people),
    "views": lambda _state, one: one.views,
}
IS: Mapping[str, Callable[[TopicRecord], bool]] = {
    "open": lambda one: not one.closed and not one.archived,
    "closed": lambda one: one.closed,
    "archived": lambda one: one.archived,
    "listed": lambda one: one.visible,
    "unlisted": lambda one: not one.visible,
    "deleted": lambda one: one.deleted_at is not None,
    "public": lambda _one: True,
}


def read(line: str) -> Wish:
    """The conditions of a line, name and value; what is none is left out."""
    parts = (part.partition(":") for part in line.split())
    return tuple((name.lower(), value.lower()) for name, sign, value in parts if sign and value)


def order(wish: Wish) -> dict[str, str]:
    """The parameters of a list that a line's order stands for."""
    named = next((value for name, value in wish if name == "order"), "")
    plain = named.removesuffix("-asc")
    name = SPELLED.get(plain, plain)
    if name not in KNOWN:
        return {}
    return {"order": name, "ascending": "true" if named.endswith("-asc") else "false"}


def suits(state: ForumState, one: TopicRecord, wish: Wish) -> bool:
    """Whether a topic is what a line asks for. A condition that is not known here asks for nothing."""
    return all(holds(state, one, name, value) for name, value in wish)


def holds(state: ForumState, one: TopicRecord, name: str, value: str) -> bool:
    """Whether one condition holds."""
    if name.lstrip("-=") in ("category", "categories"):
        return placed(state, one, name, value)
    if name.lstrip("-") in ("tag", "tags"):
        return tagged(one, value) != name.startswith("-")
    if name == "status":
        return value in IS and IS[value](one)
    if name == "created-by":
        return state.users[one.user_id].username.lower() in [each.lstrip("@") for each in value.split(",")]
    kind, _sign, end = name.rpartition("-")
    number = number_of(value)
    if kind in COUNTS and end in ("min", "max") and number is not None:
        count = COUNTS[kind](state, one)
        return count >= number if end == "min" else count <= number
    return True


def placed(state: ForumState, one: TopicRecord, name: str, value: str) -> bool:
    """Whether a topic is in one of the categories, or below it; `=`: in it alone; `-`: in none of them."""
    category = state.categories.get(one.category_id or 0)
    around = [category, state.categories.get(category.parent_id or 0) if category else None]
    seen = [each for each in (around[:1] if "=" in name else around) if each is not None]
    inside = any(called(state, each, slug) for each in seen for slug in value.split(","))
    return inside != name.startswith("-")


def called(state: ForumState, one: CategoryRecord, slug: str) -> bool:
    """Whether a category has this slug, alone or after its parent's."""
    return slug in (one.slug, state.slug_path(one).replace("/", ":"))


def tagged(one: TopicRecord, value: str) -> bool:
    """Whether a topic has any of some tags, `,` between them, or all, `+` between them."""
    mine = {tag.lower() for tag in one.tags}
    if "+" in value:
        return set(value.split("+")) <= mine
    return bool(set(value.split(",")) & mine)


def options(state: ForumState) -> list[dict[str, Any]]:
    """What a line may hold, as the forum tells those who type one."""
    text = words(state, "Topics that this condition fits")

    def described(one: dict[str, Any]) -> dict[str, Any]:
        parts = {name: [described(sign) for sign in value] for name, value in one.items() if isinstance(value, list)}
        return {"description": text, **one, **parts}

    return [described(one) for one in data("topic_filter.json")]
