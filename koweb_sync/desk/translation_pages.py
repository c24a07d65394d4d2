"""What somebody says of a translation at the desk: that it is right, although its original has another text by now."""

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue

from koweb_sync import safe_files
from koweb_sync.desk.app import DeskRoom, shown
from koweb_sync.desk.post_folder import bytes_of
from koweb_sync.desk.preview_pages import places
from koweb_sync.posts.front_writing import with_key
from koweb_sync.posts.translation import mark_of

routes = Blueprint("translations", __name__)
TRANSLATIONS = DeskRoom(routes)


@routes.post("/translation-fits/<path:path>")
def fits(path: str) -> ResponseReturnValue:
    """Note in a translation that it is one of the text of now, if that is still the one which was looked at."""
    with shown.lock:
        now = shown.current().now
        one = now.translations.get(path)
        if one is None:
            abort(404)
        mark = mark_of(now.shown[one.original].post.body)
        if request.form.get("mark") == mark:
            data = bytes_of(shown.repo, path) or b""
            safe_files.write(shown.repo.root, path, with_key(path, data, "of", mark))
    return redirect(places().preview(one.original), 303)
