"""The endpoints that look for posts and topics by words and conditions."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import Response, request

from koweb_sync.sandbox.model.permissions import may_see
from koweb_sync.sandbox.model.records import PostRecord, TopicRecord
from koweb_sync.sandbox.model.refusals import RefusedRequest, not_found
from koweb_sync.sandbox.model.state import iso
from koweb_sync.sandbox.pages.routes import search_page, wanted
from koweb_sync.sandbox.request_data import Routes, answer, caller, state, whole
from koweb_sync.sandbox.serializers import lists, posts, topic_filter, topics
from koweb_sync.sandbox.serializers.lists import Selection
from koweb_sync.sandbox.serializers.people import basic

routes = Routes("searching")
TERM = 3
PAGE = 50
PAGES = 10  # beyond, the first one comes again


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What a search asks for. `words`: all of them, in the title alone where `titled`; `tags`: any of them."""

    words: frozenset[str]
    author: str | None = None
    place: str | None = None
    tags: frozenset[str] = frozenset()
    titled: bool = False
    latest: bool = False


@routes.get("/search")
def search() -> Response:
    """Posts with all words of `q`: of an author with `@name`, in a category with `#slug`, with a tag by `tags:`."""
    term = request.args.get("q", request.args.get("term", ""))
    if wanted():
        found = [] if len(term.strip()) < TERM else list(matching(asked(term)))
        return search_page(state, term, sorted(found, key=lambda one: -one.created_at))
    if not term.strip():
        return answer({"grouped_search_result": None})
    return found_for(term, "q")


@routes.get("/search/query")
def query() -> Response:
    """The same, as it is asked for while somebody is typing."""
    return found_for(request.args.get("term", request.args.get("q", "")), "term")


def found_for(term: str, name: str) -> Response:
    """What a term finds, of each topic one post. Raises Refused for a term that is too short."""
    if len(term.strip()) < TERM:
        raise RefusedRequest(400, {"errors": [name], "error_type": "invalid_parameters"})
    page = whole("page") or 1
    page = page if 1 <= page <= PAGES else 1
    found = best(asked(term))
    shown = found[(page - 1) * PAGE : page * PAGE]
    there = [state.topics[one.topic_id] for one in shown]
    listed = topics.in_list if not state.newer else topics.brief
    names = ("users", "categories", "tags", "groups")
    return answer(
        {
            "posts": [hit(one) for one in shown],
            **({"topics": [listed(state, caller(), one) for one in there]} if shown else {}),
            **{name: [] for name in names},
            "grouped_search_result": grouped(term, [one.id for one in shown], more=len(found) > page * PAGE),
        }
    )


def asked(term: str) -> SearchQuery:
    """What stands in a term."""
    parts = term.casefold().split()
    named = {name: value for name, sign, value in (part.partition(":") for part in parts) if sign}
    plain = " ".join(part for part in parts if not part.startswith(("@", "#")) and ":" not in part)
    return SearchQuery(
        words=frozenset(re.findall(r"\w+", plain)),
        author=next((part[1:] for part in parts if part.startswith("@")), None),
        place=next((part[1:] for part in parts if part.startswith("#")), None),
        tags=frozenset(named["tags"].split(",")) if "tags" in named else frozenset(),
        titled=named.get("in") == "title",
        latest=named.get("order") == "latest",
    )


def best(query: SearchQuery) -> list[PostRecord]:
    """Of each topic one post, the newest first: the first that suits, or the last where the latest are asked for."""
    found: dict[int, PostRecord] = {}
    for one in matching(query):
        if query.latest or one.topic_id not in found:
            found[one.topic_id] = one
    return sorted(found.values(), key=lambda one: -one.created_at)


def matching(query: SearchQuery) -> Iterator[PostRecord]:
    """The posts that a search finds, topic by topic in the order of their numbers."""
    slug = query.place
    places = {one.id for one in state.categories.values() if slug in (one.slug, state.slug_path(one).replace("/", ":"))}
    # In all listed topics, definitions of categories too.
    living = (one for one in state.topics.values() if one.deleted_at is None and one.visible)
    for topic in (one for one in living if one.archetype != "private_message" and may_see(state, caller(), one)):
        if (slug is None or topic.category_id in places) and (not query.tags or query.tags & set(topic.tags)):
            around = about(topic, titled=query.titled)
            for one in state.counts(topic).living:
                if suits(one, query, around):
                    yield one


def about(topic: TopicRecord, *, titled: bool) -> set[str]:
    """The words that the index of a post holds of its topic: title, category and tags; or of the title alone."""
    category = state.categories.get(topic.category_id or 0)
    more = [] if titled else [category.name if category else "", *topic.tags]
    return set(re.findall(r"\w+", " ".join([topic.title, *more]).casefold()))


def suits(one: PostRecord, query: SearchQuery, around: set[str]) -> bool:
    """Whether a post, with what is known of its topic, has words that begin with all of these. (Discourse asks its
    index for `word:*`, by its source; it also stems words by the forum's language, which we do not.)
    """
    if one.type != 1 or one.hidden:
        return False
    if query.author is not None and state.users[one.user_id].username.lower() != query.author:
        return False
    left = not_begun(query.words, around)
    if query.titled or not left:
        return not left
    text = one.raw.casefold()
    return all(word in text for word in left) and not not_begun(left, set(re.findall(r"\w+", text)))


def not_begun(words: Iterable[str], there: set[str]) -> list[str]:
    """Those words with which none of the others begins."""
    return [word for word in words if word not in there and not any(one.startswith(word) for one in there)]


def hit(one: PostRecord) -> dict[str, object]:
    """A post that a search found."""
    user = basic(state.users[one.user_id])
    short = posts.excerpt(one.cooked, 200)
    at = iso(one.created_at)
    likes = {"like_count": len(one.likes), "blurb": short, "post_number": one.number, "topic_id": one.topic_id}
    return {**user, "id": one.id, "created_at": at, **likes}


def grouped(term: str, ids: list[int], *, more: bool) -> dict[str, object]:
    """What a search says about itself."""
    return {
        **dict.fromkeys(("more_posts", "more_users", "more_categories", "error")),
        "term": term,
        "search_log_id": state.next_id("searches"),
        "more_full_page_results": True if more else None,
        "can_create_topic": caller().user is not None,
        "extra": {},
        "post_ids": ids,
        **{name: [] for name in ("user_ids", "category_ids", "tag_ids", "group_ids")},
    }


@routes.get("/filter")
def filtered() -> Response:
    """Topics by conditions, `category:`, `tag:`, `status:`, `created-by:`, `order:` and others; on newer servers."""
    if not state.newer:
        raise not_found(state)
    wish = topic_filter.read(request.args.get("q", ""))
    suiting = frozenset(one.id for one in lists.visible_topics(state, caller()) if topic_filter.suits(state, one, wish))
    given = {**request.args.to_dict(), **topic_filter.order(wish)}
    made = lists.topic_list(state, caller(), given, Selection(only=suiting))
    made["topic_list"]["filter_option_info"] = topic_filter.options(state)
    return answer(made)
