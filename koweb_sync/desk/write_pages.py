"""The room where posts are written: a new one, its text beside its preview, its pictures, its links."""

import os
import posixpath
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from koweb_sync import safe_files
from koweb_sync.desk import unsaved as unsaved_texts
from koweb_sync.desk import writing
from koweb_sync.desk.app import DeskRoom, answer, found_post, page, shown, wants_json
from koweb_sync.desk.local_html import path_in_address
from koweb_sync.desk.post_folder import bytes_of, readable
from koweb_sync.desk.preview import Previewer
from koweb_sync.desk.preview_pages import places, state_words
from koweb_sync.desk.writing import PostForm
from koweb_sync.errors import InputError, KowebError
from koweb_sync.i18n import _
from koweb_sync.posts.document import parse, template
from koweb_sync.sandbox.model.files import measure
from koweb_sync.sync.work_tree import free_name, rules_of, title_for

routes = Blueprint("write", __name__)
PLACE = "/write/"
WRITE = DeskRoom(routes, PLACE, lambda: _("Write"))
PICTURES = ("png", "jpg", "jpeg", "gif", "webp", "avif", "svg")


def address(path: str) -> str:
    """Where a post file is written."""
    return f"{PLACE}{path_in_address(path)}"


@routes.get("/write.js")
def script() -> Response:
    """What the page of a text does by itself."""
    code = Path(__file__).with_name("templates").joinpath("write.js").read_text(encoding="utf-8")
    return Response(code, content_type="text/javascript; charset=utf-8")


@routes.get(PLACE)
def begin() -> str:
    """The form for a new post."""
    return begun()


def begun(**more: Any) -> str:
    """The page of that form, again with what was typed."""
    offered = writing.places_for(shown.settings, shown.current().now.site)
    values = {"title": "", "place": "0", "tags": "", "fault": "", **more}
    return page("write_new.html", offered=offered, tags=known_tags(), typed=values)


@routes.post(PLACE)
def create() -> ResponseReturnValue:
    """Make the file of a new post, and go on to its text."""
    form, repo = request.form, shown.another()
    typed = {name: form.get(name, "") for name in ("title", "place", "tags")}
    offered = writing.places_for(shown.settings, shown.current().now.site)
    number = int(typed["place"]) if typed["place"].isascii() and typed["place"].isdigit() else -1
    if not 0 <= number < len(offered):
        abort(400)
    place = offered[number]
    try:
        title = title_for(typed["title"], rules_of(shown.settings)[0].title_min)
        ident, path = free_name(repo, shown.settings, title, place.folder)
        tags = writing.value_of("tags", PostForm("", "", typed["tags"], "", draft=False, body=""))
        others = {"category": place.category, "tags": tags}
        data = template(title, ident, {name: value for name, value in others.items() if value})
        parse(path, data)
        safe_files.write(repo.root, path, data, fresh=True)
    except KowebError as error:
        return Response(begun(**typed, fault=f"{error.message} {error.remedy}".strip()), 409)
    return redirect(address(path), 303)


@routes.get(f"{PLACE}<path:path>")
def edit(path: str) -> str:
    """The text of a post, beside its preview."""
    return editor(found_post(path), told=_("Saved.") if "saved" in request.args else "")


@routes.post("/write-forget/<path:path>")
def forget(path: str) -> ResponseReturnValue:
    """Nobody wants the text that was typed and not saved."""
    unsaved_texts.forget(shown.repo, found_post(path))
    return redirect(address(path), 303)


