"""The room in which a folder of this computer is set up for a forum: the forum and the key, then folders."""

import os
from pathlib import Path
from urllib.parse import urlencode

from flask import Blueprint, current_app, redirect, request
from flask.typing import ResponseReturnValue

from koweb_sync import keyrings, keys, logins
from koweb_sync.config import Settings
from koweb_sync.config_file import FILE
from koweb_sync.desk.actions import categories, forum_address, set_up
from koweb_sync.desk.actions.key_told import key_taken, key_told
from koweb_sync.desk.actions.logging_in import DeskLogin, begin_login
from koweb_sync.desk.run.app_icon import app_icon
from koweb_sync.desk.serving import archive_reading, looking
from koweb_sync.desk.serving.app import SET_UP, DeskRoom, page, session, shown
from koweb_sync.errors import ForumAnswerUnclear, KowebError
from koweb_sync.i18n import _
from koweb_sync.logins import Login
from koweb_sync.posts.paths import parted
from koweb_sync.sync.setup.login import rights
from koweb_sync.sync.setup.repository import repository_at

routes = Blueprint("set_up", __name__)
RETURNS = ("/preview/", "/publish/", "/publish/done/", "/bring-back/", "/bring-back/done/")  # pages that ask for a key
SETTING_UP = DeskRoom(routes, SET_UP, lambda: _("Set up"))


def draft() -> set_up.SetUpDraft:
    """What was answered so far in this run."""
    found: set_up.SetUpDraft = current_app.extensions.setdefault("set_up", set_up.SetUpDraft())
    return found


@routes.get(SET_UP)
def start() -> ResponseReturnValue:
    """Which forum, and the key; or how it is set up, where it is."""
    if session.folder is not None:
        return how_it_is()
    if (session.start / FILE).is_file():
        return page("set_up_versions.html", root=str(session.start))
    return first_page(draft())


def first_page(asked: set_up.SetUpDraft) -> str:
    """The page that asks for the forum, and for the key or a login."""
    return page("set_up.html", draft=asked, keyring=keyrings.usable())


@routes.post(f"{SET_UP}versions")
def versions() -> ResponseReturnValue:
    """Let git keep the versions of a folder that holds koweb.toml already."""
    if session.folder is None:
        set_up.keep_versions(session)
    return redirect("/", 303)


@routes.post(SET_UP)
def forum() -> ResponseReturnValue:
    """Try the answers about the forum, or another key for the one that is set up."""
    if session.folder is not None:
        return change_key()
    asked = draft()
    if request.form.get("how") == "login":
        return log_in(asked) if set_up.ask_address(asked, request.form) else (first_page(asked), 422)
    set_up.ask_forum(asked, request.form)
    if asked.errors:
        return first_page(asked), 422
    return redirect(f"{SET_UP}folders")


# ---- a login in the place of a key


def log_in(asked: set_up.SetUpDraft) -> ResponseReturnValue:
    """Begin a login, to the forum of the draft or of the folder."""
    folder = session.folder
    url = folder.settings.url if folder is not None else asked.forum
    try:
        login = begin_login(url, in_file=request.form.get("keep") == "file")
    except KowebError as error:
        if folder is not None:
            return how_it_is({"login": error}), 422
        asked.errors["login"] = error
        return first_page(asked), 422
    return login_page(login)


def login_page(login: DeskLogin, to: forum_address.NewAddress | None = None) -> ResponseReturnValue:
    """On to the page of a login that was begun. `to`: the address that the folder's forum has once it came about."""
    current_app.extensions |= {"login": login, "login-back": request.form.get("back", ""), "login-to": to}
    return redirect(f"{SET_UP}login", 303)


@routes.get(f"{SET_UP}login")
def waits() -> ResponseReturnValue:
    """The code, until the person agreed on the forum; or the field for the text that it shows."""
    login: DeskLogin | None = current_app.extensions.get("login")
    if login is None:
        return redirect(f"{SET_UP}folders")
    try:
        found = login.look()
    except KowebError as error:
        return given_up(login, error)
    return page("set_up_login.html", login=login, rights=rights(), error=None) if found is None else done(found)


@routes.post(f"{SET_UP}login")
def pasted() -> ResponseReturnValue:
    """Take the text that the forum showed."""
    login: DeskLogin | None = current_app.extensions.get("login")
    if login is None:
        return redirect(f"{SET_UP}folders", 303)
    try:
        found = login.take(request.form.get("text", ""))
    except ForumAnswerUnclear as error:
        return page("set_up_login.html", login=login, rights=rights(), error=error), 422
    except KowebError as error:
        return given_up(login, error)
    return done(found)


