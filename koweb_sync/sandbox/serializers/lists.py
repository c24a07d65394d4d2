"""Lists of topics: which, in what order, page by page."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from koweb_sync.sandbox.model.permissions import Caller, may_see, seen_categories
from koweb_sync.sandbox.model.records import CategoryRecord, TopicRecord
from koweb_sync.sandbox.model.refusals import invalid
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.sandbox.rules.validations import number_of
from koweb_sync.sandbox.serializers import topics
from koweb_sync.sandbox.serializers.people import beside_list
from koweb_sync.times import DAY_IN_SECONDS

PAGE = 30
MOST = 100
STATES = ("open", "closed", "archived", "listed", "unlisted")
FILTERS = {
    *("topic_ids", "min_posts", "max_posts", "before", "bumped_before", "status", "search", "tags[]", "exclude_tag")
}
ORDERS: Mapping[str, Callable[[ForumState, TopicRecord], Any]] = {
    "default": lambda _state, one: one.bumped_at,
    "activity": lambda _state, one: one.bumped_at,
    "created": lambda _state, one: one.created_at,
    "views": lambda _state, one: one.views,
    "posts": lambda state, one: len(state.counts(one).living),
    "posters": lambda state, one: len(state.counts(one).people),
    "likes": lambda state, one: state.counts(one).likes,
    "op_likes": lambda state, one: len(state.first_post(one).likes),
    "category": lambda state, one: state.categories[one.category_id].name if one.category_id else "",
}


@dataclass(frozen=True, slots=True)
class Selection:
    """Which topics a list is about. `within`: categories, with their definitions; `only`: topics."""

    within: frozenset[int] | None = None
    only: frozenset[int] | None = None
    tag: str | None = None
    archetype: str = "regular"


def of_category(state: ForumState, found: CategoryRecord, *, alone: bool) -> Selection:
    """The topics of a category, and of those below it unless it is wanted `alone`."""
    below = [one.id for one in state.categories.values() if one.parent_id == found.id and not alone]
    return Selection(within=frozenset([found.id, *below]))


def topic_list(
    state: ForumState, caller: Caller, given: Mapping[str, str], which: Selection | None = None
) -> dict[str, Any]:
    """A page of topics, newest activity first; pinned ones before them on the first page. Raises Refused."""
    which = which or Selection()
    found = visible_topics(state, caller, which)
    if given.get("status") not in (None, "", *STATES):
        raise invalid(state, "status")
    if FILTERS & set(given):
        found = [one for one in found if chosen(state, one, given)]
    found = ordered(state, found, given, pins=which)
    number = page_number(state, given)
    size = page_size(state, given)
    page = found[number * size : (number + 1) * size]
    shown = [topics.in_list(state, caller, one) for one in page]
    more = {"more_topics_url": state.at(f"/latest?no_definitions=true&page={number + 1}")} if len(page) == size else {}
    tagged = tag_facts(state, which.tag) if which.tag else {}
    people = users_of(shown)
    beside = {
        "users": [beside_list(state.users[user], flair=not state.newer) for user in people],
        "primary_groups": [],
        "flair_groups": [],
    }
    return {
        **(beside if shown else {}),
        "topic_list": {
            "can_create_topic": caller.user is not None,
            **more,
            "per_page": size,
            "top_tags": top_tags(state, caller),
            **tagged,
            "topics": shown,
        },
    }


def users_of(shown: Iterable[Mapping[str, Any]]) -> list[int]:
    """Everybody whom topics show, in the order in which they appear."""
    found: dict[int, None] = {}
    for one in shown:
        for poster in [*one["posters"], *one.get("participants", ())]:
            found.setdefault(poster["user_id"])
    return list(found)


def visible_topics(state: ForumState, caller: Caller, which: Selection | None = None) -> list[TopicRecord]:
    """Topics that lists show: alive; category definitions in their own category alone; unlisted ones to staff alone;
    none of a category that the reader muted, except there.
    """
    which = which or Selection()
    numbers = state.topics if which.only is None else (one for one in which.only if one in state.topics)
    definitions = state.definitions() if which.within is None else set()
    seen = seen_categories(state, caller)
    muted = caller.user.muted if caller.user and which.within is None else set()
    tops = {state.categories[number].topic_id for number in which.within or () if state.categories[number].parent_id}
    return [
        one
        for one in map(state.topics.__getitem__, numbers)
        if (one.archetype == "private_message") == (which.archetype == "private_message")
        and one.deleted_at is None
        and one.id not in definitions
        and (which.within is None or one.category_id in which.within)
        and (which.within is None or len(which.within) == 1 or one.id not in tops)
        and (which.tag is None or which.tag in one.tags)
        and one.category_id not in muted
        and (one.visible or caller.staff)
        and (one.category_id in seen if which.archetype == "regular" else may_see(state, caller, one))
    ]


def chosen(state: ForumState, one: TopicRecord, given: Mapping[str, str]) -> bool:
    """Whether a topic is among those that the parameters ask for."""
    if given.get("topic_ids") and one.id not in numbers(given["topic_ids"]):
        return False
    posts = len(state.counts(one).living) if "min_posts" in given or "max_posts" in given else 0
    if "min_posts" in given and posts < whole(state, given, "min_posts"):
        return False
    if "max_posts" in given and posts > whole(state, given, "max_posts"):
        return False
    return in_time(state, one, given) and in_state(one, given) and tagged(one, given)


def whole(state: ForumState, given: Mapping[str, str], name: str) -> int:
    """A number among the parameters. Raises Refused for what is none."""
    number = number_of(given[name])
    if number is None:
        raise invalid(state, name)
    return number


def in_time(state: ForumState, one: TopicRecord, given: Mapping[str, str]) -> bool:
    """`before` and `bumped_before`: older than so many days."""
    now = state.clock()
    for name, at in (("before", one.created_at), ("bumped_before", one.bumped_at)):
        days = number_of(given.get(name))
        if days is not None and at >= now - days * DAY_IN_SECONDS:
            return False
    return True


def in_state(one: TopicRecord, given: Mapping[str, str]) -> bool:
    """`status`: open, closed, archived, listed, unlisted; `search`: words of the title."""
    states = {
        "open": not one.closed and not one.archived,
        "closed": one.closed,
        "archived": one.archived,
        "listed": one.visible,
        "unlisted": not one.visible,
    }
    words = given.get("search", "").casefold().split()
    return states.get(given.get("status", ""), True) and all(word in one.title.casefold() for word in words)


def tagged(one: TopicRecord, given: Mapping[str, str]) -> bool:
    """`tags[]`, all or any of them, and `exclude_tag`."""
    wanted = given.getlist("tags[]") if hasattr(given, "getlist") else []
    matching = all if given.get("match_all_tags") == "true" else any
    if wanted and not matching(name in one.tags for name in wanted):
        return False
    return given.get("exclude_tag") not in one.tags


def ordered(
    state: ForumState, found: list[TopicRecord], given: Mapping[str, str], pins: Selection
) -> list[TopicRecord]:
    """In the order that is asked for. Raises Refused for an order that is none."""
    name = given.get("order") or "default"
    if name not in ORDERS:
        raise invalid(state, "order")
    key = ORDERS[name]
    found.sort(key=lambda one: (key(state, one), one.id), reverse=given.get("ascending") != "true")
    if name in ("default", "activity"):
        everywhere = pins.within is None
        found.sort(key=lambda one: one.pinned_at is None or (everywhere and not one.pinned_globally))
    return found


def page_number(state: ForumState, given: Mapping[str, str]) -> int:
    """The page that is asked for, from 0. Raises Refused for nonsense."""
    number = number_of(given.get("page") or "0")
    if number is None or not 0 <= number < 10**9:
        raise invalid(state, "page")
    return number


def page_size(state: ForumState, given: Mapping[str, str]) -> int:
    """How many topics are on a page."""
    if not state.flavour.honours_per_page or not given.get("per_page"):
        return PAGE
    size = number_of(given["per_page"])
    if size is None or not 1 <= size <= MOST:
        raise invalid(state, "per_page")
    return size


def numbers(text: str) -> set[int]:
    return {found for part in text.split(",") if (found := number_of(part.strip())) is not None}


def seen_tags(state: ForumState, caller: Caller) -> set[str]:
    """The tags of topics that somebody may see; staff know all."""
    if caller.staff:
        return set(state.tags)
    seen = seen_categories(state, caller)
    return {
        tag
        for one in state.topics.values()
        if one.tags and one.category_id in seen and one.deleted_at is None and one.archetype != "private_message"
        for tag in one.tags
    }


def top_tags(state: ForumState, caller: Caller) -> list[Any]:
    """The most used tags that somebody may know."""
    seen = seen_tags(state, caller)
    counts = sorted((-count, name) for name, count in state.tag_counts().items() if count and name in seen)
    return [topics.tag(state, caller, name) if state.flavour.tags_as_objects else name for _count, name in counts][:50]


def tag_facts(state: ForumState, name: str) -> dict[str, Any]:
    """What the list of a tag says about it."""
    facts = {"id": state.tags[name], "name": name, "topic_count": state.tag_counts()[name], "staff": False}
    return {"tags": [{**facts, "description": state.labels.about.get(name)}]}
