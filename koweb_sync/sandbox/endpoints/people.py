"""The endpoints about people: who they are, what they did, what they are told, what they keep."""

import secrets
from typing import Any

from flask import Response, request

from koweb_sync.sandbox.model.languages import AUTOMATIC
from koweb_sync.sandbox.model.permissions import Caller, hidden_from, in_public, known_user, may_see
from koweb_sync.sandbox.model.reaction_settings import hearts
from koweb_sync.sandbox.model.records import PostRecord, UserRecord
from koweb_sync.sandbox.model.refusals import forbidden, invalid, not_found
from koweb_sync.sandbox.model.state import iso
from koweb_sync.sandbox.pages.routes import user_page, wanted
from koweb_sync.sandbox.request_data import Routes, answer, caller, given, member, own, staff, state, there, whole
from koweb_sync.sandbox.rules import accounts as acts
from koweb_sync.sandbox.rules.validations import number_of, truthy
from koweb_sync.sandbox.serializers import accounts, posts
from koweb_sync.sandbox.serializers import groups as views
from koweb_sync.sandbox.serializers.fields import fields
from koweb_sync.sandbox.serializers.people import avatar

routes = Routes("people")
LIKED, WAS_LIKED, TOPIC, REPLY = 1, 2, 4, 5
GROUPS, ITEMS, ACTIONS = 36, 50, 30
MEMBERS = 1000
NOTICES = 60
PERIODS = ("all", "yearly", "quarterly", "monthly", "weekly", "daily")


# ---- groups


@routes.get("/groups")
def groups() -> Response:
    page = max(0, whole("page") or 0)
    found = [one for one in state.groups if one["id"]][page * GROUPS : (page + 1) * GROUPS]
    admin = bool(caller().user and caller().admin)
    shown = [{**views.group(state, caller(), one), "is_group_user": admin} for one in found]
    kinds = ["my", "owner", "public", "close", "automatic"]
    more = state.at(f"/groups?page={page + 1}")
    total = sum(bool(one["id"]) for one in state.groups)
    facts = {"extras": {"type_filters": kinds}, "total_rows_groups": total, "load_more_groups": more}
    return answer({"groups": shown, **facts})


def known_group(name: str) -> dict[str, Any]:
    """The group of that name. Raises Refused."""
    return there(next((one for one in state.groups if one["name"] == name and one["id"]), None))


@routes.get("/groups/<name>")
def group(name: str) -> Response:
    found = known_group(name)
    seen = [] if not state.newer else [one["name"] for one in state.groups if one["id"]]
    return answer({"group": views.whole(state, caller(), found), "extras": {"visible_group_names": seen}})


@routes.get("/groups/<name>/members")
def members(name: str) -> Response:
    found = known_group(name)
    limit, start = whole("limit") or 50, max(0, whole("offset") or 0)
    if not 0 < limit <= MEMBERS:
        raise invalid(state, "limit")
    people = views.members(state, found, ascending=bool(request.args.get("asc")))
    shown = [views.member(state, user) for user in people[start : start + limit]]
    meta = {"total": len(people), "limit": limit, "offset": start}
    return answer({"members": shown, "owners": [], "meta": meta})


# ---- who somebody is


@routes.get("/session/hp")
def honeypot() -> Response:
    """What a form for new people sends back, to tell them from machines."""
    return answer({"value": secrets.token_hex(16), "challenge": secrets.token_hex(16), "expires_in": 3600})


@routes.post("/users")
def create() -> Response:
    """A new person, made by an administrator or by themselves."""
    user = acts.sign_up(state, given())
    data = given()
    active = caller().admin and truthy(data.get("active"))
    return answer({"success": True, "active": active, "message": "", "user_id": user.id})


@routes.get("/u/<name>")
@routes.get("/users/<name>")
def profile(name: str) -> Response:
    """Who somebody is; for people with a browser, their page."""
    user = known_user(state, name)
    if not user.active and not user.staged and not caller().staff:
        raise not_found(state)
    if wanted():
        return user_page(state, user)
    return answer({"user_badges": [], "user": accounts.profile(state, caller(), user)})


@routes.get("/u/<name>/emails", only=staff)
def emails(name: str) -> Response:
    user = known_user(state, name)
    more: dict[str, list[str]] = {"secondary_emails": [], "unconfirmed_emails": [], "associated_accounts": []}
    return answer({"email": user.email, **more})


@routes.get("/u/<name>/card")
def card(name: str) -> Response:
    """Who somebody is, in short; on newer servers."""
    user = known_user(state, name)
    return answer({"user_badges": [], "user": accounts.card(state, caller(), user)})


@routes.get("/u/<name>/summary")
def summary(name: str) -> Response:
    """What somebody did, in numbers, with the best of it."""
    user = known_user(state, name)
    seen = [one for one in accounts.regular_posts(state, user) if open_to_all(one)]
    return answer(accounts.summarized(state, user, seen))


@routes.put("/u/<name>/preferences/username")
@routes.put("/users/<name>/preferences/username")
def rename(name: str) -> Response:
    user = own(name)
    acts.rename(state, user, str(given("new_username")["new_username"]))
    return answer({"id": user.id, "username": user.username})


