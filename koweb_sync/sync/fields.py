"""A topic's title, category and tags: looked at before they are sent, merged key by key, and compared afterwards."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from koweb_sync.bookmark import Agreement, Fields, encode
from koweb_sync.errors import ForumNotFound, HumanNeeded
from koweb_sync.forum.models import TopicView
from koweb_sync.i18n import _
from koweb_sync.posts import tags
from koweb_sync.posts.ids import CategoryId
from koweb_sync.sync.actions import SEPARATE, Edit
from koweb_sync.sync.carry import Desk, agreeing, alive, gone
from koweb_sync.sync.compose import alike, shown
from koweb_sync.sync.guard import safe
from koweb_sync.sync.world import Source


@dataclass(frozen=True, slots=True)
class Merged:
    """The fields to send after a look at the topic; None for one that stays as it is. `read` is what we saw."""

    title: str | None = None
    category: CategoryId | None = None
    tags: tuple[str, ...] | None = None
    read: TopicView | None = None

    def sends(self, action: Edit) -> bool:
        """Whether anything is left to send besides the text and what goes with it."""
        title = None if action.with_text else self.title
        return (title, self.category, self.tags) != (None, None, None)


def read_and_merge(desk: Desk, action: Edit, was: Agreement) -> Merged:
    """Look at the topic before title, category or tags are sent, and merge them key by key. One request.

    Raises HumanNeeded where git and forum changed the same field to different values, EditConflict via `put` for texts.
    """
    try:
        view = safe(desk, action, desk.forum.topic(was.topic))
    except ForumNotFound as error:
        raise gone(desk, was.topic, action.source.path) from error
    return Merged(
        title=merged_title(desk, action, was, view) if "title" in action.fields else None,
        category=merged_category(desk, action, was, view) if "category" in action.fields else None,
        tags=new_tags(action, was, view) if "tags" in action.fields else None,
        read=view,
    )


def merged_title(desk: Desk, action: Edit, was: Agreement, view: TopicView) -> str | None:
    """The title to send; None if the forum already shows it."""
    ours = action.wants.title or ""
    if view.title == ours:
        return None
    if not alike(view.title, was.sent.title or was.title) and not alike(view.title, ours):
        raise both(desk, action, "title", view.title)
    return ours


def merged_category(desk: Desk, action: Edit, was: Agreement, view: TopicView) -> CategoryId | None:
    """The category to send; None if the topic is there already."""
    if action.category is None or view.category == action.category:
        return None
    sent = desk.site.named(was.sent.category) if desk.site and was.sent.category is not None else None
    if sent is not None and view.category != sent.id:
        there = desk.site.category(view.category) if desk.site and view.category else None
        raise both(desk, action, "category", there.shown if there else "?")
    return action.category


def new_tags(action: Edit, was: Agreement, view: TopicView) -> tuple[str, ...] | None:
    """The tags to send; None if the forum has them already."""
    merged = tags.merged(action.wants.tags or (), was.sent.tags or (), was.tags, view.tags)
    return None if tags.same(merged) == tags.same(view.tags) else merged


def both(desk: Desk, action: Edit, name: str, theirs: str) -> HumanNeeded:
    """The same field changed in git and on the forum."""
    line = action.post.key_lines.get(name, 1) if action.post else 1
    return HumanNeeded(
        _("The {field} was changed on the forum too, to “{theirs}”: {url}").format(
            field=called(name),
            theirs=theirs,
            url=desk.forum.topic_url(action.agreed.topic),
        ),
        where=f"{action.source.path}:{line}",
        remedy=_("Decide which one holds: write it into the file, or change it back on the forum."),
    )


def put_fields(desk: Desk, action: Edit, was: Agreement, merged: Merged) -> Agreement:
    """Category and tags in one request, and the title where no text is sent; another one looks what became of them.

    With a post's text, a category would be ignored without a word where the topic's tags are not allowed. Raises
    HumanNeeded where the forum did not do what it was asked.
    """
    wants, title = action.wants, None if action.with_text else merged.title
    sent: dict[str, Any] = {
        **({"title": (wants.title, title)} if title is not None else {}),
        **({"category": (wants.category, merged.category)} if merged.category is not None else {}),
        **({"tags": (wants.tags, merged.tags)} if merged.tags is not None else {}),
    }
    facts = {"was": encode(was).decode(), "fields": list(sent), **sent}
    with desk.writing("fields", action.source.ident, facts) as answer:
        desk.forum.set_fields(was.topic, title=title, category=merged.category, tags=merged.tags)
        view = alive(desk, desk.forum.topic(was.topic), action.source.path, was.post)
        made = agreeing(answer, desk, shown(was, sent, view))
    if left := [name for name, (wanted, _there) in sent.items() if getattr(made.sent, name) != wanted]:
        raise not_done(desk, action, left[0], view)
    if merged.tags is not None and tags.same(merged.tags) != tags.same(view.tags):
        text = _("The forum keeps the tags as: {tags}")
        desk.notes[action.source.ident] = text.format(tags=", ".join(view.tags) or "-")
    return made


def not_done(desk: Desk, action: Edit, name: str, view: TopicView) -> HumanNeeded:
    """The error about a field that the forum took and did not change."""
    there = desk.site.category(view.category) if desk.site and view.category else None
    theirs = view.title if name == "title" else there.shown if there else "?"
    line = action.post.key_lines.get(name, 1) if action.post else 1
    return HumanNeeded(
        _("The forum did not change the {field}: it is still “{theirs}”: {url}").format(
            field=called(name), theirs=theirs, url=desk.forum.topic_url(view.id)
        ),
        where=f"{action.source.path}:{line}",
        remedy=_("Look at it there: its rights, or the tags that this category takes, may say why."),
    )


def called(name: str) -> str:
    """What people call a field."""
    return {"title": _("title"), "category": _("category")}[name]


def separate_fields(desk: Desk, source: Source, was: Agreement, names: frozenset[str], wants: Fields) -> Agreement:
    """Author, date and status: one request each."""
    for name in SEPARATE:
        if name in names:
            facts = {"was": encode(was).decode(), "fields": [name]}
            with desk.writing("fields", source.ident, facts) as answer:
                set_one(desk, was, name, wants)
                sent = replace(was.sent, **{name: getattr(wants, name)})
                was = agreeing(answer, desk, replace(was, sent=sent))
    return was


def set_one(desk: Desk, was: Agreement, name: str, wants: Fields) -> None:
    """One field that has a request of its own."""
    forum = desk.forum
    match name:
        case "author":
            forum.change_owner(was.topic, was.post, wants.author or desk.settings.username)
        case "created":
            forum.change_created(was.topic, datetime.fromisoformat(wants.created or ""))
        case "closed":
            forum.set_status(was.topic, "closed", bool(wants.closed))
        case "pinned":
            forum.set_status(was.topic, "pinned", bool(wants.pinned))
        case _:
            forum.set_status(was.topic, "visible", wants.listed is not False)
