"""Deleted texts: a list of them, one of them as the forum would show it, and its way back into the folder."""

from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, redirect, request
from flask.typing import ResponseReturnValue

from koweb_sync import dates
from koweb_sync.desk.previews.local_html import path_in_address
from koweb_sync.desk.previews.preview import PostState, Previewer
from koweb_sync.desk.rooms.preview import places
from koweb_sync.desk.rooms.saving import address
from koweb_sync.desk.serving.app import DeskRoom, page, shown
from koweb_sync.desk.texts import deleted_texts
from koweb_sync.desk.texts.deleted_texts import DeletedText
from koweb_sync.desk.texts.forum_effect import DeletionEffect, deletion_effect
from koweb_sync.i18n import _
from koweb_sync.posts.rules import PathEntry
from koweb_sync.posts.translation import named, says_so
from koweb_sync.safe_files import AlreadyThere
from koweb_sync.sync.publish.plan import to_undo
from koweb_sync.sync.world.world import fields_of

PLACE = "/deleted/"
routes = Blueprint("deleted", __name__)
DELETED = DeskRoom(routes)


@routes.get(PLACE)
def all_deleted() -> str:
    """The deleted texts, as far as one piece of history goes."""
    skip = asked_skip()
    listed = deleted_texts.listed(shown.another(), shown.settings, shown.current().now, skip)
    rows = [
        (
            row_address(one),
            one,
            f"{when(one)} {effect.told if effect else ''}".strip(),
            effect.address if effect else "",
        )
        for one in listed.texts
        for effect in [effect_of(one)]
    ]
    return page("deleted.html", rows=rows, skip=skip, older=listed.older, inside=path_in_address)


def asked_skip() -> int:
    """How many commits were passed before."""
    text = request.args.get("after", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def row_address(one: DeletedText) -> str:
    """Where one of them is read."""
    return PLACE + path_in_address(one.path) + (f"?{urlencode({'aside': one.aside})}" if one.aside else "")


def when(one: DeletedText) -> str:
    """When a text was deleted and by whom, as a sentence."""
    if one.aside:
        return _("Deleted on {when}, as it was then.").format(when=dates.minute(one.aside))
    if one.at is None:
        return _("Deleted here, as it was kept on {when}.").format(when=dates.minute(one.kept))
    return _("Deleted on {when} by {who}.").format(when=dates.minute(one.at), who=one.who)


def lacks_alone(one: DeletedText) -> bool:
    """Whether the folder alone lacks a text."""
    return one.path in shown.current().now.gone and (one.at is None or bool(one.aside))


def effect_of(one: DeletedText) -> DeletionEffect | None:
    """What publishing does on the forum with a text that the folder alone lacks; None of others."""
    agreed = shown.current().forum.agreed.values()
    return deletion_effect(agreed, one.path, shown.settings) if lacks_alone(one) else None


def found(path: str) -> DeletedText | None:
    """The text that a request names, if there is one."""
    aside = request.values.get("aside", "")
    repo, now = shown.another(), shown.current().now
    one = deleted_texts.text_named(repo, shown.settings, now, path, aside)
    return deleted_texts.whole(repo, shown.settings, now, one) if one else None


@routes.get(f"{PLACE}<path:path>")
def read(path: str) -> str:
    """One of them, to be read."""
    return told(found(path) or abort(404))


def told(one: DeletedText, fault: str = "", remedy: str = "") -> str:
    """The page of one. `fault`: why it could not be brought back, `remedy`: what to do."""
    with shown.lock:
        current = with_text(shown.current(), one)
        preview = current.preview(one.path, places())
        agreed = current.forum.agreed.get(current.forum.keys[one.path])
        same = preview.state is PostState.SAME and not (agreed and agreed.withdrawn)
        topic = _("Its topic is on the forum, with this text.") if same else what_becomes(current, one)
    said = {"when": when(one), "topic": topic, "same": same, "fault": fault, "remedy": remedy}
    return page("deleted_text.html", one=one, preview=preview, inside=path_in_address, **said)


def with_text(current: Previewer, one: DeletedText) -> Previewer:
    """The folder as if it held that text."""
    now = current.now
    entries = {**now.entries, one.path: PathEntry("file", len(one.data), lfs=False)}
    held = replace(now, shown={**now.shown, one.path: one.content}, entries=entries)
    return Previewer(current.repo, current.settings, held)


def what_becomes(current: Previewer, one: DeletedText) -> str:
    """What publishing the text does once it is back; "" where that is not known before it is mended."""
    content = one.content
    original = named(one.path)
    if original and original[0] in current.now.shown and says_so(one.path, one.data):
        return _("It is a translation of “{title}”: if you publish it, the forum has it again.").format(
            title=current.titles[original[0]]
        )
    agreed = current.forum.agreed.get(current.forum.keys[one.path])
    if content.error is not None:
        return ""
    if content.post.front.draft:
        return _("It is a draft: nothing of it is published.")
    if agreed is None:
        return _("The forum does not have it: publishing it opens a topic for it.")
    undone = to_undo(agreed.withdrawn, fields_of(content.post.front))
    return {
        "": _("Its topic is on the forum, with another text. If you publish this one, the topic says what it says."),
        "keep": _(
            "Its topic is on the forum, and koweb does not look after it any more. If you publish this text, it does "
            "again, and the topic says what this text says."
        ),
        "unlist": _("If you publish it, its topic is in the forum's lists again, with this text."),
        "close": _("If you publish it, its topic is open again, with this text: people can answer."),
        "delete": _("If you publish it, its topic is back on the forum, with this text and the same address."),
    }[undone or ("keep" if agreed.withdrawn == "keep" else "")]


@routes.post(f"{PLACE}<path:path>")
def bring_back(path: str) -> ResponseReturnValue:
    """Put the text back into its place, byte for byte, if nothing lies there."""
    with shown.lock:
        repo = shown.another()
        one = found(path)
        if one is None and path in shown.current().now.shown:  # somebody was quicker
            return redirect(address(path), 303)
        one = one or abort(404)
        try:
            deleted_texts.put_back(repo, one)
        except AlreadyThere:
            fault = _("Something lies at its place by now, so nothing was changed.")
            return Response(told(one, fault, _("Copy from this text what you need, or rename what lies there.")), 409)
    return redirect(f"{address(path)}?returned", 303)


@routes.post("/deleted-forget/<path:path>")
def forget(path: str) -> ResponseReturnValue:
    """Nobody wants a text any more that was set aside."""
    one = found(path)
    if one is None or not one.aside:
        abort(404)
    if "sure" not in request.form:
        return Response(told(one, _("Say that you mean it.")), 409)
    deleted_texts.forget(shown.another(), one)
    return redirect("/preview/?forgotten", 303)
