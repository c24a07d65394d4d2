"""What a request carries, whichever way it was sent: JSON, a form, or several parts."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Blueprint, Response, current_app, g, request
from werkzeug.exceptions import BadRequest
from werkzeug.local import LocalProxy

from koweb_sync.sandbox.model.permissions import Caller, admin_only, known_user, logged_in, staff_only
from koweb_sync.sandbox.model.records import UserRecord
from koweb_sync.sandbox.model.refusals import forbidden, invalid, missing, not_found
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.sandbox.rules.edits import Editor
from koweb_sync.sandbox.rules.likes import PostLikes
from koweb_sync.sandbox.rules.moderation import Moderation
from koweb_sync.sandbox.rules.new_posts import Creator
from koweb_sync.sandbox.rules.validations import number_of

View = Callable[..., Any]
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Services:
    """What the routes work with."""

    state: ForumState
    writer: Creator
    editor: Editor
    moderation: Moderation
    likes: PostLikes


# The forum of the application that answers the request; several may run in one process.
services = cast("Services", LocalProxy(lambda: current_app.extensions["forum"]))
state = cast("ForumState", LocalProxy(lambda: current_app.extensions["forum"].state))


def answer(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json; charset=utf-8")


def nothing() -> Response:
    """200, and no body."""
    return Response(status=200, content_type="text/plain; charset=utf-8")


def caller() -> Caller:
    found: Caller = g.caller
    return found


def member() -> UserRecord:
    """The person who asks. Raises Refused for nobody."""
    return logged_in(caller())


def own(name: str) -> UserRecord:
    """The person of that name, if they are the one who asks, or staff asks. Raises Refused."""
    user, me = known_user(state, name), member()
    if not (me.staff or me.id == user.id):
        raise forbidden(state)
    return user


def staff() -> UserRecord:
    """The member of staff who asks. Raises Refused for others."""
    return staff_only(state, caller())


def admins() -> UserRecord:
    """The administrator who asks; for anybody else there is nothing. Raises Refused."""
    return admin_only(state, caller())


class Routes(Blueprint):
    """Endpoints. The state is locked while one answers, but for those that are `locked=False`; `only`, of all or of
    one of them, is asked first, and raises Refused for those who are not to come in.
    """

    def __init__(self, name: str, only: Callable[[], object] | None = None) -> None:
        super().__init__(name, __name__)
        self.only = only
        self.views: dict[View, View] = {}

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        *args: Any,
        **how: Any,
    ) -> None:
        """One more address. Several may lead to one function."""
        only, locked = how.pop("only", self.only), how.pop("locked", True)
        if view_func is not None:
            view_func = self.views.setdefault(view_func, guarded(view_func, only, locked=locked))
        super().add_url_rule(rule, endpoint, view_func, *args, **how)


def guarded(view: View, only: Callable[[], object] | None, *, locked: bool) -> View:
    """A view behind its guard, and under the state's lock."""

    @wraps(view)
    def answering(**parts: Any) -> Any:
        if not locked:
            return view(**parts)
        with state.lock:
            if only is not None:
                only()
            return view(**parts)

    return answering


def there(found: Thing | None) -> Thing:
    """What was looked for. Raises Refused where there is nothing."""
    if found is None:
        raise not_found(state)
    return found


def given(*needed: str) -> dict[str, Any]:
    """The parameters of a write: `post[raw]` nested, `tags[]` a list. Raises BadRequest for broken JSON, Refused for
    what is `needed` and not there.
    """
    found = sent()
    for name in needed:
        if name not in found:
            raise missing(name)
    return found


def sent() -> dict[str, Any]:
    """The parameters of a write, whatever they are."""
    if request.is_json:
        try:
            data = request.get_json() if request.get_data() else {}
            json.dumps(data, ensure_ascii=False).encode()
        except (RecursionError, UnicodeEncodeError):  # nested without end, or half of a character
            raise BadRequest from None
        return {**flat_args(), **(data if isinstance(data, dict) else {})}
    found: dict[str, Any] = flat_args()
    for name, values in request.form.lists():
        if name:  # a part may come without one
            put(found, name, values)
    return found


def flat_args() -> dict[str, Any]:
    """The parameters in the address."""
    found: dict[str, Any] = {}
    for name, values in request.args.lists():
        put(found, name, values)
    return found


def put(found: dict[str, Any], name: str, values: list[str]) -> None:
    """One parameter, as Rails reads its name."""
    if name.endswith("[]"):
        found[name[:-2]] = values
    elif nested := re.fullmatch(r"(\w+)\[(\w+)\]", name):
        inner = found.setdefault(nested[1], {})
        if isinstance(inner, dict):
            inner[nested[2]] = values[-1]
    else:
        found[name] = values[-1]


def whole(name: str) -> int | None:
    """A number in the address; None where it is not there. Raises Refused for what is no number."""
    text = request.args.get(name)
    if text is None or text == "":
        return None
    number = number_of(text)
    if number is None:
        raise invalid(state, name)
    return number


def flagged(name: str) -> bool:
    return request.args.get(name, "") in ("1", "true")
