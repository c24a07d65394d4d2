"""The room where posts are written: the text beside its preview."""

import os
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, redirect, request
from flask.typing import ResponseReturnValue

from koweb_sync import dates, safe_files
from koweb_sync.desk.actions.bringing_back import in_conflict, side
from koweb_sync.desk.previews.preview import Previewer
from koweb_sync.desk.previews.translation_preview import translation_preview
from koweb_sync.desk.previews.typed_preview import lenient, with_content
from koweb_sync.desk.rooms.keeping import arrives_late
from koweb_sync.desk.rooms.preview import places, takes_translations, translations, words_as_of
from koweb_sync.desk.rooms.saving import (
    FITS,
    PLACE,
    address,
    found_text,
    opened_post,
    said,
    said_fields,
    saved,
    still_wrong,
)
from koweb_sync.desk.serving.app import FILES, DeskRoom, answer, page, shown
from koweb_sync.desk.texts import deleted_texts, other_texts, writing
from koweb_sync.desk.texts import unsaved as unsaved_texts
from koweb_sync.desk.texts.earlier_texts import version_time
from koweb_sync.desk.texts.paragraph_fields import left_to_do
from koweb_sync.desk.texts.post_folder import FolderTranslation, bytes_of, readable
from koweb_sync.desk.texts.unsaved import TypedText, WritingPage
from koweb_sync.desk.texts.writing import NOTHING, PostForm, form_of, new_file, new_translation, written
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.posts.translation import named
from koweb_sync.sync.world.cherry_picks import at

routes = Blueprint("write", __name__)
WRITE = DeskRoom(routes, PLACE, lambda: _("Write"))


@routes.get("/<any(keep, write, marks, translate, unsent):name>.js")
def script(name: str) -> Response:
    """What the page of a text does by itself: `keep` keeps and shows it, `write` adds links and pictures, `marks`
    puts the signs of Markdown in, `translate` takes a paragraph of the original over, `unsent` keeps
    what is written in other forms.
    """
    code = FILES.joinpath(f"{name}.js").read_text(encoding="utf-8")
    return Response(code, content_type="text/javascript; charset=utf-8")


def made(repo: Repo, path: str, form: PostForm, here: WritingPage | None = None) -> None:
    """Make a file of a form; what was typed is kept until it is there. Where git has the file, it is changed from that.

    Raises KowebError where there is one by now, and for what no file can say.
    """
    base = side(repo, path, 0) or at(repo, repo.resolve("HEAD"), path)
    here = here or unsaved_texts.new_page()
    unsaved_texts.keep(repo, path, form, "", NOTHING, here)
    if form.whole:
        data = form.body.encode()
    elif base is None:
        data = new_translation(form) if is_beside(path) else new_file(form, PurePosixPath(path).stem)
    else:
        was = form_of(readable(path, base).post, base)
        data = base if form == NOTHING else written(path, base, was, form)
    safe_files.write(repo.root, path, data, fresh=True)
    unsaved_texts.end(repo, path, form, here)
    unsaved_texts.pass_by(repo, path)


def is_beside(path: str) -> bool:
    """Whether a file of this name is a translation of a post that is there."""
    told = named(path)
    return told is not None and told[0] in shown.current().now.shown


@routes.post("/write-again/<path:path>")
def again(path: str) -> ResponseReturnValue:
    """Make a post file again that is gone: with the text that was typed for it and not saved, else as it was deleted,
    else as git has it.
    """
    repo = shown.another()
    text = typed_for_none(path)
    if text is None and path not in shown.current().now.gone:
        abort(404)
    deleted = deleted_texts.newest(repo, shown.settings, shown.current().now, path)
    if text or deleted is None:
        deleted_texts.put_beside(repo, deleted.beside if deleted else ())
        made(repo, path, *((text.form, text.page) if text else (NOTHING, None)))
    else:
        deleted_texts.put_back(repo, deleted)
    return redirect(address(path), 303)


def typed_for_none(path: str) -> TypedText | None:
    """What was typed for a post file that is not there (any more): the text that a request names, else the first."""
    now = shown.current().now
    if path in now.shown or path in now.translations or path in now.lone or not shown.settings.is_post(path):
        return None
    found = unsaved_texts.typed(shown.repo, path, NOTHING)
    return next((one for one in found if one.called == request.values.get("unsaved")), next(iter(found), None))


