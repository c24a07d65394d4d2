"""Chat, as far as it is read: channels of categories, who is in them, what was said there."""

from typing import Any

from flask import Response, request

from koweb_sync.sandbox.model.data_files import data
from koweb_sync.sandbox.model.permissions import inside, permission
from koweb_sync.sandbox.model.records import CategoryRecord, ChatMessage, PostRecord, UserRecord
from koweb_sync.sandbox.model.refusals import forbidden, missing, not_found, not_logged_in, unprocessable, words
from koweb_sync.sandbox.model.state import iso
from koweb_sync.sandbox.model.texts import mentioned
from koweb_sync.sandbox.request_data import Routes, answer, caller, given, state, there, whole
from koweb_sync.sandbox.rules.validations import number_of
from koweb_sync.sandbox.serializers.categories import Census
from koweb_sync.sandbox.serializers.categories import category as category_view
from koweb_sync.sandbox.serializers.fields import fields
from koweb_sync.sandbox.serializers.people import basic
from koweb_sync.sandbox.serializers.posts import excerpt

routes = Routes("chat")
ALLOWED = (3, 11)  # groups that chat: the team, and people from trust level 1 on
CHANNELS, MESSAGES = 25, 50  # on a page
LONGEST = 6_000  # characters of a message
STAFF, GENERAL = 1, 2  # the channels that every forum has
TITLES = {STAFF: "Staff", GENERAL: "General"}


def chatting() -> UserRecord:
    """Who chats. Raises Refused where there is no chat, for nobody, and for those who may not."""
    if not (state.flavour.chat and state.settings["chat_enabled"]):
        raise not_found(state)
    user = caller().user
    if user is None:
        raise not_logged_in(state)
    if not any(inside(user, number) for number in ALLOWED):
        raise forbidden(state)
    return user


def channels() -> dict[int, CategoryRecord]:
    """The channels that the caller may see: of the team's category, and of the general one."""
    every = list(state.categories.values())
    plain = state.settings["uncategorized_category_id"]
    closed = [one for one in every if one.read_restricted and set(one.permissions) <= {"staff", "responsables"}]
    free = [one for one in every if not one.permissions and one.id != plain]
    free.sort(key=lambda one: (one.slug != "general", one.id))
    found = {number: places[0] for number, places in ((STAFF, closed), (GENERAL, free)) if places}
    return {number: one for number, one in found.items() if permission(caller().user, one) is not None}


def channel(number: int, one: CategoryRecord, user: UserRecord) -> dict[str, Any]:
    place = category_view(state, caller(), one, Census(state))
    place |= dict.fromkeys(("permission", "notification_level", "has_children", "subcategory_count"))
    place["custom_fields"] = {**data("category.json")["custom fields"], "has_chat_enabled": True}
    members, table = state.chat_members[number], data("chat.json")
    powers = dict.fromkeys(("can_moderate", "can_delete_others", "can_remove_members"), user.staff)
    return {
        **table["channel"],
        "id": number,
        "chatable": place,
        "chatable_id": one.id,
        "chatable_url": state.at(f"/c/{state.slug_path(one)}/{one.id}"),
        **dict.fromkeys(("title", "unicode_title"), TITLES[number]),
        "slug": TITLES[number].lower(),
        "memberships_count": len(members),
        "meta": {**table["meta"], **powers},
        "last_message": last(number),
        **({"current_user_membership": membership(number)} if user.id in members else {}),
    }


def last(number: int) -> dict[str, Any]:
    """What was said last in a channel; of nothing, what the forum says of nothing."""
    facts = {**data("chat.json")["no message"], "created_at": moment(state.clock())}
    said = [one for one in state.chat_messages if one.channel == number]
    if said:
        cooked = html(said[-1])
        facts |= fields(said[-1], "id", message="text", chat_channel_id="channel")
        facts |= {"cooked": cooked, "excerpt": excerpt(cooked), "created_at": moment(said[-1].at)}
    return facts


def membership(number: int) -> dict[str, Any]:
    """How somebody is in a channel."""
    return {**data("chat.json")["membership"], "chat_channel_id": number, "last_viewed_at": moment(state.clock())}


def message(one: ChatMessage) -> dict[str, Any]:
    user, cooked = state.users[one.user_id], html(one)
    called = [found for name in mentioned(one.text) if (found := state.names.get(name)) is not None]
    rights = {"moderator": user.moderator, "admin": user.admin, "staff": user.staff}
    return {
        **data("chat.json")["message"],
        **fields(one, "id", message="text", chat_channel_id="channel"),
        "cooked": cooked,
        "created_at": moment(one.at),
        "excerpt": excerpt(cooked),
        "user": {**person(user), **rights, "new_user": user.trust_level == 0, "primary_group_name": None},
        "mentioned_users": [person(found) for found in called],
    }


