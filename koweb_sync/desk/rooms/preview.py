"""The pages of `koweb preview`: all post files, one of them as the forum will show it, and its pictures."""

import mimetypes
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, current_app, redirect, request
from flask.typing import ResponseReturnValue

from koweb_sync import dates
from koweb_sync.desk.actions import bringing_back
from koweb_sync.desk.actions.bringing_back import EditShown
from koweb_sync.desk.actions.key_told import key_taken
from koweb_sync.desk.previews.local_html import LocalPlaces, path_in_address
from koweb_sync.desk.previews.post_list import TO_PUBLISH, ListFilter, choices, counted, grouped
from koweb_sync.desk.previews.preview import PostState, PostSummary, Preview, Previewer
from koweb_sync.desk.previews.shown_translations import ShownTranslation, behind_anywhere, taken, translations_of
from koweb_sync.desk.previews.typed_preview import OF_FORUM, as_typed, state_unsaved
from koweb_sync.desk.rooms.lone_translation import lone_page, original_title, title_of
from koweb_sync.desk.serving import archive_reading, looking
from koweb_sync.desk.serving.app import DeskRoom, answer, found_post, page, session, shown
from koweb_sync.desk.serving.under_way import under_way
from koweb_sync.desk.texts import new_replies, unsaved
from koweb_sync.desk.texts.other_texts import OtherText, others
from koweb_sync.desk.texts.post_folder import FolderState, bytes_of
from koweb_sync.desk.texts.writing import form_of
from koweb_sync.desk.words.desk_words import desk_text
from koweb_sync.forum.site import person_shown
from koweb_sync.i18n import _
from koweb_sync.posts.fields import FIELDS
from koweb_sync.sync.pull.last_look import last_look
from koweb_sync.times import SECOND

