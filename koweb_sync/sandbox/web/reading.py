"""The endpoints that read topics, and lists of them."""

import re

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from koweb_sync.sandbox.acts.rules import number_of
from koweb_sync.sandbox.core.people import hidden_from, permission, seen_post, seen_topic
from koweb_sync.sandbox.core.refused import Refused, no_topic, not_found
from koweb_sync.sandbox.core.state import State, iso
from koweb_sync.sandbox.core.things import Category, Post, Topic
from koweb_sync.sandbox.given import answer, caller, flagged, state, whole
from koweb_sync.sandbox.pages.routes import search_page, topic_page, wanted
from koweb_sync.sandbox.views import lists, posts, topics
from koweb_sync.sandbox.views.lists import Selection
from koweb_sync.sandbox.views.people import basic

routes = Blueprint("reading", __name__)
PAGE = 20
PRINTED = 1000
HEAD = 100  # posts on a page of /raw
TERM = 3


# ---- topics


@routes.get("/t/external_id/<name>")
def external(name: str) -> Response:
    with state.lock:
        topic = state.topics.get(state.external.get(name.lower(), 0))
        if topic is None or topic.external_id != name or topic.deleted_at is not None:
            raise not_found(state)
        found = seen_topic(state, caller(), topic.id)
        given = request.args.get("include_raw")
        keep = f"?include_raw={'true' if given in ('1', 'true') else 'false'}" if given else ""
        return moved(f"/t/{found.slug}/{found.id}.json{keep if state.flavour.keeps_parameters else ''}")


@routes.get("/t/<int:number>")
@routes.get("/t/<slug>/<int:number>")
@routes.get("/t/<slug>/<int:number>/<int:near>")
@routes.get("/t/<int:number>/<int:near>")
def topic(number: int, slug: str = "", near: int = 1) -> ResponseReturnValue:
    with state.lock:
        found = seen_topic(state, caller(), number)
        if wanted():
            target = f"/t/{found.slug}/{found.id}{f'/{near}' if near > 1 else ''}"
            return moved(target) if slug != found.slug else topic_page(state, found, near)
        if slug not in ("", found.slug):
            return moved(f"/t/{found.slug}/{found.id}.json")
        return topic_json(state, found, near)


