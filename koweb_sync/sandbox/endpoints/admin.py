"""The endpoints for administrators: people, settings, what waits for a moderator. For others they do not exist."""

from typing import Any

from flask import Response, request

from koweb_sync.sandbox.model.data_files import data
from koweb_sync.sandbox.model.records import UserRecord
from koweb_sync.sandbox.model.refusals import invalid, not_found
from koweb_sync.sandbox.model.state import iso
from koweb_sync.sandbox.request_data import Routes, admins, answer, caller, given, nothing, state, there, whole
from koweb_sync.sandbox.rules import accounts as acts
from koweb_sync.sandbox.rules.validations import number_of, truthy
from koweb_sync.sandbox.serializers import accounts as views
from koweb_sync.sandbox.serializers.people import basic

routes = Routes("admin", only=admins)
PEOPLE = 100
LISTS = ("active", "new", "staff", "suspended", "blocked", "silenced", "suspect", "all")


@routes.get("/admin/users")
@routes.get("/admin/users/list/<kind>")
def people(kind: str = "active") -> Response:
    me = admins()
    if kind not in LISTS:
        raise not_found(state)
    found = sorted((user for user in state.users.values() if listed(user, kind)), key=lambda user: user.username)
    page = max(1, whole("page") or 1)
    emails = request.args.get("show_emails") == "true"
    shown = found[(page - 1) * PEOPLE : page * PEOPLE]
    return answer([views.in_admin_list(state, user, email=emails or user is me) for user in shown])


def listed(user: UserRecord, kind: str) -> bool:
    """Whether somebody is in a list of people."""
    tests = {"staff": user.staff, "suspended": user.suspended, "blocked": False, "silenced": False, "suspect": False}
    return tests.get(kind, not user.suspended or kind == "all")


@routes.get("/admin/users/<int:number>")
def person(number: int) -> Response:
    return answer(views.in_admin(state, caller(), there(state.users.get(number))))


@routes.put("/admin/users/<int:number>/suspend")
def suspend(number: int) -> Response:
    me, user, said = admins(), there(state.users.get(number)), given("suspend_until", "reason")
    user.suspended = True
    until, reason = said["suspend_until"], said["reason"]
    about = {"suspended_till": until, "suspend_reason": reason, "suspended_by": basic(me)}
    return answer({"suspension": {**about, "full_suspend_reason": reason, "suspended_at": iso(state.clock())}})


@routes.put("/admin/users/<int:number>/unsuspend")
def unsuspend(number: int) -> Response:
    there(state.users.get(number)).suspended = False
    return answer({"suspension": {"suspended_till": None, "suspended_at": None}})


@routes.put("/admin/users/<int:number>/anonymize")
def anonymize(number: int) -> Response:
    user = there(state.users.get(number))
    acts.anonymize(state, user)
    return answer({"success": "OK", "username": user.username})


@routes.put("/admin/users/<int:number>/trust_level")
def trust(number: int) -> Response:
    user, level = there(state.users.get(number)), number_of(given().get("level"))
    if level not in range(5):
        raise invalid(state, "level")
    user.trust_level = int(level or 0)
    return answer(views.in_admin(state, caller(), user))


@routes.put("/admin/users/<int:number>/<any(grant_moderation, revoke_moderation):what>")
def moderation(number: int, what: str) -> Response:
    user = there(state.users.get(number))
    user.moderator = what == "grant_moderation"
    return answer(views.in_admin(state, caller(), user))


@routes.get("/admin/site_settings")
def settings() -> Response:
    asked = [name for name in request.args.get("names", "").split(",") if name]
    found = [name for name in sorted(state.settings) if not asked or name in asked]
    if not state.newer:
        return answer({"site_settings": [setting(name) for name in found], "diags": None})
    names = [LANGUAGE, *(name for name in found if name != LANGUAGE)]
    return answer({"site_settings": [newer(name) for name in names]})


def setting(name: str) -> dict[str, Any]:
    value = state.settings[name]
    kind = "bool" if isinstance(value, bool) else "integer" if isinstance(value, int) else "string"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return {"setting": name, "description": "", "default": "", "type": kind, "value": text, "category": "required"}


LANGUAGE = "default_locale"  # it is told first, whatever one asks for


def newer(name: str) -> dict[str, Any]:
    """A site setting as newer servers show it."""
    shown = {**setting(name), "humanized_name": name.replace("_", " ").capitalize(), "preview": None}
    if name == LANGUAGE:
        values = [{"native_name": one, "value": one, "name": f"languages.{one}.name"} for one in data("locales.json")]
        return {**shown, "type": "locale_enum", "valid_values": values, "translate_names": True}
    more = dict.fromkeys(("placeholder", "mandatory_values", "requires_confirmation"))
    return {**shown, **more, "keywords": [], "primary_area": "about", "secret": False, "themeable": False}


@routes.put("/admin/site_settings/<name>")
def set_setting(name: str) -> Response:
    """Change a setting, to a value of the kind that it has."""
    if name not in state.settings:
        raise not_found(state)
    old, value = state.settings[name], given(name)[name]
    if isinstance(old, bool):
        state.settings[name] = truthy(value)
    elif isinstance(old, int):
        number = number_of(value)
        if number is None:
            raise invalid(state, name)
        state.settings[name] = number
    else:
        state.settings[name] = str(value)
    state.changes += 1
    return nothing()