def editor(path: str, form: PostForm | None = None, *, told: str = "", fault: str = "", was: str = "") -> str:
    """The page of one text. `form`: what was typed and is not saved, else what an earlier page kept; `was`: the mark of
    what it was typed over.
    """
    with shown.lock:
        current = shown.current()
        data = bytes_of(shown.repo, path) or b""
        opened = writing.form_of(current.now.shown[path].post, data)
        kept = None if form else unsaved_texts.kept(shown.repo, path, opened)
        form, was = kept or (form, was)
        others = [(one.path, one.title) for one in current.summaries() if one.path != path]
        made = unsaved(current, path, data if form is None else lenient(path, data, opened, form))
    return page(
        "write.html",
        kept=kept is not None,
        path=path,
        form=form or opened,
        mark=was or writing.mark(data),
        categories=writing.categories_for(current.now.site, (form or opened).category),
        folder=shown.settings.category_of(path),
        tags=known_tags(),
        others=others,
        preview=made,
        state=state_words()[made.state],
        told=told,
        fault=fault,
        changes=(),
        writes=False,
    )


def known_tags() -> list[str]:
    """The forum's tags, as far as they are remembered."""
    site = shown.current().now.site
    return sorted(site.tags) if site else []


def said() -> PostForm:
    """What the form holds."""
    given = request.form
    fields = {name: given.get(name, "") for name in ("title", "category", "tags", "author", "body")}
    return PostForm(draft="draft" in given, whole="whole" in given, **fields)


def unsaved(current: Previewer, path: str, data: bytes) -> Any:
    """The preview of a text that is not on the disk."""
    now = current.now
    if data == now.shown[path].post.data:
        return current.preview(path, places())
    shown_now = {**now.shown, path: readable(path, data)}
    return Previewer(shown.repo, shown.settings, replace(now, shown=shown_now)).preview(path, places())


def lenient(path: str, data: bytes, was: PostForm, form: PostForm) -> bytes:
    """The file as the form would have it; where its keys cannot be written so, with its text alone;
    where nothing can, the file as it is.
    """
    try:
        return writing.written(path, data, was, form)
    except KowebError:
        return data if was.whole else writing.written(path, data, was, replace(was, body=form.body))


@routes.post("/write-preview/<path:path>")
def preview(path: str) -> Response:
    """The preview of what is typed, for the page that it is typed on. The file stays as it is; the text is kept."""
    found_post(path)
    with shown.lock:
        current = shown.current()
        data = bytes_of(shown.repo, path) or b""
        opened = writing.form_of(current.now.shown[path].post, data)
        made = unsaved(current, path, lenient(path, data, opened, said()))
        unsaved_texts.keep(shown.repo, path, said(), request.form.get("mark", ""), opened)
    values = {"preview": made, "state": state_words()[made.state], "changes": (), "writes": False}
    return answer({name: page(f"_{name}.html", **values) for name in ("head", "text", "side")})


@routes.post(f"{PLACE}<path:path>")
def save(path: str) -> ResponseReturnValue:
    """Write the file, unless somebody else wrote it meanwhile."""
    return saved(found_post(path), said())


def saved(path: str, form: PostForm) -> ResponseReturnValue:
    """Write what a form says over what the page was opened on; where the file is another one by now, show both."""
    with shown.lock:
        data = bytes_of(shown.repo, path) or b""
        opened = writing.form_of(shown.current().now.shown[path].post, data)
        if request.form.get("mark") != writing.mark(data) or form.whole != opened.whole:
            now = writing.mark(data)
            unsaved_texts.keep(shown.repo, path, form, request.form.get("mark", ""), opened)
            return Response(page("write_both.html", path=path, mine=form, theirs=opened, mark=now), 409)
        try:
            new = writing.written(path, data, opened, together(form, opened))
            if not form.whole:
                parse(path, new)
        except KowebError as error:
            return Response(editor(path, form, fault=f"{error.message} {error.remedy}".strip()), 409)
        if new != data:
            safe_files.write(shown.repo.root, path, new)
        unsaved_texts.forget(shown.repo, path)
    return redirect(f"{address(path)}?saved", 303)


def together(form: PostForm, opened: PostForm) -> PostForm:
    """The form; where somebody wants both texts, theirs stands below."""
    if request.form.get("keep") != "both":
        return form
    return replace(form, body=f"{form.body.rstrip()}\n\n{opened.body}")