def given_up(login: DeskLogin, error: KowebError) -> ResponseReturnValue:
    """There is no login: back to the page where it began, which says why. One that began meanwhile goes on."""
    if current_app.extensions.get("login") is login:
        current_app.extensions.pop("login", None)
    if session.folder is not None:
        return how_it_is({"login": error}), 422
    asked = draft()
    asked.errors["login"] = error
    return first_page(asked), 422


def done(login: Login) -> ResponseReturnValue:
    """Somebody is logged in: on to the folders, or back to how it is."""
    if current_app.extensions.get("login-to") is not None:
        session.work.need_none()  # the login waits until that is over
    current_app.extensions.pop("login", None)
    to: forum_address.NewAddress | None = current_app.extensions.pop("login-to", None)
    if session.folder is not None and to is not None:
        held = archive_reading.read_last()
        try:
            return moved(forum_address.take_login(session, shown.another(), shown.settings, to), held)
        except KowebError as error:
            return how_it_is({"address": error}), 422
    if session.folder is not None:
        os.environ.pop(keys.key_name(shown.settings), None)  # a typed key would come before the login's
        set_up.open_again(session)
        return go_on("login")
    set_up.logged_in(draft(), login.username)
    return redirect(f"{SET_UP}folders", 303)


@routes.post(f"{SET_UP}logout")
def log_out() -> ResponseReturnValue:
    """Let the forum and this computer forget the key of a login, as “koweb logout” does."""
    if session.folder is None:
        return redirect(SET_UP, 303)
    session.work.need_none()
    now = set_up.log_out(shown.settings)
    set_up.open_again(session)
    return redirect(f"{SET_UP}?now={now}", 303)


@routes.post(f"{SET_UP}forget-key")
def forget_key() -> ResponseReturnValue:
    """Forget a key that this computer keeps."""
    if session.folder is None:
        return redirect(SET_UP, 303)
    session.work.need_none()
    set_up.forget_key(shown.settings)
    return redirect(f"{SET_UP}?now=no-key", 303)


def may_be_kept(settings: Settings) -> bool:
    """Whether there is a key that only this process knows."""
    return set_up.has_key(settings) and not settings.login and not set_up.kept_in(settings)


@routes.post(f"{SET_UP}keep-key")
def keep_key() -> ResponseReturnValue:
    """Keep the key that is in use, which was not kept when it was typed."""
    if session.folder is None or not may_be_kept(shown.settings):
        return redirect(SET_UP, 303)
    try:
        set_up.keep(shown.settings, request.form.get("keep", ""))
    except KowebError as error:
        return how_it_is({"key": error}), 422
    return redirect(f"{SET_UP}?now=kept", 303)


@routes.get(f"{SET_UP}folders")
def folders() -> ResponseReturnValue:
    """Where posts lie, and which folder goes into which category."""
    asked = draft()
    if session.folder is not None or asked.site is None:
        return redirect(SET_UP)
    asked.folder = asked.folder or set_up.suggested_folder(session.start, asked)
    set_up.suggest_posts(asked)
    set_up.suggest_chosen(asked)
    set_up.suggest_person(asked)
    return folder_page(asked)


def folder_page(asked: set_up.SetUpDraft) -> str:
    """The page that asks for folders."""
    return page(
        "set_up_folders.html",
        draft=asked,
        categories=set_up.suggested_categories(asked),
        few=set_up.FEW,
        unnamed=set_up.needs_identity(asked.folder),
        repository=repository_at(Path(asked.folder)) is not None,
        keyring=keyrings.usable(),
        in_file=set_up.in_file(asked.settings),
        icon=app_icon(),
    )


@routes.post(f"{SET_UP}folders")
def write() -> ResponseReturnValue:
    """Write koweb.toml, and open the folder."""
    asked = draft()
    if session.folder is not None or asked.site is None:
        return redirect(SET_UP)
    chosen = {path: request.form.get(f"folder {path}", "") for path in request.form.getlist("category")}
    place = set_up.ask_folders(asked, request.form, chosen)
    if place is None:
        return folder_page(asked), 422
    try:
        set_up.finish(session, asked, place, request.form.get("keep", ""))
    except KowebError as error:
        asked.errors["folder"] = error
        return folder_page(asked), 422
    icon = app_icon() if "icon" in request.form else None
    try:
        if icon is not None:
            icon.put()
    except KowebError as error:
        return how_it_is({"icon": error}), 422
    return redirect(f"{SET_UP}?now=ready" if shown.current().now.shown else "/write/?ready")


# ---- when it is set up


