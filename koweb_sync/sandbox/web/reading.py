"""The endpoints that read."""

import re

from flask import Blueprint, Response, redirect, request

from koweb_sync.sandbox.core.people import known_user, permission, seen_post, seen_topic
from koweb_sync.sandbox.core.refused import Refused, forbidden, not_found, not_logged_in
from koweb_sync.sandbox.core.state import Post, State, Topic
from koweb_sync.sandbox.given import answer, caller, state, whole
from koweb_sync.sandbox.pages.routes import topic_page, wanted
from koweb_sync.sandbox.views import lists
from koweb_sync.sandbox.views import things as views

routes = Blueprint("read", __name__)
PUBLIC_SETTINGS = (
    *("title", "default_locale", "min_topic_title_length", "max_topic_title_length", "min_post_length"),
    *("min_first_post_length", "max_post_length", "max_tags_per_topic", "max_tag_length", "authorized_extensions"),
    *("max_image_size_kb", "max_attachment_size_kb", "allow_uncategorized_topics", "tagging_enabled"),
    *("poll_enabled", "checklist_enabled", "enable_markdown_footnotes", "discourse_math_enabled"),
)
PAGE = 20


@routes.get("/srv/status")
def status() -> Response:
    return Response("ok", content_type="text/plain; charset=utf-8")


@routes.get("/site")
def site() -> Response:
    with state.lock:
        return answer(lists.site(state, caller()))


@routes.get("/site/settings")
def settings() -> Response:
    with state.lock:
        return answer({name: state.settings.get(name) for name in PUBLIC_SETTINGS})


@routes.get("/site/basic-info")
def basic_info() -> Response:
    title = state.settings["title"]
    return answer({"title": title, "description": "", "login_required": state.settings["login_required"]})


@routes.get("/about")
def about() -> Response:
    with state.lock:
        return answer({"about": lists.about(state)})


@routes.get("/session/current")
def current() -> Response:
    user = caller().user
    if user is None:
        raise not_found(state)
    return answer({"current_user": lists.current_user(state, user)})


@routes.get("/session/scopes")
def scopes() -> Response:
    key = caller().key
    if key is None:
        raise not_logged_in(state)
    pairs = [scope.split(":") for scope in key.scopes]
    return answer({"scopes": [{"resource": a, "key": b, "parameters": {}} for a, b in pairs]})


@routes.get("/u/<name>")
def user(name: str) -> Response:
    with state.lock:
        found = known_user(state, name)
        facts = {"trust_level": found.trust_level, "moderator": found.moderator, "admin": found.admin}
        return answer({"user_badges": [], "user": {**views.basic_user(found), **facts}})


@routes.get("/t/external_id/<name>")
def by_external_id(name: str) -> Response:
    with state.lock:
        topic = state.topics.get(state.external.get(name.lower(), 0))
        if topic is None or topic.external_id != name or topic.deleted_at is not None:
            raise not_found(state)
        found = seen_topic(state, caller(), topic.id)
        keep = f"?include_raw={request.args['include_raw']}" if state.flavour.keeps_parameters else ""
        return moved(f"/t/{found.slug}/{found.id}.json{keep}")


@routes.get("/t/<int:number>")
@routes.get("/t/<slug>/<int:number>")
@routes.get("/t/<slug>/<int:number>/<int:near>")
def topic(number: int, slug: str = "", near: int = 1) -> Response:
    with state.lock:
        found = readable(state, number)
        if wanted():
            target = f"/t/{found.slug}/{found.id}"
            return moved(target) if slug != found.slug else topic_page(state, found)
        if slug not in ("", found.slug):
            return moved(f"/t/{found.slug}/{found.id}.json")
        return topic_json(state, found, near)


@routes.get("/t/<int:number>/posts")
def posts(number: int) -> Response:
    with state.lock:
        found = readable(state, number)
        wanted_ids = {whole(one) for one in request.args.getlist("post_ids[]")}
        page = [one for one in living(state, found) if not wanted_ids or one.id in wanted_ids]
        raw = request.args.get("include_raw", "") in ("1", "true")
        shown = [views.post(state, caller(), one, raw=raw) for one in page]
        return answer({"post_stream": {"posts": shown}, "id": found.id})


@routes.get("/posts/<int:number>")
def post(number: int) -> Response:
    with state.lock:
        return answer(views.post(state, caller(), seen_post(state, caller(), number), raw=True))


@routes.get("/posts/<int:number>/revisions/<which>")
def revision(number: int, which: str) -> Response:
    with state.lock:
        found = seen_post(state, caller(), number)
        if which != "latest" and (whole(which) or 0) < 2:
            raise Refused(400, {"errors": ["revision"], "error_type": "invalid_parameters"})
        matching = [one for one in found.revisions if which == "latest" or one.number == whole(which)]
        if not matching:
            raise not_found(state)
        return answer(views.revision(state, found, matching[-1]))


