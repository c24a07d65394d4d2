"""The endpoints of Data Explorer. The plugin is off by default; for whom it does not concern it is not there."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from flask import Response, current_app, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.local import LocalProxy

from koweb_sync.sandbox.explorer.database import QueryResult
from koweb_sync.sandbox.explorer.people_tables import group_ids
from koweb_sync.sandbox.explorer.query_errors import QueryFailed
from koweb_sync.sandbox.explorer.run_query import MOST, Explorer
from koweb_sync.sandbox.explorer.saved_queries import SavedQuery, shown
from koweb_sync.sandbox.model.records import UserRecord
from koweb_sync.sandbox.model.refusals import (
    RefusedRequest,
    forbidden,
    invalid,
    missing,
    not_found,
    too_many,
    unprocessable,
    words,
)
from koweb_sync.sandbox.model.texts import slug
from koweb_sync.sandbox.request_data import Routes, answer, caller, given, member, state, there, whole
from koweb_sync.sandbox.rules.limits import EventWindow
from koweb_sync.sandbox.rules.validations import listed, number_of, truthy
from koweb_sync.sandbox.serializers.fields import fields
from koweb_sync.sandbox.serializers.people import avatar, basic
from koweb_sync.sandbox.serializers.posts import excerpt, fancy

routes = Routes("explorer")
explorer = cast("Explorer", LocalProxy(lambda: current_app.extensions["explorer"]))
runs = cast("EventWindow", LocalProxy(lambda: current_app.extensions["explorer_runs"]))
FIRST, LATER = "/admin/plugins/explorer", "/admin/plugins/discourse-data-explorer"
PREFIX = "/admin/plugins/<any('explorer','discourse-data-explorer'):plugin>"
PAGE = 50
WINDOW = 10.0  # seconds


# ---- who may come in


def enabled() -> None:
    """Raises Refused where the plugin is off."""
    if not state.settings["data_explorer_enabled"]:
        raise not_found(state)


def newer() -> bool:
    """Whether this server has the plugin at its later place."""
    return state.flavour.explorer_path == LATER


def administrator(plugin: str) -> UserRecord:
    """The administrator who asks. Raises Refused for others, and where the plugin is not at that place."""
    enabled()
    user = caller().user
    if not newer() and plugin != FIRST.rpartition("/")[2]:
        raise not_found(state)
    if user is None or not user.admin:  # on older servers the place itself is not there for others
        raise not_found(state) if not state.newer else forbidden(state)
    return user


def runnable(number: int, group: int | None = None) -> SavedQuery:
    """A saved query that the caller may run; as a member of a group if one is given. Raises Refused."""
    found = there(explorer.queries.all.get(number))
    if not explorer.queries.may_run(caller().user, found) or (group is not None and group not in found.groups):
        raise not_found(state)
    return found


def my_group(name: str) -> int:
    """The number of a group that the caller is in; administrators are in all. Raises Refused."""
    enabled()
    user = member() if caller().user else None
    number = next((int(one["id"]) for one in state.groups if one["name"] == name), None)
    if user is None or number is None or not (user.admin or number in group_ids(state, user)):
        raise not_found(state)
    return number


# ---- saved queries


@routes.get(f"{PREFIX}/queries")
def index(plugin: str) -> ResponseReturnValue:
    administrator(plugin)
    if newer() and plugin == "explorer":
        return redirect(state.at(f"{LATER}/queries"), 301)
    found = explorer.queries.listed()
    if not newer():
        return answer({"queries": [shown(one, whole=True) for one in found]})
    start, text = max(0, whole("offset") or 0), request.args.get("filter", "").casefold()
    found = [one for one in found if text in f"{one.name}\n{one.description}".casefold()]
    more = f"{LATER}/queries.json?offset={start + PAGE}" + (f"&filter={text}" if text else "")
    page = found[start : start + PAGE]
    rest = {"load_more_queries": more} if len(found) > start + PAGE else {}
    total = {"total_rows_queries": len(found)}
    return answer({"queries": [shown(one, whole=False) for one in page], **total, **rest})


@routes.get(f"{PREFIX}/queries/<int:number>")
def show(plugin: str, number: int) -> ResponseReturnValue:
    administrator(plugin)
    if newer() and plugin == "explorer":
        return redirect(state.at(f"{LATER}/queries/{number}"), 301)
    found = there(explorer.queries.all.get(number))
    if found.hidden:
        raise not_found(state)
    return answer({"query": shown(found, whole=True)})


@routes.post(f"{PREFIX}/queries")
def create(plugin: str) -> Response:
    user = administrator(plugin)
    return answer({"query": shown(explorer.queries.add(user, sent(new=True)), whole=True)})


@routes.put(f"{PREFIX}/queries/<int:number>")
def update(plugin: str, number: int) -> Response:
    administrator(plugin)
    found = there(explorer.queries.all.get(number))
    explorer.queries.change(found, sent(new=False))
    return answer({"query": shown(found, whole=True)})


@routes.delete(f"{PREFIX}/queries/<int:number>")
def delete(plugin: str, number: int) -> Response:
    administrator(plugin)
    there(explorer.queries.all.get(number)).hidden = True
    return answer({"success": True, "errors": []})


def sent(*, new: bool) -> dict[str, Any]:
    """The query that a request carries. Raises Refused without one, or without a name."""
    data = given()
    query = data.get("query")
    if not isinstance(query, Mapping) or not query:
        raise missing("query")
    if not str(query.get("name", "" if new else "kept") or "").strip():
        raise unprocessable([words(state, "Name can't be blank")])
    groups = listed(query.get("group_ids", data.get("query[group_ids]")))
    return {**query, "group_ids": [number for one in groups if (number := number_of(one)) is not None]}


# ---- running


@routes.post(f"{PREFIX}/queries/<int:number>/run", locked=False)
@routes.post(f"{PREFIX}/queries/<int:number>/run.<any('csv'):form>", locked=False)
def run(plugin: str, number: int, form: str = "json") -> Response:
    def to_run() -> SavedQuery:
        administrator(plugin)
        if number not in explorer.queries.all and state.newer:  # in the words of Rails
            raise RefusedRequest(404, {"status": 404, "error": "Not Found"})
        return there(explorer.queries.all.get(number))

    return ran(to_run, form)


@routes.get("/data-explorer/queries/<int:number>/run", locked=False)
@routes.get("/data-explorer/queries/<int:number>/run.<any('csv'):form>", locked=False)
def public_run(number: int, form: str = "json") -> Response:
    def permitted() -> SavedQuery:
        enabled()
        if not newer():
            raise not_found(state)
        return runnable(number)

    return ran(permitted, form)


@routes.get("/g/<name>/reports")
def reports(name: str) -> Response:
    found = explorer.queries.for_group(my_group(name))
    return answer({"queries": [shown(one, whole=not newer()) for one in found]})


@routes.get("/g/<name>/reports/<int:number>")
def report(name: str, number: int) -> Response:
    group = my_group(name)
    found = runnable(number, group)
    pair = {"query_group": {"query_id": found.id, "group_id": group, "bookmark": None}}
    return answer({"query": shown(found, whole=True), **pair})


@routes.post("/g/<name>/reports/<int:number>/run", locked=False)
def report_run(name: str, number: int) -> Response:
    return ran(lambda: runnable(number, my_group(name)))


def ran(find: Callable[[], SavedQuery], form: str = "json") -> Response:
    """The answer to a run. The state is not locked while the query runs."""
    query = find()
    count_run()
    data = given()
    limit = most(data.get("limit"), csv_wanted=form == "csv")
    query.last_run_at = state.clock()
    text = query.sql
    try:
        values = parameters(data.get("params"))
        found = explorer.run(text, values, limit, explain=truthy(data.get("explain")))
    except QueryFailed as error:
        return answer({"success": False, "errors": [str(error)]}, 422)
    if form == "csv":
        return table(query, found)
    body = {
        "success": True,
        "errors": [],
        "duration": round(found.seconds * 1000, 1),
        "result_count": len(found.rows),
        "params": values,
        "columns": found.columns,
        "default_limit": state.settings["data_explorer_query_result_limit"],
        **({"explain": found.plan} if found.plan is not None else {}),
    }
    extra = {} if data.get("download") else related(found)
    return answer({**body, **extra, "rows": found.rows})


def count_run() -> None:
    """More than a few runs in ten seconds are refused where the site's owner wants that. Raises Refused."""
    runs.most = int(state.settings["max_data_explorer_api_reqs_per_10_seconds"])
    wait = runs.take(state.clock())
    if wait and "block" in str(state.settings["max_data_explorer_api_req_mode"]):
        raise too_many(state, wait)