# ---- pictures, files and links


@routes.post("/write-file/<path:path>")
def add_files(path: str) -> ResponseReturnValue:
    """Put files beside a post, and say the Markdown that shows them; without script it goes to the end of the text."""
    found_post(path)
    alt = " ".join(request.form.get("alt", "").split())
    asked = request.form.get("width", "")
    width = int(asked) if asked.isascii() and asked.isdigit() and 0 < int(asked) < 10_000 else None
    try:
        made = [add_file(path, one, alt, width) for one in request.files.getlist("files") if one.filename]
        if not made:
            raise InputError(_("No file was chosen."))
    except InputError as error:
        if wants_json():
            raise
        return Response(editor(path, said(), fault=f"{error.message} {error.remedy}", was=request.form["mark"]), 409)
    return markdown_added(path, "\n\n".join(made))


def add_file(path: str, given: FileStorage, alt: str, width: int | None) -> str:
    """Put one file beside a post; the Markdown for it. Raises InputError for what the forum would not take."""
    data, name = given.read(), os.path.basename(given.filename or "")  # noqa: PTH119 - a name that a browser sent
    extension = name.rpartition(".")[2].lower()
    picture = extension in PICTURES
    rules, sure = rules_of(shown.settings)
    most = rules.image_bytes_max if picture else rules.attachment_bytes_max
    if sure and extension not in rules.extensions and "*" not in rules.extensions:
        raise InputError(
            _("The forum takes no files that end with “.{extension}”.").format(extension=extension),
            remedy=_("Save it in another form, such as: {names}.").format(names=", ".join(sorted(rules.extensions))),
        )
    if sure and len(data) > most:
        raise InputError(
            _("{name} is too large for the forum: it takes up to {most} kB.").format(name=name, most=most // 1024),
            remedy=_("Make it smaller, then try again."),
        )
    if picture and not alt:
        raise InputError(
            _("Say in a few words what the picture shows."),
            remedy=_("People who do not see it, and everybody whose connection is slow, read these words."),
        )
    folder = posixpath.join(posixpath.dirname(path), "img")
    there = shown.repo.root / folder
    taken = [one.name for one in there.iterdir()] if there.is_dir() and not there.is_symlink() else []
    kept = writing.file_name(alt, name, taken)
    safe_files.write(shown.repo.root, posixpath.join(folder, kept), data, fresh=True)
    if picture:
        return writing.picture_markdown(f"img/{kept}", alt, measure(data), width)
    return f"[{alt or name.replace('[', '(').replace(']', ')')}](img/{kept})"


@routes.post("/write-link/<path:path>")
def add_link(path: str) -> ResponseReturnValue:
    """The Markdown of a link to another post, which somebody chose by its title."""
    found_post(path)
    wanted = request.form.get("link", "").strip()
    others = [one for one in shown.current().summaries() if one.path != path]
    found = [one for one in others if wanted == one.path] or [one for one in others if wanted == one.title]
    if len(found) != 1:
        error = InputError(
            _("Several posts are called so.") if found else _("No other post is called so."),
            remedy=_("Write the path of the one that you mean: {paths}.").format(
                paths=", ".join(one.path for one in found)
            )
            if found
            else _("Choose one of the list."),
        )
        if wants_json():
            raise error
        return Response(editor(path, said(), fault=str(error), was=request.form["mark"]), 409)
    return markdown_added(path, writing.link_markdown(found[0].title, found[0].path, path))


def markdown_added(path: str, markdown: str) -> ResponseReturnValue:
    """Give Markdown to the script that asks for it; else put it at the end of the text, and save."""
    if wants_json():
        return answer({"markdown": markdown})
    form = said()
    return saved(path, replace(form, body=f"{form.body.rstrip()}\n\n{markdown}\n"))
