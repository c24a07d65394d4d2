"""The forum as people read it in a browser. No script, and in the forum's language."""

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from koweb_sync import pages
from koweb_sync.i18n import catalog, spoken
from koweb_sync.sandbox.model.permissions import hidden_from, permission
from koweb_sync.sandbox.model.records import CategoryRecord, PostRecord, TopicRecord, UserRecord
from koweb_sync.sandbox.model.refusals import not_found
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.sandbox.pages import dates, pictures, shown
from koweb_sync.sandbox.pages.cooked import readable
from koweb_sync.sandbox.request_data import Routes, answer, caller, flagged, state
from koweb_sync.sandbox.rules.validations import number_of
from koweb_sync.sandbox.serializers import categories, lists, topics
from koweb_sync.sandbox.serializers.lists import Selection
from koweb_sync.sandbox.serializers.people import avatar
from koweb_sync.sandbox.serializers.posts import excerpt

FOLDER = Path(__file__).with_name("templates")
LIST = 30
POSTS = 20
EXCERPT = 200  # characters of a post in a list
TERM = 3  # the shortest word that is searched for
UNCHOSEN = "0088CC"  # the colour of categories for which nobody chose one
COLOURS = ("B3541E", "3B7A57", "3465A4", "8F5AA8", "B08900", "A33F5B")
# Cells are aligned by a style attribute; these three are the only ones that a browser takes.
ALIGNED = " ".join(
    f"'sha256-{b64encode(sha256(f'text-align:{way}'.encode()).digest()).decode()}'"
    for way in ("left", "right", "center")
)
POLICY = (
    "default-src 'none'; img-src 'self' https: http:; media-src 'self' https: http:; "
    f"style-src 'self' 'unsafe-hashes' {ALIGNED}; base-uri 'self'; form-action 'self'"
)
routes = Routes("pages")
routes.register_blueprint(pictures.routes)


def wanted() -> bool:
    """Whether a person asks with a browser: neither `.json` nor an API's `Accept`."""
    return not request.environ.get("koweb.json") and "json" not in request.headers.get("Accept", "")


def browsing() -> bool:
    """Whether it is surely a browser that asks: it says that it reads HTML."""
    return wanted() and "text/html" in request.headers.get("Accept", "")


@routes.get("/")
def home() -> Response:
    """Categories and the latest topics; only topics on the pages that follow."""
    found = lists.visible_topics(state, caller())
    latest = sorted(found, key=lambda one: (not one.pinned_globally, -one.bumped_at))
    counts = Counter(one.category_id for one in found)
    tops = [one for one in categories.visible(state, caller()) if one.parent_id is None]
    cards = [shown.card(state, caller(), one, counts) for one in tops]
    return list_page(state, "home.html", latest, categories=cards)


@routes.get("/c/<path:place>")
def category(place: str) -> ResponseReturnValue:
    """The topics of a category and of those below it."""
    parts = place.strip("/").split("/")
    number = number_of(parts[-1])
    found = (
        state.categories.get(number)
        if number
        else next((one for one in state.categories.values() if state.slug_path(one) == "/".join(parts)), None)
    )
    if found is None or permission(caller().user, found) is None:
        raise not_found(state)
    inside = lists.of_category(state, found, alone=flagged("no_subcategories"))
    if not wanted():
        path = f"{state.slug_path(found)}/{found.id}"
        if "/".join(parts) != path:
            return redirect(state.at(f"/c/{path}.json"), 301)
        return answer(lists.topic_list(state, caller(), request.args, inside))
    seen = lists.visible_topics(state, caller(), inside)
    seen.sort(key=lambda one: (one.pinned_at is None, -one.bumped_at))
    card = shown.card(state, caller(), found, Counter(one.category_id for one in seen))
    return list_page(state, "category.html", seen, category=card)


@routes.get("/tag/<name>")
def tag(name: str) -> Response:
    seen = lists.seen_tags(state, caller())
    target = state.labels.synonyms.get(name)
    if target is not None and target in seen:
        ending = "" if wanted() else ".json"
        where = f"{request.root_url.rstrip('/')}/tag/{quote(target)}{ending}"
        return Response(status=302, headers={"Location": where}, content_type="text/html; charset=utf-8")
    if name not in seen:
        raise not_found(state)
    if not wanted():
        return answer(lists.topic_list(state, caller(), request.args, Selection(tag=name)))
    found = lists.visible_topics(state, caller(), Selection(tag=name))
    found.sort(key=lambda one: -one.bumped_at)
    return list_page(state, "tag.html", found, tag=name)


