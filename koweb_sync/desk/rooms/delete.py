"""Deleting a post file, with its translations: what that means for its topic and its text is said first, and asked."""

import time
from collections.abc import Mapping

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from koweb_sync import safe_files
from koweb_sync.agreements import Agreement
from koweb_sync.desk.rooms.lone_translation import lone_page
from koweb_sync.desk.rooms.saving import in_place, opened_post
from koweb_sync.desk.serving.app import DeskRoom, page, shown
from koweb_sync.desk.texts import deleted_texts, unsaved, writing
from koweb_sync.desk.texts.forum_effect import changes_there, of_deletion, topic_address
from koweb_sync.desk.texts.leaving_out import original_of
from koweb_sync.desk.texts.post_folder import bytes_of, readable
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
    current, contents = shown.current(), together(path)
    return page(
        "delete.html",
        path=path,
        title=current.now.shown[path].post.front.title or path,
        mark=mark_of(contents),
        topic=of_deletion(agreed_of(path), shown.settings),
        later=changes_there(agreed_of(path), shown.settings),
        there=topic_address(agreed_of(path), shown.settings),
        beside=[(current.now.translations[one].locale, readable(one, contents[one])) for one in [*contents][1:]],
        linked_from=linking_to(path),
        shows_files=shows_files(path),
        unsaved=any(has_unsaved(shown.another(), one, data) for one, data in contents.items()),
        fault=fault,
    )


@routes.post("/write-delete/<path:path>")
def delete(path: str) -> ResponseReturnValue:
    """Delete the file with its translations, if they are those that were asked about. The original goes first: if all
    is cut off in between, a translation says that it lacks it.
    """
    repo = shown.another()
    with shown.lock:
        alone = path in shown.current().now.lone
        contents = {path: bytes_of(repo, path) or b""} if alone else together(opened_post(path))
        if request.form.get("mark") != mark_of(contents):
            fault = _("This text changed since you looked. Nothing was deleted.")
            return Response(lone_page(path, fault) if alone else asked(path, fault), 409)
        later = not alone and changes_there(agreed_of(path), shown.settings)
        set_aside(repo, contents)
        for one in contents:
            safe_files.remove(repo.root, one)
    told = "#k-waiting" if later else "#k-deleted"  # where the list tells of it, as of all that git has and is gone
    gone = shown.current().now.gone
    said = path in gone and original_of(path) not in {*gone} - {path}
    return redirect(f"/preview/{told if said else '?deleted'}", 303)


def together(path: str) -> dict[str, bytes]:
    """What goes together: a post file, then its translations, with their contents."""
    beside = sorted(one for one, its in shown.current().now.translations.items() if its.original == path)
    return {one: bytes_of(shown.repo, in_place(one)) or b"" for one in (path, *beside)}


def mark_of(contents: Mapping[str, bytes]) -> str:
    """What stands for these files as they are."""
    return writing.mark(b"".join(contents.values()))


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


def set_aside(repo: Repo, contents: Mapping[str, bytes]) -> None:
    """Keep what of these files is nowhere else, before they go: all, where one is, to come back together."""
    now, first = time.time_ns() // 1_000, next(iter(contents))
    if any(in_version(repo, path) != data for path, data in contents.items()):
        for number, (path, data) in enumerate(contents.items()):
            deleted_texts.put_aside(repo, path, data, now + number, original_of(path) if path != first else "")
    for path, data in contents.items():
        unsaved.leave_all(repo, path, form_of(path, data))


def in_version(repo: Repo, path: str) -> bytes | None:
    """A post file as the last kept version has it; None where that has none."""
    return at(repo, repo.resolve("HEAD"), path)


def has_unsaved(repo: Repo, path: str, data: bytes) -> bool:
    """Whether something was typed for a post and not saved: the file brings it along when it comes back."""
    return bool(unsaved.typed(repo, path, form_of(path, data)))


def form_of(path: str, data: bytes) -> writing.PostForm:
    """What a file says."""
    return writing.form_of(readable(path, data).post, data)