def how_it_is(errors: set_up.Errors | None = None) -> str:
    """How this folder is set up, and whether there is a key. `errors`: by the field of its form."""
    settings, current = shown.settings, shown.current()
    site, changed = current.now.site, request.args.getlist("changed")
    said = {"ready": _("Everything is ready. Nothing was published."), "key": key_taken(settings)}
    said["same"] = _("You changed nothing: the categories stay as they were.")
    said["moved"] = _("The address of the forum is changed. Nothing was published.")
    memory = _("The memory starts again at the new address; the old one stays kept.")
    said["moved-memory"] = f"{said['moved']} {memory}"
    said["no-icon"] = _("The icon is taken away.")
    said["kept"] = _("The key is kept: you need not type it again.")
    said["no-key"] = _("This computer forgot the key. The forum still knows it.")
    user = site.user_name(settings.username) if site else settings.username
    called = site.user_shown(user) if site else user
    said["login"] = _("You are logged in as “{user}”.").format(user=called)
    said["out"] = _("The forum took the key back, and this computer forgot it.")
    said["forgotten"] = _("This computer forgot the key. The forum could not be told, and still knows it.")
    said["forgotten"] += " " + _("Take it back in your browser: {url}, under “Apps”, the entry koweb.").format(
        url=f"{settings.url}/my/preferences/apps"
    )
    return page(
        "set_up_done.html",
        settings=settings,
        user=user if called == user else f"{called} (@{user})",
        root=str(shown.repo.root),
        has_key=set_up.has_key(settings),
        named=site is not None,
        categories=categories.chosen(settings, site),
        logged_in=logins.find(settings.url) is not None,
        key_told=key_told(settings),
        keyring=keyrings.usable(),
        in_file=set_up.in_file(settings),
        variable=keys.key_name(settings),
        errors=errors or {},
        news=said.get(request.args.get("now", ""), ""),
        folders=categories.choices(settings, site) if site else [],
        posts_in=lambda folder: categories.posts_in(current, settings, folder),
        forgets=bool(set_up.kept_in(settings)) and not settings.login,
        keeps=may_be_kept(settings),
        more=categories.without_folder(settings, site) if site else [],
        changed=[categories.told(current, settings, one) for one in changed],
        typed=request.form,
        back=request.form.get("back", "") or came_from(),
        icon=app_icon(),
    )


@routes.post(f"{SET_UP}categories")
def change_categories() -> ResponseReturnValue:
    """Change which folder goes into which category, and add a folder."""
    if session.folder is None:
        return redirect(SET_UP, 303)
    session.work.need_none()
    settings, site = shown.settings, shown.current().now.site
    if site is None:
        return redirect(SET_UP, 303)
    try:
        changes = categories.wanted(shown.current(), settings, site, request.form)
        categories.change(session, shown.another(), settings, changes)
    except KowebError as error:
        return how_it_is({"categories": error}), 422
    told = f"{urlencode({'changed': list(changes)}, doseq=True)}#k-categories" if changes else "now=same"
    return redirect(f"{SET_UP}?{told}", 303)


@routes.post(f"{SET_UP}address")
def change_address() -> ResponseReturnValue:
    """Take another address of the forum, once the posts of the folder were seen there."""
    if session.folder is None:
        return redirect(SET_UP, 303)
    session.work.need_none()
    repo, settings, held = shown.another(), shown.settings, archive_reading.read_last()
    try:
        new = forum_address.ask_address(repo, settings, request.form)
        if isinstance(new, dict):
            return how_it_is(new), 422
        if request.form.get("how") == "login":
            return login_page(begin_login(new.url, in_file=request.form.get("keep") == "file"), new)
        return moved(forum_address.change(session, repo, settings, new, request.form.get("key", "").strip()), held)
    except KowebError as error:
        return how_it_is({"new-key" if request.form.get("how") == "login" else "address": error}), 422


def moved(wrong: set_up.Errors, held: int) -> ResponseReturnValue:
    """What came of another address: how it is now, or why it stays. `held`: until when the memory knew the old one."""
    if wrong:
        return how_it_is(wrong), 422
    looking.begin_at_once(current_app.extensions["session"])
    return redirect(f"{SET_UP}?now={'moved-memory' if held else 'moved'}", 303)


def came_from() -> str:
    """The page of the desk on which somebody was told that a key is missing; "" for none of them."""
    before = parted(request.referrer or "")
    return before.path if before.netloc == request.host and before.path in RETURNS else ""


def go_on(now: str) -> ResponseReturnValue:
    """There is a key: the forum is looked at, and the person goes on where they came from."""
    looking.begin_at_once(current_app.extensions["session"])
    back = request.form.get("back", "") or current_app.extensions.pop("login-back", "")
    return redirect(f"{back}?{now}" if back in RETURNS else f"{SET_UP}?now={now}", 303)


def change_key() -> ResponseReturnValue:
    """Try another key for the forum that is set up, and keep it."""
    settings = shown.settings
    if request.form.get("how") == "login":
        return log_in(draft())
    wrong = set_up.wrong_key(settings, request.form.get("key", "").strip())
    if wrong is not None:
        return how_it_is({"key": wrong}), 422
    set_up.keep(settings, request.form.get("keep", ""))
    return go_on("key")