def list_page(forum: ForumState, template: str, found: Sequence[TopicRecord], **facts: object) -> Response:
    """A page with a page of topics."""
    return page(forum, template, pages=shown.paged(found, LIST), **facts)


def past(count: int) -> bool:
    """Whether a page of a topic beyond its last one is asked for."""
    number = number_of(request.args.get("page") or "1")
    return number is not None and (number - 1) * POSTS >= max(count, 1)


def topic_page(forum: ForumState, found: TopicRecord, near: int = 1) -> ResponseReturnValue:
    """A topic with a page of its posts; `near`: at the post with that number, or the first one after it."""
    stream = topics.readable(forum, caller(), found)
    order = {one.id: index for index, one in enumerate(stream)}
    home = forum.at(f"/t/{found.slug}/{found.id}")

    def where(one: PostRecord) -> str:
        number = order.get(one.id, 0) // POSTS + 1
        return f"{home}{f'?page={number}' if number > 1 else ''}#post_{one.number}"

    if near > 1 and stream:
        return redirect(where(next((one for one in stream if one.number >= near), stream[-1])), 302)
    if forum.flavour.page_past_end == 404 and past(len(stream)):
        return lost(forum)
    place = forum.categories.get(found.category_id or 0)
    facts = {
        "topic": found,
        "category": shown.card(forum, caller(), place, Counter()) if place else None,
        "pages": shown.paged(stream, POSTS, first=1),
        "where": where,
    }
    return page(forum, "topic.html", **facts)


def user_page(forum: ForumState, user: UserRecord) -> Response:
    """Who somebody is, and what they wrote lately."""
    seen = shown.written(forum, caller(), user)
    opened = sum(one.number == 1 for one in seen)
    facts = {"opened": opened, "answered": len(seen) - opened}
    return page(forum, "user.html", user=user, pages=shown.paged(seen, POSTS), **facts)


def search_page(forum: ForumState, term: str, found: Sequence[PostRecord]) -> Response:
    """What a search found. `term`: too short, and nothing was searched."""
    facts = {"term": term, "short": 0 < len(term.strip()) < TERM, "count": len(found)}
    return page(forum, "search.html", pages=shown.paged(found, POSTS, first=1), **facts)


@routes.get("/login")
def login() -> Response:
    """Where a forum for members sends everybody else."""
    return page(state, "login.html", closed=bool(state.settings["login_required"]))


def lost(forum: ForumState, status: int = 404) -> Response:
    """Nothing here, or nothing for this reader."""
    made = page(forum, "lost.html")
    made.status_code = status
    return made


@routes.get("/style.css")
def style() -> Response:
    """The look of all pages, and the colours of the categories."""
    colours = "".join(f".category-{one.id} {{ --colour: #{colour(one)}; }}\n" for one in state.categories.values())
    look = pages.style(FOLDER / "style.css")
    return Response(look + colours, content_type="text/css; charset=utf-8")


def colour(one: CategoryRecord) -> str:
    """A category's colour, as six hexadecimal digits: its own, or one of ours."""
    own = one.color.lstrip("#").upper()
    known = re.fullmatch(r"[0-9A-F]{6}", own) is not None and own != UNCHOSEN
    return own if known else COLOURS[one.id % len(COLOURS)]


def language(forum: ForumState) -> tuple[str, Any]:
    """The language of the pages, and its texts: the forum's own if we speak it."""
    name = spoken(str(forum.settings.get("default_locale", "en"))) or "en"
    return name, catalog(name)


def page(forum: ForumState, template: str, **facts: object) -> Response:
    """A page in the forum's language."""
    name, words = language(forum)
    given = {
        "_": words.gettext,
        "ngettext": words.ngettext,
        "language": name,
        "site": forum.settings["title"],
        "base": forum.base_path,
        "forum": forum,
        "place": lambda number: forum.at(f"/c/{forum.slug_path(forum.categories[number])}/{number}"),
        "beginning": lambda one: excerpt(one.cooked, EXCERPT).replace("&hellip;", "…"),
        "hidden": lambda one: hidden_from(caller(), one),
        "readable": lambda one: readable(one.cooked, words.gettext),
        "day": lambda at: dates.day(at, words.gettext),
        "moment": dates.moment,
        "face": lambda user, size: avatar(user).format(size=size),
        "called": partial(shown.called, forum),
        "term": "",
        "closed": False,
    }
    text = render_template(template, **{**given, **facts})
    return Response(text, headers={"Content-Security-Policy": POLICY}, content_type="text/html; charset=utf-8")