routes = Blueprint("preview", __name__)
PREVIEWS = DeskRoom(routes, "/preview/", lambda: _("Your posts"))
SHOWN = frozenset(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/svg+xml"])
PLAYED = ("audio/", "video/")


@dataclass(frozen=True, slots=True)
class ReplyShown:
    """New replies to a topic: its title, who wrote the last one and when, how many are new (0: nobody knows), and the
    address of that last one.
    """

    title: str
    who: str
    when: str
    count: int
    url: str
    topic: int


@dataclass(frozen=True, slots=True)
class NewOnForum:
    """What others changed on the forum and is not here yet, and what they replied."""

    edits: tuple[EditShown, ...]
    replies: tuple[ReplyShown, ...]


def places() -> LocalPlaces:
    """Where pages of this computer are."""
    return LocalPlaces(
        lambda path: f"/preview/{path_in_address(path)}",
        lambda path: f"/file/{path_in_address(path)}",
        say=desk_text if writes() else str,
    )


@routes.get("/")
def home() -> ResponseReturnValue:
    """To the list of the post files."""
    return redirect("/preview/")


@routes.get("/preview/")
def all_posts() -> str:
    """All post files with their state, what needs a person first, as far as the filters let them through."""
    asked = ListFilter(**{one.name: request.args.get(one.name, "").strip() for one in fields(ListFilter)})
    with shown.lock:
        current = shown.current()
        rows = current.summaries()
        behind = behind_anywhere(shown.repo, current.now, shown.translations) if current.now.translations else {}
        typed = {path for path, _title in unsaved.texts(shown.repo, current.now)} if writes() else set()
        to_send = any(row.state in TO_PUBLISH for row in rows)
        if writes():
            rows = told_of_unsaved(rows, dict(unsaved.texts(shown.repo, current.now, passed=False)))
        found = [row for row in rows if asked.fits(row)]
        beside = translations_of(shown.repo, current.now, shown.translations, {row.path for row in found})
    new = new_on_forum(current) if writes() else None
    if writes():
        looking.begin(current_app.extensions["session"])
    said = {
        "deleted": _("Deleted. To put it back:"),
        "forgotten": _("Forgotten. Nobody can put this text back any more."),
        "key": key_taken(shown.settings) if "key" in request.args else "",
        "login": _("You are logged in as “{user}”.").format(user=current.called(shown.settings.username)),
    }
    waiting = under_way(shown.another(), shown.settings, current.now, to_send=to_send) if writes() else []
    return page(
        "list.html",
        groups=grouped(found),
        count=len(rows),
        counted=counted(found, len(rows), typed),
        asked=asked,
        choices=choices(rows, asked),
        waiting=waiting,
        to_publish=(to_send or goes_translated(current, beside))
        and not any(one.href == "/publish/" for one in waiting),  # it is offered there
        left_out=current.now.left_out,
        told=next((text for name, text in said.items() if name in request.args), ""),
        deleted="deleted" in request.args,
        behind=behind,
        beside=[one for path in sorted(beside) for one in beside[path]],
        lone=[
            (path, one, title_of(path, one.file), original_title(current.now, path))
            for path, one in sorted(current.now.lone.items())
            if not asked.is_set
        ],
        titles=current.titles,
        typed=typed,
        takes_translations=takes_translations(current),
        late=[row for row in rows if row.path in behind],
        looked=when_looked(current, of_forum=bool(new) or any(row.state in OF_FORUM for row in rows)),
        new=new,
        states=state_words(),
        changes=changes,
        badge_words=words_as_of(current),
        url=places(),
        inside=path_in_address,
    )


def takes_translations(current: Previewer) -> bool:
    """Whether the forum takes translations, as far as that is known."""
    return taken(current.now.site, shown.settings)


def goes_translated(current: Previewer, beside: Mapping[str, Sequence[ShownTranslation]]) -> bool:
    """Whether a translation can be published that the forum does not have so. `beside`: by path of the original."""
    waits = any(one.there != "same" and not one.wrong for several in beside.values() for one in several)
    return waits and takes_translations(current)


def when_looked(current: Previewer, *, of_forum: bool) -> str:
    """When koweb last looked at the forum, as a sentence, and that nothing of it waits for anybody where nothing does.
    `of_forum`: the page tells of something that others wrote there.
    """
    at, now, failed = last_look(shown.repo, shown.settings), time.time_ns() // 1_000, session.look_failed
    if is_looking():
        return " ".join(part for part in (_("koweb is looking at the forum…"), as_of()) if part)
    looked = _("Looked at the forum at {time}.")
    if at is not None and archive_reading.read_last() > at and not session.work.runs("memory"):
        looked = _("Looked at the forum at {time}, before the memory was updated.")
    elif at is not None and published_since(current, at):
        looked = _("Looked at the forum at {time}, before the last publication.")
    elif not of_forum and not session.edited_there and new_replies.heard_at(shown.repo, shown.settings, at):
        looked = _("Looked at the forum at {time}: no change of your messages, and no reply, that is new to you.")
    told = as_of() or looked.format(time=dates.clock(at or now))
    if session.edited_there:
        told += " " + _("A publication met a change on the forum since: bring it back.")
    if failed:
        told = _("The forum did not answer at {time}.").format(time=dates.clock(failed)) + " " + told
    return told


def published_since(current: Previewer, at: int) -> bool:
    """Whether the forum took a text of this folder after this time (µs): it was not looked at as a whole then."""
    return any(one.updated * 1_000 > at for one in current.forum.agreed.values())


def is_looking() -> bool:
    """Whether koweb looks at the forum by itself now."""
    quiet = session.work.quiet
    return quiet is not None and not quiet.finished


def as_of() -> str:
    """How old what is known of the forum is, as a sentence; "" where it is of now."""
    at, now = last_look(shown.repo, shown.settings), time.time_ns() // 1_000
    if at is None:
        return _("koweb has not looked at the forum yet.")
    if now - at < looking.AGAIN * SECOND:
        return ""
    when = dates.lately(at, now)
    return _("koweb last looked at the forum {when}: what others wrote there since is not known here.").format(
        when=when
    )


def new_on_forum(current: Previewer) -> NewOnForum | None:
    """What others changed and replied there, as the last look tells; None for nothing."""
    repo, settings = shown.another(), shown.settings
    known = bringing_back.known_edits(repo, settings).edits if current.now.seen.texts else ()
    edits = tuple(one for one in known if current.now.signs.get(one.path) != "M")  # those are being brought back
    heard = new_replies.known(repo, settings)
    replies = [
        ReplyShown(
            current.titles[path],
            one.who,
            dates.lately(one.at, time.time_ns() // 1_000),
            one.count,
            f"{settings.url}/t/-/{one.topic}/{one.number}",
            one.topic,
        )
        for one in (heard.news if heard else ())
        if (path := current.forum.paths.get(one.topic)) is not None
    ]
    return NewOnForum(edits, tuple(replies)) if edits or replies else None


@routes.post("/replies/read/")
def read_replies() -> ResponseReturnValue:
    """Somebody read these replies."""
    new_replies.mark_read(shown.another(), shown.settings, request.form.getlist("topic", type=int))
    return redirect("/preview/", 303)


def writes() -> bool:
    """Whether texts are written here, too: in the desk, not in `koweb preview`."""
    return "write" in current_app.blueprints


def told_of_unsaved(rows: Sequence[PostSummary], typed: Collection[str]) -> list[PostSummary]:
    """The list, where a post of which a text is not saved (`typed`: their paths) says so first."""
    return [replace(row, state=state_unsaved(row)) if row.path in typed else row for row in rows]


@routes.get("/preview/<path:path>")
def post(path: str) -> str:
    """One post file as the forum will show it."""
    if path in shown.current().now.lone:
        return lone_page(path)
    return page("preview.html", saved="saved" in request.args, **parts(found_post(path)))


@routes.get("/preview-parts/<path:path>")
def post_parts(path: str) -> Response:
    """The parts of that page that change with the file."""
    values = parts(found_post(path))
    names = {"top": "_top.html", "acts": "_acts.html", "head": "_head.html", "text": "_text.html", "side": "_side.html"}
    return answer({"title": values["preview"].title, **{name: page(part, **values) for name, part in names.items()}})


@routes.get("/file/<path:path>")
def file(path: str) -> Response:
    """A file of the work tree that a post shows or links to; what is no picture is offered to be saved."""
    found = shown.current().now.entries.get(path)
    data = bytes_of(shown.repo, path) if found and found.kind == "file" else None
    if data is None:
        abort(404)
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    safe = kind in SHOWN or kind.startswith(PLAYED)
    sent = Response(data, content_type=kind if safe else "application/octet-stream")
    sent.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    if not safe:
        sent.headers["Content-Disposition"] = "attachment"
    return sent


def parts(path: str) -> Mapping[str, Any]:
    """What the page of one file shows."""
    with shown.lock:
        current = shown.current()
        result = current.now.signs.get(path) == "M"  # of a choice: that comes before what is typed
        typed = as_typed(current, places(), path) if writes() and not result else None
        made = typed or current.preview(path, places())
        waiting = unsaved_beside(current, path, typed) if writes() else []
        beside = translations(current.now, path)
    seen = current.now.seen.texts.get(current.forum.keys[path])
    edit = seen[-1].edit if seen else None
    return {
        "preview": made,
        "to_publish": made.state in TO_PUBLISH,
        "only": urlencode({"only": path}),
        "state": words_as_of(current)(path, made.state),
        "changes": changes(made.changed),
        "translations": beside,
        "as_typed": typed is not None,
        "takes_translations": takes_translations(current),
        "edit": edit
        and (
            person_shown(current.now.site, edit.username, edit.name),
            dates.lately(int(edit.at * SECOND), time.time_ns() // 1_000),
        ),
        "forum": shown.settings.url,
        "active": "post",
        "unsaved": waiting,
    }


def unsaved_beside(current: Previewer, path: str, shows: Preview | None) -> list[OtherText]:
    """What was typed for a post and not saved, but the text that its preview shows (`shows`)."""
    opened = form_of(current.now.shown[path].post, bytes_of(shown.repo, path) or b"")
    but = unsaved.kept(shown.repo, path, opened) if shows else None
    return others(unsaved.typed(shown.repo, path, opened), but, opened)


def translations(now: FolderState, path: str) -> Sequence[ShownTranslation]:
    """The translations of a post file. Whoever asks holds the folder's lock."""
    if not any(one.original == path for one in now.translations.values()):
        return ()
    return translations_of(shown.repo, now, shown.translations, {path}).get(path, ())


def words_as_of(current: Previewer) -> Callable[[str, PostState], tuple[str, str, str]]:
    """How a post's state is told, as `state_words` does: of what is called published also when that was seen, unless
    it was just now.
    """
    words, at, now = state_words(), last_look(shown.repo, shown.settings), time.time_ns() // 1_000
    just_now = not writes() or (at is not None and now - at < looking.AGAIN * SECOND)

    def told(path: str, state: PostState) -> tuple[str, str, str]:
        agreed = current.forum.agreed.get(current.forum.keys.get(path, ""))
        if just_now or state is not PostState.SAME or agreed is None:
            return words[state]
        since = agreed.updated * 1_000
        return words[state][0], *(published_at(since, now) if since > (at or 0) else seen_at(at, now))

    return told


def published_at(when: int, now: int) -> tuple[str, str]:
    """How a post is told that the forum took since koweb looked at it: a word, and a sentence. Times in µs."""
    told = dates.lately(when, now)
    return (
        _("published {when}").format(when=told),
        _("It was published so {when}; koweb has not looked at the forum since.").format(when=told),
    )


def seen_at(when: int | None, now: int) -> tuple[str, str]:
    """The same of one that was seen there since. `when` koweb looked, None for never."""
    if when is None:
        return _("published; not looked at since"), _("It was published so; koweb has not looked at the forum yet.")
    told = dates.lately(when, now)
    return (
        _("{state}; looked at {when}").format(state=state_words()[PostState.SAME][1], when=told),
        _("The forum had it as it is here when koweb last looked, {when}.").format(when=told),
    )


def state_words() -> Mapping[PostState, tuple[str, str, str]]:
    """How each state is told: a sign, a word, and a sentence."""
    draft = (
        _("It stays here for now. Take the tick at “A draft” away where you change the text, and it can be published.")
        if writes()
        else _("It stays here until you take the line “draft: true” out.")
    )
    again = (
        _("Your changes stay here for now. To publish them, take the tick at “A draft” away where you change the text.")
        if writes()
        else draft
    )
    unsaved_told = _("This text is not saved. Only what is saved can be published.")
    return {
        PostState.CONFLICT: ("⇄", _("two versions"), _("It was changed here and on the forum. Choose what stays.")),
        PostState.DECIDED: (
            "⇄",
            _("decided, to be finished"),
            _("You chose what stays, and this is the text that came of it. Finish, then publish it."),
        ),
        PostState.BROKEN: ("✗", _("to mend"), _("It cannot be published as it is.")),
        PostState.EDITED: ("⇣", _("edited on the forum"), _("Somebody changed it there. Bring that back first.")),
        PostState.UNWRITTEN: ("✎", _("to write"), _("It has no text yet.")),
        PostState.UNSAVED: ("✎", _("not saved yet"), unsaved_told),
        PostState.UNSAVED_CHANGE: ("✎", _("published, with a change that is not saved yet"), unsaved_told),
        PostState.WAITING: ("…", _("with a moderator"), _("A moderator has to approve it.")),
        PostState.DRAFT: ("✎", _("draft"), draft),
        PostState.DRAFT_AGAIN: ("✎", _("draft, its topic is on the forum"), again),
        PostState.NEW: ("+", _("not published yet"), _("The forum does not have it yet.")),
        PostState.CHANGED: ("±", _("changed"), _("What changed here is not on the forum yet.")),
        PostState.SAME: ("✓", _("published"), _("The forum has it as it is here.")),
    }


def changes(names: Sequence[str]) -> tuple[str, ...]:
    """What a push would change, in words."""
    called = {name: field.words().called or name for name, field in FIELDS.items()} | {"body": _("text")}
    return tuple(called.get(name, name) for name in names)
