"""Translations at the desk: one is begun, written beside its original, and said to be right although its original has
another text by now.
"""

from collections.abc import Mapping
from types import MappingProxyType

from flask import Blueprint, Response, abort, redirect, request
from flask.typing import ResponseReturnValue

from koweb_sync import safe_files
from koweb_sync.desk.previews.local_html import path_in_address
from koweb_sync.desk.previews.shown_translations import ShownTranslation, taken
from koweb_sync.desk.previews.translation_preview import shown_fields, translation_preview
from koweb_sync.desk.rooms import write as write_pages
from koweb_sync.desk.rooms.preview import places, translations
from koweb_sync.desk.rooms.saving import TRANSLATION_PLACE, in_place, opened_post, said, saved
from koweb_sync.desk.rooms.write import is_gone, kept_without_file, kept_words, named_text, text_of_page, told_after
from koweb_sync.desk.serving.app import DeskRoom, found_post, page, shown
from koweb_sync.desk.texts import unsaved, writing
from koweb_sync.desk.texts.other_texts import others
from koweb_sync.desk.texts.paragraph_fields import ParagraphField, left_to_do, packed, paragraph_fields, said_of
from koweb_sync.desk.texts.post_folder import FolderTranslation, bytes_of, readable
from koweb_sync.desk.texts.rendered_difference import without_names
from koweb_sync.desk.texts.writing import PostForm, form_of
from koweb_sync.desk.words.refusals import said_error
from koweb_sync.errors import KowebError
from koweb_sync.posts.document import PostFile
from koweb_sync.posts.front_writing import with_key
from koweb_sync.posts.language_names import own_name
from koweb_sync.posts.side_by_side import has_notes
from koweb_sync.posts.translation import LOCALES, mark_of, same_language
from koweb_sync.sync.publish.translations import spoken_by
from koweb_sync.sync.work_tree import begin_translation

routes = Blueprint("translations", __name__)
TRANSLATIONS = DeskRoom(routes)
NO_FAULTS: Mapping[str, str] = MappingProxyType({})


@routes.get("/translate/<path:path>")
def ask(path: str) -> str:
    """Ask into which language a post is to be translated."""
    return asked(found_post(path))


def asked(path: str, fault: str = "") -> str:
    """The page of that question."""
    now, forum = shown.current().now, shown.current().forum
    there = {one.locale for one in now.translations.values() if one.original == path}
    own = spoken_by(forum.agreed.get(forum.keys[path]), now.site, shown.settings)
    offered = [(code, own_name(code)) for code in LOCALES if code not in there and not same_language(code, own)]
    told = {"offered": offered, "fault": fault, "kept": kept(), "together": together()}
    return page("translate.html", path=path, title=now.shown[path].post.front.title, **told)


def together() -> bool:
    """Whether the forum shows a translation with its post, as far as that is known."""
    site = shown.current().now.site
    return site is None or site.translates is not False


def kept() -> bool:
    """Whether a translation can go to the forum, as far as that is known."""
    return taken(shown.current().now.site, shown.settings)


@routes.post("/translate/<path:path>")
def begin(path: str) -> ResponseReturnValue:
    """Begin a translation, as `koweb new --translation-of` does, and go on to its text."""
    try:
        made = begin_translation(shown.another(), shown.settings, found_post(path), request.form.get("into", ""), "")
    except KowebError as error:
        return Response(asked(path, said_error(error)), 409)
    return redirect(f"{TRANSLATION_PLACE}{path_in_address(made)}", 303)


def found(path: str) -> FolderTranslation:
    """The translation that an address names. Raises 404 for none."""
    return shown.current().now.translations.get(path) or abort(404)


@routes.get(f"{TRANSLATION_PLACE}<path:path>")
def edit(path: str) -> ResponseReturnValue:
    """The text of a translation, beside its original."""
    if path in shown.current().now.lone:
        return redirect(places().preview(path), 303)
    found(path)
    return editor(path, told=told_after())


def editor(
    path: str, form: PostForm | None = None, *, was: str = "", faults: Mapping[str, str] = NO_FAULTS, told: str = ""
) -> str:
    """The page of that text. `form`: what was typed and is not saved, else what an earlier page kept; `was`: the mark
    of what it was typed over.
    """
    with shown.lock:
        one, current = found(path), shown.current()
        data = bytes_of(shown.repo, path) or b""
        opened = form_of(readable(path, data).post, data)
        waiting = unsaved.typed(shown.repo, path, opened)
        began = named_text(waiting) if form is None else text_of_page(waiting)
        known = next(each for each in translations(current.now, one.original) if each.path == path)
        kept_text = began if form is None else None
        if kept_text:
            form, was = kept_text.form, kept_text.mark
        form = form or opened
        original = current.now.shown[one.original].post
        rows = fields_of(form, original, known)
        whole = "" if rows else without_names(current.preview(one.original, places()).html)
        preview = translation_preview(current, places(), one.original, form)
        fields = shown_fields(current, places(), one.original, rows)
    return page(
        "write_translation.html",
        one=known,
        path=path,
        original=original,
        form=form,
        signs=has_notes(form.body),
        rows=rows,
        packed=packed(rows),
        fields=fields,
        whole=whole,
        **left_to_do(rows, said_of(rows)),
        preview=preview,
        mark=was or writing.mark(data),
        here=unsaved.new_page(began),
        typed_before=kept_text is not None,
        unsaved=others(waiting, began, opened),
        kept_words=kept_words(began),
        faults=faults,
        told=told,
        kept=kept(),
        url=places(),
    )


def fields_of(form: PostForm, original: PostFile, known: ShownTranslation) -> tuple[ParagraphField, ...]:
    """The fields of a translation's text, beside its original's; none of what is one field."""
    if form.whole:
        return ()
    return paragraph_fields(form.body, original.body, known.before, behind=known.behind)


@routes.post(f"{TRANSLATION_PLACE}<path:path>")
def save(path: str) -> ResponseReturnValue:
    """Write the title and the text of a translation; both texts are shown where somebody else wrote it meanwhile."""
    if is_gone(path):
        return kept_without_file(path)
    if path in shown.current().now.lone:
        return kept_without_original(path)
    if path in shown.current().now.shown:  # it became a post of its own
        return saved(opened_post(path), said(), write_pages.editor)
    found(path)
    return saved(in_place(path), said(), editor)


def kept_without_original(path: str) -> ResponseReturnValue:
    """What was typed for a translation whose original is gone by now is kept, and its page says so."""
    data = bytes_of(shown.repo, path) or b""
    opened = form_of(readable(path, data).post, data)
    unsaved.keep(shown.repo, path, said(), request.form.get("mark", ""), opened, unsaved.page_of(request.form))
    return redirect(places().preview(path), 303)


@routes.post("/translation-fits/<path:path>")
def fits(path: str) -> ResponseReturnValue:
    """Note in a translation that it is one of the text of now, if that is still the one which was looked at."""
    with shown.lock:
        now, one = shown.current().now, found(path)
        mark = mark_of(now.shown[one.original].post.body)
        if request.form.get("mark") == mark:
            data = bytes_of(shown.repo, path) or b""
            safe_files.write(shown.repo.root, path, with_key(path, data, "of", mark))
    return redirect(places().preview(one.original), 303)
