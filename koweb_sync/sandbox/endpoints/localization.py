"""The endpoints about translations of posts and titles. Only some groups may write them, and authors where a setting
of servers of 2026 says so.
"""

from flask import Response

from koweb_sync.sandbox.model.languages import enabled
from koweb_sync.sandbox.model.permissions import inside
from koweb_sync.sandbox.model.records import PostRecord, TopicRecord, UserRecord
from koweb_sync.sandbox.model.refusals import forbidden, missing, not_found
from koweb_sync.sandbox.request_data import Routes, answer, given, member, services, state
from koweb_sync.sandbox.rules.validations import number_of
from koweb_sync.sandbox.serializers.localization import listed

routes = Routes("localising")
OK = {"success": "OK"}


def asked(*names: str) -> list[str]:
    """The parameters of those names, from somebody who may translate. Raises Refused."""
    data = given()
    if state.flavour.translations == "none":
        raise not_found(state)
    if not enabled(state) or not (everything(member()) or authors_may()):
        raise forbidden(state)
    for name in names:
        if not data.get(name):
            raise missing(name)
    return [str(data[name]) for name in names]


def everything(user: UserRecord) -> bool:
    """Whether somebody may translate what anybody wrote."""
    allowed = str(state.settings["content_localization_allowed_groups"]).split("|")
    return any(inside(user, number) for one in allowed if (number := number_of(one)) is not None)


def authors_may() -> bool:
    """Whether people may translate what they wrote. Guess: sources of 2026, localization_guardian."""
    return state.flavour.translations == "option" and bool(
        state.settings["content_localization_allow_author_localization"]
    )


def own(author: int) -> None:
    """Raises Refused for what somebody else wrote, where the caller may translate their own alone."""
    if not everything(member()) and author != member().id:
        raise forbidden(state)


def post_of(number: str) -> PostRecord:
    """The post of that number. Raises Refused."""
    found = state.posts.get(number_of(number) or 0)
    if found is None or not found.alive:
        raise not_found(state)
    own(found.user_id)
    return found


def topic_of(number: str) -> TopicRecord:
    """The topic of that number. Raises Refused."""
    found = state.topics.get(number_of(number) or 0)
    if found is None or found.deleted_at is not None:
        raise not_found(state)
    own(found.user_id)
    return found


@routes.get("/post_localizations/<int:number>")
def translations(number: int) -> Response:
    if state.flavour.translations == "cookie":
        asked("post_id")  # guess: sources of 2025, post_localizations_controller; those of 2026 take the address
    else:
        asked()
    return answer({"post_localizations": listed(state, post_of(str(number)))})


@routes.post("/post_localizations/create_or_update")
def translate() -> Response:
    number, locale, raw = asked("post_id", "locale", "raw")
    new = services.editor.translate(post_of(number), locale, raw, member().id)
    return answer(OK, 201 if new else 200)


@routes.delete("/post_localizations/destroy")
def drop() -> Response:
    number, locale = asked("post_id", "locale")
    if post_of(number).translations.pop(locale, None) is None:
        raise not_found(state)
    state.changes += 1
    return Response(status=204)


@routes.post("/topic_localizations/create_or_update")
def translate_title() -> Response:
    number, locale, title = asked("topic_id", "locale", "title")
    topic = topic_of(number)
    new = locale not in topic.translations
    topic.translations[locale] = title
    state.changes += 1
    return answer(OK, 201 if new else 200)


@routes.delete("/topic_localizations/destroy")
def drop_title() -> Response:
    number, locale = asked("topic_id", "locale")
    if topic_of(number).translations.pop(locale, None) is None:
        raise not_found(state)
    state.changes += 1
    return Response(status=204)