def most(said: Any, *, csv_wanted: bool) -> int | None:
    """How many rows an answer may have; None for all. Raises Refused."""
    default = MOST if csv_wanted else int(state.settings["data_explorer_query_result_limit"])
    if said in (None, ""):
        return default
    number = number_of(said)
    if newer() and not csv_wanted and (number is None or not 0 <= number <= MOST):
        raise invalid(state, "limit")
    if said == "ALL" and state.flavour.explorer_takes_all and not csv_wanted:
        return None
    capped = csv_wanted or not state.newer
    found = max(0, number or 0)  # what is no number is 0, as Ruby reads it
    return min(found, MOST) if capped else found


def parameters(said: Any) -> dict[str, Any]:
    """The parameters of a run, from the JSON that they are sent as. Raises QueryFailed or Refused."""
    if said in (None, ""):
        return {}
    try:
        found = json.loads(said)
    except (TypeError, ValueError):
        found = None
    if isinstance(found, dict):
        texts = all(value is None or isinstance(value, str) for value in found.values())
        if state.newer and not texts:
            raise RefusedRequest(500, "", {"Content-Type": "text/html; charset=utf-8"})  # values must be texts
        return found
    if newer():
        raise RefusedRequest(422, {"success": False, "errors": ["Invalid JSON in params"]})
    raise invalid(state, "params")


