"""The endpoints of what people keep for themselves: bookmarks and drafts."""

from typing import Any

from flask import Response, request

from koweb_sync.sandbox.model.permissions import known_user
from koweb_sync.sandbox.model.personal import BookmarkRecord
from koweb_sync.sandbox.model.records import UserRecord
from koweb_sync.sandbox.model.refusals import forbidden, missing, not_found, not_logged_in
from koweb_sync.sandbox.request_data import Routes, answer, caller, given, member, nothing, state, whole
from koweb_sync.sandbox.rules import bookmarks_and_drafts as acts
from koweb_sync.sandbox.rules.validations import number_of
from koweb_sync.sandbox.serializers import bookmarks_and_drafts as views

routes = Routes("belongings")
OK = {"success": "OK"}
BOOKMARKS, DRAFTS = 20, 50  # on a page


def reader() -> UserRecord:
    """Who reads what is their own. Raises Refused for nobody."""
    user = caller().user
    if user is None:
        raise not_logged_in(state)
    return user


@routes.post("/bookmarks")
def bookmark() -> Response:
    """Older servers take a `post_id`, too."""
    user, data = member(), given()
    if not state.newer and "bookmarkable_id" not in data and "post_id" in data:
        data = {**data, "bookmarkable_id": data["post_id"], "bookmarkable_type": "Post"}
    for name in ("bookmarkable_id", "bookmarkable_type"):
        if data.get(name) in (None, ""):
            raise missing(name)
    kind, number = str(data["bookmarkable_type"]), number_of(data["bookmarkable_id"]) or 0
    return answer({**OK, "id": acts.bookmark(state, user, kind, number, data).id})


@routes.put("/bookmarks/<int:number>")
def change(number: int) -> Response:
    acts.change_bookmark(state, member(), number, given())
    return answer(OK)


@routes.put("/bookmarks/<int:number>/pin")
def pin(number: int) -> Response:
    found = acts.my_bookmark(state, member(), number)
    found.pinned = not found.pinned
    return answer(OK)


@routes.delete("/bookmarks/<int:number>")
def unbookmark(number: int) -> Response:
    return answer({**OK, "topic_bookmarked": acts.drop_bookmark(state, member(), number)})


@routes.put("/t/<int:number>/bookmark")
def bookmark_topic(number: int) -> Response:
    user = member()
    if number not in state.topics:
        raise not_found(state)
    acts.bookmark(state, user, "Topic", number, {})
    return nothing()


@routes.put("/t/<int:number>/remove_bookmarks")
def unbookmark_topic(number: int) -> Response:
    user = member()
    if number not in state.topics:
        raise not_found(state)
    for one in acts.of_topic(state, user, number):
        acts.drop_bookmark(state, user, one.id)
    return nothing()


@routes.get("/u/<name>/bookmarks")
def bookmarks(name: str) -> Response:
    """Pinned ones first, then those with a reminder, then the newest; for their owner and administrators."""
    me, user = reader(), known_user(state, name)
    if not (me.staff or me.id == user.id):
        raise forbidden(state)
    text, page = request.args.get("q", "").casefold(), max(0, whole("page") or 0)
    found = [one for one in state.bookmarks[user.id].values() if text in words(one)]
    found.sort(key=lambda one: (not one.pinned, one.reminder_at or float("inf"), -one.updated_at))
    shown = found[page * BOOKMARKS : (page + 1) * BOOKMARKS]
    if not shown:
        return answer({"bookmarks": []})
    more = len(found) > (page + 1) * BOOKMARKS
    rest = {"more_bookmarks_url": state.at(f"/u/{name}/bookmarks.json?page={page + 1}")} if more else {}
    return answer({"user_bookmark_list": {**rest, "bookmarks": [views.bookmark(state, one) for one in shown]}})


def words(one: BookmarkRecord) -> str:
    """In what a bookmark is found: its name, the title of its topic, the text of its post."""
    topic = state.topics[acts.topic_of(state, one)]
    post = state.posts[one.target] if one.kind == "Post" else state.first_post(topic)
    return f"{one.name or ''}\n{topic.title}\n{post.raw}".casefold()


@routes.get("/drafts")
def drafts() -> Response:
    """One's own drafts, the latest first."""
    user = reader()
    mine = [one for one in state.drafts.values() if one.user_id == user.id]
    mine.sort(key=lambda one: (-one.updated_at, -one.id))
    start, limit = max(0, whole("offset") or 0), max(0, min(DRAFTS, whole("limit") or DRAFTS))
    return answer({"drafts": [views.draft(state, one) for one in mine[start : start + limit]]})


@routes.get("/drafts/<key>")
def draft(key: str) -> Response:
    user = reader()
    found, sequence = acts.draft_of(state, user, key), state.sequences.get((user.id, key), 0)
    asked: Any = request.args.get("sequence", sequence)
    same = acts.whole(asked) == sequence
    return answer({"draft": found.data if found and same else None, "draft_sequence": asked})


@routes.post("/drafts")
def save() -> Response:
    return answer({**OK, "draft_sequence": acts.save_draft(state, member(), given())})


@routes.delete("/drafts/<key>")
def drop(key: str) -> Response:
    """With a key, newer servers let an administrator alone delete a draft, of the person whom `username` names."""
    user, data = member(), given()
    if state.newer:
        if not user.admin:
            raise forbidden(state)
        user = known_user(state, str(data.get("username") or ""))
    acts.drop_draft(state, user, key, acts.whole(data.get("sequence")))
    return answer(OK)