@routes.get(f"{PLACE}<path:path>")
def edit(path: str) -> ResponseReturnValue:
    """The text of a post, beside its preview; of one that is gone, what was typed for it. Where somebody has to choose
    between two versions, the page for that: between git's marks nobody finds their text.
    """
    text = typed_for_none(path)
    if text is not None:
        return page("write_gone.html", path=path, form=text.form, text=text.called)
    if path in shown.current().now.lone:
        return redirect(places().preview(path), 303)
    if path in shown.current().now.translations:
        return redirect(f"{address(path)}?{urlencode(request.args)}".removesuffix("?"), 303)
    if is_to_choose(path):
        return redirect("/bring-back/", 303)
    return editor(opened_post(path), told=told_after())


def told_after() -> str:
    """What the page of a text says that comes after something was done with it."""
    told = {
        "saved": _("Saved."),
        "merged": _("Saved, together with what came into this text meanwhile from elsewhere. Read it once more."),
        "chosen": _("Saved, as you chose. Both texts stay among the earlier versions. Read it once more."),
        "aside": _("Back to the saved text. What you had typed is kept among the earlier versions."),
        FITS: _("Saved. It is noted that what is translated fits the text of now."),
        "back": _("Back to the saved text."),
        "returned": _("The text is back in this folder."),
        "brought": _("This is the text of the version that you chose. Your saved text stays as it is until you save."),
    }
    return next((text for name, text in told.items() if name in request.args), "")


def is_to_choose(path: str) -> bool:
    """Whether a pull waits until somebody has chosen in this file."""
    if shown.current().now.signs.get(path) != "M":
        return False
    return any(one.path == path and one.pieces for one in in_conflict(shown.another(), shown.settings))


def editor(path: str, form: PostForm | None = None, *, was: str = "", **more: Any) -> str:
    """The page of one text. `form`: what was typed and is not saved, else what an earlier page kept; `was`: the mark of
    what it was typed over. `more`: what the page says besides; `faults` are errors by field.
    """
    told = {"told": "", "faults": {}, "found": None, "asked": "", "shown_words": "", **more}
    with shown.lock:
        current = shown.current()
        data = bytes_of(shown.repo, path) or b""
        opened = writing.form_of(current.now.shown[path].post, data)
        if form is not None:
            unsaved_texts.keep(shown.repo, path, form, was, opened, unsaved_texts.page_of(request.form))
        waiting = unsaved_texts.typed(shown.repo, path, opened)
        kept = named_text(waiting)
        began = kept
        if form is not None:
            began, kept = text_of_page(waiting), None
        elif kept is not None:
            form, was = kept.form, kept.mark
        others = [(there, title) for there, title in current.titles.items() if there != path]
        typed = data if form is None else lenient(path, data, opened, form)
        made = with_content(current, places(), path, typed)
        beside = translations(current.now, path)
    return page(
        "write.html",
        kept=kept is not None,
        empty=not opened.body.strip(),
        brought=version_time(shown.another(), path, kept.form) if kept else "",
        here=unsaved_texts.new_page(began),
        unsaved=other_texts.others(waiting, began, opened),
        path=path,
        form=form or opened,
        author_shown=current.called((form or opened).author),
        mark=was or writing.mark(data),
        categories=writing.categories_for(
            current.now.site, (form or opened).category, shown.settings.category_of(path)
        ),
        folder=writing.category_name(current.now.site, shown.settings.category_of(path)),
        tags=known_tags(),
        about_tags=about_tags(),
        tags_there=tags_there(),
        named=current.now.site is not None,
        others=others,
        preview=made,
        state=words_as_of(current)(path, made.state),
        changes=(),
        translations=beside,
        as_typed=typed != data,
        takes_translations=takes_translations(current),
        beside_form=True,
        kept_words=kept_words(began),
        **told,
    )


def known_tags() -> list[str]:
    """The forum's tags, as far as they are remembered: it tells them all where nobody may make new ones; and those that
    posts of this folder have.
    """
    now = shown.current().now
    own = {tag for one in now.shown.values() for tag in one.post.front.tags or ()}
    return sorted(own | (now.site.tags if now.site else set()))


def about_tags() -> str:
    """Where the tags come from that are offered, and whether others may be typed."""
    site = shown.current().now.site
    if site is not None and not site.can_tag:
        return _("With your account, no tags can be given to topics on this forum.")
    if site is not None and not site.can_create_tags:
        return _("Those of the forum are offered as you type: your account may not make new ones.")
    return _("Those of your other posts are offered as you type; you may also write others of the forum, or new ones.")


def tags_there() -> str:
    """The page of the forum that shows its tags."""
    return f"{shown.settings.url}/tags"


