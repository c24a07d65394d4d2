"""The forum as people read it in a browser: home, categories, topics. No script, and in the forum's language."""

from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from koweb_sync.i18n import catalog
from koweb_sync.sandbox.acts.rules import number_of
from koweb_sync.sandbox.core.people import permission
from koweb_sync.sandbox.core.refused import not_found
from koweb_sync.sandbox.core.state import State
from koweb_sync.sandbox.core.things import Category, Topic, User
from koweb_sync.sandbox.given import answer, caller, flagged, state, whole
from koweb_sync.sandbox.views import categories, lists
from koweb_sync.sandbox.views.lists import Selection

FOLDER = Path(__file__).with_name("templates")
HOME = 20
LIST = 30
routes = Blueprint("pages", __name__)


def wanted() -> bool:
    """Whether a person asks with a browser: neither `.json` nor an API's `Accept`."""
    return not request.environ.get("koweb.json") and "json" not in request.headers.get("Accept", "")


@routes.get("/")
def home() -> Response:
    """Categories and the latest topics."""
    with state.lock:
        seen = [one for one in categories.visible(state, caller()) if not one.parent_id]
        latest = sorted(lists.visible_topics(state, caller()), key=lambda one: one.bumped_at, reverse=True)
        latest.sort(key=lambda one: not one.pinned_globally)
        return page(state, "home.html", categories=[tree(state, one) for one in seen], topics=latest[:HOME])


@routes.get("/c/<path:place>")
def category(place: str) -> ResponseReturnValue:
    """The topics of a category and of those below it."""
    with state.lock:
        parts = place.strip("/").split("/")
        number = number_of(parts[-1])
        found = state.categories.get(number) if number else by_path(state, "/".join(parts))
        if found is None or permission(caller().user, found) is None:
            raise not_found(state)
        below = (
            [] if flagged("no_subcategories") else [o.id for o in state.categories.values() if o.parent_id == found.id]
        )
        inside = Selection(within=frozenset([found.id, *below]))
        if not wanted():
            path = forum_path(state, found)
            if "/".join(parts) != path:
                return redirect(f"/c/{path}.json", 301)
            return answer(lists.topic_list(state, caller(), request.args, inside))
        topics = sorted(lists.visible_topics(state, caller(), inside), key=lambda one: one.bumped_at, reverse=True)
        start = max(0, (whole("page") or 0) * LIST)
        more = start // LIST + 1 if len(topics) > start + LIST else None
        shown = topics[start : start + LIST]
        return page(state, "category.html", category=tree(state, found), topics=shown, more=more)


@routes.get("/tag/<name>")
def tag(name: str) -> Response:
    """The topics with a tag."""
    with state.lock:
        if name not in state.tags:
            raise not_found(state)
        found = lists.visible_topics(state, caller(), Selection(tag=name))
        if not wanted():
            return answer(lists.topic_list(state, caller(), request.args, Selection(tag=name)))
        return page(state, "tag.html", tag=name, topics=found)


@routes.get("/style.css")
def style() -> Response:
    """The look of all pages."""
    return Response((FOLDER / "style.css").read_bytes(), content_type="text/css; charset=utf-8")


def topic_page(forum: State, found: Topic) -> Response:
    """A topic with its posts."""
    posts = [one for one in forum.posts_of(found) if one.deleted_at is None and one.type == 1 and not one.hidden]
    place = forum.categories.get(found.category_id or 0)
    shown = [(one, forum.users[one.user_id], one.cooked) for one in posts]
    return page(forum, "topic.html", topic=found, posts=shown, category=tree(forum, place) if place else None)


def lost(forum: State) -> Response:
    """404 for people."""
    made = page(forum, "lost.html")
    made.status_code = 404
    return made


def page(forum: State, template: str, **facts: object) -> Response:
    """A page in the forum's language."""
    language = str(forum.settings.get("default_locale", "en"))
    words = catalog(language)
    text = render_template(
        template,
        _=words.gettext,
        ngettext=words.ngettext,
        language=language,
        title=forum.settings["title"],
        day=day,
        author=lambda topic: author(forum, topic),
        place=lambda topic: place(forum, topic),
        **facts,
    )
    return Response(text, content_type="text/html; charset=utf-8")


def tree(forum: State, one: Category) -> dict[str, object]:
    """A category as pages show it: its path, its parent, its children, and how many topics are in it."""
    children = [other for other in forum.categories.values() if other.parent_id == one.id]
    return {
        "name": one.name,
        "colour": f"colour-{one.id % 6}",
        "description": one.description or "",
        "href": f"/c/{forum.slug_path(one)}/{one.id}",
        "parent": tree(forum, forum.categories[one.parent_id]) if one.parent_id in forum.categories else None,
        "children": [{"name": child.name, "href": f"/c/{forum.slug_path(child)}/{child.id}"} for child in children],
        "count": sum(topic.category_id == one.id for topic in lists.visible_topics(forum, caller())),
    }


def forum_path(forum: State, one: Category) -> str:
    """A category's address: its slugs and its number."""
    return f"{forum.slug_path(one)}/{one.id}"


def by_path(forum: State, path: str) -> Category | None:
    """The category with a slug path."""
    return next((one for one in forum.categories.values() if forum.slug_path(one) == path), None)


def author(forum: State, topic: Topic) -> User:
    """Who opened a topic."""
    return forum.users[topic.user_id]


def place(forum: State, topic: Topic) -> Category | None:
    """The category of a topic."""
    return forum.categories.get(topic.category_id or 0)


def day(moment: float) -> str:
    """A date for people and machines: 2026-11-23."""
    return datetime.fromtimestamp(moment, UTC).date().isoformat()
