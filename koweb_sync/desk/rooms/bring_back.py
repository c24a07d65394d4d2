"""The room where the community's edits are brought back: what there is, bringing it, and conflicts side by side."""

import time
from collections.abc import Callable, Sequence, Set
from typing import Any

from flask import Blueprint, Response, current_app, redirect, request
from flask.typing import ResponseReturnValue

from koweb_sync import dates
from koweb_sync.desk.actions import bringing_back
from koweb_sync.desk.actions.bringing_back import BroughtBack
from koweb_sync.desk.actions.rendered_texts import edited, whole_text
from koweb_sync.desk.conflicts.choices import chosen
from koweb_sync.desk.conflicts.fields import chosen_form
from koweb_sync.desk.previews.local_html import path_in_address
from koweb_sync.desk.previews.post_list import TO_PUBLISH
from koweb_sync.desk.previews.shown_titles import within_quotes
from koweb_sync.desk.rooms.before_publishing import down, help_for
from koweb_sync.desk.rooms.keeping import (
    choices,
    choices_sent,
    choices_stay,
    form_page,
    note_sent,
    sentence,
    sentence_sent,
    sentence_stays,
)
from koweb_sync.desk.rooms.only_here import all_on_forum
from koweb_sync.desk.rooms.preview import places
from koweb_sync.desk.run.work import RunningWork
from koweb_sync.desk.serving import looking
from koweb_sync.desk.serving.app import DeskRoom, page, session, shown
from koweb_sync.desk.texts import unsaved, unsent
from koweb_sync.desk.texts.post_folder import bytes_of
from koweb_sync.desk.texts.publication import some
from koweb_sync.desk.words.refusals import said_error
from koweb_sync.errors import IdentityUnknown, KowebError
from koweb_sync.git.commit import commit_files
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _, ngettext
from koweb_sync.sync.pull.last_look import last_look
from koweb_sync.sync.pull.news import Incoming
from koweb_sync.sync.world.cherry_picks import need_nothing_unfinished
from koweb_sync.sync.world.pull_note import note
from koweb_sync.times import SECOND

PLACE = "/bring-back/"
DONE = "/bring-back/done/"
KIND = "bring-back"

routes = Blueprint("bring_back", __name__)
BRING_BACK = DeskRoom(routes, PLACE, lambda: _("Forum changes"))


@routes.get(PLACE)
def overview() -> ResponseReturnValue:
    """What the forum has; or the conflicts that wait."""
    if session.work.busy and session.work.last and session.work.last.kind == KIND:
        return redirect("/work/")
    looking.begin(current_app.extensions["session"])
    repo = shown.another()
    return conflicts(repo) if note(repo, shown.settings) else what_there_is(repo)


