"""Where the text of a post or a translation is saved: its page, what its form says, and both texts where something else
came into the file meanwhile.
"""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, redirect, request
from flask.typing import ResponseReturnValue

from koweb_sync import safe_files
from koweb_sync.desk.conflicts import typed_over
from koweb_sync.desk.conflicts.choices import chosen
from koweb_sync.desk.conflicts.typed_over import MeanwhileMerge
from koweb_sync.desk.previews.local_html import path_in_address
from koweb_sync.desk.rooms.keeping import choices, choices_sent, choices_stay, form_page, note_sent
from koweb_sync.desk.rooms.preview import places
from koweb_sync.desk.serving.app import DeskRoom, found_post, page, shown
from koweb_sync.desk.texts import unsaved as unsaved_texts
from koweb_sync.desk.texts import writing
from koweb_sync.desk.texts.earlier_texts import text_changes
from koweb_sync.desk.texts.paragraph_fields import (
    FieldsSaid,
    ParagraphField,
    is_up_to_date,
    text_of,
    unpacked,
    with_descriptions,
)
from koweb_sync.desk.texts.post_folder import LEFT_OUT, FolderState, bytes_of, readable
from koweb_sync.desk.texts.unsaved import WritingPage
from koweb_sync.desk.texts.writing import PostForm, form_of
from koweb_sync.desk.words.refusals import said_error
from koweb_sync.errors import HumanNeeded, KowebError, PostFileError
from koweb_sync.i18n import _

routes = Blueprint("saving", __name__)
SAVING = DeskRoom(routes)
PLACE, TRANSLATION_PLACE = "/write/", "/write-translation/"
FITS = "fits"  # what a button says: all of a translation is right for the text that its original has now


def address(path: str) -> str:
    """Where a post file, or a translation, is written."""
    place = TRANSLATION_PLACE if path in shown.current().now.translations else PLACE
    return f"{place}{path_in_address(path)}"


def found_text(path: str, now: FolderState) -> str:
    """The path of a post file or a translation that an address names. Raises 404 for none."""
    return path if path in now.shown or path in now.translations or path in now.lone else abort(404)


def opened_post(path: str) -> str:
    """The path of a post file that can be written. Raises HumanNeeded for one whose text is not in its place."""
    return in_place(found_post(path))


def in_place(path: str) -> str:
    """A path, if its text is in its place. Raises HumanNeeded else."""
    one = shown.current().now.entries[path]
    if one is LEFT_OUT:
        raise HumanNeeded(
            _("This file is left out of this folder (a sparse checkout), so it cannot be changed here."),
            where=path,
            remedy=_("Whoever looks after the folder brings it back with “git sparse-checkout add”."),
        )
    if one.lfs:
        raise HumanNeeded(
            _("This file only stands for its text, which Git LFS keeps elsewhere."),
            where=path,
            remedy=_("Whoever looks after the folder brings it with “git lfs pull”."),
        )
    return path


def said() -> PostForm:
    """What the form holds."""
    given = request.form
    fields = {name: given.get(name, "") for name in ("title", "category", "tags", "author", "created", "body", "of")}
    form = PostForm(draft="draft" in given, whole="whole" in given, **fields)
    rows, typed = said_fields()
    fits = given.get("then") == FITS or is_up_to_date(rows, typed)
    body = text_of(rows, typed) if rows else form.body
    return replace(form, body=body, of=given.get("of-now", "") if fits else form.of)


def said_fields() -> tuple[tuple[ParagraphField, ...], FieldsSaid]:
    """The paragraphs of a translation's page, and what its form says of them; nothing for a text that is one field.
    Raises 400 for what no page of ours carries.
    """
    given = request.form
    try:
        rows = unpacked(given.get("rows", "[]"))
    except ValueError:
        abort(400)
    texts = {number: one for number in range(len(rows)) if (one := given.get(f"text-{number}")) is not None}
    fits, out, back, same = (
        frozenset(number for number in texts if f"{name}-{number}" in given) for name in ("fits", "out", "back", "same")
    )
    said = {
        number: with_descriptions(rows[number], one, descriptions(rows[number], number))
        for number, one in texts.items()
    }
    return rows, FieldsSaid(said, frozenset(texts) if given.get("then") == FITS else fits, out, back, same)