def topic_json(state: State, found: Topic, near: int) -> Response:
    """A page of a topic: the one that is asked for, or the one with a post's number."""
    size = PRINTED if flagged("print") else PAGE
    stream = filtered(state, found)
    number = whole("page") or 1
    if number == 1 and near > 1:
        index = next((n for n, one in enumerate(stream) if one.number >= near), len(stream) - 1)
        number = index // size + 1
    if number < 1:
        raise no_topic(state)
    page = stream[(number - 1) * size : number * size]
    if not page and number > 1:
        if state.flavour.page_past_end == 404:
            raise no_topic(state)
        last = max(1, -(-len(stream) // size))
        return moved(f"/t/{found.slug}/{found.id}.json" + (f"?page={last}" if last > 1 else ""))
    return answer(topics.topic(state, caller(), found, page, raw=flagged("include_raw"), stream=stream))


def filtered(state: State, found: Topic) -> list[Post]:
    """The posts of a topic that the caller reads, or those of them that the parameters choose."""
    stream = topics.readable(state, caller(), found, deleted=flagged("show_deleted"))
    names = {name.lower() for name in request.args.get("username_filters", "").split(",") if name}
    if names:
        stream = [one for one in stream if state.users[one.user_id].username.lower() in names]
    if request.args.get("filter") == "summary":
        ranked = sorted(stream, key=lambda one: (one.number > 1, -len(one.likes), one.number))[:PAGE]
        stream = sorted(ranked, key=lambda one: one.number)
    return list(stream)


@routes.get("/t/<int:number>/posts")
def some_posts(number: int) -> Response:
    with state.lock:
        found = seen_topic(state, caller(), number)
        asked = [number_of(one) for one in request.args.getlist("post_ids[]")]
        stream = topics.readable(state, caller(), found, deleted=caller().staff)
        page = [one for one in stream if one.id in set(asked)] if asked else [one for one in stream if one.alive][:PAGE]
        raw = flagged("include_raw")
        shown = [posts.post(state, caller(), one, raw=raw, listed=True) for one in page]
        return answer({"post_stream": {"posts": shown}, "id": found.id})


@routes.get("/t/<int:number>/post_ids")
def post_ids(number: int) -> Response:
    with state.lock:
        found = seen_topic(state, caller(), number)
        after = whole("post_number") or 0
        stream = topics.readable(state, caller(), found)
        return answer({"post_ids": [one.id for one in stream if one.number > after][:PAGE]})


@routes.get("/t/<int:number>/wordpress")
def wordpress(number: int) -> Response:
    """The best replies, as blogs show them below an article."""
    with state.lock:
        found = seen_topic(state, caller(), number)
        counts = state.counts(found)
        replies = [one for one in counts.living if one.number > 1 and one.type == 1 and not one.hidden]
        best = sorted(replies, key=lambda one: (-len(one.likes), one.number))[: whole("best") or 5]
        shown = [brief(state, one) for one in sorted(best, key=lambda one: one.number)]
        people = [{**basic(state.users[user]), "avatar_template": whole_avatar(state, user)} for user in counts.people]
        return answer(
            {
                "id": found.id,
                "category_id": found.category_id,
                "posts_count": len(counts.living),
                "filtered_posts_count": len(replies) + 1,
                "posts": shown,
                "participants": people[:5],
            }
        )


def brief(state: State, one: Post) -> dict[str, object]:
    """A post with little around it."""
    full = posts.post(state, caller(), one, raw=False)
    names = ("id", "name", "username", "created_at", "cooked", "post_number")
    return {**{name: full[name] for name in names}, "avatar_template": whole_avatar(state, one.user_id)}


def whole_avatar(state: State, user: int) -> str:
    """Somebody's picture with the forum's address."""
    return request.host_url.rstrip("/") + str(basic(state.users[user])["avatar_template"])


@routes.get("/raw/<int:number>")
def raw_topic(number: int) -> Response:
    """A topic as text, a hundred posts a page, each with a line that says whose it is."""
    with state.lock:
        found = seen_topic(state, caller(), number)
        start = ((whole("page") or 1) - 1) * HEAD
        page = topics.readable(state, caller(), found)[max(0, start) : max(0, start) + HEAD]
        return text("".join(f"{head(state, one)}\n\n{shown_raw(one)}\n\n-------------------------\n\n" for one in page))


def head(state: State, one: Post) -> str:
    """The line before a post in a topic's text."""
    return f"{state.users[one.user_id].username} | {iso(one.created_at)} | #{one.number}"


@routes.get("/raw/<int:number>/<int:nth>")
def raw_post(number: int, nth: int) -> Response:
    with state.lock:
        found = state.numbered(seen_topic(state, caller(), number), nth)
        if found is None:
            raise not_found(state)
        return text(shown_raw(seen_post(state, caller(), found.id)))


def shown_raw(one: Post) -> str:
    """A post's Markdown, unless moderation hid it from the caller."""
    return "" if hidden_from(caller(), one) else one.raw


def text(body: str) -> Response:
    """Plain text."""
    return Response(body, content_type="text/plain; charset=utf-8")


# ---- lists


@routes.get("/latest")
def latest() -> Response:
    with state.lock:
        return answer(lists.topic_list(state, caller(), request.args))


@routes.get("/new")
@routes.get("/top")
@routes.get("/l/<any(latest, new, top):_kind>")
def others(_kind: str = "") -> Response:
    """Newest first for `/new`; for `/top` the most read, liked and answered."""
    with state.lock:
        if "top" in request.path:
            made = lists.topic_list(state, caller(), {"order": "likes", **request.args.to_dict()})
            made["topic_list"]["for_period"] = request.args.get("period", "all")
            return answer(made)
        return answer(lists.topic_list(state, caller(), {"order": "created", **request.args.to_dict()}))


@routes.get("/c/<path:place>/l/<any(latest, new, top):_kind>")
def category_list(place: str, _kind: str) -> Response:
    with state.lock:
        return answer(lists.topic_list(state, caller(), request.args, of_category(category(place))))


def category(place: str) -> Category:
    """The category that an address ends with. Raises Refused where it is not, or not for the caller."""
    found = state.categories.get(number_of(place.rpartition("/")[2]) or 0)
    if found is None or permission(caller().user, found) is None:
        raise not_found(state)
    return found


def of_category(found: Category) -> Selection:
    """The topics of a category, and of those below it unless one asks for none."""
    below = (
        []
        if flagged("no_subcategories")
        else [one.id for one in state.categories.values() if one.parent_id == found.id]
    )
    return Selection(within=frozenset([found.id, *below]))


@routes.get("/topics/created-by/<name>")
def created_by(name: str) -> Response:
    with state.lock:
        user = state.names.get(name.lower())
        if user is None:
            raise not_found(state)
        mine = frozenset(state.posts[one].topic_id for one in state.written[user.id] if state.posts[one].number == 1)
        return answer(lists.topic_list(state, caller(), request.args, Selection(only=mine)))


@routes.get("/topics/private-messages<any('', '-sent', '-archive', '-unread'):kind>/<name>")
def messages(kind: str, name: str) -> Response:
    """What somebody received, or sent."""
    with state.lock:
        user, me = state.names.get(name.lower()), caller()
        if user is None or me.user is None or not (me.admin or me.user.id == user.id):
            raise not_found(state)
        sent = kind == "-sent"
        mine = [
            one.id
            for one in state.topics.values()
            if one.archetype == "private_message" and user.id in one.allowed and (one.user_id == user.id) == sent
        ]
        which = Selection(only=frozenset(mine if kind in ("", "-sent") else ()), archetype="private_message")
        return answer(lists.topic_list(state, caller(), request.args, which))


# ---- search


@routes.get("/search")
@routes.get("/search/query")
def search() -> Response:
    """Posts with all words of `q`, or `term`; of an author with `@name`, in a category with `#slug`."""
    with state.lock:
        term = request.args.get("q", request.args.get("term", ""))
        short = len(term.strip()) < TERM
        if wanted():
            return search_page(state, term, [] if short else matching(term))
        if short:
            raise Refused(400, {"errors": ["q"], "error_type": "invalid_parameters"})
        page = whole("page") or 1
        page = page if 1 <= page <= 10 else 1  # beyond, the first page comes again
        found = matching(term)
        shown = found[(page - 1) * 50 : page * 50]
        there = list(dict.fromkeys(one.topic_id for one in shown))
        return answer(
            {
                "posts": [hit(one) for one in shown],
                "topics": [topics.in_list(state, caller(), state.topics[number]) for number in there],
                "users": [],
                "categories": [],
                "tags": [],
                "groups": [],
                "grouped_search_result": grouped(term, [one.id for one in shown], more=len(found) > page * 50),
            }
        )


def matching(term: str) -> list[Post]:
    """The posts that a search finds, the newest first."""
    parts = term.casefold().split()
    author = next((part[1:] for part in parts if part.startswith("@")), None)
    slug = next((part[1:] for part in parts if part.startswith("#")), None)
    plain = " ".join(part for part in parts if not part.startswith(("@", "#")) and ":" not in part)
    words = set(re.findall(r"\w+", plain))
    places = {one.id for one in state.categories.values() if slug in (one.slug, state.slug_path(one).replace("/", ":"))}
    found = []
    for topic in lists.visible_topics(state, caller()):
        if slug is not None and topic.category_id not in places:
            continue
        title = set(re.findall(r"\w+", topic.title.casefold()))
        found += [one for one in state.counts(topic).living if suits(one, words, title, author)]
    return sorted(found, key=lambda one: -one.created_at)


def suits(one: Post, words: set[str], title: set[str], author: str | None) -> bool:
    """Whether a post, for a first one with its topic's title, has all words."""
    if one.type != 1 or one.hidden:
        return False
    if author is not None and state.users[one.user_id].username.lower() != author:
        return False
    left = words - (title if one.number == 1 else set())
    text = one.raw.casefold()
    return not left or (all(word in text for word in left) and left <= set(re.findall(r"\w+", text)))


def hit(one: Post) -> dict[str, object]:
    """A post that a search found."""
    user = basic(state.users[one.user_id])
    short = posts.excerpt(one.cooked, 200)
    at = iso(one.created_at)
    likes = {"like_count": len(one.likes), "blurb": short, "post_number": one.number, "topic_id": one.topic_id}
    return {**user, "id": one.id, "created_at": at, **likes}


def grouped(term: str, ids: list[int], *, more: bool) -> dict[str, object]:
    """What a search says about itself."""
    return {
        "more_posts": None,
        "more_users": None,
        "more_categories": None,
        "term": term,
        "search_log_id": state.next_id("searches"),
        "more_full_page_results": True if more else None,
        "can_create_topic": caller().user is not None,
        "error": None,
        "extra": {},
        "post_ids": ids,
        "user_ids": [],
        "category_ids": [],
        "tag_ids": [],
        "group_ids": [],
    }


def moved(where: str) -> Response:
    """301, to an address on this forum."""
    made = redirect(request.host_url.rstrip("/") + where, 301)
    return Response(made.get_data(), 301, {"Location": made.headers["Location"]}, content_type="text/html")
