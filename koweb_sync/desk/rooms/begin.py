"""The room where a new post is begun: its title, category and tags, kept as they are typed until its file is made."""

from dataclasses import replace

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from koweb_sync.desk.rooms.keeping import arrives_late
from koweb_sync.desk.rooms.saving import PLACE, address, saved_page
from koweb_sync.desk.rooms.write import about_tags, kept_words, known_tags, made, named_text, tags_there, text_of_page
from koweb_sync.desk.run.app_icon import app_icon
from koweb_sync.desk.serving.app import DeskRoom, answer, page, shown
from koweb_sync.desk.texts import unsaved, writing
from koweb_sync.desk.texts.unsaved import NEW, TypedText
from koweb_sync.desk.texts.writing import NOTHING, PostForm
from koweb_sync.desk.words.refusals import said_error
from koweb_sync.errors import KowebError
from koweb_sync.i18n import _
from koweb_sync.sync.work_tree import free_name, rules_of, title_for

routes = Blueprint("begin", __name__)
BEGINNING = DeskRoom(routes)


@routes.get(PLACE)
def begin() -> str:
    """The form for a new post, with what was typed in it before."""
    return begun(named_text(unsaved.typed(shown.repo, NEW, NOTHING)))


def begun(text: TypedText | None, fault: str = "") -> str:
    """The page of that form, with a text that is kept. `fault`: why no post was made of it."""
    site, form = shown.current().now.site, text.form if text else NOTHING
    place = writing.place_number(form.category, shown.settings, site)
    return page(
        "write_new.html",
        path=NEW,
        **writing.offered(shown.settings, site, place),
        tags=known_tags(),
        about_tags=about_tags(),
        tags_there=tags_there(),
        form=form,
        fault=fault,
        kept=text,
        here=unsaved.new_page(text),
        kept_words=words_of(text),
        ready="ready" in request.args,  # right after setting up
        icon=app_icon(),
    )


def words_of(text: TypedText | None) -> tuple[str, str]:
    """The same as of other texts; of an empty form there is nothing to say."""
    return kept_words(text) if text else ("saved", "")


def said() -> PostForm:
    """What the form holds; a place that was chosen for whoever types is no word of theirs."""
    site = shown.current().now.site
    title, number, tags = (request.form.get(name, "") for name in ("title", "place", "tags"))
    place = writing.place_called(number, shown.settings, site)
    chosen = place is not None and number != writing.offered(shown.settings, site, "")["place"]
    return replace(NOTHING, title=title, category=place.said if place and chosen else "", tags=tags)


@routes.post("/write-preview/")
def keep() -> Response:
    """Keep what is typed, for the page that it is typed on."""
    here = unsaved.page_of(request.form)
    if not arrives_late(here):
        unsaved.keep(shown.repo, NEW, said(), "", NOTHING, here)
    return answer({"kept": words_of(of_page()), "wrong": ""})


def of_page() -> TypedText | None:
    """What is kept of the page from which a request comes."""
    return text_of_page(unsaved.typed(shown.repo, NEW, NOTHING))


@routes.post(PLACE)
def create() -> ResponseReturnValue:
    """Make the file of a new post, and go on to its text."""
    form, repo, here = said(), shown.another(), unsaved.page_of(request.form)
    unsaved.keep(repo, NEW, form, "", NOTHING, here)
    place = writing.place_called(request.form.get("place", ""), shown.settings, shown.current().now.site)
    if place is None:
        return Response(begun(of_page(), _("Choose a category.")), 409)
    try:
        title = title_for(form.title, rules_of(shown.settings)[0].title_min)
        with shown.lock:  # a second press of the button sees what the first one made
            writing.need_new_title(title, shown.current().titles)
            _ident, path = free_name(repo, shown.settings, title, place.folder)
            made(repo, path, replace(form, title=title, category=place.category or ""))
    except KowebError as error:
        return Response(begun(of_page(), said_error(error)), 409)
    unsaved.end(repo, NEW, form, saved_page())
    return redirect(address(path), 303)


@routes.post("/write-forget/")
def forget() -> ResponseReturnValue:
    """Nobody wants to make a post of what was typed: the form is empty again."""
    waiting = unsaved.typed(shown.repo, NEW, NOTHING)
    for text in [one for one in waiting if one.called == request.form.get("unsaved")]:
        unsaved.end(shown.another(), NEW, text.form, text.page)
    return redirect(PLACE, 303)
