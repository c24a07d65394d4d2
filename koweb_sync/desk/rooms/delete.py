"""Deleting a post file: what that means for its topic and its text is said first, and asked."""

import time

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from koweb_sync import safe_files
from koweb_sync.agreements import Agreement
from koweb_sync.desk.rooms.saving import opened_post
from koweb_sync.desk.serving.app import DeskRoom, page, shown
from koweb_sync.desk.texts import deleted_texts, unsaved, writing
from koweb_sync.desk.texts.forum_effect import changes_there, of_deletion, topic_address
from koweb_sync.desk.texts.post_folder import bytes_of
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.posts.dialect import destinations
from koweb_sync.posts.paths import Local
from koweb_sync.sync.world.cherry_picks import at

routes = Blueprint("delete", __name__)
DELETING = DeskRoom(routes)


@routes.get("/write-delete/<path:path>")
def ask(path: str) -> str:
    """What would become of a post whose file goes."""
    return asked(opened_post(path))


def asked(path: str, fault: str = "") -> str:
    """The page of that question."""
    data = bytes_of(shown.repo, path) or b""
    return page(
        "delete.html",
        path=path,
        title=shown.current().now.shown[path].post.front.title or path,
        mark=writing.mark(data),
        topic=of_deletion(agreed_of(path), shown.settings),
        later=changes_there(agreed_of(path), shown.settings),
        there=topic_address(agreed_of(path), shown.settings),
        linked_from=linking_to(path),
        shows_files=shows_files(path),
        unsaved=has_unsaved(shown.another(), path, data),
        fault=fault,
    )


@routes.post("/write-delete/<path:path>")
def delete(path: str) -> ResponseReturnValue:
    """Delete the file, if it is the one that was asked about."""
    with shown.lock:
        data = bytes_of(shown.repo, opened_post(path)) or b""
        if request.form.get("mark") != writing.mark(data):
            return Response(asked(path, _("This text changed since you looked. Nothing was deleted.")), 409)
        later = changes_there(agreed_of(path), shown.settings)
        set_aside(shown.another(), path, data)
        safe_files.remove(shown.repo.root, path)
    told = "#k-waiting" if later else "#k-deleted"  # where the list tells of it, as of all that git has and is gone
    return redirect(f"/preview/{told if path in shown.current().now.gone else '?deleted'}", 303)


def agreed_of(path: str) -> Agreement | None:
    """What is known of its topic."""
    forum = shown.current().forum
    return forum.agreed.get(forum.keys[path])


def linking_to(path: str) -> list[str]:
    """The titles of other post files that link to it."""
    current = shown.current()
    return [
        current.titles[one.path]
        for one in current.now.posts.values()
        if one.path != path
        and any(
            isinstance(to := current.atlas.resolve(one.path, place.url), Local) and to.path == path
            for place in destinations(one.body)
        )
    ]


def shows_files(path: str) -> bool:
    """Whether it shows or offers files of the folder, which stay."""
    current = shown.current()
    found = (current.atlas.resolve(path, place.url) for place in destinations(current.now.shown[path].post.body))
    return any(isinstance(to, Local) and not to.path.endswith(".md") for to in found)


def set_aside(repo: Repo, path: str, data: bytes) -> None:
    """Keep what of a post is nowhere else, before its file goes."""
    now = time.time_ns() // 1_000
    if in_version(repo, path) != data:
        deleted_texts.put_aside(repo, path, data, now)
    unsaved.leave_all(repo, path, writing.form_of(shown.current().now.shown[path].post, data))


def in_version(repo: Repo, path: str) -> bytes | None:
    """A post file as the last kept version has it; None where that has none."""
    return at(repo, repo.resolve("HEAD"), path)


def has_unsaved(repo: Repo, path: str, data: bytes) -> bool:
    """Whether something was typed for a post and not saved: the file brings it along when it comes back."""
    return bool(unsaved.typed(repo, path, writing.form_of(shown.current().now.shown[path].post, data)))