def table(query: SavedQuery, found: QueryResult) -> Response:
    """The rows as CSV, as a file."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(found.columns)
    lines.writerows([str(one).lower() if isinstance(one, bool) else one for one in row] for row in found.rows)
    day = datetime.fromtimestamp(state.clock(), UTC).date()
    host = request.host.partition(":")[0].replace(".", "-")
    name = f"attachment; filename={slug(query.name)}@{host}-{day}.dcqresult.csv"
    kind = "text/csv; charset=utf-8"
    return Response(text.getvalue(), content_type=kind, headers={"Content-Disposition": name})


# ---- what columns point at

ABOUT = re.compile(r"(user|badge|post|topic|tag_group|group|category)_id$")
MARKED = re.compile(r"^(user|badge|post|topic|tag_group|group|category|reltime|html|json)\$")


def related(found: QueryResult) -> dict[str, Any]:
    """The people, posts and topics that columns point at by their names, and how to show each column."""
    kinds: dict[str, str] = {}
    relations: dict[str, list[dict[str, Any]]] = {}
    for nth, name in enumerate(found.columns):
        about = ABOUT.search(name) or MARKED.match(name)
        if about:
            kinds[str(nth)] = about[1]
            relations.setdefault(about[1], [])
        elif re.fullmatch(r"\w+_url", name):
            kinds[str(nth)] = "url"
        elif re.search(r"(^|\w_)payload$", name):
            kinds[str(nth)] = "json"
    with state.lock:
        for kind in relations:
            columns = [int(nth) for nth, about in kinds.items() if about == kind]
            numbers = {row[nth] for row in found.rows for nth in columns if isinstance(row[nth], int)}
            relations[kind] = list(things(kind, sorted(numbers)))
    shown_kinds = {kind: rows for kind, rows in relations.items() if kind not in ("reltime", "html", "json")}
    return {"relations": shown_kinds, "colrender": kinds}


def things(kind: str, numbers: Iterable[int]) -> Iterable[dict[str, Any]]:
    """People, posts or topics in passing; nothing of other kinds, whose names the browser knows."""
    for number in numbers:
        if kind == "user" and number in state.users:
            yield basic(state.users[number])
        elif kind == "topic" and number in state.topics:
            topic = state.topics[number]
            names = {"fancy_title": fancy(topic.title), "posts_count": len(topic.post_ids)}
            yield {**fields(topic, "id title slug"), **names}
        elif kind == "post" and number in state.posts:
            post = state.posts[number]
            author = state.users[post.user_id]
            who = {"username": author.username, "avatar_template": avatar(author)}
            yield {**fields(post, "id topic_id", post_number="number"), "excerpt": excerpt(post.cooked), **who}