def html(one: ChatMessage) -> str:
    """A message, cooked as a post would be."""
    return state.cook(PostRecord(0, 0, 1, one.user_id, one.text, one.at, one.at, state.cook))


def person(user: UserRecord) -> dict[str, Any]:
    """Somebody who may chat."""
    return {**basic(user), "can_chat": None, "has_chat_enabled": None}


def moment(at: float) -> str:
    """A time in chat: without fractions of seconds."""
    return str(iso(at)).partition(".")[0] + "Z"


@routes.get("/chat/api/channels")
def every_channel() -> Response:
    user = chatting()
    wanted, start = request.args.get("filter", ""), max(0, whole("offset") or 0)
    limit = max(0, min(CHANNELS, whole("limit") or CHANNELS))
    found = [
        channel(number, one, user)
        for number, one in channels().items()
        if wanted.casefold() in f"{TITLES[number]}\n{one.name}".casefold()
    ]
    status = request.args.get("status", "")
    more = f"/chat/api/channels?filter={wanted}&limit={limit}&offset={start + limit}&status={status}"
    return answer({"channels": found[start : start + limit], "meta": {"load_more_url": more}})


@routes.get("/chat/api/channels/<int:number>")
def one_channel(number: int) -> Response:
    return answer({"channel": channel(number, there(channels().get(number)), chatting())})


@routes.get("/chat/api/me/channels")
def my_channels() -> Response:
    """The channels that one is in, and what is unread there."""
    user = chatting()
    mine = {number: one for number, one in channels().items() if user.id in state.chat_members[number]}
    table = data("chat.json")
    tracking = {"channel_tracking": {str(number): table["unread"] for number in mine}, "thread_tracking": {}}
    shown = [channel(number, one, user) for number, one in mine.items()]
    return answer({**table["my channels"], "public_channels": shown, "tracking": tracking})


@routes.post("/chat/api/channels/<int:number>/memberships/me")
def join(number: int) -> Response:
    user = chatting()
    there(channels().get(number))
    state.chat_members[number].add(user.id)
    return answer({"membership": {**membership(number), "user": person(user)}})


@routes.delete("/chat/api/channels/<int:number>/memberships/me")
def leave(number: int) -> Response:
    user = chatting()
    there(channels().get(number))
    state.chat_members[number].discard(user.id)
    return answer({"membership": {**membership(number), "following": False, "user": person(user)}})


@routes.post("/chat/<int:number>")
def say(number: int) -> Response:
    """Members say something; for others the channel is not there."""
    user = chatting()
    there(channels().get(number))
    if user.id not in state.chat_members[number]:
        raise not_found(state)
    text = str(given("message")["message"]).strip()
    if not text or len(text) > LONGEST:
        reason = words(state, "A message must have between {n} and {m} characters.").format(n=1, m=LONGEST)
        raise unprocessable([reason])
    made = ChatMessage(state.next_id("chat_messages"), number, user.id, text, state.clock())
    state.chat_messages.append(made)
    return answer({"success": "OK", "message_id": made.id})


@routes.get("/chat/api/channels/<int:number>/messages", only=chatting)
def messages(number: int) -> Response:
    """What was said last in a channel, the oldest of it first; before or after a message if one is named."""
    there(channels().get(number))
    size = whole("page_size") or MESSAGES
    if not 1 <= size <= MESSAGES:
        raise not_found(state) if size < 1 else missing("page_size")
    found = [one for one in state.chat_messages if one.channel == number]
    target, way = number_of(request.args.get("target_message_id")), request.args.get("direction", "")
    if target is not None and way == "future":
        page = [one for one in found if one.id > target][:size]
    else:
        page = [one for one in found if target is None or one.id < target][-size:]
    first, end = (page[0].id, page[-1].id) if page else (0, 0)
    meta = {"can_load_more_future": any(one.id > end for one in found) if page else False}
    meta["can_load_more_past"] = any(one.id < first for one in found)
    tracking: dict[str, Any] = {"channel_tracking": {}, "thread_tracking": {}}
    shown = [message(one) for one in page]
    return answer({"messages": shown, "tracking": tracking, "meta": {"target_message_id": target, **meta}})
