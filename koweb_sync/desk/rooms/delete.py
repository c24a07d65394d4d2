"""Deleting a post file with its translations, or a translation alone: what that means on the forum and for its text is
said first, and asked.
"""

import time
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from koweb_sync import safe_files
from koweb_sync.agreements import Agreement
from koweb_sync.desk.rooms.lone_translation import lone_page, title_of
from koweb_sync.desk.rooms.saving import address, in_place, opened_post
from koweb_sync.desk.serving.app import DeskRoom, page, shown
from koweb_sync.desk.texts import deleted_texts, unsaved, writing
from koweb_sync.desk.texts.forum_effect import (
    DeletionEffect,
    changes_there,
    deletion_effect,
    of_deletion,
    topic_address,
)
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
    """What would become of a post, or of a translation, whose file goes."""
    return asked(path if path in shown.current().now.translations else opened_post(path))


def asked(path: str, fault: str = "") -> str:
    """The page of that question."""
    current, contents = shown.current(), together(path)
    its = of_translation(path) if path in current.now.translations else of_post(path)
    return page(
        "delete.html",
        path=path,
        mark=writing.mark_of_all(contents),
        beside=[(current.now.translations[one].locale, readable(one, contents[one])) for one in [*contents][1:]],
        linked_from=linking_to(path),
        unsaved=any(has_unsaved(shown.another(), one, data) for one, data in contents.items()),
        back=address(path),
        fault=fault,
        **its,
    )


def of_post(path: str) -> dict[str, Any]:
    """What is said of a post alone, and of its topic."""
    agreed, post = agreed_of(path), shown.current().now.shown[path].post
    return {
        "title": post.front.title or path,
        "topic": of_deletion(agreed, shown.settings),
        "later": changes_there(agreed, shown.settings),
        "there": topic_address(agreed, shown.settings),
        "shows_files": shows_files(path, post.body),
        "original": "",
    }


def of_translation(path: str) -> dict[str, Any]:
    """What is said of a translation alone, whose original stays."""
    current = shown.current()
    one, effect = current.now.translations[path], effect_of(path)
    return {
        "title": title_of(path, one.file),
        "topic": effect.told,
        "later": effect.waits,
        "there": effect.address,
        "shows_files": False,  # they are its original's
        "original": current.titles[one.original],
        "locale": one.locale,
    }


def effect_of(path: str) -> DeletionEffect:
    """What becomes of a translation on the forum."""
    return deletion_effect(shown.current().forum.agreed.values(), path, shown.settings)


@routes.post("/write-delete/<path:path>")
def delete(path: str) -> ResponseReturnValue:
    """Delete the file with its translations, if they are those that were asked about. The original goes first: if all
    is cut off in between, a translation says that it lacks it.
    """
    repo = shown.another()
    with shown.lock:
        now = shown.current().now
        alone, translation = path in now.lone, path in now.translations
        contents = together(path if alone or translation else opened_post(path))
        if request.form.get("mark") != writing.mark_of_all(contents):
            fault = _("This text changed since you looked. Nothing was deleted.")
            return Response(lone_page(path, fault) if alone else asked(path, fault), 409)
        later = not alone and (effect_of(path).waits if translation else changes_there(agreed_of(path), shown.settings))
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


def shows_files(path: str, body: str) -> bool:
    """Whether it shows or offers files of the folder, which stay."""
    current = shown.current()
    found = (current.atlas.resolve(path, place.url) for place in destinations(body))
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