def named_text(waiting: Sequence[TypedText]) -> TypedText | None:
    """Of what was typed for a post, the text that a request names, else the one that somebody goes on with."""
    named = next((one for one in waiting if one.called == request.values.get("unsaved")), None)
    return named or next((one for one in waiting if not one.passed), None)


def text_of_page(waiting: Sequence[TypedText]) -> TypedText | None:
    """Of what was typed for a post, the text that the page keeps from which a request comes, or that it began with."""
    here = unsaved_texts.page_of(request.form)
    own = next((one for one in waiting if one.page.ident == here.ident), None)
    return own or next((one for one in waiting if one.key == here.began), None)


def kept_words(kept: TypedText | None) -> tuple[str, str]:
    """Whether what is typed is saved: “saved” or “kept”, and in words, with when it was kept."""
    if kept is None:
        return "saved", _("Saved")
    return "kept", _("Kept at {time}, not saved yet").format(time=dates.clock(kept.at))


@routes.post("/write-preview/<path:path>")
def preview(path: str) -> Response:
    """The preview of what is typed, for the page that it is typed on. The file stays as it is; the text is kept."""
    here = unsaved_texts.page_of(request.form)
    if is_gone(path):
        unsaved_texts.keep(shown.repo, path, said(), "", NOTHING, here)
    with shown.lock:
        current = shown.current()
        data = bytes_of(shown.repo, found_text(path, current.now)) or b""
        opened = form_of(readable(path, data).post, data)
        if not arrives_late(here):
            unsaved_texts.keep(shown.repo, path, said(), request.form.get("mark", ""), opened, here)
        kept = next(
            (one for one in unsaved_texts.typed(shown.repo, path, opened) if one.page.ident == here.ident), None
        )
        beside = current.now.translations.get(path)
        typed = lenient(path, data, opened, said())
        if path in current.now.lone:  # nothing to show it beside
            return answer({"kept": kept_words(kept), "wrong": ""})
        parts = seen_translation(current, beside, said()) if beside else seen(current, path, typed)
    return answer({**parts, "kept": kept_words(kept), "wrong": still_wrong(path, data, opened, said())})


def seen(current: Previewer, path: str, typed: bytes) -> dict[str, str]:
    """The parts of the page of a post that show it as it is typed. Whoever asks holds the folder's lock."""
    made = with_content(current, places(), path, typed)
    values = {"preview": made, "state": words_as_of(current)(path, made.state), "changes": (), "beside_form": True}
    values["takes_translations"] = takes_translations(current)
    values["as_typed"] = typed != bytes_of(shown.repo, path)
    beside = translations(current.now, path)
    return {name: page(f"_{name}.html", translations=beside, **values) for name in ("head", "text", "side")}


def seen_translation(current: Previewer, one: FolderTranslation, form: PostForm) -> dict[str, str]:
    """The parts of the page of a translation that show it as it is typed. Whoever asks holds the folder's lock."""
    made = translation_preview(current, places(), one.original, form)
    rows, typed = said_fields()
    left = {"rows": rows, **left_to_do(rows, typed)}
    return {name: page(f"_{name}.html", preview=made, **left) for name in ("head", "text", "left")}


@routes.post(f"{PLACE}<path:path>")
def save(path: str) -> ResponseReturnValue:
    """Write the file, unless somebody else wrote it meanwhile. The text is kept until it is there."""
    if is_gone(path):
        return kept_without_file(path)
    return saved(opened_post(path), said(), editor)


@routes.post("/write-tags/<path:path>")
def write_tags(path: str) -> ResponseReturnValue:
    """Write the tags as the forum does: of what is typed, on the page where one writes, else of the file."""
    if is_gone(path):
        return kept_without_file(path)
    if "mark" in request.form:
        return saved(opened_post(path), writing.with_forum_tags(said()), editor)
    with shown.lock:
        data = bytes_of(shown.repo, opened_post(path)) or b""
        was = form_of(readable(path, data).post, data)
        safe_files.write(shown.repo.root, path, written(path, data, was, writing.with_forum_tags(was)))
    return redirect(f"{places().preview(path)}?saved", 303)


def kept_without_file(path: str) -> Response:
    """What was typed for a file that is gone by now is kept, and shown."""
    here = unsaved_texts.page_of(request.form)
    unsaved_texts.keep(shown.repo, path, said(), "", NOTHING, here)
    return Response(page("write_gone.html", path=path, form=said(), text=here.ident or "0"), 409)


def is_gone(path: str) -> bool:
    """Whether a path is that of a post file that was opened in a page, and is not there any more."""
    here = os.path.lexists(shown.repo.root / path) or path in shown.current().now.shown
    return "mark" in request.form and not here and shown.settings.is_post(path)