def what_there_is(repo: Repo, **more: Any) -> str:
    """The page of edits that are not here yet."""
    known = bringing_back.known_edits(repo, shown.settings)
    looked = last_look(repo, shown.settings)
    with shown.lock:
        rendered = edited(shown.current(), places(), known.edits)
        shows_forum_files = any("upload://" in one.body for one in shown.current().now.posts.values())
    return page(
        "bring_back.html",
        known=known,
        rendered=rendered,
        looked="" if looked is None else dates.lately(looked, time.time_ns() // 1_000),
        met=session.edited_there,
        download=session.download,
        takes_files=session.download or shows_forum_files or known.adds_files or not known.edits,
        url=places(),
        **{**sentence(repo, known.uncommitted, _("My changes")), "fault": "", **more},
    )


def titles() -> dict[str, str]:
    """The title of every post file that has one, by its path."""
    return {path: one.post.front.title for path, one in shown.current().now.shown.items() if one.post.front.title}


def conflicts(repo: Repo, path: str = "", fault: str = "") -> str:
    """The page of conflicts. `fault`: what is wrong with a choice about a file."""
    files = bringing_back.in_conflict(repo, shown.settings)
    own = {one.path: title for one in files if one.pieces and (title := chosen_form(one.path, one.pieces).title)}
    known = {**titles(), **own}
    told = {"files": files, "both": who_changed([one.editor for one in files if one.open]), "titles": known}
    said = {one.path: choices(repo, one.path, one.pieces or ()) for one in files if one.open}
    with shown.lock:
        results = {one.path: whole_text(shown.current(), places(), one.path) for one in files if not one.open}
    goes = any(bringing_back.side(repo, one.path, 3) != bytes_of(repo, one.path) for one in files)
    return page("conflicts.html", path=path, fault=fault, said=said, results=results, goes=goes, url=places(), **told)


def who_changed(editors: Sequence[str]) -> str:
    """Who changed the same words, as a sentence. `editors`: of each message on the forum, "" where it is not known."""
    first, *others = dict.fromkeys(editors) or ("",)
    if others:
        return _("You and others on the forum changed the same words.")
    if not first:
        return _("You and somebody on the forum changed the same words.")
    return _("You and {who} changed the same words.").format(who=first)


@routes.post("/bring-back/look/")
def look() -> ResponseReturnValue:
    """See what the community changed; from the list of all messages, go back there."""
    repo, settings = shown.another(), shown.settings
    after = f"{DONE}?list" if "list" in request.form else DONE
    read_forum(_("Looking at the forum"), lambda work: bringing_back.look(work, repo, settings), after)
    return redirect("/work/", 303)


@routes.post(PLACE)
def begin() -> ResponseReturnValue:
    """Bring it back."""
    return bring_in(shown.another())


def bring_in(repo: Repo) -> ResponseReturnValue:
    """Begin to bring everything back."""
    desk, settings, download = current_app.extensions["session"], shown.settings, "download" in request.form
    desk.download = download  # also where it fails, and is tried again
    title = _("Bringing the changes back")
    read_forum(title, lambda work: bringing_back.bring(work, repo, settings, download=download))
    return redirect("/work/", 303)


def read_forum(title: str, read: Callable[[RunningWork], BroughtBack], after: str = DONE) -> None:
    """Begin work that reads what the forum has, and note when it did."""
    desk = current_app.extensions["session"]

    def work(running: RunningWork) -> BroughtBack:
        came = read(running)
        if came.error is None:
            desk.edited_there = False
        return came

    session.work.start(KIND, title, after, work)


@routes.post("/bring-back/keep/")
def keep() -> ResponseReturnValue:
    """Keep the texts that stand in the way."""
    session.work.need_none()
    repo = shown.another()
    message = request.form.get("message", "").strip()
    if not message:
        return Response(what_there_is(repo, message="", fault=_("Say in a few words what is new.")), 409)
    known = bringing_back.known_edits(repo, shown.settings)
    version = unsent.next_version(repo, known.uncommitted)
    sentence_stays(repo, version, form_page())
    need_nothing_unfinished(repo)
    try:
        commit_files(repo, known.uncommitted, message)
    except IdentityUnknown:
        return redirect("/publish/", 303)
    note_sent(form_page())
    sentence_sent(repo, version, all_kept=True)
    return bring_in(repo)


@routes.post("/bring-back/file/<path:path>")
def decide(path: str) -> ResponseReturnValue:
    """Write what somebody decided about one file."""
    session.work.need_none()
    repo, form = shown.another(), request.form
    files = {one.path: one for one in bringing_back.in_conflict(repo, shown.settings)}
    if path not in files:
        return redirect(PLACE, 303)
    choices_stay(path, form_page())
    try:
        bringing_back.decide(repo, shown.settings, path, form.get("mark", ""), chosen(files[path].pieces or (), form))
    except KowebError as error:
        return Response(conflicts(repo, path, said_error(error)), 409)
    choices_sent(repo, path)
    return redirect(PLACE, 303)


@routes.post("/bring-back/finish/")
def finish() -> ResponseReturnValue:
    """Keep what was decided, and go on; to publishing, for whoever wants that."""
    repo, settings = shown.another(), shown.settings
    after = f"{DONE}?publish" if request.form.get("then") == "publish" else DONE
    session.work.start(KIND, _("Finishing"), after, lambda _work: bringing_back.finish(repo, settings))
    return redirect("/work/", 303)


@routes.post("/bring-back/undo/")
def undo() -> ResponseReturnValue:
    """Leave the files as they were before."""
    repo, settings = shown.another(), shown.settings
    session.work.start(KIND, _("Undoing"), DONE, lambda _work: bringing_back.undo(repo, settings))
    return redirect("/work/", 303)


def what_became(edit: Incoming) -> str:
    """What became of an edit, as a page says it beside a title."""
    told = {
        "brought": _("brought back"),
        "held": _("here already"),
        "seen": _("edited on the forum"),
        "conflict": _("two versions: choose"),
        "left out": _("two versions: choose"),
    }
    return told[edit.fate]


def changed_by(edit: Incoming) -> str:
    """Who changed it, and when."""
    when = dates.lately(int(edit.at * SECOND), time.time_ns() // 1_000)
    return _("changed by {who}, {when}").format(who=edit.editor, when=when)


def again(came: BroughtBack) -> dict[str, str]:
    """What the form said that began this, for whoever tries again."""
    wished = {"list"} & request.args.keys() if came.seen else {"download"} if session.download else ()
    return dict.fromkeys(wished, "on")


def choice_kept(came: BroughtBack, to_publish: Set[str]) -> str:
    """That choices are kept, and what is left to do with them; "" where none were made."""
    n, known = len(came.decided), titles()
    told = some([known.get(path, path) for path in came.decided])
    if to_publish & set(came.decided):
        text = ngettext(
            "Your choice is kept: publish “{titles}”, so that the forum shows it, too.",
            "Your choices are kept: publish “{titles}”, so that the forum shows them, too.",
            n,
        )
    else:
        text = ngettext(
            "Your choice is kept: here and on the forum, “{titles}” says the same now.",
            "Your choices are kept: here and on the forum, “{titles}” say the same now.",
            n,
        )
    return text.format(titles=within_quotes(told)) if n else ""


def only_to_choose(came: BroughtBack) -> bool:
    """Whether there is nothing to tell but that somebody has to choose."""
    pulled = came.pulled
    if pulled is None or came.seen or came.error or pulled.news or pulled.refusals:
        return False
    return all(one.fate in ("conflict", "left out") for one in pulled.edits)


@routes.get(DONE)
def done() -> ResponseReturnValue:
    """What came of it."""
    last = session.work.last
    came = last.result if last and last.finished and last.kind == KIND else None
    if not isinstance(came, BroughtBack) or (
        came.pulled is None and came.error is None and not (came.told or came.decided)
    ):
        return redirect(PLACE)
    if came.seen and came.pulled and not (came.pulled.news or came.pulled.refusals):
        return redirect("/preview/?looked" if "list" in request.args else PLACE)
    if only_to_choose(came) and note(shown.another(), shown.settings) is not None:
        return redirect(PLACE)
    now, waits = shown.current().now, note(shown.another(), shown.settings) is not None
    verbs = [(what_became(one), changed_by(one), one) for one in came.pulled.edits] if came.pulled else []
    to_publish = {one.path for one in shown.current().summaries() if one.state in TO_PUBLISH}
    if "publish" in request.args and not waits and to_publish & {*came.decided}:
        return redirect("/publish/")
    return page(
        "brought_back.html",
        came=came,
        decided=choice_kept(came, to_publish),
        rows=verbs,
        titles=titles(),
        waits=waits,
        url=places(),
        again="/bring-back/look/" if came.seen else PLACE,
        form=again(came) if came.untouched else None,
        down=down(came.error, shown.settings),
        help=help_for(came.error) if came.error else "",
        same=all_on_forum(shown.current()),
        publishes=bool(to_publish & {one.path for _verb, _by, one in verbs} if verbs else to_publish),
        unsaved=[(path_in_address(path), title) for path, title in unsaved.texts(shown.repo, now)],
    )
