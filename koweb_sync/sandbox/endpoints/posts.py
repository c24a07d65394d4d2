"""The endpoints about posts: written, read in many forms, changed, liked."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import islice

from flask import Response, request

from koweb_sync.sandbox.cooking.context import Stage
from koweb_sync.sandbox.cooking.cook import cook
from koweb_sync.sandbox.model.permissions import (
    hidden_from,
    may_edit,
    may_see,
    may_turn_wiki,
    seen_post,
    seen_topic,
    sees_whispers,
)
from koweb_sync.sandbox.model.reaction_settings import hearts
from koweb_sync.sandbox.model.records import LIKE, WHISPER, PostRecord, RevisionRecord, WaitingPost
from koweb_sync.sandbox.model.refusals import RefusedRequest, forbidden, invalid, missing, not_found
from koweb_sync.sandbox.request_data import (
    Routes,
    answer,
    caller,
    given,
    member,
    nothing,
    services,
    staff,
    state,
    there,
    whole,
)
from koweb_sync.sandbox.rules.validations import number_of, truthy
from koweb_sync.sandbox.serializers import posts
from koweb_sync.sandbox.serializers.people import basic
from koweb_sync.sandbox.serializers.revisions import revision as changes_of

routes = Routes("posts")
WINDOW = 50
REPLIES = 20
LIKERS = 200
LIKERS_MOST = 400  # a limit above it is refused by servers that have a cap
KNOWN = (1, 2, 3, 4, 6, 7, 8, 10)  # kinds of actions: bookmark, like, flags


# ---- writing


@routes.post("/posts")
def create() -> Response:
    user, data = member(), given()
    made = services.writer.create(user, data)
    nested = data.get("nested_post") in (True, "true")
    if isinstance(made, WaitingPost):
        return answer(services.writer.queue.answer(made) if nested or state.flavour.tells_queued else None)
    shown = {**posts.post(state, caller(), made, raw=True), "draft_sequence": draft_sequence(made), "reads": 0}
    shown["cooked"] = cook(state, made, Stage.NEW)  # it has no id yet where it is cooked for this answer
    if nested:
        return answer({"action": "create_post", "success": True, "post": shown})
    return answer(shown)


@routes.put("/posts/<int:number>")
def edit(number: int) -> Response:
    user = member()
    post = seen_post(state, caller(), number)
    data = given()
    if request.is_json and "post" not in data:
        data = {**data, "post": data}
    before = post.raw
    services.editor.edit(user, post, data)
    shown = {**posts.post(state, caller(), post, raw=True), "draft_sequence": draft_sequence(post)}
    if post.raw != before:
        shown["cooked"] = cook(state, post, Stage.SAVED)
    return answer({"post": shown})


def draft_sequence(post: PostRecord) -> int:
    """How often the caller changed something in a topic: what they write there is of that sequence."""
    user = caller().user
    return state.sequences.get((user.id, f"topic_{post.topic_id}"), 0) if user else 0


@routes.delete("/posts/<int:number>")
def delete(number: int) -> Response:
    user = member()
    services.moderation.delete_post(user, seen_post(state, caller(), number))
    return nothing()


@routes.put("/posts/<int:number>/recover")
def recover(number: int) -> Response:
    user, post = member(), state.posts.get(number)
    if post is None or not may_see(state, caller(), state.topics[post.topic_id]):
        raise not_found(state)
    if not (user.staff or (post.user_id == user.id and post.user_deleted)):
        raise forbidden(state)
    services.moderation.recover_post(post)
    return answer(posts.post(state, caller(), post, raw=True))


@routes.put("/posts/<int:number>/wiki")
def wiki(number: int) -> Response:
    user, post = member(), seen_post(state, caller(), number)
    if not may_turn_wiki(user, post):
        raise forbidden(state)
    services.moderation.turn_wiki(user, post, on=truthy(given().get("wiki")))
    return nothing()


@routes.put("/posts/<int:number>/post_type")
def post_type(number: int) -> Response:
    user, post, data = staff(), seen_post(state, caller(), number), given("post_type")
    services.moderation.set_type(user, post, data["post_type"])
    return nothing()


@routes.put("/posts/<int:number>/locked", only=staff)
def locked(number: int) -> Response:
    """The text "true" alone locks; anything else, `true` of JSON included, unlocks."""
    post = seen_post(state, caller(), number)
    post.locked = given().get("locked") == "true"
    state.changed(post.topic_id)
    return answer({"locked": post.locked})


@routes.put("/posts/<int:number>/notice")
def notice(number: int) -> Response:
    user, post = member(), seen_post(state, caller(), number)
    if not user.staff:
        raise not_found(state)
    services.moderation.put_notice(user, post, str(given().get("notice") or "").strip())
    return nothing()


@routes.put("/posts/<int:number>/rebake", only=staff)
def rebake(number: int) -> Response:
    seen_post(state, caller(), number).html = None
    return nothing()


# ---- reading


@routes.get("/posts")
@routes.get("/posts/latest")
def latest() -> Response:
    """The newest posts that the caller may see: ids up to `before` in windows, or the newest 50 below it."""
    top = max(state.posts, default=0)
    if state.flavour.inclusive_windows:
        before = whole("before")
        end = top if before is None else before
        numbers = range(min(end, top), max(0, min(end, top) - WINDOW), -1)
        found = [one for one in map(state.posts.get, numbers) if one and listed(one, private=False)]
        found.sort(key=lambda one: (one.created_at, one.id), reverse=True)
    else:
        found = window(lambda one: listed(one, private=False) and plain(one))
    return answer({"latest_posts": [posts.in_list(state, caller(), one) for one in found]})


def window(wanted: Callable[[PostRecord], bool]) -> list[PostRecord]:
    """The newest wanted posts, by id, below `before`; nothing, no number, and a number below 1 are no bound."""
    before = number_of(request.args.get("before")) or 0
    below = (number for number in sorted(state.posts, reverse=True) if before <= 0 or number < before)
    return list(islice((one for one in map(state.posts.__getitem__, below) if wanted(one)), WINDOW))


@routes.get("/private-posts", only=member)
def private() -> Response:
    """The newest posts of the private messages that the caller may read: an administrator's, of everybody's."""
    found = window(partial(listed, private=True))
    return answer({"private_posts": [posts.in_list(state, caller(), one) for one in found]})


def listed(one: PostRecord, *, private: bool) -> bool:
    """Whether the caller may see a post in a list of all posts, or in one of those of `private` messages."""
    topic = state.topics[one.topic_id]
    living = one.alive and topic.deleted_at is None and (one.type != WHISPER or sees_whispers(state, caller().user))
    return living and (topic.archetype == "private_message") == private and may_see(state, caller(), topic)


def plain(one: PostRecord) -> bool:
    """What newer servers list: no small actions, nothing hidden, nothing of unlisted topics."""
    return one.type == 1 and not one.hidden and state.topics[one.topic_id].visible


@routes.get("/posts/<int:number>")
def single(number: int) -> Response:
    """A post. `version=N` turns back what the revision after N changed, and that alone."""
    found, version = seen_post(state, caller(), number), whole("version")
    shown = posts.post(state, caller(), found, raw=True)
    later = next((one for one in found.revisions if version is not None and one.number == version + 1), None)
    unseen = hidden_from(caller(), found) or (later is not None and later.hidden and not caller().staff)
    if later is not None and "raw" in later.changes and not unseen:
        raw = later.changes["raw"][0]
        old = PostRecord(found.id, found.topic_id, 1, found.user_id, raw, 0.0, 0.0, state.cook)
        shown |= {"raw": raw, "cooked": old.cooked, "version": version}
    return answer(shown)


@routes.get("/posts/by_number/<int:number>/<int:nth>")
def by_number(number: int, nth: int) -> Response:
    found = there(state.numbered(seen_topic(state, caller(), number), nth))
    return answer(posts.post(state, caller(), seen_post(state, caller(), found.id), raw=True))


@routes.get("/posts/<int:number>/cooked")
def cooked(number: int) -> Response:
    original = replace(caller(), originals=True)  # guess: sources of 2025, posts_controller
    return answer({"cooked": posts.post(state, original, seen_post(state, caller(), number), raw=False)["cooked"]})


@routes.get("/posts/<int:number>/raw")
def raw(number: int) -> Response:
    found = seen_post(state, caller(), number)
    return Response("" if hidden_from(caller(), found) else found.raw, content_type="text/plain; charset=utf-8")


@routes.get("/posts/<int:number>/replies")
def replies(number: int) -> Response:
    post = seen_post(state, caller(), number)
    all_replies = (state.posts[one] for one in post.replies)
    found = [one for one in all_replies if one.alive and (one.type != WHISPER or sees_whispers(state, caller().user))]
    after = whole("after") or 0
    page = [one for one in found if one.number > after]
    if state.flavour.many_answers:
        page = page[:REPLIES]
    listed = state.newer
    return answer([posts.post(state, caller(), one, raw=False, listed=listed) for one in page])


@routes.get("/posts/<int:number>/revisions/<which>")
def revision(number: int, which: str) -> Response:
    found = seen_post(state, caller(), number)
    wanted = None if which == "latest" else number_of(which)
    if which != "latest" and (wanted is None or wanted < 2):
        raise invalid(state, "revision")
    seen: list[RevisionRecord] = [one for one in found.revisions if caller().staff or not one.hidden]
    matching = [one for one in seen if wanted in (None, one.number)]
    if not matching or hidden_from(caller(), found):
        raise not_found(state)
    return answer(changes_of(state, found, matching[-1], staff=caller().staff))


@routes.put("/posts/<int:number>/revisions/<int:which>/<any(hide, show):what>", only=staff)
def hide_revision(number: int, which: int, what: str) -> Response:
    found = there(next((one for one in seen_post(state, caller(), number).revisions if one.number == which), None))
    found.hidden = what == "hide"
    return nothing()


@routes.put("/posts/<int:number>/revisions/<int:which>/revert")
def revert(number: int, which: int) -> Response:
    """Bring back the text before a revision, as an edit."""
    user, post = member(), seen_post(state, caller(), number)
    topic = state.topics[post.topic_id]
    if not (user.staff and may_edit(user, topic, post)):
        raise forbidden(state)
    found = there(next((one for one in post.revisions if one.number == which), None))
    before = {name: pair[0] for name, pair in found.changes.items()}
    services.editor.revise(user, topic, post, before, f"reverted to version #{which - 1}")
    return answer({**posts.post(state, caller(), post, raw=True), "category_id": topic.category_id})


# ---- likes


@routes.post("/post_actions")
def act() -> Response:
    user, data = member(), given("id")
    post = seen_post(state, caller(), number_of(data["id"]) or 0)
    if "post_action_type_id" not in data:
        raise missing("post_action_type_id")
    kind = number_of(data["post_action_type_id"])
    if kind == LIKE:
        services.likes.like(user, post)
    elif kind is None or kind in KNOWN:
        raise RefusedRequest(403, {"errors": forbidden(state).body["errors"]})
    else:
        services.likes.mark(user, post, kind)
    return answer(posts.post(state, caller(), post, raw=False))


@routes.delete("/post_actions/<int:number>")
def undo(number: int) -> Response:
    user = member()
    post = seen_post(state, caller(), number)
    if number_of(given().get("post_action_type_id")) != LIKE:
        raise not_found(state)
    services.likes.unlike(user, post)
    return answer(posts.post(state, caller(), post, raw=False))


@routes.get("/post_action_users")
def who() -> Response:
    """Who likes a post, the first one first. Those whose reaction is another one are left out."""
    for name in ("id", "post_action_type_id"):
        if name not in request.args:
            raise missing(name)
    post = seen_post(state, caller(), whole("id") or 0)
    likers = sorted(hearts(state, post), key=lambda one: one[1]) if whole("post_action_type_id") == LIKE else []
    limit, page = whole("limit") or LIKERS, max(0, whole("page") or 0)
    if state.flavour.likers_cap is not None:
        if not 1 <= limit <= LIKERS_MOST:
            raise invalid(state, "limit")
        limit = min(limit, state.flavour.likers_cap)
    people = [state.users[user] for user, _at in likers]
    shown = [{**basic(one), "post_url": None, "username_lower": one.username.lower()} for one in people]
    more = {"total_rows_post_action_users": len(shown)} if len(shown) > limit else {}
    return answer({"post_action_users": shown[page * limit : (page + 1) * limit], **more})
