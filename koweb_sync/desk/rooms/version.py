"""Earlier versions of a post: those that git keeps, those that were typed and set aside, and bringing one back into the
page where one writes. The file itself changes only where somebody saves it there.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue

from koweb_sync import dates
from koweb_sync.desk.actions.rendered_texts import between
from koweb_sync.desk.rooms.preview import places
from koweb_sync.desk.rooms.saving import address, found_text, in_place
from koweb_sync.desk.serving.app import DeskRoom, page, shown
from koweb_sync.desk.texts import unsaved, writing
from koweb_sync.desk.texts.earlier_texts import (
    PostFileVersion,
    comes_of,
    first_difference,
    history,
    like,
    text_changes,
    told_apart,
    version_like,
    what_changed,
)
from koweb_sync.desk.texts.post_folder import bytes_of, readable
from koweb_sync.desk.texts.published_texts import ever_agreed, publication_words
from koweb_sync.desk.texts.writing import PostForm, form_of
from koweb_sync.errors import InputError
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _

routes = Blueprint("versions", __name__)
VERSIONS = DeskRoom(routes)
EACH = 50  # versions on a page


@dataclass(frozen=True, slots=True)
class ChosenText:
    """An earlier text that somebody looks at: when and by whom it was written, as far as that is known, with what its
    author wrote about it (`quoted`); or as what it was set aside (`aside`), and `why`.
    """

    form: PostForm
    when: str
    who: str = ""
    why: str = ""
    quoted: str = ""
    aside: unsaved.AsideText | None = None

    def heading(self, title: str) -> str:
        """What the text is."""
        if self.aside is None:
            return _("“{title}” as it was on {when}").format(title=title, when=self.when)
        if not self.aside.reason.theirs:
            return _("“{title}”, as it was written here").format(title=title)
        said = _("“{title}”, as {who} changed it on the forum") if self.who else _("“{title}”, as the forum had it")
        return said.format(title=title, who=self.who)

    @property
    def button(self) -> str:
        """What it is to write on from it."""
        if self.aside is None or not self.who:
            return _("Write on from this text")
        when = dates.lately(self.aside.at, unsaved.now())
        return _("Write on from the text of {who} (set aside {when})").format(who=self.who, when=when)

    @property
    def sides(self) -> tuple[str, str]:
        """What this text and the saved one are called beside each other; "" where they are earlier and later ones."""
        if self.aside is None:
            return "", ""
        left = _("The text of {who}").format(who=self.who) if self.who else _("The text that was set aside")
        return left, _("The saved text")


def today(path: str) -> tuple[bytes, PostForm]:
    """A post file as it is now."""
    data = bytes_of(shown.repo, path) or b""
    return data, form_of(readable(path, data).post, data)


def chosen(repo: Repo, path: str, opened: PostForm) -> ChosenText:
    """The text that a request names. Raises 404 for one that is none of this file's."""
    commit, aside = request.values.get("at", ""), request.values.get("aside", "")
    if aside:
        waiting = unsaved.aside(repo, path, opened)
        kept = next((one for one in waiting if str(one.at) == aside), None)
        if kept is None:
            abort(404)
        when = told_apart(kept.at, [one.at for one in waiting])
        return ChosenText(kept.form, when, kept.reason.who, set_aside(kept, when), aside=kept)
    found = history(repo, path)
    place = next((number for number, one in enumerate(found) if one.commit == commit), None)
    if place is None:
        abort(404)
    pair = found[place : place + 2]
    form, *older = forms_of(repo, path, pair)
    own = older[0] if older else None
    who, quoted = told_version(pair[0], form, own, unsaved.aside(repo, path, opened))
    return ChosenText(form, told_apart(pair[0].at, [one.at for one in found]), who, quoted=quoted)


@routes.get("/versions/<path:path>")
def versions(path: str) -> str:
    """All versions of a post file; with `at` or `aside` one of them beside the text of today."""
    repo = shown.another()
    opened = today(found_text(path, shown.current().now))[1]
    title = opened.title or path
    if "at" in request.args or "aside" in request.args:
        one = chosen(repo, path, opened)
        with shown.lock:
            current = shown.current()
            rendered = between(current, places(), path, one.form, opened)
        told: dict[str, Any] = {"changes": text_changes(one.form, opened, current.now.site), "rendered": rendered}
        same = unsaved.same(one.form, opened)
        told["unsaved"] = left_for(repo, path, opened, one.form) is not None
        return page("version.html", path=path, title=title, one=one, same=same, key=request.args, **told)
    found, start = history(repo, path), asked_start()
    of_now = like(repo, path, found, opened)
    set_aside_texts = unsaved.aside(repo, path, opened)
    times, asides = [one.at for one in found], [one.at for one in set_aside_texts]
    return page(
        "versions.html",
        path=path,
        title=title,
        rows=rows(repo, path, found[start : start + EACH + 1], set_aside_texts, times)[:EACH],
        published=dict(
            zip((one.commit for one in found), publication_words(found, agreed_of(repo, path)), strict=True)
        ),
        now=of_now.commit if of_now else "",
        taken_up=told_apart(of_now.at, times) if of_now and of_now != found[0] else "",
        aside=[
            (one.at, told_of(one, told_apart(one.at, asides)), first_difference(one.form, opened))
            for one in set_aside_texts
        ],
        start=start,
        each=EACH,
        more=len(found) > start + EACH,
    )