@routes.get("/raw/<int:number>")
@routes.get("/raw/<int:number>/<int:nth>")
def raw(number: int, nth: int = 1) -> Response:
    with state.lock:
        found = readable(state, number)
        texts = [one.raw for one in living(state, found) if one.number == nth]
        if not texts:
            raise not_found(state)
        return Response(texts[0], content_type="text/plain; charset=utf-8")


def readable(state: State, number: int) -> Topic:
    """A topic that the caller may read. Raises Refused."""
    if number > 2**31:
        raise not_found(state)
    return seen_topic(state, caller(), number)


def living(state: State, topic: Topic) -> list[Post]:
    """The posts of a topic that a reader sees; all of a deleted topic, which staff alone see."""
    return [one for one in state.posts_of(topic) if one.deleted_at is None or topic.deleted_at is not None]


def topic_json(state: State, found: Topic, near: int) -> Response:
    """A page of a topic."""
    size = 1000 if request.args.get("print") == "true" else PAGE
    posts = living(state, found)
    number = whole(request.args.get("page")) or 1
    if number == 1 and near > 1:
        index = next((n for n, one in enumerate(posts) if one.number >= near), 0)
        number = index // size + 1
    page = posts[(number - 1) * size : number * size]
    if not page and number > 1:
        raise not_found(state)
    raw = request.args.get("include_raw", "") in ("1", "true")
    return answer(views.topic(state, caller(), found, page, raw=raw))


@routes.get("/latest")
def latest() -> Response:
    with state.lock:
        return answer(lists.topic_list(state, caller(), request.args))


@routes.get("/c/<path:place>/l/latest")
def category_latest(place: str) -> Response:
    with state.lock:
        number = whole(place.rpartition("/")[2])
        found = state.categories.get(number or 0)
        if found is None:
            raise not_found(state)
        if permission(caller().user, found) is None:
            raise forbidden(state)
        inside = {found.id, *(one.id for one in state.categories.values() if one.parent_id == found.id)}
        return answer(lists.topic_list(state, caller(), request.args, inside))


@routes.get("/categories")
def categories() -> Response:
    with state.lock:
        every = request.args.get("include_subcategories") == "true"
        found = [one for one in lists.visible_categories(state, caller()) if every or not one.parent_id]
        shown = [lists.whole_category(state, caller(), one) for one in found]
        may = {"can_create_category": caller().admin, "can_create_topic": caller().user is not None}
        return answer({"category_list": {**may, "categories": shown}})


@routes.get("/tags")
def tags() -> Response:
    with state.lock:
        shown = [{"id": name, "text": name, "name": name, "count": n} for name, n in sorted(state.tags.items())]
        return answer({"tags": [tag for tag in shown if tag["count"] or caller().staff], "extras": {}})


@routes.get("/search")
def search() -> Response:
    with state.lock:
        words = [word for word in request.args.get("q", "").split() if ":" not in word]
        text = " ".join(words).strip('"').casefold()
        wanted = set(re.findall(r"\w+", text))
        if len(text) < 3:
            raise Refused(400, {"errors": ["q"], "error_type": "invalid_parameters"})
        found = [
            one
            for one in lists.visible_topics(state, caller())
            if wanted <= set(re.findall(r"\w+", f"{one.title} {state.first_post(one).raw}".casefold()))
        ][:50]
        posts = [views.post(state, caller(), state.first_post(one), raw=False) for one in found]
        shown = [lists.listed_topic(state, one) for one in found]
        return answer({"posts": posts, "topics": shown, "grouped_search_result": {"term": text}})


@routes.get("/uploads/short-url/<name>")
def short(name: str) -> Response:
    return upload(f"upload://{name}")


@routes.get("/uploads/default/original/1X/<name>")
def original(name: str) -> Response:
    with state.lock:
        found = state.uploads.get(name.partition(".")[0])
    return upload(found.short_url if found else "")


def upload(url: str) -> Response:
    with state.lock:
        found = state.by_short_url.get(url)
    if found is None:
        raise not_found(state)
    kinds = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}
    kinds |= {"webp": "image/webp", "pdf": "application/pdf"}
    kind = kinds.get(found.extension, "application/octet-stream")
    headers = {} if kind.startswith("image/") else {"Content-Disposition": "attachment"}
    return Response(found.data, headers=headers, content_type=kind)


def moved(where: str) -> Response:
    """301, to an address on this forum."""
    made = redirect(request.host_url.rstrip("/") + where, 301)
    return Response(made.get_data(), 301, {"Location": made.headers["Location"]}, content_type="text/html")
