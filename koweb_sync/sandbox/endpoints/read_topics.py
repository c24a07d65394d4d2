"""The endpoints that read topics, and lists of them."""

from collections.abc import Sequence

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from koweb_sync.sandbox.model.permissions import hidden_from, may_see, permission, seen_post, seen_topic
from koweb_sync.sandbox.model.records import CategoryRecord, PostRecord, TopicRecord
from koweb_sync.sandbox.model.refusals import forbidden, missing, no_topic, not_found
from koweb_sync.sandbox.model.state import ForumState, iso
from koweb_sync.sandbox.pages.routes import topic_page, wanted
from koweb_sync.sandbox.request_data import Routes, answer, caller, flagged, state, there, whole
from koweb_sync.sandbox.rules.validations import number_of
from koweb_sync.sandbox.serializers import lists, posts, topics
from koweb_sync.sandbox.serializers.fields import fields
from koweb_sync.sandbox.serializers.lists import Selection
from koweb_sync.sandbox.serializers.people import basic

routes = Routes("reading")
PAGE = 20
PRINTED = 1000
KINDS = ("html", "json", "*/*", "xml", "image/")
HEAD = 100  # posts on a page of /raw


@routes.get("/t/external_id/<name>")
def external(name: str) -> Response:
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
    if not readable_kind():
        return Response("", 406, content_type="text/html; charset=utf-8")
    found = seen_topic(state, caller(), number)
    if wanted():
        target = f"/t/{found.slug}/{found.id}{f'/{near}' if near > 1 else ''}"
        return moved(target) if slug != found.slug else topic_page(state, found, near)
    if slug not in ("", found.slug):
        return moved(f"/t/{found.slug}/{found.id}.json")
    return topic_json(state, found, near)


def readable_kind() -> bool:
    """Whether a topic can be shown in a kind that the caller takes: neither Markdown nor plain text is one."""
    takes = request.headers.get("Accept", "")
    return not takes or bool(request.environ.get("koweb.json")) or any(kind in takes for kind in KINDS)


def topic_json(state: ForumState, found: TopicRecord, near: int) -> Response:
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


def filtered(state: ForumState, found: TopicRecord) -> list[PostRecord]:
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
    found = seen_topic(state, caller(), number)
    asked = {number_of(one) for one in request.args.getlist("post_ids[]")}
    stream = topics.readable(state, caller(), found, deleted=caller().staff)
    page = [one for one in stream if one.id in asked] if asked else beside([one for one in stream if one.alive])
    raw = flagged("include_raw")
    shown = [posts.post(state, caller(), one, raw=raw, listed=True) for one in page]
    return answer({"post_stream": {"posts": shown}, "id": found.id})


def beside(stream: Sequence[PostRecord]) -> Sequence[PostRecord]:
    """The posts after the number that is asked for, or before it unless `asc` is sent; without a number, the first."""
    number = whole("post_number")
    if number is None:
        return stream[:PAGE]
    if flagged("asc"):
        return [one for one in stream if one.number > number][:PAGE]
    return [one for one in stream if one.number < number][-PAGE:]


@routes.get("/t/<int:number>/excerpts")
def excerpts(number: int) -> Response:
    """How posts begin, on newer servers."""
    if not state.newer:
        raise not_found(state)
    found = seen_topic(state, caller(), number)
    asked = {number_of(one) for one in request.args.getlist("post_ids[]")}
    if not asked:
        raise missing("post_ids")
    page = [one for one in topics.readable(state, caller(), found) if one.id in asked]
    return answer([excerpt(one) for one in page])


def excerpt(one: PostRecord) -> dict[str, object]:
    """How a post begins; a small action by what was done."""
    said = {"action_code": one.action_code} if one.action_code else {"excerpt": posts.excerpt(one.cooked)}
    return {"post_id": one.id, "username": state.users[one.user_id].username, **said}


@routes.get("/t/<int:number>/post_ids")
def post_ids(number: int) -> Response:
    found = seen_topic(state, caller(), number)
    after = whole("post_number") or 0
    stream = topics.readable(state, caller(), found)
    return answer({"post_ids": [one.id for one in stream if one.number > after][:PAGE]})