def agreed_of(repo: Repo, path: str) -> set[str]:
    """The contents of a text on which both sides agreed at some time; none where nothing tells."""
    with shown.lock:
        current = shown.current()
        spoken = current.now.translations.get(path)
        topic = current.forum.agreed.get(current.forum.keys.get(spoken.original if spoken else path, ""))
    if topic is None:
        return set()
    return ever_agreed(repo, repo.resolve(shown.settings.bookmark), topic.topic, spoken.locale if spoken else "")


def told_of(one: unsaved.AsideText, when: str) -> str:
    """A text that was set aside, for its line: whose it is, when, and why."""
    if not one.reason.theirs:
        said = _("Text from here.")
    elif one.reason.who:
        said = _("Text of the forum, by {who}.").format(who=one.reason.who)
    else:
        said = _("Text of the forum.")
    return f"{said} {set_aside(one, when)}"


def set_aside(one: unsaved.AsideText, when: str) -> str:
    """When a text was set aside, and why, as a sentence."""
    said: dict[unsaved.AsideWhy, str] = {
        "": _("Set aside on {when}."),
        "choice": _("Set aside on {when}, when you chose between two versions."),
        "back": _("Set aside on {when}, when the saved text was taken again."),
        "version": _("Set aside on {when}, when another version was taken up again."),
        "report": _("Set aside on {when}, when the report was made anew."),
        "deletion": _("Set aside on {when}, when the post was deleted."),
        "writing": _("Set aside on {when}, for the text went on without some of its words."),
    }
    return said[one.reason.why].format(when=when)


def asked_start() -> int:
    """With which version the list begins, from 0."""
    text = request.args.get("from", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def rows(
    repo: Repo,
    path: str,
    found: Sequence[PostFileVersion],
    aside: Sequence[unsaved.AsideText],
    times: Collection[int],
) -> list[dict[str, str]]:
    """Versions, the newest first, for their lines: each says how it differs from the one below it. `times`: of all."""
    forms = forms_of(repo, path, found)
    told = []
    for one, form, own in zip(found, forms, [*forms, None][1:], strict=True):
        who, quoted = told_version(one, form, own, aside)
        said = {"who": who, "quoted": quoted, "changed": what_changed(own, form)}
        told.append({"at": one.commit, "when": told_apart(one.at, times), **said})
    return told


def forms_of(repo: Repo, path: str, found: Sequence[PostFileVersion]) -> list[PostForm]:
    """What versions say."""
    contents = dict(repo.blobs(one.blob for one in found))
    return [form_of(readable(path, data).post, data) for data in (contents[one.blob] for one in found)]


def told_version(
    one: PostFileVersion, form: PostForm, own: PostForm | None, aside: Sequence[unsaved.AsideText]
) -> tuple[str, str]:
    """Whose text a version is, and what its author wrote about it. `own`: what the version before it says."""
    comes = comes_of(one, form, own, aside) if own else ""
    return one.told(comes, first=own is None), one.written_about(form.title)


def left_for(repo: Repo, path: str, opened: PostForm, form: PostForm) -> unsaved.TypedText | None:
    """What was typed and not saved, and is set aside where somebody writes on from another text (`form`)."""
    typed = unsaved.kept(repo, path, opened)
    return None if typed is None or unsaved.same(typed.form, form) else typed


@routes.post("/versions/<path:path>")
def bring(path: str) -> ResponseReturnValue:
    """Put an earlier text into the page where one writes. What was typed there and not saved is set aside; the file
    stays as it is. Raises InputError where only one of both can be read as a post.
    """
    repo = shown.another()
    with shown.lock:
        data, opened = today(in_place(found_text(path, shown.current().now)))
        form = chosen(repo, path, opened).form
        if form.whole != opened.whole:
            raise InputError(
                _("The first lines of the file can be read in one version only, so that one cannot replace the other."),
                where=path,
                remedy=_("Copy what you need from the text of that version."),
            )
        if version_like(repo, path, opened) is None:  # once the earlier text is saved, it would be nowhere
            unsaved.put_aside(repo, path, opened, unsaved.now(), unsaved.AsideReason("version"))
        typed = left_for(repo, path, opened, form)
        if typed:
            unsaved.leave(repo, typed, "version")
        unsaved.pass_by(repo, path)
        unsaved.keep(repo, path, form, writing.mark(data), opened, unsaved.new_page())
    return redirect(f"{address(path)}?brought", 303)