@routes.put("/u/<name>")
@routes.put("/users/<name>")
def preferences(name: str) -> Response:
    """Name, the categories that somebody does not want in their lists, and in which language they read."""
    user, data = own(name), given()
    user.name = str(data.get("name", user.name))
    muted = data.get("muted_category_ids")
    if isinstance(muted, list):
        numbers = {number_of(one) for one in muted}
        user.muted = {number for number in numbers if number is not None and number in state.categories}
    if "locale" in data and state.settings["allow_user_locale"]:
        user.locale = str(data["locale"] or "") or None
    if AUTOMATIC in data and state.flavour.translations == "option":
        user.wants_translations = truthy(data[AUTOMATIC])  # guess: sources of 2026, user_updater
    state.changes += 1
    return answer({"success": "OK", "user": accounts.profile(state, caller(), user)})


# ---- the directory


@routes.get("/directory_items")
def directory() -> Response:
    """Empty until the nightly job has counted (`directory_ready`): as on a forum that has just been set up."""
    period, order = request.args.get("period", "weekly"), request.args.get("order", "likes_received")
    if period not in PERIODS:
        raise invalid(state, "period")
    page = max(0, whole("page") or 0)
    more = state.at(f"/directory_items.json?order={order}&page={page + 1}&period={period}")
    people = [user for user in state.users.values() if user.id > 0] if state.settings["directory_ready"] else []
    counted = [(user, counts(user)) for user in people]
    counted.sort(key=lambda one: (-one[1].get(order, 0), one[0].username))
    shown = [accounts.directory_item(*one) for one in counted[page * ITEMS : (page + 1) * ITEMS]]
    last = iso(state.clock()) if people else None
    meta = {"last_updated_at": last, "total_rows_directory_items": len(people), "load_more_directory_items": more}
    return answer({"directory_items": shown, "meta": meta})


def counts(user: UserRecord) -> dict[str, int]:
    """What the directory says about a person."""
    found = accounts.summary(state, user)
    found["posts_read"] = user.posts_read
    names = "likes_received likes_given topics_entered topic_count post_count posts_read days_visited"
    return {name: int(found.get(name, 0)) for name in names.split()}


# ---- what somebody did


@routes.get("/user_actions")
def actions() -> Response:
    """Likes given (1) and received (2), topics (4) and replies (5), the newest first."""
    user = known_user(state, request.args.get("username", ""))
    wanted = {number_of(one.strip()) for one in request.args.get("filter", "4,5").split(",")}
    found = [one for one in done(user, wanted) if open_to_all(one[2])]
    found.sort(key=lambda one: (one[1], one[2].id), reverse=True)
    start, limit = max(0, whole("offset") or 0), max(1, min(100, whole("limit") or ACTIONS))
    return answer({"user_actions": [action(*one, user) for one in found[start : start + limit]]})


def done(user: UserRecord, wanted: set[int | None]) -> list[tuple[int, float, PostRecord, UserRecord]]:
    """What somebody did of the wanted kinds: kind, when, the post, and who acted."""
    found: list[tuple[int, float, PostRecord, UserRecord]] = []
    for one in map(state.posts.__getitem__, state.written[user.id]):
        kind = TOPIC if one.number == 1 else REPLY
        found += [(kind, one.created_at, one, user)] if kind in wanted else []
        if WAS_LIKED in wanted:
            found += [(WAS_LIKED, at, one, state.users[liker]) for liker, at in hearts(state, one)]
    if LIKED in wanted:
        for one in state.posts.values():
            found += [(LIKED, at, one, user) for liker, at in hearts(state, one) if liker == user.id]
    return found


def open_to_all(one: PostRecord) -> bool:
    """Whether a post is among the public actions that the caller may see."""
    hidden = hidden_from(caller(), one) or one.topic_id in state.definitions()
    return one.type == 1 and not hidden and in_public(state, caller(), one)


def action(kind: int, at: float, one: PostRecord, actor: UserRecord, user: UserRecord) -> dict[str, object]:
    """One thing that somebody did."""
    topic, own = state.topics[one.topic_id], kind == TOPIC
    author = state.users[one.user_id]
    return {
        **fields(topic, "slug title category_id closed archived", topic_id="id"),
        **fields(one, "action_code", post_number="number"),
        **fields(user, "", target_user_id="id", target_name="name", target_username="username"),
        **fields(author, "username name", user_id="id"),
        **fields(actor, "", acting_username="username", acting_name="name", acting_user_id="id"),
        "excerpt": posts.excerpt(one.cooked, links=True),
        "action_type": kind,
        "created_at": iso(at),
        "avatar_template": avatar(author),
        "acting_avatar_template": avatar(actor),
        "deleted": False,
        "post_id": None if own else one.id,
        "hidden": None if own else one.hidden,
        "post_type": None if own else one.type,
        **({} if own else {"reply_to_post_number": one.reply_to}),
    }


# ---- what somebody is told, and keeps


@routes.get("/notifications")
def notifications() -> Response:
    user = member()
    name = request.args.get("username", user.username)
    whose = known_user(state, name)
    if whose.id != user.id and not caller().admin:
        raise forbidden(state)
    reader = Caller(whose)
    told = [(state.topics.get(one.topic_id or 0), one) for one in state.notices[whose.id]]
    known = [one for topic, one in told if one.topic_id is None or (topic and may_see(state, reader, topic))]
    mine = sorted(known, key=lambda one: -one.id)
    start, limit = max(0, whole("offset") or 0), max(1, min(NOTICES, whole("limit") or NOTICES))
    shown = [accounts.notice(state, one) for one in mine[start : start + limit]]
    more = f"/notifications?offset={start + limit}&username={whose.username}"
    facts = {"total_rows_notifications": len(mine), "seen_notification_id": 0, "load_more_notifications": more}
    return answer({"notifications": shown, **facts})
