"""The room where post files are published: what will be sent, the button, and what came of it."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, redirect, request
from flask.typing import ResponseReturnValue

from koweb_sync import keys, safe_files
from koweb_sync.desk.actions.asked_post import AskedPost, no_draft
from koweb_sync.desk.actions.publishing import PublishWish, ask_forum, go_to_branch, publish
from koweb_sync.desk.previews.preview import Previewer
from koweb_sync.desk.rooms.before_publishing import (
    PLACE,
    as_it_was,
    came_from,
    down,
    help_for,
    named,
    not_sent,
    what_is_sent,
)
from koweb_sync.desk.rooms.keeping import form_page, note_sent, sentence_moves, sentence_sent, sentence_stays
from koweb_sync.desk.rooms.only_here import DRAFTS, all_on_forum, kept_texts, lacking, unwritten
from koweb_sync.desk.rooms.preview import places
from koweb_sync.desk.rooms.saving import opened_post
from koweb_sync.desk.run.work import RunningWork
from koweb_sync.desk.serving.app import DeskRoom, page, session, shown
from koweb_sync.desk.texts import unsent
from koweb_sync.desk.texts.leaving_out import original_of, originals, sent_paths
from koweb_sync.desk.texts.post_folder import bytes_of
from koweb_sync.desk.texts.publication import Publication, Sending, done_words, sending
from koweb_sync.errors import AnswerMalformed, EditConflict
from koweb_sync.git.commit import is_address, set_identity
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.posts.document import parse
from koweb_sync.sync.publish import show
from koweb_sync.sync.publish.actions import Drop
from koweb_sync.sync.publish.nothing_new import nothing_to_do
from koweb_sync.sync.publish.outcome import Outcome
from koweb_sync.sync.work_tree import uncommitted_posts

DONE = "/publish/done/"
ASK = "/publish/ask/"
KIND = "publish"
MISSED = frozenset(["to translate", "not taken", "refused"])  # why one may look in vain for a text there
GONE = frozenset(["keep", "unlist", "close", "delete"])  # what is done with a topic that nobody goes on to read

routes = Blueprint("publish", __name__)
PUBLISH = DeskRoom(routes, PLACE, lambda: _("Publish"))


@routes.get(PLACE)
def overview() -> ResponseReturnValue:
    """What will be sent."""
    if session.work.busy and session.work.last and session.work.last.kind == KIND:
        return redirect("/work/")
    repo = shown.another()
    if only := request.args.get("only", ""):
        leave_others(repo, only)
        return redirect(f"{PLACE}?{urlencode({'of': only})}")
    if came_from() and came_from() not in session.beside:  # an address of an earlier run
        leave_others(repo, came_from())
    return what_is_sent(repo, now_sent(repo))


def leave_others(repo: Repo, path: str) -> None:
    """Somebody comes from a post: that one is published, with its translations, and what else waits is not until they
    take it in; who comes from a translation publishes its original with it. Where nothing of it changes on the forum,
    all that waits is shown.
    """
    desk = current_app.extensions["session"]
    desk.beside[path] = frozenset()
    plan = sending(repo, shown.settings, frozenset()).plan
    translations = shown.current().now.translations
    original = translations[path].original if path in translations else path
    planned = {*(show.row(one)[1] for one in plan.actions), *(one.path for one in plan.translations)}
    if {path, original} & sent_paths(plan):
        of = originals(plan)
        together = {path, original, *(one for one, its in of.items() if its == path)}
        refused = {one.path for one in plan.refusals if original_of(one.path) != path}
        desk.left_out, desk.beside[path] = desk.left_out - together, frozenset((planned | refused) - together)


def now_sent(repo: Repo) -> Sending:
    """What would be sent, without what somebody left out, or did not come for. A text that is still to be written is no
    failure.
    """
    now = sending(repo, shown.settings, not_sent())
    with shown.lock:
        return replace(now, apart=now.apart | unwritten(shown.current()))


@routes.post("/publish/leave/")
def leave() -> ResponseReturnValue:
    """Leave a post out."""
    return choose(session.left_out | {request.form.get("leave", "")}, frozenset())


@routes.post("/publish/take/")
def take() -> ResponseReturnValue:
    """Publish it, after all."""
    taken = {request.form.get("take", "")}
    return choose(session.left_out - taken, taken)


def choose(without: frozenset[str], taken: Collection[str]) -> ResponseReturnValue:
    """Note what is left out, and what is `taken` though it waited beside the others, and show what is sent; a sentence
    that somebody typed meanwhile stays.
    """
    desk, repo = current_app.extensions["session"], shown.another()
    beside = desk.beside.get(came_from(), frozenset()) - {*taken}
    if sent_paths(sending(repo, shown.settings).plan) <= without | beside:  # what waits beside something waits for it
        beside = frozenset()
    desk.left_out, desk.beside[came_from()] = without, beside
    sentence_moves(repo, now_sent(repo).uncommitted)
    return redirect(as_it_was(), 303)


@routes.post(PLACE)
def begin() -> ResponseReturnValue:
    """Publish what the page showed; where something moved meanwhile, show it again."""
    repo, settings = shown.another(), shown.settings
    now = now_sent(repo)
    message = request.form.get("message", "").strip()
    version, here = unsent.next_version(repo, now.uncommitted), form_page()
    sentence_stays(repo, request.form.get("version", version), here)
    faults = {}
    if request.form.get("mark") != now.mark:
        faults["mark"] = _("Something moved since you looked. This is what would be sent now.")
    if now.uncommitted and not message:
        faults["message"] = _("Say in a few words what is new.")
    if now.withdrawn and "withdraw" not in request.form:
        faults["withdraw"] = _("Tick the box to confirm this, or put these posts back first.")
    if faults:
        session.work.need_none()  # what moves while somebody's publication runs is that
        return Response(what_is_sent(repo, now, message=message, faults=faults), 409)
    drops = any(isinstance(one, Drop) for one in now.plan.actions)
    old = "break_lock" in request.form
    wish = PublishWish(now.uncommitted, message, now.plan, drops, old, now.only, now.cut, now.apart)
    desk, again, place = current_app.extensions["session"], {**request.form}, as_it_was()

    def work(running: RunningWork) -> Publication:
        came = publish(running, repo, settings, wish)
        if came.kept:
            sentence_sent(repo, version, all_kept=not uncommitted_posts(repo, settings))
        met = [one.error for one in came.result.outcomes] if came.result else []
        desk.edited_there = desk.edited_there or any(isinstance(one, EditConflict) for one in met)
        return replace(came, form=again, place=place)

    note_sent(here)
    session.work.start(KIND, _("Publishing"), DONE, work)
    return redirect("/work/", 303)


@routes.post("/publish/no-draft/")
def end_draft() -> ResponseReturnValue:
    """A post is no draft any more: its file says so, and what is sent is shown anew. Raises PostFileError."""
    path = opened_post(request.form.get("post", ""))
    with shown.lock:
        safe_files.write(shown.repo.root, path, no_draft(parse(path, bytes_of(shown.repo, path) or b"")))
    return redirect(f"{PLACE}?{urlencode({'only': path})}", 303)


@routes.post(ASK)
def ask() -> ResponseReturnValue:
    """Ask the forum what it allows."""
    repo, settings, place = shown.another(), shown.settings, as_it_was()
    work = session.work
    work.start(KIND, _("Asking the forum"), DONE, lambda now: replace(ask_forum(now, repo, settings), place=place))
    return redirect("/work/", 303)


@routes.post("/publish/name/")
def name() -> ResponseReturnValue:
    """Note in whose name texts are kept in this repository."""
    repo = shown.another()
    called, email = request.form.get("name", "").strip(), request.form.get("email", "").strip()
    faults = {} if called else {"name": _("Write your name.")}
    if not is_address(email):
        faults["email"] = _("Write an e-mail address, such as you@example.org.")
    if faults:
        return Response(what_is_sent(repo, now_sent(repo), faults=faults), 409)
    set_identity(repo, called, email)
    return redirect(as_it_was(), 303)


@routes.post("/publish/branch/")
def branch() -> ResponseReturnValue:
    """Go to the branch that publishes. Raises GitError where git would lose something."""
    session.work.need_none()
    go_to_branch(shown.another(), shown.settings)
    return redirect(as_it_was(), 303)


@routes.post("/publish/trust/")
def trust() -> ResponseReturnValue:
    """The person agrees that the key goes to the address that the settings name now."""
    keys.trust_url(shown.settings)
    return redirect(as_it_was(), 303)


@routes.get(DONE)
def done() -> ResponseReturnValue:
    """What came of it."""
    last = session.work.last
    came = last.result if last and last.finished and last.kind == KIND else None
    if not isinstance(came, Publication) or (came.result is None and came.error is None):
        return redirect(came.place if isinstance(came, Publication) else PLACE)
    result = came.result
    current = shown.current()
    before = [(one.told, Outcome(one.path, one.done, current.address(one.path))) for one in came.before]
    rows = before + told(result.outcomes if result else (), none_went=not came.went)
    rows += [not_reached(path, current.address(path), unsure=path in came.unsure) for path in came.untried]
    stays = result.plan.refusals if result else ()
    refused = told([Outcome(one.path, "", current.address(one.path), one.error) for one in stays])
    errors = [came.error, *(one.error for _said, one in (*refused, *rows))]
    went = {one.path for _said, one in rows if one.done and not one.error}
    staying, same = not_there(current, came, went, {one.path for _said, one in (*rows, *refused)})
    unclear = any(isinstance(one, AnswerMalformed) for one in errors)
    read = {one.url for _said, one in rows if one.url and one.path in went and one.done not in GONE}
    return page(
        "published.html",
        came=came,
        rows=rows,
        posts=current.now.shown,
        on_forum=current.title_on_forum,
        translations=current.now.translations,
        named=named(current, result.plan if result else None),
        staying=staying,
        refused=refused,
        closing=closing(came, same=same and not staying),
        offers={help_for(one) for one in errors if one},
        url=places(),
        again=came.place.replace(PLACE, ASK if came.form is None else PLACE),
        back=came.place,
        query=came.place.removeprefix(PLACE),
        form=None if came.went else came.form or {},
        down=down(came.error, shown.settings),
        help=help_for(came.error) if came.error else "",
        offer=help_for,
        finished=not any(errors) and bool(rows),
        topic=min(read) if len(read) == 1 else "",
        retry=unclear or bool(came.untried) or (came.error is not None and came.went),
    )


def not_there(
    current: Previewer, came: Publication, went: Collection[str], told_of: Collection[str]
) -> tuple[list[AskedPost], bool]:
    """What was kept here, or belongs to what was published (`went`), and is not on the forum, each with why; and
    whether the forum has all that is here. Who published all that waits is also told what is still to be written.
    `told_of`: the paths of what the page tells of anyhow.
    """
    beside = [one for one in lacking(current) if current.now.translations[one].original in went]
    with shown.lock:
        empty = unwritten(current) - session.left_out if came.place == PLACE and came.form is not None else ()
        paths = [one for one in dict.fromkeys([*came.kept, *beside, *empty]) if one not in told_of]
        kept = kept_texts(current, came.result.plan if came.result else None, paths, ())
        told = [one for one in kept if one.why in MISSED or one.path in empty or (one.why in DRAFTS and not went)]
        return told, all_on_forum(current)


def closing(came: Publication, *, same: bool) -> str:
    """What it came to, in one line: that both sides say the same only where they do (`same`)."""
    if came.result is None or (not came.went and (came.error or came.result.exit_code)):
        return ""
    told = show.closing(came.result)
    return "" if told == nothing_to_do() and not same else told


def not_reached(path: str, url: str, *, unsure: bool) -> tuple[str, Outcome]:
    """A post that publishing did not come to, or to whose end. `unsure`: it was sent, and there was no answer."""
    if unsure:
        note = _("“Try again” looks first at what the forum received: nothing is sent twice.")
        return _("nobody knows yet whether it arrived"), Outcome(path, "", url, note=note)
    one = Outcome(path, "", url, note=_("Publishing ended before it came to this one. Try again."))
    return done_words(one), one


def told(outcomes: Iterable[Outcome], *, none_went: bool = False) -> list[tuple[str, Outcome]]:
    """Outcomes, each with what was done in words; not that a text was not sent where the page begins with it."""
    return [("" if none_went and isinstance(one.error, EditConflict) else done_words(one), one) for one in outcomes]
