"""Going back to the saved text of a post: what was typed and not saved is shown, asked about, and set aside."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from koweb_sync.desk.actions.rendered_texts import between
from koweb_sync.desk.rooms.preview import places
from koweb_sync.desk.rooms.saving import address, found_text, said
from koweb_sync.desk.rooms.write import named_text, text_of_page, typed_for_none
from koweb_sync.desk.serving.app import DeskRoom, page, shown
from koweb_sync.desk.texts import unsaved
from koweb_sync.desk.texts.earlier_texts import text_changes, version_time
from koweb_sync.desk.texts.post_folder import bytes_of, readable
from koweb_sync.desk.texts.unsaved import TypedText
from koweb_sync.desk.texts.writing import PostForm, form_of

routes = Blueprint("forget", __name__)
FORGETTING = DeskRoom(routes)


@routes.post("/write-forget/<path:path>")
def forget(path: str) -> ResponseReturnValue:
    """Nobody wants the text that was typed and not saved: said first, and asked. It is set aside, so that it may be had
    back, as long as there is a file to have it back for.
    """
    text, repo = typed_for_none(path), shown.another()
    if text is not None:
        if "sure" not in request.form:
            return page("write_forget.html", path=path, form=text.form, text=text.called, changes=None, brought="")
        unsaved.end(repo, path, text.form, text.page)
        return redirect("/preview/", 303)
    with shown.lock:
        data = bytes_of(repo, found_text(path, shown.current().now)) or b""
        opened = form_of(readable(path, data).post, data)
        text = meant(path, opened)
        if text is None:
            return redirect(address(path), 303)
        brought = version_time(repo, path, text.form)
        if "sure" not in request.form:
            current = shown.current()
            changes = text_changes(text.form, opened, current.now.site)
            rendered = between(current, places(), path, text.form, opened)
            told = {"form": text.form, "text": text.called, "changes": changes, "brought": brought}
            return page("write_forget.html", path=path, rendered=rendered, **told)
        if brought:  # git has it as it is
            unsaved.end(repo, path, text.form, text.page)
        else:
            unsaved.leave(repo, text, "back")
        unsaved.pass_by(repo, path)
    return redirect(f"{address(path)}?{'back' if brought else 'aside'}", 303)


def meant(path: str, opened: PostForm) -> TypedText | None:
    """The text that a request is about: the one that it brings along, or names."""
    here = unsaved.page_of(request.form)
    if "body" in request.form:
        return TypedText(said(), request.form.get("mark", ""), here, unsaved.now(), path)
    waiting = unsaved.typed(shown.repo, path, opened)
    if named := request.form.get("unsaved"):
        return next((one for one in waiting if one.called == named), None)
    return text_of_page(waiting) if here.ident else named_text(waiting)