@routes.get("/t/<int:number>/wordpress")
def wordpress(number: int) -> Response:
    """The best replies, as blogs show them below an article."""
    found = seen_topic(state, caller(), number)
    counts = state.counts(found)
    replies = [one for one in counts.living if one.number > 1 and one.type == 1 and not one.hidden]
    best = sorted(replies, key=lambda one: (-len(one.likes), one.number))[: whole("best") or 5]
    shown = [brief(state, one) for one in sorted(best, key=lambda one: one.number)]
    people = [{**basic(state.users[user]), "avatar_template": whole_avatar(state, user)} for user in counts.people]
    numbers = {"posts_count": len(counts.living), "filtered_posts_count": len(replies) + 1}
    return answer({**fields(found, "id category_id"), **numbers, "posts": shown, "participants": people[:5]})


def brief(state: ForumState, one: PostRecord) -> dict[str, object]:
    """A post with little around it."""
    full = posts.post(state, caller(), one, raw=False)
    names = ("id", "name", "username", "created_at", "cooked", "post_number")
    return {**{name: full[name] for name in names}, "avatar_template": whole_avatar(state, one.user_id)}


def whole_avatar(state: ForumState, user: int) -> str:
    """Somebody's picture with the forum's address."""
    return request.host_url.rstrip("/") + str(basic(state.users[user])["avatar_template"])


@routes.get("/raw/<int:number>")
def raw_topic(number: int) -> Response:
    """A topic as text, a hundred posts a page, each with a line that says whose it is."""
    found = in_text(number)
    start = ((whole("page") or 1) - 1) * HEAD
    page = topics.readable(state, caller(), found)[max(0, start) : max(0, start) + HEAD]
    heads = (f"{state.users[one.user_id].username} | {iso(one.created_at)} | #{one.number}" for one in page)
    bodies = map(shown_raw, page)
    return text(
        "".join(f"{head}\n\n{raw}\n\n-------------------------\n\n" for head, raw in zip(heads, bodies, strict=True))
    )


def in_text(number: int) -> TopicRecord:
    """The topic that somebody reads as text. Raises Refused: 404 for none, 403 for one that is not for them."""
    found = there(state.topics.get(number))
    if not may_see(state, caller(), found):
        raise forbidden(state)
    return found


@routes.get("/raw/<int:number>/<int:nth>")
def raw_post(number: int, nth: int) -> Response:
    found = there(state.numbered(in_text(number), nth))
    return text(shown_raw(seen_post(state, caller(), found.id)))


def shown_raw(one: PostRecord) -> str:
    """A post's Markdown, unless moderation hid it from the caller."""
    return "" if hidden_from(caller(), one) else one.raw


def text(body: str) -> Response:
    return Response(body, content_type="text/plain; charset=utf-8")


@routes.get("/latest")
def latest() -> Response:
    return answer(lists.topic_list(state, caller(), request.args))


@routes.get("/new")
@routes.get("/top")
@routes.get("/l/<any(latest, new, top):_kind>")
def others(_kind: str = "") -> Response:
    """Newest first for `/new`; for `/top` the most read, liked and answered."""
    if "top" in request.path:
        made = lists.topic_list(state, caller(), {"order": "likes", **request.args.to_dict()})
        made["topic_list"]["for_period"] = request.args.get("period", "all")
        return answer(made)
    return answer(lists.topic_list(state, caller(), {"order": "created", **request.args.to_dict()}))


@routes.get("/c/<path:place>/l/<any(latest, new, top):_kind>")
def category_list(place: str, _kind: str) -> Response:
    return answer(
        lists.topic_list(
            state, caller(), request.args, lists.of_category(state, category(place), alone=flagged("no_subcategories"))
        )
    )


def category(place: str) -> CategoryRecord:
    """The category that an address ends with. Raises Refused where it is not, or not for the caller."""
    found = state.categories.get(number_of(place.rpartition("/")[2]) or 0)
    if found is None or permission(caller().user, found) is None:
        raise not_found(state)
    return found


@routes.get("/topics/created-by/<name>")
def created_by(name: str) -> Response:
    user = there(state.names.get(name.lower()))
    mine = frozenset(state.posts[one].topic_id for one in state.written[user.id] if state.posts[one].number == 1)
    return answer(lists.topic_list(state, caller(), request.args, Selection(only=mine)))


@routes.get("/topics/private-messages<any('', '-sent', '-archive', '-unread'):kind>/<name>")
def messages(kind: str, name: str) -> Response:
    """What somebody received, or sent."""
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


def moved(where: str) -> Response:
    """301, to an address on this forum."""
    made = redirect(request.root_url.rstrip("/") + where, 301)
    return Response(made.get_data(), 301, {"Location": made.headers["Location"]}, content_type="text/html")