def descriptions(row: ParagraphField, number: int) -> dict[int, str]:
    """What the form says that the pictures of a paragraph show."""
    shown = ((place, request.form.get(f"shows-{number}-{place}")) for place in range(len(row.descriptions)))
    return {place: one for place, one in shown if one is not None}


def saved(path: str, form: PostForm, editor: Callable[..., str]) -> ResponseReturnValue:
    """Write what a form says over what the page was opened on; where the file is another one by now, show both.
    `editor`: the page on which it is written.
    """
    with shown.lock:
        data = bytes_of(shown.repo, path) or b""
        opened = form_of(readable(path, data).post, data)
        unsaved_texts.keep(
            shown.repo, path, form, request.form.get("mark", ""), opened, unsaved_texts.page_of(request.form)
        )
        over, now = request.form.get("mark", ""), writing.mark(data)
        if over != now or form.whole != opened.whole:
            return put_together(path, form, over, data)
        try:
            new = writing.checked(path, data, opened, form)
        except KowebError as error:
            return Response(editor(path, form, was=over, faults={field_of(error): said_error(error)}), 409)
        if new != data:
            safe_files.write(shown.repo.root, path, new)
        finish(path, form)
    here = address(path)
    then = {
        "publish": f"/publish/?{urlencode({'only': path})}",
        "see": f"{places().preview(path)}?saved",
        FITS: f"{here}?{FITS}",
    }
    return redirect(then.get(request.form.get("then", ""), f"{here}?saved"), 303)


def finish(path: str, form: PostForm) -> None:
    """The page from which a request comes has its text in the file. What other pages have waits beside it."""
    unsaved_texts.end(shown.repo, path, form, saved_page())
    unsaved_texts.pass_by(shown.repo, path)


def saved_page() -> WritingPage:
    """The page from which a request comes, whose text is saved."""
    here = unsaved_texts.page_of(request.form)
    note_sent(here)
    return here


def field_of(error: KowebError) -> str:
    """The field beside which an error stands that keeps a form from being saved."""
    return "page" if isinstance(error, PostFileError) else "created"


def still_wrong(path: str, data: bytes, opened: PostForm, form: PostForm) -> str:
    """The field that keeps a form from being saved; "" for none."""
    try:
        writing.checked(path, data, opened, form)
    except KowebError as error:
        return field_of(error)
    return ""


def put_together(path: str, form: PostForm, over: str, data: bytes) -> ResponseReturnValue:
    """What was typed and what came into the file meanwhile, saved as one; a choice where both changed one place."""
    merge = typed_over.put_together(shown.repo, path, form, over, data, shown.current().now.site)
    if merge is None or merge.pieces:
        return Response(to_choose(path, form, over, data, merge), 409)
    safe_files.write(shown.repo.root, path, merge.data)
    finish(path, form)
    return redirect(f"{address(path)}?merged", 303)


def to_choose(path: str, form: PostForm, over: str, data: bytes, merge: MeanwhileMerge | None, fault: str = "") -> str:
    """The page of places that somebody's text and the file of now have otherwise."""
    site = shown.current().now.site
    opened = form_of(readable(path, data).post, data)
    coming = text_changes(form, merge.typed, site).fields if merge and merge.typed else ()
    return page(
        "write_both.html",
        path=path,
        mine=form,
        theirs=opened,
        over=over,
        mark=writing.mark(data),
        merge=merge,
        coming=coming,
        **choices(shown.repo, path, merge.pieces if merge else ()),
        here=unsaved_texts.page_of(request.form),
        fault=fault,
    )


@routes.post("/write-choose/<path:path>")
def choose(path: str) -> ResponseReturnValue:
    """Write what somebody chose between their text and the file, if it is still the one that they were shown."""
    form, over = said(), request.form.get("over", "")
    choices_stay(path, form_page())
    with shown.lock:
        data = bytes_of(shown.repo, in_place(found_text(path, shown.current().now))) or b""
        merge = typed_over.put_together(shown.repo, path, form, over, data, shown.current().now.site)
        if merge is None or request.form.get("mark") != writing.mark(data):
            fault = _("This text changed since you looked. Nothing was written.")
            return Response(to_choose(path, form, over, data, merge, fault), 409)
        try:
            typed_over.decide(shown.repo, path, form, data, merge, chosen(merge.pieces, request.form))
        except KowebError as error:
            return Response(to_choose(path, form, over, data, merge, said_error(error)), 409)
        choices_sent(shown.repo, path)
        finish(path, form)
    return redirect(f"{address(path)}?chosen", 303)
